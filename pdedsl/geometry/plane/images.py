r"""Mirror images of holes in straight sides, around which functions on the set may be singular.

Beyond a straight side with a homogeneous condition a solution goes on as its reflection (Schwarz),
and so to the images of the holes; beyond two sides that meet, to the images of images.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np

from pdedsl.geometry.arrays import Array
from pdedsl.geometry.region import FloatRegion

from .curves import Segment
from .holes import Frame, Hole, holes
from .loops import Loop, loops

# Of the size of the set, between it and the edge of an image. A square of side 2 whose hole is 0.6
# to 0.8 from the sides: 0.35 leaves 2e-9 of the residual with 691 functions, 0.6 4e-11 with 268.
_NEAR = 0.55
_SAME = 1e-9  # of the size of the set, between centres and lines that are one
_NODES = 24  # points of each arc, for distances
_ROUND = np.stack([f(np.arange(16) * np.pi / 8) for f in (np.cos, np.sin)], axis=1)

Line = tuple[Array, Array]
"""A point and the unit normal of a straight line, both of shape (2,), after a map."""


@lru_cache(maxsize=64)
def images(region: FloatRegion, frame: Frame = ((1.0, 0.0), (0.0, 1.0))) -> tuple[Hole, ...]:
    """The images near a set of its round holes, those that do not meet the set.

    Args:
        region: a set in the plane.
        frame: F, a map of the plane after which lines are mirrors.
    """
    own, f = [hole for hole in holes(region, frame) if hole.focus == (0.0, 0.0)], np.array(frame)
    if not own:
        return ()
    lines = _lines(loops(region), f, _SAME * region.size)
    edge = np.concatenate([a.rule(_NODES)[0] for loop in loops(region) for a in loop.arcs]) @ f.T
    found: list[Hole] = []
    for of in (own, found):
        for made in list(_mirrored(of, lines, f)):
            taken = (*own, *found)
            if _is_near(made, region, f, edge) and not _is_one(made, taken, _SAME * region.size):
                found.append(made)
    return tuple(found)


def _lines(of: Sequence[Loop], frame: Array, same: float) -> list[Line]:
    """The straight lines of the outer boundary, each once."""
    found: list[Line] = []
    segments = [arc.piece.curve for loop in of if loop.area > 0 for arc in loop.arcs]
    for curve in segments:
        if not isinstance(curve, Segment):
            continue
        begin, way = frame @ curve.begin, frame @ curve.way
        normal = np.array([way[1], -way[0]]) / np.linalg.norm(way)
        if all(
            abs(normal @ (begin - point)) > same or abs(normal @ other) < 1 - _SAME
            for point, other in found
        ):
            found.append((begin, normal))
    return found


def _mirrored(of: Sequence[Hole], lines: Sequence[Line], frame: Array) -> Iterator[Hole]:
    for hole in of:
        centre = frame @ hole.centre
        for point, normal in lines:
            x, y = np.linalg.solve(frame, centre - 2 * (normal @ (centre - point)) * normal)
            yield replace(hole, centre=(float(x), float(y)), enclosed=False)


def _is_near(hole: Hole, region: FloatRegion, frame: Array, edge: Array) -> bool:
    """Whether a disc lies outside the set, and not far from it."""
    centre = frame @ hole.centre
    disc = np.concatenate([[centre], centre + hole.radius * _ROUND])
    if not (region.level(np.linalg.solve(frame, disc.T).T) > 0).all():
        return False
    gap = float(np.linalg.norm(edge - centre, axis=1).min()) - hole.radius
    return 0 < gap <= _NEAR * region.size


def _is_one(hole: Hole, of: Sequence[Hole], same: float) -> bool:
    return any(np.hypot(*np.subtract(hole.centre, other.centre)) <= same for other in of)
