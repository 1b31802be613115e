"""Expressions of fields, coordinates and normals at points, from what gives fields there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import sympy as sp
from sympy.core.function import AppliedUndef

from pdedsl.geometry.arrays import Array
from pdedsl.ir import Problem, Substitution, is_normal
from pdedsl.solution.known import evaluate, exact_fields


class Fields(Protocol):
    """Gives fields and their derivatives at points of shape (n, inputs)."""

    def expression(self, expression: sp.Expr, points: Array) -> Array:
        """Values (n,) of ``u(x, t)`` or a derivative of it, in the arguments of the problem."""


@dataclass(frozen=True)
class ExactFields:
    """The fields of the ``exact`` statements of a problem."""

    problem: Problem

    def expression(self, expression: sp.Expr, points: Array) -> Array:
        """Values (n,) of a field or a derivative."""
        known = Substitution(exact_fields(self.problem).items())
        return evaluate(self.problem, known(expression).doit(), points)


@dataclass(frozen=True)
class SumOfFields:
    """u + e, for functionals of a solution and of its error."""

    first: Fields
    second: Fields

    def expression(self, expression: sp.Expr, points: Array) -> Array:
        """Values (n,) of a field or a derivative, in which they are linear."""
        return self.first.expression(expression, points) + self.second.expression(
            expression, points
        )


def values_at(
    problem: Problem,
    fields: Fields,
    expression: sp.Expr,
    points: Array,
    normal: Array | None,
    numbers: Mapping[sp.Symbol, float],
) -> Array:
    """Values of an expression at points (n, inputs): (n,).

    Args:
        problem: whose inputs and parameters stand in the expression.
        fields: of a solution.
        expression: any of the language; fields may be moved, as in ``u(x, 1)``.
        points: points.
        normal: the normal there, shape (dimension,), or None.
        numbers: values of unknown numbers and of functionals.
    """
    expression = problem.substitute(expression)
    atoms = sorted(set(_field_nodes(expression)), key=sp.default_sort_key)
    stand_in = {atom: sp.Dummy() for atom in atoms}
    found = [_field_values(problem, fields, atom, points) for atom in atoms]
    rest = expression.xreplace(stand_in)
    scalars = {s: numbers[s] for s in rest.free_symbols & numbers.keys()}
    for s in rest.free_symbols:
        if is_normal(s):
            assert normal is not None
            scalars[s] = float(normal[int(s.name[2:-1]) - 1])
    symbols = (*problem.inputs, *scalars, *stand_in.values())
    function = sp.lambdify(symbols, rest, modules=["scipy", "numpy"], dummify=True)
    with np.errstate(all="ignore"):
        values = np.asarray(function(*points.T, *scalars.values(), *found), dtype=np.float64)
    return np.broadcast_to(values, (len(points),))


def _field_nodes(expression: sp.Basic) -> Iterator[sp.Basic]:
    """Fields, derivatives and fields at other points, the outermost of each."""
    if isinstance(expression, AppliedUndef | sp.Derivative | sp.Subs):
        yield expression
        return
    for argument in expression.args:
        yield from _field_nodes(argument)


def _field_values(problem: Problem, fields: Fields, node: sp.Basic, points: Array) -> Array:
    """Values (n,) of a field or derivative at points that may be moved."""
    generic, moved = _unmoved(problem, node)
    if moved:
        points = points.copy()
        columns = {s: evaluate(problem, e, points) for s, e in moved.items()}
        for symbol, values in columns.items():
            points[:, problem.inputs.index(symbol)] = values
    return fields.expression(generic, points)


def _unmoved(problem: Problem, node: sp.Basic) -> tuple[sp.Expr, dict[sp.Symbol, sp.Expr]]:
    """The field or derivative at a general point, and the expressions that its arguments take."""
    if isinstance(node, sp.Subs):
        generic, moved = _unmoved(problem, node.expr)
        put = dict(zip(node.variables, node.point, strict=True))
        kept = {s: e.xreplace(put) for s, e in moved.items()}
        own = {s: e for s, e in put.items() if s in problem.inputs}
        return generic, {**own, **kept}
    applied = node if isinstance(node, AppliedUndef) else node.expr
    field = next(f for f in problem.fields for c in f.components if c.func == applied.func)
    pairs = list(zip(field.arguments, applied.args, strict=True))
    generic = applied.func(*field.arguments)
    if isinstance(node, sp.Derivative):
        formal = {given: own for own, given in pairs if isinstance(given, sp.Symbol)}
        generic = sp.Derivative(generic, *((formal[s], n) for s, n in node.variable_count))
    return generic, {own: given for own, given in pairs if own != given}
