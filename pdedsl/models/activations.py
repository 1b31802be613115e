r"""Activation functions with derivatives of any order.

- ``tanh``: σ^{(k)} = p_k(tanh z) with p_0(s) = s, p_{k+1}(s) = p_k′(s)(1 − s²).
- ``sin``: σ^{(k)}(z) = sin(z + kπ/2), from one sine and one cosine.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import torch
from torch import Tensor

Derivatives = Callable[[Tensor, int], list[Tensor]]


@cache
def _tanh_polynomial(order: int) -> tuple[int, ...]:
    """Coefficients of q_k, lowest power first, where p_k(s) = (1 − s²) q_k(s), k ≥ 1.

    From p_{k+1} = p_k′(1 − s²): q_{k+1} = p_k′ = (1 − s²) q_k′ − 2 s q_k.
    """
    if order == 1:
        return (1,)
    q = _tanh_polynomial(order - 1)
    out = [0] * (len(q) + 1)
    for power, c in enumerate(q):
        if power:
            out[power - 1] += power * c
        out[power + 1] -= (power + 2) * c
    return tuple(out)


def tanh_derivatives(z: Tensor, order: int) -> list[Tensor]:
    """Tanh and its derivatives up to an order."""
    s = torch.tanh(z)
    square = s * s
    slope = 1 - square
    out = [s, slope]
    for k in range(2, order + 1):
        q = _tanh_polynomial(k)
        # Odd or even polynomial: Horner in s².
        start = len(q) - 1
        value: Tensor | int = q[start]
        for power in range(start - 2, -1, -2):
            value = value * square + q[power]
        out.append(value * slope if start % 2 == 0 else value * (s * slope))
    return out[: order + 1]


def sin_derivatives(z: Tensor, order: int) -> list[Tensor]:
    """Sin and its derivatives up to an order."""
    s, c = torch.sin(z), torch.cos(z)
    cycle = [s, c, -s, -c]
    # Each derivative is a tensor of its own: automatic differentiation tells them apart by it.
    return [cycle[k] if k < 4 else cycle[k % 4].clone() for k in range(order + 1)]


ACTIVATIONS: dict[str, Derivatives] = {"tanh": tanh_derivatives, "sin": sin_derivatives}


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
