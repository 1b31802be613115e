"""Points of the boundary of a plane domain where an edge ends or the laws change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from pdedsl.ir import Boundary, Domain, Law, Problem

from .arrays import Array
from .boundary_places import Holds, place_holds, place_shares
from .plane.curves import Segment
from .plane_boundary import Arc, loops
from .shapes import domain_region

_STRAIGHT = 1e-6  # turn, in radians, below which arcs meet smoothly: as for corners of regions
_SAME = 1e-9  # between shares of an arc that are the same: rounding


@dataclass(frozen=True, eq=False)
class Junction:
    """A point with two edges; the set lies anticlockwise from the first to the last one.

    Args:
        point: shape (2,).
        angle: ω in (0, 2π], that of the set; π on a smooth arc.
        begin: direction of the first edge, in radians.
        first: labels of the laws on the edge of direction ``begin``, in order.
        last: those on the edge of direction ``begin`` + ω.
        curved: whether an edge is no straight line.
        length: of the shorter one of both edges, about.
    """

    point: Array
    angle: float
    begin: float
    first: tuple[str, ...]
    last: tuple[str, ...]
    curved: bool
    length: float


@dataclass(frozen=True, eq=False)
class _Edge:
    """A part of an arc with the same laws everywhere; ``angle`` is that of the set at its end."""

    arc: Arc
    low: float
    high: float
    laws: tuple[str, ...]
    angle: float

    def at(self, share: float) -> tuple[Array, Array]:
        arc = self.arc
        return arc.at(arc.begin + share * (arc.end - arc.begin))

    @property
    def length(self) -> float:
        middle = (self.low + self.high) / 2
        points = [self.at(share)[0] for share in (self.low, middle, self.high)]
        return float(np.linalg.norm(np.diff(points, axis=0), axis=1).sum())


def junctions(problem: Problem, domain: Domain) -> tuple[Junction, ...]:
    """All corners of a domain in the plane, and the points on smooth arcs where the laws change."""
    laws = [
        (law, holds)
        for law in problem.laws
        if isinstance(law.place, Boundary) and law.place.domain == domain.name
        for holds in [_holds(problem, law.place)]
    ]
    found = []
    for loop in loops(domain_region(problem, domain)):
        edges = [
            edge
            for arc, corner in zip(loop.arcs, loop.corners, strict=True)
            for edge in _edges(arc, corner.angle, laws)
        ]
        for edge, following in zip(edges, [*edges[1:], edges[0]], strict=True):
            if edge.laws != following.laws or abs(edge.angle - np.pi) > _STRAIGHT:
                found.append(_junction(edge, following))
    return tuple(found)


def _junction(edge: _Edge, following: _Edge) -> Junction:
    point, leaving = following.at(following.low)
    straight = all(isinstance(own.arc.piece.curve, Segment) for own in (edge, following))
    begin = float(np.arctan2(leaving[1], leaving[0]))
    length = min(edge.length, following.length)
    laws = following.laws, edge.laws
    return Junction(point, edge.angle, begin, *laws, not straight, length)


def _holds(problem: Problem, place: Boundary) -> Holds:
    """As `place_holds`, on sides of boxes too."""
    holds, domain = place_holds(problem, place), problem.domain(place.domain)
    if not place.faces:
        return holds
    sides = [(domain.coordinates.index(face.axis), face.side) for face in place.faces]

    def on_sides(points: Array, normals: Array) -> np.ndarray:
        ahead = [side * normals[:, axis] > 1 - _STRAIGHT for axis, side in sides]
        return holds(points, normals) & np.any(ahead, axis=0)

    return on_sides


def _edges(arc: Arc, angle: float, laws: list[tuple[Law, Holds]]) -> Iterator[_Edge]:
    """An arc divided where laws begin or end; ``angle`` is that of the set at its end."""
    parts = [(law.label, *share) for law, holds in laws for share in place_shares(arc, holds)]
    cuts = [0.0]
    for cut in sorted({share for _, *own in parts for share in own} | {1.0}):
        if cut - cuts[-1] > _SAME:
            cuts.append(cut)
    cuts[-1] = 1.0
    for low, high in pairwise(cuts):
        middle = (low + high) / 2
        own = tuple(label for label, begin, end in parts if begin < middle < end)
        yield _Edge(arc, low, high, own, angle if high == 1.0 else float(np.pi))
