r"""Laws that fix the values of one component on a side of the box of all inputs.

On a side, where one input has an end of its interval, such a law reads a w + b = 0 with w a
component u_c (or ∂_t u_c at the first time), a ≠ 0 a number, and b a function of the inputs of
the component. Then w = g with g = −b/a.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sympy as sp
from sympy.core.function import AppliedUndef

from pdedsl.geometry import Bounds, field_bounds, place_bounds
from pdedsl.ir import (
    Boundary,
    DomainIntegral,
    Field,
    Global,
    Law,
    NotNumericError,
    OnData,
    Problem,
    Slice,
    is_normal,
    normal,
)

_NEAR = 1e-13  # of the length of an interval, between an end and a value that means it


class NotHard(Exception):
    """A law, or one equation of it, is not of this kind; the text says why."""


@dataclass(frozen=True)
class Condition:
    """w = g on a side.

    Args:
        component: name of u_c.
        bounds: intervals of the arguments of u_c.
        axis: the input that is fixed.
        side: −1 at the lower end of its interval, +1 at the upper one.
        end: the value there, free of parameters.
        order: 0 for w = u_c, 1 for w = ∂u_c/∂axis.
        data: g, an expression in the other arguments.
    """

    component: str
    bounds: Bounds
    axis: sp.Symbol
    side: int
    end: sp.Expr
    order: int
    data: sp.Expr

    @property
    def place(self) -> str:
        """The side in words, such as ``x = 0``."""
        return f"{self.axis} = {self.end}"


@dataclass(frozen=True)
class Side:
    """A side of the box of all inputs, with the components of the normal where it has one."""

    axis: sp.Symbol
    side: int
    end: sp.Expr
    normals: Mapping[sp.Symbol, sp.Expr]


def sides_of(problem: Problem, law: Law) -> list[Side]:
    """The sides on which a law holds.

    Raises:
        NotHard: it holds elsewhere.
    """
    place = law.place
    if isinstance(place, Boundary):
        if place.where is not None or place.minus or not place.faces:
            raise NotHard("it holds on a part of the boundary that is not made of whole faces")
        coordinates = problem.domain(place.domain).coordinates
        return [
            Side(face.axis, face.side, problem.substitute(face.value), {
                normal(i): sp.Integer(face.side * (s == face.axis))
                for i, s in enumerate(coordinates, start=1)
            })
            for face in place.faces
        ]  # fmt: skip
    if isinstance(place, Slice):
        return [_slice_side(problem, place)]
    reasons = {OnData: "it is fitted to data", Global: "it is a law between integrals or numbers"}
    raise NotHard(reasons.get(type(place), "it does not hold on faces of a box"))


def _slice_side(problem: Problem, place: Slice) -> Side:
    if len(place.fixed) != 1:
        raise NotHard("it holds at a point or on an edge, not on a whole face")
    ((axis, value),) = place.fixed
    low, high = place_bounds(problem, place)[axis]
    at = problem.number(value)
    for side, end in ((-1, low), (1, high)):
        if abs(at - end) <= _NEAR * (high - low):
            return Side(axis, side, problem.substitute(value), {})
    raise NotHard(f"{axis} = {value} is not an end of the interval of {axis}")


def conditions_of(problem: Problem, law: Law, residual: sp.Expr) -> tuple[Condition, ...]:
    """One equation of a law as values of components, one for each side that it holds on.

    Raises:
        NotHard: it is not of that form on all of its sides.
    """
    plain = problem.substitute(residual)
    return tuple(_condition(problem, side, plain) for side in sides_of(problem, law))


def _condition(problem: Problem, side: Side, residual: sp.Expr) -> Condition:
    refuse(problem, residual)
    here = residual.xreplace(dict(side.normals))
    if any(is_normal(s) for s in here.free_symbols):
        raise NotHard("it contains the normal where there is none")
    unknown, order = unknown_of(problem, here)
    applied = unknown.expr if order else unknown
    owner = next(f for f in problem.fields for c in f.components if c.func == applied.func)
    if order and not (side.axis == unknown.variables[0] == _time(problem) and side.side == -1):
        raise NotHard("it contains derivatives of the unknowns")
    _check_arguments(problem, side, owner, applied)
    if side.axis in problem.periodic_axes(owner.components[0]):
        raise NotHard(f"{owner.name} is periodic in {side.axis}")
    data = data_of(here, unknown).xreplace({side.axis: side.end})
    check_data(owner, data, f"at {side.axis} = {side.end}")
    name, bounds = applied.func.__name__, field_bounds(problem, owner)
    return Condition(name, bounds, side.axis, side.side, side.end, order, data)


def check_data(owner: Field, data: sp.Expr, where: str) -> None:
    """Refuse data that depend on what their field does not, or are not finite.

    Raises:
        NotHard: they are such.
    """
    others = {s for s in data.free_symbols if s not in owner.arguments}
    if others:
        listed = ", ".join(sorted(map(str, others)))
        raise NotHard(f"its data depend on {listed}, on which {owner.name} does not depend")
    if data.has(sp.zoo, sp.oo, -sp.oo, sp.nan):
        raise NotHard(f"its data are not finite {where}")


def _time(problem: Problem) -> sp.Symbol | None:
    return problem.time.symbol if problem.time else None


def refuse(problem: Problem, residual: sp.Expr) -> None:
    """Refuse what is no function of the inputs alone, apart from the unknowns."""
    names = {c.func.__name__ for c in problem.components}
    columns = {a.func.__name__ for a in residual.atoms(AppliedUndef)} - names
    if columns:
        raise NotHard(f"it needs the data {', '.join(sorted(columns))}")
    if residual.has(DomainIntegral):
        raise NotHard("it contains an integral")
    numbers = {n.symbol for n in problem.numbers} & residual.free_symbols
    if numbers:
        raise NotHard(f"it contains the unknown {', '.join(sorted(map(str, numbers)))}")


def unknown_of(problem: Problem, residual: sp.Expr) -> tuple[sp.Expr, int]:
    """The only unknown of an equation, and its order."""
    if residual.has(sp.Subs):
        raise NotHard("it contains derivatives at another point")
    derivatives = residual.atoms(sp.Derivative)
    if len(derivatives) > 1 or any(
        not isinstance(d.expr, AppliedUndef) or len(d.variables) != 1 for d in derivatives
    ):
        raise NotHard("it contains derivatives of the unknowns")
    for derivative in derivatives:
        rest = residual.xreplace({derivative: sp.S.Zero})
        if derivative.variables[0] != _time(problem) or rest.atoms(AppliedUndef):
            raise NotHard("it contains derivatives of the unknowns")
        return derivative, 1
    fields = residual.atoms(AppliedUndef)
    if len(fields) != 1:
        raise NotHard("it couples several unknowns" if fields else "it contains no unknown")
    return fields.pop(), 0


def _check_arguments(problem: Problem, side: Side, owner: Field, applied: AppliedUndef) -> None:
    if side.axis not in owner.arguments:
        raise NotHard(f"{owner.name} does not depend on {side.axis}")
    for symbol, argument in zip(owner.arguments, applied.args, strict=True):
        if argument == symbol or (symbol == side.axis and _same(problem, argument, side.end)):
            continue
        raise NotHard(f"it takes {owner.name} at another point")


def _same(problem: Problem, one: sp.Expr, other: sp.Expr) -> bool:
    try:
        return problem.number(one) == problem.number(other)
    except NotNumericError:
        return False


def data_of(residual: sp.Expr, unknown: sp.Expr) -> sp.Expr:
    """The data g, where the residual is a w − a g."""
    w = sp.Dummy(real=True)
    plain = residual.xreplace({unknown: w})
    slope = sp.expand(sp.diff(plain, w))
    if slope.has(w):
        raise NotHard("it is not linear in the unknown")
    if slope.free_symbols or slope == 0:
        raise NotHard("the unknown has a coefficient that is not a number")
    return -plain.xreplace({w: sp.S.Zero}) / slope
