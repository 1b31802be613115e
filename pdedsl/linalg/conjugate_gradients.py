r"""Preconditioned conjugate gradients (Hestenes and Stiefel 1952; Nocedal and Wright, section 5.1).

For :math:`A x = b` and :math:`P ≈ A`, the iterates from x₀ minimise :math:`½ x^T A x - b^T x` on
:math:`x_0 + P^{-1/2} K_k`, as long as every direction p has positive curvature pᵀA p.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

Product = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class Solved:
    """Where the iteration ended.

    Args:
        x: the last iterate, shape (P,).
        negative: a direction p with pᵀA p ≤ 0, which ended it, or None.
        iterations: products with A, without the one for the start.
    """

    x: Tensor
    negative: Tensor | None
    iterations: int


def conjugate_gradients(
    product: Product,
    right: Tensor,
    inverse: Product,
    start: Tensor | None,
    accuracy: float,
    most: int,
) -> Solved:
    """Solve A x = b until ‖b − A x‖ ≤ ``accuracy`` ‖b‖.

    Args:
        product: v ↦ A v, A symmetric.
        right: b, shape (P,).
        inverse: v ↦ P⁻¹ v, P symmetric and positive definite.
        start: x₀, or None for zero.
        accuracy: of the residual, as a part of b.
        most: the most iterations.
    """
    x = torch.zeros_like(right) if start is None else start.clone()
    residual = right.clone() if start is None else right - product(x)
    target = accuracy * float(right.norm())
    direction = turned = inverse(residual)
    size = float(residual @ turned)
    for number in range(most):
        if float(residual.norm()) <= target:
            return Solved(x, None, number)
        moved = product(direction)
        curvature = float(direction @ moved)
        if not curvature > 0:
            return Solved(x, direction, number + 1)
        x = x + (size / curvature) * direction
        residual = residual - (size / curvature) * moved
        turned = inverse(residual)
        before, size = size, float(residual @ turned)
        direction = turned + (size / before) * direction
    return Solved(x, None, most)
