r"""Products with Jᵀ, and derivatives of the loss L(θ) = ‖r(θ)‖², chunk by chunk of its rows.

.. math:: ∇L = 2 J^T r, \qquad ∇²L = 2 J^T J + 2 \sum_i r_i ∇²r_i

The product with the Hessian differentiates ⟨∇L, v⟩ once more, in reverse (Pearlmutter, Neural
Computation 6, 1994, in reverse over reverse mode), so that no matrix is formed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import torch
from torch import Tensor

from .blocks import Block
from .program import Pass, PointBatch, Setting

Parts = Iterable[tuple[Block, int, PointBatch]]


def gradient(value: Any, leaf: Tensor) -> Tensor:
    """∂value/∂leaf, zero where the value does not depend on it."""
    if not isinstance(value, Tensor) or not value.requires_grad:
        return torch.zeros_like(leaf)
    return torch.autograd.grad(value, leaf)[0]


def loss_gradients(
    setting: Setting, parts: Parts, theta: Tensor
) -> Iterator[tuple[Block, Tensor, Tensor]]:
    """The part of each chunk in the loss, a scalar, and in its gradient, shape (P,)."""
    for block, start, rows in parts:
        leaf = theta.detach().requires_grad_()
        total = _loss(setting, block, start, rows, leaf)
        yield block, total.detach(), gradient(total, leaf)


def hessian_product(setting: Setting, parts: Parts, theta: Tensor, v: Tensor) -> Tensor:
    """∇²L v, shape (P,)."""
    out = torch.zeros_like(theta)
    for block, start, rows in parts:
        leaf = theta.detach().requires_grad_()
        total = _loss(setting, block, start, rows, leaf)
        if not total.requires_grad:
            continue
        (slope,) = torch.autograd.grad(total, leaf, create_graph=True)
        out += gradient(slope @ v, leaf)
    return out


def row_product(setting: Setting, parts: Parts, theta: Tensor, w: Tensor) -> Tensor:
    """Jᵀ w, shape (P,)."""
    out = torch.zeros_like(theta)
    for block, start, rows in parts:
        leaf = theta.detach().requires_grad_()
        results = Pass(setting, leaf).run(block.plan, rows)
        total = sum(
            (r * w[row : row + len(r)]).sum()
            for r, row in zip(block.map.apply(results, start), block.first_rows(start), strict=True)
        )
        out += gradient(total, leaf)
    return out


def _loss(setting: Setting, block: Block, start: int, rows: PointBatch, theta: Tensor) -> Tensor:
    results = Pass(setting, theta).run(block.plan, rows)
    return torch.stack([r.square().sum() for r in block.map.apply(results, start)]).sum()
