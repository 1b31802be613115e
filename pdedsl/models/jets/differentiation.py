"""How a tensor is being differentiated."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor
from torch.autograd import forward_ad


def is_ordinary(tensor: Tensor) -> bool:
    """Whether torch.func neither maps nor differentiates the tensor."""
    wrapped = torch._C._functorch.is_functorch_wrapped_tensor(tensor)
    # torch.autograd maps gradients in a way of its own.
    return not (wrapped or torch._C._functorch.is_legacy_batchedtensor(tensor))


def has_no_tangent(tensor: Tensor) -> bool:
    """Whether nothing but reverse differentiation goes through the tensor."""
    return is_ordinary(tensor) and forward_ad.unpack_dual(tensor).tangent is None


@contextmanager
def differentiable() -> Iterator[None]:
    """What is computed here may be differentiated, in whatever mode the caller is."""
    with torch.inference_mode(False), torch.enable_grad():
        yield


def is_constant(tensor: Tensor) -> bool:
    """Whether nothing is differentiated or mapped over the tensor."""
    return has_no_tangent(tensor) and not tensor.requires_grad and not tensor.is_inference()
