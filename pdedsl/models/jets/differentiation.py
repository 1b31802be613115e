"""How a tensor is being differentiated."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
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


def gradients_again(
    function: Callable[..., Tensor],
    inputs: Sequence[Tensor | None],
    needed: Sequence[bool],
    grad: Tensor,
) -> tuple[Tensor | None, ...]:
    """A reverse pass in operations that may be differentiated again.

    Args:
        function: of the inputs, made of such operations.
        inputs: as the node has them; some may depend on each other or be the same.
        needed: of which of them the gradient is needed.
        grad: gradient in the result.
    """
    with torch.enable_grad():
        inputs = [x if x is None else x.view_as(x) for x in inputs]
        out = function(*inputs)
    wanted = [x for x, n in zip(inputs, needed, strict=True) if n and x is not None]
    found = iter(torch.autograd.grad(out, wanted, grad, create_graph=True))
    return tuple(next(found) if n else None for n in needed)


def is_constant(tensor: Tensor) -> bool:
    """Whether nothing is differentiated or mapped over the tensor."""
    return has_no_tangent(tensor) and not tensor.requires_grad and not tensor.is_inference()
