"""Which conditions hold on a part of a boundary."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import sympy as sp
from numpy.typing import NDArray
from sympy.core.function import AppliedUndef

from pdedsl.geometry import on_interface, region_of
from pdedsl.ir import Boundary, Problem, Slice

from .outlines import Part
from .sampling import values_at
from .structure import Equation, elsewhere

Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Condition:
    """A scalar condition and the points of a part where it holds; ``tied`` to other points."""

    equation: Equation
    mask: Mask
    tied: bool = False


@lru_cache(maxsize=512)
def conditions_on(problem: Problem, part: Part) -> tuple[Condition, ...]:
    """All conditions that hold somewhere on the part, at all times.

    A condition such as ``u(x=0) = u(x=1)`` is tied: it is one condition for two faces.
    """
    found = []
    for equation in elsewhere(problem):
        place = equation.law.place
        if isinstance(place, Boundary) and place.domain == part.domain.name:
            mask = boundary_mask(problem, place, part)
            if mask.any():
                found.append(Condition(equation, mask))
        elif isinstance(place, Slice) and place.domain == part.domain.name:
            found += _sliced(problem, equation, place, part)
    return tuple(found)


def boundary_mask(problem: Problem, place: Boundary, part: Part) -> Mask:
    """The points of the part that belong to a place on the boundary."""
    mask = np.ones(len(part.points), dtype=bool)
    if place.faces:
        assert part.face is not None
        axis, side = part.domain.coordinates[part.face[0]], part.face[1]
        mask &= any(f.side == side and f.axis == axis for f in place.faces)
    if place.of is not None and mask.any():
        other = region_of(dict(problem.regions)[place.of], problem.number)
        mask &= other.orientation(part.points, part.normals) != 0
    for name in place.minus:
        mask &= ~on_interface(problem, name, part.domain.name, part.points)
    if place.where is not None and mask.any():
        holds = values_at(problem, part.domain, part.points, place.where)
        if holds is not None:
            mask &= holds.astype(bool)
    return mask


def _sliced(problem: Problem, equation: Equation, place: Slice, part: Part) -> list[Condition]:
    """A slice at one space coordinate is a condition on the face that it coincides with."""
    if part.face is None or len(place.fixed) != 1:
        return []
    axis = part.domain.coordinates[part.face[0]]
    here = float(part.points[0, part.face[0]])
    values = touched(problem, equation.residual, axis, place)
    if not any(abs(v - here) <= 1e-9 * max(1.0, abs(here)) for v in values):
        return []
    return [Condition(equation, np.ones(len(part.points), dtype=bool), len(values) > 1)]


def touched(problem: Problem, residual: sp.Expr, axis: sp.Symbol, place: Slice) -> set[float]:
    """Values of a coordinate at which a residual looks at fields."""
    fixed = dict(place.fixed)
    found: set[sp.Expr] = set()
    arguments = {f.func: f.args for f in problem.components}
    for node in residual.atoms(sp.Subs):
        found |= {p for v, p in zip(node.variables, node.point, strict=True) if v == axis}
    for node in residual.atoms(AppliedUndef):
        formals = arguments.get(node.func, ())
        found |= {a for f, a in zip(formals, node.args, strict=False) if f == axis}
    moved = {v for v in found if v.free_symbols <= problem.parameter_values.keys()}
    if axis in found and axis in fixed and residual.has(axis):
        moved.add(fixed[axis])
    return {problem.number(v) for v in moved}
