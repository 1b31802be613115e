"""The few functions, beside torch, that generated code may call."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from .special import special

Value = Tensor | float


def const(value: float, like: Tensor) -> Tensor:
    """A number in the precision and on the device of a tensor."""
    return torch.as_tensor(value, dtype=like.dtype, device=like.device)


def heaviside(x: Tensor, middle: float) -> Tensor:
    """0 below zero, 1 above, ``middle`` at zero; the derivative is zero."""
    zero, one = const(0.0, x), const(1.0, x)
    return torch.where(x > 0, one, torch.where(x < 0, zero, const(middle, x)))


def only(mask: Tensor, value: Tensor) -> Tensor:
    """The value everywhere, its derivative only where the mask is true.

    A branch of a case distinction reads its fields through this, so that an infinite derivative
    at a point where the branch is not taken is dropped instead of multiplied by zero.
    """
    return torch.where(mask, value, value.detach())


def _of_two(function: Callable[[Tensor, Tensor], Tensor]) -> Callable[[Value, Value], Tensor]:
    """A function of two tensors, one of which may be a number."""

    def call(a: Value, b: Value) -> Tensor:
        if not isinstance(a, Tensor):
            assert isinstance(b, Tensor)
            a = const(a, b)
        return function(a, b if isinstance(b, Tensor) else const(b, a))

    return call


NAMESPACE = {f.__name__: f for f in (const, heaviside, only, special)} | {
    f.__name__: _of_two(f) for f in (torch.maximum, torch.minimum, torch.atan2)
} | {"torch": torch}  # fmt: skip
