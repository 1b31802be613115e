"""A linear map on every channel of a jet, Y = Z Wᵀ.

Tensors lie in memory neuron by neuron: (out, C, n), seen as (C, n, out). With many more points
than neurons, double precision multiplies W Zᵀ up to 1.4 times as fast as Z Wᵀ, and its reverse
pass too; elementwise steps keep the order of memory.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from pdedsl.models.runtime.workspace import empty

from .differentiation import has_no_tangent, is_ordinary

# Inputs of a map that lie together in memory.
_FEW = 16


def linear_map(weight: Tensor, jet: Tensor) -> Tensor:
    """Z Wᵀ of shape (C, n, out), for W of shape (out, in) and Z of shape (C, n, in)."""
    if has_no_tangent(weight) and has_no_tangent(jet):
        out: Tensor = _LinearMap.apply(weight, jet)
        return out
    # Forward differentiation wants tangents to lie in memory as the values do.
    return jet @ weight.T


def _flat(jet: Tensor) -> Tensor:
    return jet.reshape(-1, jet.shape[2])


def _seen(flat: Tensor, jet: Tensor) -> Tensor:
    """(width, C·n) as (C, n, width)."""
    return flat.view(-1, *jet.shape[:2]).permute(1, 2, 0)


def _outer(slope: Tensor, flat: Tensor) -> Tensor:
    """Slope @ flat; the columns of features lie point by point, slow to read."""
    if flat.shape[1] > _FEW or flat.stride(0) == 1:
        return slope @ flat
    return (flat.T.contiguous() @ slope.T).T


class _LinearMap(torch.autograd.Function):
    """(W, Z) → Z Wᵀ, in memory that is used again."""

    @staticmethod
    def forward(ctx: Any, weight: Tensor, jet: Tensor) -> Tensor:
        ctx.save_for_backward(weight, jet)
        flat = _flat(jet)
        out = empty((len(weight), len(flat)), jet)
        return _seen(torch.mm(weight, flat.T, out=out), jet)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, Tensor | None]:
        weight, jet = ctx.saved_tensors
        flat, slope = _flat(jet), grad.permute(2, 0, 1).reshape(len(weight), -1)
        own = _outer(slope, flat) if ctx.needs_input_grad[0] else None
        if not ctx.needs_input_grad[1]:
            return own, None
        if torch.is_grad_enabled() or not is_ordinary(grad):
            return own, _seen(weight.T @ slope, jet)
        out = empty((flat.shape[1], len(flat)), jet)
        return own, _seen(torch.mm(weight.T, slope, out=out), jet)
