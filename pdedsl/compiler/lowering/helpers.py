"""The few functions, beside torch, that generated code may call."""

from __future__ import annotations

import torch
from torch import Tensor

Value = Tensor | float


def const(value: float, like: Tensor) -> Tensor:
    """A number in the precision and on the device of a tensor."""
    return torch.as_tensor(value, dtype=like.dtype, device=like.device)


def maximum(a: Value, b: Value) -> Tensor:
    """The larger; where equal, the derivative is shared."""
    return torch.maximum(*_pair(a, b))


def minimum(a: Value, b: Value) -> Tensor:
    """The smaller; where equal, the derivative is shared."""
    return torch.minimum(*_pair(a, b))


def atan2(y: Value, x: Value) -> Tensor:
    """Angle of the point (x, y)."""
    return torch.atan2(*_pair(y, x))


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


def _pair(a: Value, b: Value) -> tuple[Tensor, Tensor]:
    if not isinstance(a, Tensor):
        assert isinstance(b, Tensor)
        a = const(a, b)
    return a, b if isinstance(b, Tensor) else const(b, a)


NAMESPACE = {f.__name__: f for f in (const, maximum, minimum, atan2, heaviside, only)} | {
    "torch": torch
}
