r"""Products of jets, by the rule of Leibniz.

.. math:: [u v]_α = \sum_{β ≤ α} u_β\, v_{α-β}

in Taylor coefficients; a collapsed channel Σ_j c_j D^{α_j} takes the sum of its rows.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import product
from typing import Any

import torch
from torch import Tensor

from pdedsl.models.runtime.workspace import empty_like

from .channels import Total, gather, scatter, scatter_copy
from .compose import combine_rows
from .differentiation import gradients_again, has_no_tangent, is_ordinary
from .jet_table import JetTable, Selection, Step


@lru_cache(maxsize=512)
def _pairs(table: JetTable) -> Step:
    """The terms of Leibniz' rule with 0 < β < α, for channels of second degree and more.

    They are products u[left] v[right] of channels.
    """
    channel = {alpha: i for i, alpha in enumerate(table.indices)}
    rows: list[dict[tuple[int, int], float]] = []
    for row in table.taylor_rows()[1 + table.linear :]:
        found: dict[tuple[int, int], float] = {}
        for alpha, weight in row.items():
            for beta in product(*(range(k + 1) for k in alpha)):
                rest = tuple(a - b for a, b in zip(alpha, beta, strict=True))
                if any(beta) and any(rest):
                    key = channel[beta], channel[rest]
                    found[key] = found.get(key, 0.0) + weight
        rows.append(found)
    keys = sorted({key for found in rows for key in found})
    matrix = tuple(tuple(found.get(key, 0.0) for key in keys) for found in rows)
    return Step(tuple(k[0] for k in keys), tuple(k[1] for k in keys), matrix)


def multiply_add(
    base: Tensor, u: Tensor, v: Tensor, table: JetTable, rows: Selection | None = None
) -> Tensor:
    """The jet of a + u v, point by point.

    Args:
        base: jet of a, shape (channels, n, width).
        u: jet of the same shape, or one that can be broadcast to it.
        v: as u.
        table: the table of all.
        rows: the channels of the result that are wanted; None for all.

    Returns:
        Jet of the wanted channels, shape (len(rows), n, width).
    """
    rows = table.every if rows is None else rows
    alike = base.shape == u.shape == v.shape
    if alike and all(has_no_tangent(t) for t in (base, u, v)):
        out: Tensor = _MultiplyAdd.apply(base, u, v, table, rows)
        return out
    return gather(base + multiply(u, v, table), rows)


def multiply(u: Tensor, v: Tensor, table: JetTable) -> Tensor:
    """The jet of u v, by operations that may be differentiated and mapped."""
    outer = u[:1] * v
    if table.channels == 1:
        return outer
    rest = torch.addcmul(outer[1:], u[1:], v[:1])
    pairs = _pairs(table)
    if not pairs.left:
        return torch.cat((outer[:1], rest))
    left, right = (torch.tensor(k, device=u.device) for k in (pairs.left, pairs.right))
    middle = u.index_select(0, left) * v.index_select(0, right)
    first, curved = rest.split((table.linear, table.channels - 1 - table.linear))
    return torch.cat((outer[:1], first, curved + combine_rows(pairs.matrix, middle)))


class _MultiplyAdd(torch.autograd.Function):
    r"""(a, u, v) → a + u v as one node, in memory that is used again.

    With the gradient G of the result and the coefficients c_{αβγ} of Leibniz' rule,

    .. math:: \bar u_β = \sum_{αγ} c_{αβγ} G_α v_γ, \quad \bar v_γ = \sum_{αβ} c_{αβγ} G_α u_β.
    """

    @staticmethod
    def forward(
        ctx: Any, base: Tensor, u: Tensor, v: Tensor, table: JetTable, rows: Selection
    ) -> Tensor:
        ctx.save_for_backward(u, v)
        ctx.table, ctx.rows = table, rows
        out = empty_like(u, len(rows))
        for first, place, count in rows.runs:
            own, part = slice(first, first + count), out[place : place + count]
            torch.addcmul(base[own], u[:1], v[own], out=part)
        for first, place, count in rows.runs:
            # The product of the values is there already.
            skip = first == 0
            own = slice(first + skip, first + count)
            out[place + skip : place + count].addcmul_(u[own], v[:1])
        for place, left, right, c in _terms(table, rows):
            out[place].addcmul_(u[left], v[right], value=c)
        return out

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        u, v = ctx.saved_tensors
        table, rows, needed = ctx.table, ctx.rows, ctx.needs_input_grad
        if torch.is_grad_enabled() or not is_ordinary(grad):
            own = scatter(grad, rows, len(u))
            again = gradients_again(
                lambda u, v: gather(multiply(u, v, table), rows), (u, v), needed[1:3], grad
            )
            return own, *again, None, None
        factors = [_factor(grad, v, table, rows, False) if needed[1] else None]
        factors.append(_factor(grad, u, table, rows, True) if needed[2] else None)
        whole = scatter_copy(grad, rows, len(u)) if needed[0] else None
        return whole, *factors, None, None


def _factor(grad: Tensor, other: Tensor, table: JetTable, rows: Selection, left: bool) -> Tensor:
    """The gradient in one factor; ``other`` is the left one, or the right."""
    out = empty_like(other)
    for first, place, count in rows.runs:
        torch.mul(grad[place : place + count], other[:1], out=out[first : first + count])
    total = Total(out, rows)
    for place in range(rows.value, len(rows)):
        total.add(0, grad[place], other[rows.channels[place]])
    for place, one, two, c in _terms(table, rows):
        mine, its = (two, one) if left else (one, two)
        total.add(mine, grad[place], other[its], c)
    return total.done()


@lru_cache(maxsize=512)
def _terms(table: JetTable, rows: Selection) -> tuple[tuple[int, int, int, float], ...]:
    """(place in the result, channel of u, of v, coefficient) of the terms in `_pairs`."""
    pairs = _pairs(table)
    curved = enumerate(rows.channels[rows.curved :], start=rows.curved)
    return tuple(
        (place, left, right, c)
        for place, channel in curved
        for left, right, c in zip(
            pairs.left, pairs.right, pairs.matrix[channel - 1 - table.linear], strict=True
        )
        if c != 0
    )
