"""Activation functions with derivatives of any order, as nodes of automatic differentiation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import torch
from torch import Tensor

from .activation_derivatives import (
    Scaled,
    gelu_derivatives,
    silu_derivatives,
    sin_derivatives,
    softplus_derivatives,
    tanh_derivatives,
)
from .differentiation import is_constant

Derivatives = Callable[[Tensor, int], Scaled]
Activation = Literal["tanh", "sin", "gelu", "silu", "softplus"]

ACTIVATIONS: dict[str, Derivatives] = {
    "tanh": tanh_derivatives,
    "sin": sin_derivatives,
    "gelu": gelu_derivatives,
    "silu": silu_derivatives,
    "softplus": softplus_derivatives,
}


def _values(derivatives: Derivatives, z: Tensor, order: int) -> list[Tensor]:
    """σ, …, σ^(m), each a tensor of its own: automatic differentiation tells them apart by it."""
    out: list[Tensor] = []
    seen: set[int] = set()
    for value, factor in derivatives(z, order):
        shared = id(value) in seen
        seen.add(id(value))
        out.append(factor * value if factor != 1 else value.clone() if shared else value)
    return out


class _Tower(torch.autograd.Function):
    """(σ, …, σ^(m+1)) as one node: dσ^(k)/dz = σ^(k+1), which is already there.

    The last output only serves the reverse pass of those before it.
    """

    generate_vmap_rule = True

    @staticmethod
    def forward(z: Tensor, derivatives: Derivatives, order: int) -> tuple[Tensor, ...]:
        return tuple(_values(derivatives, z, order + 1))

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, ...]) -> None:
        z, ctx.derivatives, ctx.order = inputs
        ctx.save_for_backward(z, *output)
        ctx.save_for_forward(z, *output)
        ctx.set_materialize_grads(False)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor | None) -> tuple[Tensor | None, None, None]:
        total: Tensor | None = None
        slopes = _slopes(ctx, last=grads[-1] is not None)
        for grad, slope in zip(grads, slopes, strict=False):
            if grad is not None:
                total = grad * slope if total is None else torch.addcmul(total, grad, slope)
        return total, None, None

    @staticmethod
    def jvp(ctx: Any, tangent: Tensor, *_: Any) -> tuple[Tensor, ...]:
        return tuple(tangent * slope for slope in _slopes(ctx, last=True))


def _slopes(ctx: Any, last: bool) -> Sequence[Tensor]:
    """σ′, …, σ^(m+1), and σ^(m+2) where the last output itself has a derivative."""
    z, *values = ctx.saved_tensors
    if not last:
        return values[1:]
    beyond = _Tower.apply(z, ctx.derivatives, ctx.order + 1)[-1]
    return [*values[1:], beyond]


@dataclass(frozen=True)
class Tower:
    """The function (z, m) → (σ(z), σ′(z), …, σ^(m)(z)) of an activation.

    Args:
        derivatives: (τ_k, f_k) with σ^(k) = f_k τ_k; see `activation_derivatives`.
    """

    derivatives: Derivatives

    def __call__(self, z: Tensor, order: int) -> Sequence[Tensor]:
        """σ(z), …, σ^(m)(z), which may be differentiated any number of times."""
        if is_constant(z):
            return _values(self.derivatives, z, order)
        values: tuple[Tensor, ...] = _Tower.apply(z, self.derivatives, order)
        return values[: order + 1]


def tower(name: str) -> Tower:
    """The tower of an activation by name.

    Raises:
        ValueError: an unknown activation.
    """
    if name not in ACTIVATIONS:
        raise ValueError(f"activation: expected one of {', '.join(ACTIVATIONS)}, got {name!r}")
    return Tower(ACTIVATIONS[name])
