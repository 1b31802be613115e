"""Places as images of unit cubes with a measure, for integrals over them.

In the plane a set is `strips` and its boundary arcs; in space a boundary is the pieces of the
primitives, whose measure is zero where they are not on it. Parameters of arcs cluster at both ends,
where a flux may be infinite.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import ceil

import numpy as np

from pdedsl.geometry import Arc, BoundaryPiece, FloatRegion, domain_region
from pdedsl.geometry.arrays import Array
from pdedsl.geometry.boundary_places import Holds, outlined, place_arcs, place_holds
from pdedsl.geometry.plane.strips import Strip, strips
from pdedsl.ir import Boundary, OnInterface, Problem

Placed = tuple[Array, Array | None, Array]
"""Points (n, d), outward normals (n, d) on a boundary, and the measure of each for the cube's."""

_CELLS = 10  # along the longest side of a set, so that what is wider is seen: as on boxes
_ON_PIECE = 8  # along each parameter of a piece in space: a choice
_END = 1e-7  # of the angle from an end, 1e-14 of the arc: a flux that is infinite there has a value
_PIECE = 16  # points of an arc that give its length: a choice


@dataclass(frozen=True, eq=False)
class Patch:
    """A part of a place.

    Args:
        cells: into how many parts each axis of the unit cube should be cut at first.
        placed: from points of the cube, shape (n, k), to the place.
    """

    cells: tuple[int, ...]
    placed: Callable[[Array], Placed]


def interior_patches(region: FloatRegion) -> list[Patch] | None:
    """The patches of a set on the line or in the plane; None in space, or where none are found."""
    if region.dimension == 1:
        ends = np.sort(np.concatenate([own.points[:, 0] for own in region.boundary(1)]))
        return [_of_interval(a, b) for a, b in zip(ends[::2], ends[1::2], strict=True)]
    if region.dimension > 2:
        return None
    try:
        return [_of_strip(strip, region.size) for strip in strips(region)]
    except ArithmeticError:  # thinner than rounding somewhere
        return None


def boundary_patches(problem: Problem, place: Boundary | OnInterface) -> list[Patch]:
    """The patches of a part of a boundary, or of an interface."""
    domain = outlined(problem, place)
    region = domain_region(problem, domain)
    if region.dimension == 2:
        return [_of_arc(arc, region.size) for arc in place_arcs(problem, place)]
    holds = place_holds(problem, place)
    if region.dimension == 1:
        return list(_ends(region, holds))
    owners = [i for i, own in enumerate(region.primitives()) for _ in own.pieces]
    pieces = zip(region.pieces, owners, strict=True)
    return [_of_piece(region, piece, owner, holds) for piece, owner in pieces]


def _of_interval(low: float, high: float) -> Patch:
    def placed(unit: Array) -> Placed:
        return low + (high - low) * unit, None, np.full(len(unit), high - low)

    return Patch((64,), placed)


def _of_strip(strip: Strip, size: float) -> Patch:
    def placed(unit: Array) -> Placed:
        points, measure = strip.placed(unit)
        return points, None, measure

    width, height = (ceil(_CELLS * extent / size) for extent in strip.extents)
    return Patch((width, height), placed)


def _of_arc(arc: Arc, size: float) -> Patch:
    length = arc.end - arc.begin

    def placed(unit: Array) -> Placed:
        angle = np.pi * np.clip(unit, _END, 1 - _END)
        s = arc.begin + length * np.sin(angle / 2) ** 2
        measure = arc.piece.density(s) * abs(length) * np.pi / 2 * np.sin(angle[:, 0])
        return arc.piece.points(s), arc.outward * arc.piece.normals(s), measure

    share = float(arc.rule(_PIECE)[2].sum()) / size
    return Patch((max(4, ceil(_CELLS * share)),), placed)


def _ends(region: FloatRegion, holds: Holds) -> Iterator[Patch]:
    for own in region.boundary(1):
        points, normals = own.points, own.normals
        for i in np.flatnonzero(holds(points, normals)):
            point, normal = points[i : i + 1], normals[i : i + 1]
            yield Patch((), lambda _, p=point, n=normal: (p, n, np.ones(1)))  # type: ignore[misc]


def _of_piece(region: FloatRegion, piece: BoundaryPiece, owner: int, holds: Holds) -> Patch:
    def placed(s: Array) -> Placed:
        points, normals = piece.points(s), piece.normals(s)
        side = region.orientation(points, normals)
        side[region.on_earlier(points, np.full(len(s), owner))] = 0
        normals = side[:, None] * normals
        on = (side != 0) & holds(points, normals)
        return points, normals, np.where(on, piece.density(s), 0.0)

    return Patch((_ON_PIECE,) * 2, placed)
