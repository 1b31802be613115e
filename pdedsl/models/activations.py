"""Activation functions with derivatives of any order, as nodes of automatic differentiation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal

import torch
from torch import Tensor

from .activation_derivatives import (
    gelu_derivatives,
    silu_derivatives,
    sin_derivatives,
    softplus_derivatives,
    tanh_derivatives,
)

Derivatives = Callable[[Tensor, int], list[Tensor]]
Activation = Literal["tanh", "sin", "gelu", "silu", "softplus"]

ACTIVATIONS: dict[str, Derivatives] = {
    "tanh": tanh_derivatives,
    "sin": sin_derivatives,
    "gelu": gelu_derivatives,
    "silu": silu_derivatives,
    "softplus": softplus_derivatives,
}


class _Tower(torch.autograd.Function):
    """(σ, …, σ^(m+1)) as one node: dσ^(k)/dz = σ^(k+1), which is already there.

    The last output only serves the reverse pass of those before it.
    """

    generate_vmap_rule = True

    @staticmethod
    def forward(z: Tensor, derivatives: Derivatives, order: int) -> tuple[Tensor, ...]:
        return tuple(derivatives(z, order + 1))

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


def tower(name: str) -> Callable[[Tensor, int], Sequence[Tensor]]:
    """The function (z, m) → (σ(z), σ′(z), …, σ^(m)(z)) of an activation.

    Raises:
        ValueError: an unknown activation.
    """
    if name not in ACTIVATIONS:
        raise ValueError(f"activation: expected one of {', '.join(ACTIVATIONS)}, got {name!r}")
    derivatives = ACTIVATIONS[name]

    def evaluate(z: Tensor, order: int) -> Sequence[Tensor]:
        if not z.requires_grad:
            return derivatives(z, order)
        values: tuple[Tensor, ...] = _Tower.apply(z, derivatives, order)
        return values[: order + 1]

    return evaluate
