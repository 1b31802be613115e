"""L108: values given on two parts that disagree where the parts meet.

Compared are the initial values with the values on the boundary at that time (and across a
periodic axis), and the values on two sides of a box at their common edge. Two different
*constants* on two sides are not reported: a wall and a moving lid, a hot and a cold plate, are
meant to jump, and every such text states the jump in plain sight. A profile that varies along
its side and misses its neighbour's value is most often a mistake. Initial and boundary values
are reported even where both are constant, since methods in time suffer most from that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import sympy as sp
from numpy.typing import NDArray
from sympy.core.function import AppliedUndef

from pdedsl.diagnostics import Diagnostic, Note
from pdedsl.geometry import domain_region
from pdedsl.ir import Domain, NotNumericError, Problem, Slice, evaluate
from pdedsl.ir.problem import Law
from pdedsl.sema.draft import Draft

from .conditions import boundary_mask, conditions_on
from .outlines import Part, parts
from .sampling import known_at
from .structure import coefficients, elsewhere

TOLERANCE = 1e-6
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Given:
    """A value g of a component, from a law α·(u − g) = 0."""

    law: Law
    component: AppliedUndef
    value: sp.Expr


def corners(problem: Problem, draft: Draft) -> Iterator[Diagnostic]:
    """Initial against boundary values, and sides of boxes against each other."""
    for domain in problem.domains:
        outline = parts(problem, domain, 24)
        boundary = [(part, g) for part in outline for g in _on(problem, part)]
        if problem.time is not None:
            yield from _at_start(problem, domain, boundary)
            yield from _around(problem, domain)
        if domain.is_box and len(domain.coordinates) > 1:
            yield from _edges(problem, domain, outline, boundary)


# --- what is given --------------------------------------------------------------------------


def given(residual: sp.Expr, law: Law, components: tuple[AppliedUndef, ...]) -> Given | None:
    """The value that a residual gives to one component, where it does."""
    found = coefficients(residual)
    if len(found) != 1:
        return None
    (node, factor) = next(iter(found.items()))
    if node not in components or factor == 0 or factor.atoms(AppliedUndef):
        return None
    return Given(law, node, -residual.xreplace({node: sp.S.Zero}) / factor)


def _on(problem: Problem, part: Part) -> list[Given]:
    found = []
    for condition in conditions_on(problem, part):
        equation = condition.equation
        if isinstance(equation.law.place, Slice):
            continue
        if g := given(equation.residual, equation.law, problem.components):
            found.append(g)
    return found


def _initial(problem: Problem, domain: Domain) -> list[tuple[Given, sp.Expr]]:
    """Values at a fixed time in all of the domain, with that time."""
    assert problem.time is not None
    time = problem.time.symbol
    found = []
    for equation in elsewhere(problem):
        place = equation.law.place
        if not isinstance(place, Slice) or place.domain != domain.name:
            continue
        g = given(equation.residual, equation.law, problem.components)
        if g is not None and [s for s, _ in place.fixed] == [time]:
            found.append((g, place.fixed[0][1]))
    return found


def _values(value: sp.Expr, known: Mapping[sp.Basic, object], count: int) -> Array | None:
    try:
        found = np.broadcast_to(np.asarray(evaluate(value, known), dtype=float), (count,))
    except NotNumericError:
        return None
    return found if np.all(np.isfinite(found)) else None


# --- comparisons ------------------------------------------------------------------------------


def _at_start(
    problem: Problem, domain: Domain, boundary: list[tuple[Part, Given]]
) -> Iterator[Diagnostic]:
    assert problem.time is not None
    reported = set()
    for g, start in _initial(problem, domain):
        at = problem.number(start)
        size = _size(problem, domain, g, at)
        for part, h in boundary:
            if h.component != g.component or (h.law.span, g.law.span, g.component) in reported:
                continue
            mask = boundary_mask(problem, h.law.place, part)  # type: ignore[arg-type]  # on a side
            points = part.points[mask]
            known = known_at(problem, domain.coordinates, points, {problem.time.symbol: at})
            first, second = (_values(v, known, len(points)) for v in (g.value, h.value))
            worst = _worst(first, second, size)
            if worst is not None:
                assert first is not None and second is not None
                reported.add((h.law.span, g.law.span, g.component))
                where = f"{_point(domain, points[worst])}, {problem.time.symbol} = {at:g}"
                message = (
                    f"at {where} the initial value of {g.component.func} is "
                    f"{first[worst]:.4g} and its boundary value is {second[worst]:.4g}"
                )
                note = Note("the boundary value is given here", h.law.span)
                yield Diagnostic("L108", message, g.law.span, None, (note,))


def _around(problem: Problem, domain: Domain) -> Iterator[Diagnostic]:
    """An initial state that is not periodic where its field is."""
    assert problem.time is not None
    for g, start in _initial(problem, domain):
        for axis, period in problem.periodic_axes(g.component).items():
            if axis not in domain.intervals:
                continue
            index = domain.coordinates.index(axis)
            points = domain_region(problem, domain).interior(8)
            points[:, index] = problem.number(domain.intervals[axis][0])
            far = points.copy()
            far[:, index] += problem.number(period)
            time = {problem.time.symbol: problem.number(start)}
            first, second = (
                _values(g.value, known_at(problem, domain.coordinates, p, time), len(p))
                for p in (points, far)
            )
            worst = _worst(first, second, _size(problem, domain, g, problem.number(start)))
            if worst is not None:
                assert first is not None and second is not None
                ends = f"{axis} = {points[worst, index]:g} and {axis} = {far[worst, index]:g}"
                message = (
                    f"{g.component.func} is periodic in {axis}, but its initial values at "
                    f"{ends} are {first[worst]:.4g} and {second[worst]:.4g}"
                )
                yield Diagnostic("L108", message, g.law.span)


def _edges(
    problem: Problem, domain: Domain, outline: Sequence[Part], boundary: list[tuple[Part, Given]]
) -> Iterator[Diagnostic]:
    reported = set()
    for number, (part, g) in enumerate(boundary):
        for other, h in boundary[number + 1 :]:
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
    if part.face[0] == other.face[0] or not _varies(problem, g, h):
        return None
    points = part.points.copy()
    points[:, other.face[0]] = other.points[0, other.face[0]]
    for side, value in ((part, g), (other, h)):
        moved = Part(
            domain, side.name, points, np.tile(side.normals[0], (len(points), 1)), side.face
        )
        if not boundary_mask(problem, value.law.place, moved).all():  # type: ignore[arg-type]  # on a side
            return None
    known = known_at(problem, domain.coordinates, points, {})
    first, second = (_values(v.value, known, len(points)) for v in (g, h))
    worst = _worst(first, second)
    if worst is None or first is None or second is None:
        return None
    message = (
        f"at {_point(domain, points[worst])} the value of {g.component.func} on {part.name} is "
        f"{first[worst]:.4g} and that on {other.name} is {second[worst]:.4g}"
    )
    note = Note("the other value is given here", h.law.span)
    return Diagnostic("L108", message, g.law.span, None, (note,))


def _varies(problem: Problem, *values: Given) -> bool:
    """Whether one of the values is no constant."""
    inputs = set(problem.inputs)
    return any(v.value.free_symbols & inputs for v in values)


def _size(problem: Problem, domain: Domain, initial: Given, at: float) -> float:
    """The largest initial value at sample points, beside which the tails of a pulse are zero."""
    assert problem.time is not None
    points = domain_region(problem, domain).interior(256)
    known = known_at(problem, domain.coordinates, points, {problem.time.symbol: at})
    values = _values(initial.value, known, len(points))
    return 0.0 if values is None or not len(values) else float(np.max(np.abs(values)))


def _worst(first: Array | None, second: Array | None, size: float = 0.0) -> int | None:
    """Where two rows of values of the given size, or larger, differ most; None if they agree."""
    if first is None or second is None or not len(first):
        return None
    gap = np.abs(first - second)
    scale = max(1e-300, size, float(np.max(np.abs(first))), float(np.max(np.abs(second))))
    worst = int(np.argmax(gap))
    return worst if gap[worst] > TOLERANCE * scale and gap[worst] > 1e-12 else None


def _point(domain: Domain, point: Array) -> str:
    return ", ".join(f"{s} = {v:.4g}" for s, v in zip(domain.coordinates, point, strict=True))
