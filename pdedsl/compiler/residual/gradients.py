r"""Products with Jᵀ, and derivatives of the loss L(θ) = ‖r(θ)‖², chunk by chunk of the points.

.. math:: ∇L = 2 J^T r, \qquad ∇²L = 2 J^T J + 2 \sum_i r_i ∇²r_i

The product with the Hessian differentiates ⟨∇L, v⟩ once more, in reverse (Pearlmutter, Neural
Computation 6, 1994, in reverse over reverse mode), so that no matrix is formed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import torch
from torch import Tensor

from pdedsl.compiler.evaluation.ansatz import Ansatz

from .block import Chunk


def loss_gradients(
    ansatz: Ansatz, chunks: Iterable[Chunk], theta: Tensor
) -> Iterator[tuple[str, Tensor, Tensor]]:
    """The part of each chunk in the loss, a scalar, and in its gradient, shape (P,).

    Each comes with the label of its law.
    """
    for chunk in chunks:
        leaf = theta.detach().requires_grad_()
        loss = _loss(ansatz, chunk, leaf)
        yield chunk.block.label, loss.detach(), _gradient(loss, leaf)


def hessian_product(ansatz: Ansatz, chunks: Iterable[Chunk], theta: Tensor, v: Tensor) -> Tensor:
    """∇²L v, shape (P,)."""
    out = torch.zeros_like(theta)
    for chunk in chunks:
        leaf = theta.detach().requires_grad_()
        loss = _loss(ansatz, chunk, leaf)
        if loss.requires_grad:
            (slope,) = torch.autograd.grad(loss, leaf, create_graph=True)
            out += _gradient(slope @ v, leaf)
    return out


def row_product(ansatz: Ansatz, chunks: Iterable[Chunk], theta: Tensor, w: Tensor) -> Tensor:
    """Jᵀ w, shape (P,)."""
    out = torch.zeros_like(theta)
    for chunk in chunks:
        leaf = theta.detach().requires_grad_()
        rows = chunk.residual(ansatz, leaf)
        products = [values @ w[row : row + len(values)] for row, values in rows]
        out += _gradient(torch.stack(products).sum(), leaf)
    return out


def _loss(ansatz: Ansatz, chunk: Chunk, theta: Tensor) -> Tensor:
    rows = chunk.residual(ansatz, theta)
    return torch.stack([values.square().sum() for _, values in rows]).sum()


def _gradient(value: Tensor, leaf: Tensor) -> Tensor:
    """∂value/∂leaf, zero where the value does not depend on it."""
    if not value.requires_grad:
        return torch.zeros_like(leaf)
    return torch.autograd.grad(value, leaf)[0]
