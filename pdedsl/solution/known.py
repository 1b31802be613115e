"""Values of a known solution: of ``exact`` at nodes of a rule, of ``reference`` at its rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import nan

import numpy as np
import sympy as sp
from numpy.typing import NDArray
from sympy.core.function import AppliedUndef

from pdedsl.calculus.features.marks import narrow_places
from pdedsl.geometry import field_bounds, hull_bounds
from pdedsl.geometry.adaptive import NO_MARKS
from pdedsl.ir import Field, Problem, Reference

from .check_rule import field_rule, row_weights
from .grids import inside

_COARSE_ROWS = 2_500


@dataclass(frozen=True, eq=False)
class Known:
    """Values at points.

    Args:
        points: shape (n, inputs).
        values: component name to values of shape (n,).
        weights: of a quadrature rule with these points, shape (n,).
    """

    points: NDArray[np.float64]
    values: dict[str, NDArray[np.float64]]
    weights: NDArray[np.float64]


def known_values(problem: Problem, dense: bool = True) -> tuple[Known, ...]:
    """All that the spec says about its solution; empty when it says nothing.

    Args:
        problem: its ``exact`` and ``reference`` statements.
        dense: whether to take many points, for a final error, or few, for a running one.
    """
    exact = exact_fields(problem)
    groups: dict[tuple[str | None, tuple[sp.Symbol, ...]], list[Field]] = {}
    for field in problem.fields:
        if any(c in exact for c in field.components):
            groups.setdefault((field.domain, field.arguments), []).append(field)
    found = [_exact(problem, fields, exact, dense) for fields in groups.values()]
    return (*found, *(_rows(problem, reference, dense) for reference in problem.references))


def _exact(
    problem: Problem, fields: Sequence[Field], exact: Mapping[AppliedUndef, sp.Expr], dense: bool
) -> Known:
    """Exact values of fields of the same arguments on the same domain."""
    marks = narrow_places(problem, (), field_bounds(problem, fields[0]), {}) if dense else NO_MARKS
    rule = field_rule(problem, fields[0], dense, marks)
    components = [c for field in fields for c in field.components if c in exact]
    values = {c.func.__name__: evaluate(problem, exact[c], rule.nodes) for c in components}
    return Known(rule.nodes, values, rule.weights)


def exact_fields(problem: Problem) -> dict[AppliedUndef, sp.Expr]:
    """Component to its exact expression in the inputs, parameters put in."""
    numbers = exact_numbers(problem)
    return {
        component: problem.substitute(value).subs(numbers)
        for component, value in problem.exact
        if isinstance(component, AppliedUndef)
    }


def exact_values(
    problem: Problem, component: AppliedUndef, value: sp.Expr, points: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Values (n,) of a component, by `exact_fields`, at points (n, inputs); NaN off its domain."""
    return np.where(inside(problem, component, points), evaluate(problem, value, points), nan)


def exact_numbers(problem: Problem) -> dict[sp.Symbol, float]:
    """Unknown number to its exact value, where the spec gives it."""
    return {
        symbol: problem.number(value)
        for symbol, value in problem.exact
        if isinstance(symbol, sp.Symbol)
    }


def evaluate(
    problem: Problem, expression: sp.Expr, points: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Values of an expression of the inputs; points (n, inputs) to (n,), NaN where undefined."""
    return numeric(problem, expression)(points)


def numeric(
    problem: Problem, expression: sp.Expr
) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    """An expression of the inputs as a function of points; see `evaluate`."""
    made = sp.lambdify(problem.inputs, expression, modules=["scipy", "numpy"], dummify=True)

    def function(points: NDArray[np.float64]) -> NDArray[np.float64]:
        with np.errstate(all="ignore"):
            values = np.asarray(made(*points.T))
        values = np.where(np.isreal(values), values.real, np.nan)
        return np.broadcast_to(values.astype(np.float64), (len(points),))

    return function


def _rows(problem: Problem, reference: Reference, dense: bool) -> Known:
    table = reference.table
    step = 1 if dense else max(1, table.rows // _COARSE_ROWS)
    middle = {symbol.name: (low + high) / 2 for symbol, (low, high) in hull_bounds(problem).items()}
    # A coordinate that the table lacks is one that its fields do not depend on.
    columns = [
        table.columns[name] if name in table.coordinates else np.full(table.rows, middle[name])
        for name in problem.dimension_names
    ]
    values = {c.func.__name__: table.columns[name][::step] for c, name in reference.columns}
    return Known(np.stack(columns, axis=1)[::step], values, row_weights(table)[::step])
