r"""Discs behind the bays of a set in the plane, where its smooth outer boundary bends inwards.

Beyond such a bay a solution has a singularity near the focus of the parabola that osculates there,
at half the radius of curvature, and a cut from there outwards. Negative powers about a chain of
centres along the normal, each twice as far away as the one before, stand for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np

from pdedsl.geometry.arrays import Array
from pdedsl.geometry.region import FloatRegion

from .arcs import Arc
from .curves import Segment
from .holes import Frame, Hole
from .loops import loops
from .scan import minima_between

_GRID = 400  # parts of an arc between which the strongest bends are looked for
_SLIGHT = 0.2  # bends, times the size of the set, below which the singularity is far away
_EVEN = 1e-6  # relative difference of the bends of an arc that is one of a circle
# Radii of curvature to the first centre, and the factor to the next ones. A star with five bays of
# radius 0.07 leaves 1e-11 with a chain and degree 32, 1e-6 with the powers of four in one centre.
_FIRST, _NEXT, _LONGEST = 0.6, 2.0, 4
_FAR = 2.0  # sizes of the set, where a chain ends
_HALF = 1e-4  # of an arc: half the step of a difference whose error is 3e-5 on a star
_NODES = 200  # points of each arc, for distances


@lru_cache(maxsize=64)
def bays(region: FloatRegion, frame: Frame = ((1.0, 0.0), (0.0, 1.0))) -> tuple[Hole, ...]:
    """The discs of all bays but those of circles, which are among the `holes`.

    Args:
        region: a set in the plane.
        frame: a map of the plane after which the discs are round.
    """
    outer = [arc for loop in loops(region) if loop.area > 0 for arc in loop.arcs]
    f = np.array(frame)
    edge = np.concatenate([arc.rule(_NODES)[0] for arc in outer]) @ f.T
    return tuple(
        disc
        for arc in outer
        if not isinstance(arc.piece.curve, Segment)
        for s in _strongest(arc, f, region.size)
        for disc in _chain(arc, s, region, f, edge)
    )


def _strongest(arc: Arc, frame: Array, size: float) -> list[float]:
    """Parameters at which the boundary turns away from the set most, inside an arc."""

    def bend(s: Array) -> Array:
        return -_bends(arc, s, frame)

    grid = np.linspace(min(arc.begin, arc.end), max(arc.begin, arc.end), _GRID + 1)
    if arc.whole:  # the period, and a step more at both ends
        step = grid[1] - grid[0]
        grid = np.concatenate([[grid[0] - step], grid, [grid[-1] + step]])
    values = bend(grid)
    if np.ptp(values) <= _EVEN * np.abs(values).max():
        return []
    found = minima_between(bend, grid, np.full(len(grid), -_SLIGHT / size))
    return sorted(set(found.tolist()))


def _bends(arc: Arc, s: Array, frame: Array) -> Array:
    """Curvatures after the map, above 0 where the set lies outside the curve: (n,).

    By central differences of the unit normals, whose error is far below what a disc is placed by.
    """
    half = _HALF * abs(arc.end - arc.begin)
    ways, lengths = [], []
    for at in (s - half, s + half):
        normals = np.linalg.solve(frame.T, arc.outward * arc.piece.normals(at[:, None]).T).T
        ways.append(normals / np.linalg.norm(normals, axis=1, keepdims=True))
        lengths.append(arc.piece.points(at[:, None]) @ frame.T)
    along = lengths[1] - lengths[0]
    turn = ways[1] - ways[0]
    return np.asarray(-(turn * along).sum(axis=1) / (along**2).sum(axis=1))


def _chain(arc: Arc, s: float, region: FloatRegion, frame: Array, edge: Array) -> Iterator[Hole]:
    """Discs outside the set, each up to its boundary."""
    at = np.array([[s]])
    point = frame @ arc.piece.points(at)[0]
    normal = np.linalg.solve(frame.T, arc.outward * arc.piece.normals(at)[0])
    normal /= np.linalg.norm(normal)
    way = _FIRST / float(_bends(arc, np.array([s]), frame)[0])
    for _ in range(_LONGEST):
        centre = point + way * normal
        x, y = np.linalg.solve(frame, centre)
        if way > _FAR * region.size or not region.level(np.array([[x, y]]))[0] > 0:
            return
        radius = float(np.linalg.norm(edge - centre, axis=1).min())
        yield Hole((float(x), float(y)), radius, enclosed=False, whole=-1)
        way *= _NEXT
