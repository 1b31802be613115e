"""The arcs of a place on the boundary of a plane set: where its law holds, from end to end.

An interface is a place on the boundary of its first domain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from itertools import pairwise

import numpy as np

from pdedsl.ir import Boundary, Domain, OnInterface, Problem, evaluate

from .arrays import Array
from .interfaces import interface_regions, on_interface
from .plane.shared import shared_arcs
from .plane_boundary import Arc, arcs
from .region import Mask, beyond
from .shapes import domain_region, region_of

_SCAN = 512  # parts of an arc in which the ends of a place are looked for: a choice
_HALVINGS = 48  # of such a part: rounding

Holds = Callable[[Array, Array], Mask]
"""From points and outward normals, both (n, d), to whether a place holds there, (n,)."""


def outlined(problem: Problem, place: Boundary | OnInterface) -> Domain:
    """The domain on whose boundary a place is."""
    if isinstance(place, OnInterface):
        return problem.domain(problem.interface(place.name).first)
    return problem.domain(place.domain)


def place_holds(problem: Problem, place: Boundary | OnInterface) -> Holds:
    """Which points of the boundary of its domain belong to a place: its region and condition."""
    if isinstance(place, OnInterface):
        return partial(beyond, *interface_regions(problem, place.name))
    domain = problem.domain(place.domain)
    other = None if place.of is None else region_of(dict(problem.regions)[place.of], problem.number)

    def holds(points: Array, normals: Array) -> Mask:
        mask = np.ones(len(points), dtype=bool)
        if other is not None:
            mask &= other.orientation(points, normals) != 0
        for name in place.minus:
            mask &= ~on_interface(problem, name, domain.name, points)
        if place.where is not None:
            known = dict(problem.parameter_values)
            known |= zip(domain.coordinates, points.T, strict=True)
            mask &= np.broadcast_to(np.asarray(evaluate(place.where, known), dtype=bool), len(mask))
        return mask

    return holds


def place_arcs(problem: Problem, place: Boundary | OnInterface) -> tuple[Arc, ...]:
    """The arcs of a place on the boundary of a domain in the plane."""
    if isinstance(place, OnInterface):
        return shared_arcs(*interface_regions(problem, place.name))
    region = domain_region(problem, problem.domain(place.domain))
    holds = place_holds(problem, place)
    return tuple(part for arc in arcs(region) for part in _parts(arc, holds))


def place_shares(arc: Arc, holds: Holds) -> Iterator[tuple[float, float]]:
    """Begin and end of the parts of an arc on which a place holds, as shares of its parameter."""

    def inside(share: float | Array) -> Mask:
        s = arc.begin + (arc.end - arc.begin) * np.atleast_1d(share)[:, None]
        return holds(arc.piece.points(s), arc.outward * arc.piece.normals(s))

    centres = (np.arange(_SCAN) + 0.5) / _SCAN
    found = inside(centres)
    ends, values = [0.0], [bool(found[0])]
    for i in np.flatnonzero(found[1:] != found[:-1]):
        low, high = centres[i], centres[i + 1]
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            low, high = (middle, high) if inside(middle)[0] == found[i] else (low, middle)
        ends.append((low + high) / 2)
        values.append(bool(found[i + 1]))
    for (low, high), own in zip(pairwise([*ends, 1.0]), values, strict=True):
        if own:
            yield float(low), float(high)


def _parts(arc: Arc, holds: Holds) -> Iterator[Arc]:
    """The parts of an arc on which a place holds."""
    for low, high in place_shares(arc, holds):
        length = arc.end - arc.begin
        yield replace(arc, begin=arc.begin + low * length, end=arc.begin + high * length)
