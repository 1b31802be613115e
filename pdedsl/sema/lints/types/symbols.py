"""Determinants of the symbol of coupled equations, frozen at points and states."""

from __future__ import annotations

from functools import lru_cache
from itertools import product
from typing import Any, NamedTuple

import numpy as np
import sympy as sp
from sympy.core.function import AppliedUndef

from pdedsl.calculus.coefficients import coefficients, isolated
from pdedsl.calculus.types.determinant import (
    MAX_UNKNOWNS,
    PointSymbol,
    Polynomial,
    TooManyTermsError,
    determinant,
    symbols_at_points,
)
from pdedsl.geometry import field_bounds, generic_points
from pdedsl.ir import DomainIntegral, NotNumericError, Problem, evaluate_with_scale
from pdedsl.sema.lints.structure import Group, owner

_COUNT = 24  # points and states: a choice, as each costs a determinant of some microseconds
_CORNERS = 4  # most coordinates whose corners are looked at, too
_STATE = 1.5  # values and derivatives of fields are frozen in [−1.5, 1.5]


class Symbols(NamedTuple):
    """The determinant in some coordinates at points where it is finite.

    Args:
        points: one polynomial for each.
        names: of the coordinates.
        nonlinear: whether coefficients hold fields, which are frozen at generic values: what
            holds at all points then holds whatever the state, as far as these tell.
        places: the points in words, such as ``x = 0.5, t = 1``.
    """

    points: list[PointSymbol]
    names: list[str]
    nonlinear: bool
    places: list[str]


@lru_cache(maxsize=16)
def symbols_of(problem: Problem, group: Group, axes: tuple[sp.Symbol, ...]) -> Symbols | None:
    """The determinants; None for equations that are not square, not local, or too large.

    Args:
        problem: gives bounds of the coordinates.
        group: coupled equations.
        axes: the coordinates of the polynomial; derivatives in others are left out.
    """
    size = len(group.components)
    if size != len(group.equations) or size > MAX_UNKNOWNS or size == 0:
        return None
    rows = [_row(e.residual, group, axes) for e in group.equations]
    matrix = [row for row in rows if row is not None]
    if len(matrix) < size:
        return None
    used = {a for row in matrix for entry in row for c in entry.values() for a in _atoms(c)}
    states = sorted((a for a in used if not isinstance(a, sp.Symbol)), key=sp.default_sort_key)
    varied = bool(used - {n.symbol for n in problem.numbers})
    known, count = _points(problem, group, states) if varied else (_guesses(problem), 1)
    try:
        entries = [[_sampled(entry, known) for entry in row] for row in matrix]
        found = symbols_at_points(determinant(entries), count)
    except (NotNumericError, TooManyTermsError):
        return None
    finite = [i for i, own in enumerate(found) if own]
    if not finite:
        return None
    names = [s.name for s in axes]
    shown = [(str(s), x) for s, x in known.items() if s in used and np.ndim(x)]
    places = [", ".join(f"{name} = {x[i]:.3g}" for name, x in shown) for i in finite]
    symbols = [own for own in found if own]
    return Symbols(symbols, names, bool(states), places)


Entry = dict[tuple[int, ...], sp.Expr]


def _row(residual: sp.Expr, group: Group, axes: tuple[sp.Symbol, ...]) -> list[Entry] | None:
    """Multi-index to coefficient for each component; None where the residual is not local."""
    found = coefficients(residual)
    if not found or residual.has(sp.Subs, DomainIntegral):
        return None
    row: list[Entry] = [{} for _ in group.components]
    for node, coefficient in found.items():
        base, orders = (
            (node.expr, dict(node.variable_count))
            if isinstance(node, sp.Derivative)
            else (node, {})
        )
        if base not in group.components:
            return None
        if coefficient != 0 and not set(orders) - set(axes):
            row[group.components.index(base)][tuple(int(orders.get(s, 0)) for s in axes)] = (
                coefficient
            )
    return row


def _atoms(expression: sp.Expr) -> set[sp.Basic]:
    """Symbols, fields and derivatives that a coefficient depends on."""
    flat, names = isolated(expression)
    return (flat.free_symbols - set(names.values())) | set(names)


def _sampled(entry: Entry, known: dict[sp.Basic, Any]) -> Polynomial:
    return {alpha: evaluate_with_scale(c, known) for alpha, c in entry.items()}


def _guesses(problem: Problem) -> dict[sp.Basic, Any]:
    return {n.symbol: problem.number(n.guess) for n in problem.numbers}


def _points(
    problem: Problem, group: Group, states: list[sp.Basic]
) -> tuple[dict[sp.Basic, Any], int]:
    """Corners and generic points of the inputs of the group, with generic states."""
    first: AppliedUndef = group.components[0]
    bounds = field_bounds(problem, owner(problem, first.func))
    for component in group.components:
        bounds = {**field_bounds(problem, owner(problem, component.func)), **bounds}
    unit = generic_points(_COUNT, len(bounds) + len(states))
    if not states and len(bounds) <= _CORNERS:
        unit = np.vstack([unit, np.array(list(product((0.0, 1.0), repeat=len(bounds))))])
    known: dict[sp.Basic, Any] = _guesses(problem)
    for (symbol, (low, high)), share in zip(bounds.items(), unit.T, strict=False):
        known[symbol] = low + (high - low) * share
    for state, share in zip(states, unit.T[len(bounds) :], strict=True):
        known[state] = _STATE * (2 * share - 1)
    return known, len(unit)
