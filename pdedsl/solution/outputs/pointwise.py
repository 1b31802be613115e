"""Expressions of fields, coordinates and normals at points, from what gives fields there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Protocol

import numpy as np
import sympy as sp
from sympy.core.function import AppliedUndef

from pdedsl.geometry.arrays import Array
from pdedsl.ir import Problem, Substitution, is_normal
from pdedsl.solution.known import exact_fields, numeric

Function = Callable[[Array], Array]


class NormalFunction(Protocol):
    """A function of points (n, inputs) and, where it has them, normals (n, dimension)."""

    def __call__(self, points: Array, normals: Array | None = None) -> Array:
        """Values (n,)."""


class Fields(Protocol):
    """Gives fields and their derivatives at points of shape (n, inputs)."""

    def expression(self, expression: sp.Expr, points: Array) -> Array:
        """Values (n,) of ``u(x, t)`` or a derivative of it, in the arguments of the problem."""


class ExactFields:
    """The fields of the ``exact`` statements of a problem."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._known = Substitution(exact_fields(problem).items())
        self._found: dict[sp.Expr, Function] = {}

    def expression(self, expression: sp.Expr, points: Array) -> Array:
        """Values (n,) of a field or a derivative."""
        if expression not in self._found:
            self._found[expression] = numeric(self._problem, self._known(expression).doit())
        return self._found[expression](points)


def function_of(
    problem: Problem,
    fields: Fields,
    expression: sp.Expr,
    normal: Array | None,
    numbers: Mapping[sp.Symbol, float],
) -> NormalFunction:
    """An expression as a function of points (n, inputs), with values (n,).

    Args:
        problem: whose inputs and parameters stand in the expression.
        fields: of a solution.
        expression: any of the language; fields may be moved, as in ``u(x, 1)``.
        normal: the normal at all points, shape (dimension,); None where they have their own.
        numbers: values of unknown numbers and of functionals.
    """
    expression = problem.substitute(expression)
    atoms = sorted(set(_field_nodes(expression)), key=sp.default_sort_key)
    parts = [_field_function(problem, fields, atom) for atom in atoms]
    stand_in = {atom: sp.Dummy() for atom in atoms}
    rest = expression.xreplace(stand_in)
    scalars = {s: numbers[s] for s in rest.free_symbols & numbers.keys()}
    axes = {s: int(s.name[2:-1]) - 1 for s in rest.free_symbols if is_normal(s)}
    symbols = (*problem.inputs, *scalars, *axes, *stand_in.values())
    made = sp.lambdify(symbols, rest, modules=["scipy", "numpy"], dummify=True)

    def function(points: Array, normals: Array | None = None) -> Array:
        found = (part(points) for part in parts)
        own = normal if normals is None else normals.T
        ways = () if own is None else (own[i] for i in axes.values())
        with np.errstate(all="ignore"):
            values = np.asarray(made(*points.T, *scalars.values(), *ways, *found), dtype=np.float64)
        return np.broadcast_to(values, (len(points),))

    return function


def _field_nodes(expression: sp.Basic) -> Iterator[sp.Basic]:
    """Fields, derivatives and fields at other points, the outermost of each."""
    if isinstance(expression, AppliedUndef | sp.Derivative | sp.Subs):
        yield expression
        return
    for argument in expression.args:
        yield from _field_nodes(argument)


def _field_function(problem: Problem, fields: Fields, node: sp.Basic) -> Function:
    """A field or derivative at points that may be moved."""
    generic, moved = _unmoved(problem, node)
    columns = {problem.inputs.index(s): numeric(problem, value) for s, value in moved.items()}

    def function(points: Array) -> Array:
        there = points.copy()
        for column, value in columns.items():
            there[:, column] = value(points)
        return fields.expression(generic, there)

    return function


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
