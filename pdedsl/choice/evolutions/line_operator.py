r"""The operator of one axis at nodes, with the conditions at its ends taken out.

Values at the ends follow from those inside by the conditions :math:`B u = g`: with g = 0 all
values are :math:`u = E u_I`, and the operator acts on those inside as :math:`A = (L E)_I`. Given g
enter by two polynomials :math:`ℓ_1, ℓ_2` of degree 2 with :math:`B ℓ_i = e_i`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
import sympy as sp

from pdedsl.geometry.arrays import Array
from pdedsl.ir import evaluate

from .nodes import (
    chebyshev_nodes,
    differentiation,
    periodic_differentiation,
    periodic_nodes,
    second_differentiation,
)
from .separable_form import Line


@dataclass(frozen=True, eq=False)
class LineOperator:
    """See the module docstring.

    Args:
        nodes: shape (N,).
        inside: numbers of the nodes whose values are free, shape (M,).
        powers: ∂^k at the nodes for k = 0, 1, …, each of shape (N, N).
        whole: L, shape (N, N).
        extension: E, shape (N, M).
        reduced: A, shape (M, M).
        conditions: B, shape (2, N), or (0, N) for a periodic axis.
        lifts: ℓ at the nodes, shape (N, 2), or (N, 0).
    """

    nodes: Array
    inside: slice
    powers: tuple[Array, ...]
    whole: Array
    extension: Array
    reduced: Array
    conditions: Array
    lifts: Array


def line_operator(line: Line, modes: int, order: int = 2) -> LineOperator:
    """The operator for polynomials of a degree, or so many waves where the axis is periodic.

    Args:
        line: the axis.
        modes: the degree, or the number of waves.
        order: of the highest derivative of a periodic axis; others have two.

    Raises:
        ArithmeticError: the conditions at the ends do not fix the values there.
    """
    if not line.ends:
        nodes = periodic_nodes(line.lower, line.upper, modes)
        first = periodic_differentiation(line.upper - line.lower, modes)
        powers = [np.eye(len(nodes))]
        for _ in range(order):
            powers.append(first @ powers[-1])
        whole, none = _operator(line, nodes, powers), np.zeros((0, len(nodes)))
        return LineOperator(
            nodes, slice(None), tuple(powers), whole, powers[0], whole, none, none.T
        )
    nodes = chebyshev_nodes(line.lower, line.upper, modes)
    first = differentiation(nodes)
    powers = [np.eye(len(nodes)), first, second_differentiation(nodes, first)]
    whole = _operator(line, nodes, powers)
    conditions = np.zeros((2, len(nodes)))
    for row, (end, at, side) in enumerate(zip(line.ends, (0, -1), (-1, 1), strict=True)):
        conditions[row] = end.slope * side * first[at]
        conditions[row, at] += end.value
    ends = conditions[:, [0, -1]]
    scale = np.abs(conditions).max(axis=1)
    if not np.linalg.cond(ends / scale[:, None]) < 1e8:
        raise ArithmeticError("the conditions at the ends do not fix the values there")
    extension = np.zeros((len(nodes), len(nodes) - 2))
    extension[1:-1] = np.eye(len(nodes) - 2)
    extension[[0, -1]] = -np.linalg.solve(ends, conditions[:, 1:-1])
    unit = (2 * nodes - line.lower - line.upper) / (line.upper - line.lower)
    squares = np.stack((np.ones_like(unit), unit, unit**2), axis=1)
    lifts = squares @ np.linalg.pinv(conditions @ squares)
    inside = slice(1, -1)
    reduced = (whole @ extension)[inside]
    return LineOperator(nodes, inside, tuple(powers), whole, extension, reduced, conditions, lifts)


def _operator(line: Line, nodes: Array, powers: Sequence[Array]) -> Array:
    """C + b ∂ + a ∂² at the nodes."""
    return cast(Array, sum(
        _values(line.symbol, factor, nodes)[:, None] * power
        for factor, power in zip(line.coefficients, powers, strict=False)
    ))  # fmt: skip


def _values(symbol: sp.Symbol, factor: sp.Expr, nodes: Array) -> Array:
    found = np.asarray(evaluate(factor, {symbol: nodes}), dtype=float)
    return np.broadcast_to(found, nodes.shape)
