"""L108: values given on two parts that disagree where the parts meet.

Compared are the initial values with the values on the boundary at that time (and across a
periodic axis), and the values on two sides of a box at their common edge. Two different
*constants* of a component of a vector on two sides are not reported: a wall and a moving lid are
meant to jump, and no other text states that problem. All others are: no polynomial comes near a
solution that is not continuous, and most often one of the two values is a mistake.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations
from typing import NamedTuple

import numpy as np
import sympy as sp

from pdedsl.calculus.given_values import Given, given
from pdedsl.diagnostics import Diagnostic, Note
from pdedsl.geometry import domain_region
from pdedsl.geometry.arrays import Array
from pdedsl.ir import Boundary, Domain, Problem, Slice
from pdedsl.sema.draft import Draft

from .conditions import Mask, boundary_mask, conditions_on
from .outlines import Part, parts
from .sampling import point_text, values_at
from .structure import elsewhere

TOLERANCE = 1e-6
Time = dict[sp.Symbol, float]


class Jump(NamedTuple):
    """The point, by its index, where two values differ most, and both values there."""

    at: int
    first: float
    second: float


_Side = tuple[Part, Mask, Given]


def corners(problem: Problem, draft: Draft) -> Iterator[Diagnostic]:
    """Initial against boundary values, and sides of boxes against each other."""
    for domain in problem.domains:
        boundary = [b for part in parts(problem, domain, 24) for b in _on(problem, part)]
        for g, start in _initial(problem, domain):
            size = _size(problem, domain, g, start)
            yield from _at_start(problem, domain, g, start, size, boundary)
            yield from _around(problem, domain, g, start, size)
        if domain.is_box and len(domain.coordinates) > 1:
            yield from _edges(problem, domain, boundary)


# --- what is given --------------------------------------------------------------------------


def _on(problem: Problem, part: Part) -> Iterator[tuple[Part, Mask, Given]]:
    """Values given on a part of the boundary, and at which of its points."""
    for condition in conditions_on(problem, part):
        law = condition.equation.law
        if isinstance(law.place, Boundary) and (
            g := given(condition.equation.residual, law, problem.components)
        ):
            yield part, condition.mask, g


def _initial(problem: Problem, domain: Domain) -> Iterator[tuple[Given, Time]]:
    """Values at a fixed time in all of the domain, with that time."""
    for equation in elsewhere(problem):
        place = equation.law.place
        if problem.time is None or not isinstance(place, Slice) or place.domain != domain.name:
            continue
        g = given(equation.residual, equation.law, problem.components)
        if g is not None and [s for s, _ in place.fixed] == [problem.time.symbol]:
            yield g, {problem.time.symbol: problem.number(place.fixed[0][1])}


# --- comparisons ------------------------------------------------------------------------------


def _at_start(
    problem: Problem, domain: Domain, g: Given, start: Time, size: float, boundary: Sequence[_Side]
) -> Iterator[Diagnostic]:
    """An initial value beside the values on the boundary at that time."""
    reported = set()
    for part, mask, h in boundary:
        if h.component != g.component or h.law.span in reported:
            continue
        points = part.points[mask]
        jump = _jump(problem, domain, (g.value, points), (h.value, points), start, size)
        if jump is not None:
            reported.add(h.law.span)
            at = ", ".join(f"{time} = {value:g}" for time, value in start.items())
            where = f"{point_text(domain.coordinates, points[jump.at])}, {at}"
            message = (
                f"at {where} the initial value of {g.component.func} is "
                f"{jump.first:.4g} and its boundary value is {jump.second:.4g}"
            )
            note = Note("the boundary value is given here", h.law.span)
            yield Diagnostic("L108", message, g.law.span, None, (note,))


def _around(
    problem: Problem, domain: Domain, g: Given, start: Time, size: float
) -> Iterator[Diagnostic]:
    """An initial state that is not periodic where its field is."""
    for axis, period in problem.periodic_axes(g.component).items():
        if axis not in domain.intervals:
            continue
        index = domain.coordinates.index(axis)
        points = domain_region(problem, domain).interior(8)
        points[:, index] = problem.number(domain.intervals[axis][0])
        far = points.copy()
        far[:, index] += problem.number(period)
        jump = _jump(problem, domain, (g.value, points), (g.value, far), start, size)
        if jump is not None:
            ends = f"{axis} = {points[jump.at, index]:g} and {axis} = {far[jump.at, index]:g}"
            message = (
                f"{g.component.func} is periodic in {axis}, but its initial values at "
                f"{ends} are {jump.first:.4g} and {jump.second:.4g}"
            )
            yield Diagnostic("L108", message, g.law.span)


def _edges(problem: Problem, domain: Domain, boundary: Sequence[_Side]) -> Iterator[Diagnostic]:
    reported = set()
    for (part, _, g), (other, _, h) in combinations(boundary, 2):
        key = (g.law.span, h.law.span, g.component)
        if g.component != h.component or g.value == h.value or key in reported:
            continue
        found = _edge(problem, domain, part, other, g, h)
        if found is not None:
            reported.add(key)
            yield found


def _edge(
    problem: Problem, domain: Domain, part: Part, other: Part, g: Given, h: Given
) -> Diagnostic | None:
    assert part.face is not None and other.face is not None
    varies = any(v.value.free_symbols & set(problem.inputs) for v in (g, h))
    vector = any(f.vector and g.component in f.components for f in problem.fields)
    if part.face[0] == other.face[0] or (vector and not varies):
        return None
    points = part.points.copy()
    points[:, other.face[0]] = other.points[0, other.face[0]]
    for side, value in ((part, g), (other, h)):
        moved = replace(side, points=points, normals=np.tile(side.normals[0], (len(points), 1)))
        assert isinstance(value.law.place, Boundary)
        if not boundary_mask(problem, value.law.place, moved).all():
            return None
    jump = _jump(problem, domain, (g.value, points), (h.value, points), {})
    if jump is None:
        return None
    where = point_text(domain.coordinates, points[jump.at])
    message = (
        f"at {where} the value of {g.component.func} on {part.name} is "
        f"{jump.first:.4g} and that on {other.name} is {jump.second:.4g}"
    )
    note = Note("the other value is given here", h.law.span)
    return Diagnostic("L108", message, g.law.span, None, (note,))


def _size(problem: Problem, domain: Domain, initial: Given, start: Time) -> float:
    """The largest initial value at sample points, beside which the tails of a pulse are zero."""
    points = domain_region(problem, domain).interior(256)
    values = _values(problem, domain, initial.value, points, start)
    return 0.0 if values is None else float(np.max(np.abs(values), initial=0.0))


def _jump(
    problem: Problem,
    domain: Domain,
    first: tuple[sp.Expr, Array],
    second: tuple[sp.Expr, Array],
    fixed: Time,
    size: float = 0.0,
) -> Jump | None:
    """Where two values at as many points differ most; None if they agree.

    They agree up to `TOLERANCE` of ``size`` or of their own largest values.
    """
    a, b = (_values(problem, domain, value, points, fixed) for value, points in (first, second))
    if a is None or b is None or not len(a):
        return None
    gap = np.abs(a - b)
    scale = max(1e-300, size, float(np.max(np.abs(a))), float(np.max(np.abs(b))))
    worst = int(np.argmax(gap))
    if gap[worst] <= TOLERANCE * scale or gap[worst] <= 1e-12:
        return None
    return Jump(worst, float(a[worst]), float(b[worst]))


def _values(
    problem: Problem, domain: Domain, value: sp.Expr, points: Array, fixed: Time
) -> Array | None:
    found = values_at(problem, domain, points, value, fixed)
    return None if found is None or not np.all(np.isfinite(found)) else found.astype(float)
