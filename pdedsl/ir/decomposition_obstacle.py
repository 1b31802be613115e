"""What keeps a problem from being divided into parts."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import sympy as sp
from sympy.core.function import AppliedUndef

from .expressions import DomainIntegral
from .places import Global, OnData
from .problem import Law, Problem


def decomposition_obstacle(problem: Problem, axes: Sequence[sp.Symbol]) -> str | None:
    """Why a problem cannot be cut across some of its inputs, or None where it can.

    Args:
        problem: the problem.
        axes: the inputs that are to be cut.
    """
    found = _of_sets(problem, axes) or _of_fields(problem, axes)
    if found is not None:
        return found
    for law in problem.laws:
        if reason := _of_law(problem, law, axes):
            return f"{law.label} {reason}"
    return None


def axis_obstacle(problem: Problem, axis: sp.Symbol) -> str | None:
    """Why an input cannot be cut, whatever the laws are, or None where it can."""
    if any(p.axis == axis for p in problem.periodicities):
        return f"it is periodic in {axis}"
    if any(r.symbol == axis for r in problem.ranges):
        return f"{axis} is a parameter, not a coordinate or time"
    return None


def elsewhere(
    problem: Problem, expression: sp.Expr, axes: Collection[sp.Symbol]
) -> Iterator[tuple[sp.Expr, dict[sp.Symbol, sp.Expr]]]:
    """Fields at another point, such as u(0, t), each with where that is on the axes."""
    places = {c.func: c.args for c in problem.components}
    for node in expression.atoms(AppliedUndef):
        own = dict(zip(places.get(node.func, ()), node.args, strict=False))
        moved = {axis: own[axis] for axis in axes if axis in own and own[axis] != axis}
        if moved:
            yield node, moved
    for node in expression.atoms(sp.Subs):
        there = dict(zip(node.variables, node.point, strict=True))
        moved = {axis: there[axis] for axis in axes if axis in there}
        if moved:
            yield node, moved


def _of_sets(problem: Problem, axes: Sequence[sp.Symbol]) -> str | None:
    """Reasons in the domains, and in the inputs as they are."""
    if len(problem.domains) > 1:
        return "it has several domains already"
    if any(not domain.is_box for domain in problem.domains):
        return f"{problem.domains[0].name} is not a box"
    return next(filter(None, (axis_obstacle(problem, axis) for axis in axes)), None)


def _of_fields(problem: Problem, axes: Sequence[sp.Symbol]) -> str | None:
    """A field depends on all that is cut, or on no more than time, which is not cut."""
    time = problem.time.symbol if problem.time else None
    for field in problem.fields:
        lacking = [axis.name for axis in axes if axis not in field.arguments]
        if lacking and (time in axes or {*field.arguments} - {time}):
            return f"{field.name} does not depend on {' and '.join(lacking)}"
    return None


def _of_law(problem: Problem, law: Law, axes: Sequence[sp.Symbol]) -> str | None:
    time = problem.time.symbol if problem.time else None
    if isinstance(law.place, OnData):
        table = next(t for t in problem.tables if t.name == law.place.table)
        lacking = [axis.name for axis in axes if axis.name not in table.coordinates]
        if lacking:
            return f"is on the table {table.name}, which has no column {' and '.join(lacking)}"
    for residual in law.residuals:
        for node, points in elsewhere(problem, residual, axes):
            if not all(problem.substitute(p).is_number for p in points.values()):
                return "has a field at a point that moves"
            free = set(axes) - set(points)
            if isinstance(law.place, Global) and free & node.free_symbols:
                return "has a field at points of several parts"
        if time in axes and residual.has(DomainIntegral):
            return f"has an integral, over parts that begin and end at times of {time}"
    return None
