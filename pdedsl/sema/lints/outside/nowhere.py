"""L118: a condition on a part of a boundary that has no points.

Boundaries of plane sets are cut exactly; sides of boxes and surfaces are looked at in points.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from pdedsl.diagnostics import Diagnostic
from pdedsl.geometry.boundary_places import place_arcs
from pdedsl.ir import Boundary, Law, NotNumericError, Problem
from pdedsl.sema.draft import Draft
from pdedsl.sema.lints.place_points import sample

_PLANE = 2
_POINTS = 1024  # on every side or surface: parts of a thousandth of it are seen


def nowhere(problem: Problem, draft: Draft) -> Iterator[Diagnostic]:
    """Laws on ``boundary(H)`` of an H that does not bound the domain, or where nothing is so."""
    for law in problem.laws:
        place = law.place
        if not isinstance(place, Boundary) or (place.of is None and place.where is None):
            continue
        if not place.faces and len(problem.domain(place.domain).coordinates) == _PLANE:
            yield from _finding(problem, law, place)
        elif sample(problem, place, _POINTS) is None:
            yield _unseen(problem, law, place)


def _unseen(problem: Problem, law: Law, place: Boundary) -> Diagnostic:
    """What is said where none of many points of the boundary belongs to the place."""
    if place.where is not None and sample(problem, replace(place, where=None), _POINTS):
        message = f"no point of the boundary is seen to satisfy the condition of {law.label}"
        return Diagnostic("L118", message, law.span, "change what stands after where")
    message = f"boundary({place.of}) is no part of the boundary of {place.domain}"
    return Diagnostic("L118", message, law.span, "write on boundary")


def _finding(problem: Problem, law: Law, place: Boundary) -> Iterator[Diagnostic]:
    try:
        if place_arcs(problem, place):
            return
        anywhere = place.of is None or bool(place_arcs(problem, replace(place, where=None)))
    except NotNumericError:
        return  # the condition depends on what has no value yet
    if anywhere:
        message = f"no point of the boundary satisfies the condition of {law.label}"
        yield Diagnostic("L118", message, law.span, "change what stands after where")
        return
    others = [
        name for name, _ in problem.regions if place_arcs(problem, Boundary(place.domain, of=name))
    ]
    better = f"boundary({others[0]})" if others else "boundary"
    message = f"boundary({place.of}) is no part of the boundary of {place.domain}"
    yield Diagnostic("L118", message, law.span, f"write on {better}")
