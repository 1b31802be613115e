"""What a largest value on a set that is no box is looked for on: its inside, and its boundary."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import sympy as sp

from pdedsl.geometry import FloatBox, domain_region, hull_bounds
from pdedsl.geometry.arrays import Array
from pdedsl.geometry.boundary_places import outlined, place_arcs, place_holds
from pdedsl.geometry.region import BoundaryPiece, Mask
from pdedsl.ir import Boundary, Domain, Interior, OnInterface, Place, Problem

Placed = tuple[Array, Array | None, Mask]
"""Coordinates and outward normals, both (n, dimension), and whether they belong to the place."""


@dataclass(frozen=True, eq=False)
class ShapePiece:
    """The image of a box, with other inputs that vary.

    Args:
        domain: that it belongs to.
        box: of parameters, then of the other inputs.
        others: these.
        placed: from parameters (n, k) to points.
    """

    problem: Problem
    domain: Domain
    box: FloatBox
    others: tuple[sp.Symbol, ...]
    placed: Callable[[Array], Placed]

    def points(self, places: Array) -> tuple[Array, Array | None, Mask]:
        """Points (n, inputs) of places (n, d) in the box, their normals, and which count."""
        count = self.box.dimension - len(self.others)
        own, normals, holds = self.placed(places[:, :count].copy())
        inputs = self.problem.inputs
        out = np.empty((len(places), len(inputs)))
        for column, (low, high) in enumerate(hull_bounds(self.problem).values()):
            out[:, column] = (low + high) / 2
        out[:, [inputs.index(s) for s in self.domain.coordinates]] = own
        out[:, [inputs.index(s) for s in self.others]] = places[:, count:]
        return out, normals, holds

    def coordinates(self, place: Array) -> dict[str, float]:
        """The inputs that vary at a place of the box."""
        point = zip(self.problem.inputs, self.points(place[None])[0][0], strict=True)
        shown = {*self.domain.coordinates, *self.others}
        return {symbol.name: float(value) for symbol, value in point if symbol in shown}


def shape_pieces(problem: Problem, place: Place, free: list[sp.Symbol]) -> list[ShapePiece]:
    """The inside of a domain with its whole boundary, or a part of its boundary alone.

    Args:
        problem: gives the values of parameters.
        place: a domain that is no box, a part of a boundary, or an interface.
        free: the inputs on which the function depends.
    """
    edge: Boundary | OnInterface
    if isinstance(place, Interior):
        assert place.domain is not None
        edge = Boundary(place.domain)
    else:
        assert isinstance(place, Boundary | OnInterface)
        edge = place
    domain = outlined(problem, edge)
    others = tuple(s for s in free if s not in domain.coordinates)
    ends = [hull_bounds(problem)[s] for s in others]
    drawn = list(_boundary(problem, domain, edge))
    if isinstance(place, Interior):
        drawn.insert(0, _inside(problem, domain))
    return [ShapePiece(problem, domain, _with(box, ends), others, placed) for box, placed in drawn]


Drawn = tuple[FloatBox, Callable[[Array], Placed]]


def _inside(problem: Problem, domain: Domain) -> Drawn:
    region = domain_region(problem, domain)
    return region.bounding_box, lambda places: (places, None, region.level(places) <= 0)


def _boundary(problem: Problem, domain: Domain, place: Boundary | OnInterface) -> Iterator[Drawn]:
    if len(domain.coordinates) == 2:
        for arc in place_arcs(problem, place):
            yield FloatBox((0.0,), (1.0,)), _on_arc(arc.piece, arc.begin, arc.end, arc.outward)
        return
    region, holds = domain_region(problem, domain), place_holds(problem, place)
    for piece in region.pieces:

        def placed(s: Array, piece: BoundaryPiece = piece) -> Placed:
            points, normals = piece.points(s.copy()), piece.normals(s.copy())
            side = region.orientation(points, normals)
            normals = side[:, None] * normals
            return points, normals, (side != 0) & holds(points, normals)

        cube = (0.0,) * (piece.dimension - 1), (1.0,) * (piece.dimension - 1)
        yield FloatBox(*cube), placed


def _on_arc(
    piece: BoundaryPiece, begin: float, end: float, outward: float
) -> Callable[[Array], Placed]:
    def placed(share: Array) -> Placed:
        s = begin + (end - begin) * share
        whole = np.ones(len(s), dtype=bool)
        return piece.points(s.copy()), outward * piece.normals(s.copy()), whole

    return placed


def _with(box: FloatBox, ends: list[tuple[float, float]]) -> FloatBox:
    lower, upper = ((*own, *(e[i] for e in ends)) for i, own in enumerate((box.lower, box.upper)))
    return FloatBox(tuple(lower), tuple(upper))
