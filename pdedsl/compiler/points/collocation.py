r"""The nodes of collocation on a window of time, as many rows as functions.

A basis with splines of degree p and smoothness s in one space coordinate (or none) and polynomials
of degree m in time satisfies the equations at p − s Gauss–Legendre nodes of every element (de Boor
and Swartz, SIAM J. Numer. Anal. 10, 1973) and, where they are of first order in time, at the m
nodes of Radau IIA. Boundary conditions hold at these times and at the begin of the window. With
s + 1 the order of the equations in space that is one row for every function.

Elsewhere there are more rows than functions, and the solution is that of least squares:

- an equation of another order k in time has m + 1 nodes of Radau. With m + 1 − k, one row for
  every function, waves :math:`u'' = -ω^2 u` grow by a factor of up to m − 1 in a window, for most
  ω beyond those that the window resolves; with m + 1 none grows;
- there is one node more on every element where fields have fewer boundary conditions than the
  s + 1 for each that splines on an interval leave free.

All rows have the unit of the field where an equation of order k in time has the weight
:math:`h^{2k}` on a window of length h, and a condition on the j-th time derivative
:math:`h^{2j}`, with the least j of a law.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import sympy as sp

from pdedsl.compiler.lowering.groups import groups_of
from pdedsl.geometry.arrays import Array
from pdedsl.geometry.tensor import composite_rule, radau_rule
from pdedsl.ir import Boundary, Problem
from pdedsl.ir.expressions import derivative_order
from pdedsl.models.bases import BasisOptions

from .drawing import Lines

Interval = tuple[float, float]


def time_orders(problem: Problem) -> dict[str, int]:
    """Label to the order in time: of an equation at least 1, of a condition the least of its rows.

    Parameters count with their values, so that a term times zero has no order.
    """
    assert problem.time is not None
    symbol, out = problem.time.symbol, {}
    for law in problem.laws:
        orders = [derivative_order(problem.substitute(r), symbol) for r in law.residuals]
        out[law.label] = max(*orders, 1) if law.kind == "eq" else min(orders, default=0)
    return out


def space_order(problem: Problem) -> int:
    """The highest order of a space derivative in the equations."""
    symbols = [s for domain in problem.domains for s in domain.coordinates]
    orders = (derivative_order(r, s) for r in _equations(problem) for s in symbols)
    return max(orders, default=0)


def _equations(problem: Problem) -> list[sp.Expr]:
    own = (law for law in problem.laws if law.kind == "eq")
    return [problem.substitute(r) for law in own for r in law.residuals]


def window_weights(orders: Mapping[str, int], length: float) -> dict[str, float]:
    """The weights of laws with these `time_orders` on a window of length h; see the module."""
    return {label: length ** (2 * order) for label, order in orders.items()}


def collocation_lines(
    problem: Problem, options: BasisOptions, bounds: Sequence[Interval]
) -> dict[str, Lines]:
    """The rule of each input, by kind of law; see the module docstring.

    Args:
        problem: its orders count.
        options: of the basis: modes and breaks of each axis.
        bounds: of the inputs, time last.
    """
    lower, upper = bounds[-1]
    length, degree = upper - lower, options.modes_of(len(bounds) - 1)
    unit, weights = radau_rule(max(1, degree))
    more = np.append(weights.min(), weights)
    assert problem.time is not None
    first = all(derivative_order(r, problem.time.symbol) == 1 for r in _equations(problem))
    every = (unit, weights) if first else radau_rule(degree + 1)
    by_kind = {
        "eq": (lower + length * every[0], every[1]),
        "bc": (np.append(lower, lower + length * unit), more / more.sum()),
        "ic": (np.array([lower]), np.ones(1)),
    }
    return _with_space(problem, options, bounds, by_kind, _missing(problem, options))


def finer_lines(
    problem: Problem, options: BasisOptions, bounds: Sequence[Interval]
) -> dict[str, Lines]:
    """More nodes than `collocation_lines`, and others: two more on every element and window."""
    times = composite_rule(bounds[-1], options.modes_of(len(bounds) - 1) + 2)
    by_kind = dict.fromkeys(("eq", "bc", "ic"), times)
    return _with_space(problem, options, bounds, by_kind, 2 + _missing(problem, options))


def _missing(problem: Problem, options: BasisOptions) -> int:
    """Nodes more on every element, for functions that boundary conditions leave free."""
    if not problem.domains or not options.breaks_of(0):
        return 0
    free = sum(
        (options.smoothness + 1) * len(group.components)
        for group in groups_of(problem) if group.periods[0] is None
    )  # fmt: skip
    rows = sum(
        len(law.residuals) * len(law.place.faces)
        for law in problem.laws if isinstance(law.place, Boundary)
    )  # fmt: skip
    if space_order(problem) and rows >= free:
        return 0
    return -(-(options.smoothness + 1) // (len(options.breaks_of(0)) + 1))


def _with_space(
    problem: Problem,
    options: BasisOptions,
    bounds: Sequence[Interval],
    times: Mapping[str, tuple[Array, Array]],
    extra: int,
) -> dict[str, Lines]:
    if len(bounds) == 1:
        return {kind: {0: rule} for kind, rule in times.items()}
    inner, degree = options.breaks_of(0), options.modes_of(0)
    edges = (bounds[0][0], *inner, bounds[0][1])
    waves = any(group.periods[0] is not None for group in groups_of(problem))
    smooth = (2 * degree if waves else degree) + 1
    space = composite_rule(edges, (degree - options.smoothness if inner else smooth) + extra)
    return {kind: {0: space, 1: rule} for kind, rule in times.items()}
