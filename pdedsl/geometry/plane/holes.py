r"""Places outside a plane set, around which functions on the set may be singular.

A solution goes on a little beyond the boundary, but not to the middle of a hole: on an annulus it
has :math:`\log r` and :math:`r^{-k}`. A circle that is bitten out of the outer boundary does the
same. A sum of negative powers around a centre converges where no singularity is as far from it, so
that a hole much longer than wide has several centres: discs in the hole, each of which sees the
part of its edge within `_REACH` times the radius. Around an ellipse the singularities lie between
its foci.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from pdedsl.geometry.arrays import Array
from pdedsl.geometry.region import FloatRegion, Mask

from .arcs import Arc
from .curves import EllipticArc
from .loops import Loop, loops

Frame = tuple[tuple[float, float], tuple[float, float]]

_REACH = 1.6  # radii to the edge that a centre serves: a square has one centre
_MOST = 9  # centres of a hole, beside those of its circles
_EDGE = 400  # points of the edge of a hole
_GRID = 32  # candidates for centres along each side of its box
_FINE = 1e-4  # last step of the search for a centre, as a part of the radius
_WAYS = np.array([(i, j) for i in (-1.0, 0.0, 1.0) for j in (-1.0, 0.0, 1.0) if i or j])
_ROUND = 1e-9  # relative difference of the axes of an ellipse that is a circle


@dataclass(frozen=True)
class Hole:
    """A disc outside a set, in the plane after a map F.

    Args:
        centre: shape (2,), before the map.
        radius: after the map.
        enclosed: whether the set goes all around it.
        whole: number of the hole that it is a part of, or −1 where it is none.
        focus: from the centre to a focus, before the map; the radius is the smaller one then.
    """

    centre: tuple[float, float]
    radius: float
    enclosed: bool
    whole: int
    focus: tuple[float, float] = (0.0, 0.0)


@lru_cache(maxsize=64)
def holes(region: FloatRegion, frame: Frame = ((1.0, 0.0), (0.0, 1.0))) -> tuple[Hole, ...]:
    """Discs for all holes of a set, and for the circles that are bitten out of its outer boundary.

    Args:
        region: a set in the plane.
        frame: F, a map of the plane after which discs are looked for.
    """
    found: list[Hole] = []
    for number, loop in enumerate(loops(region)):
        inner = loop.area < 0
        if inner and (ellipse := _ellipse(loop, np.array(frame))):
            found.append(Hole(*ellipse[:2], True, number, ellipse[2]))
            continue
        circles = [own for arc in loop.arcs if (own := _circle(arc, np.array(frame)))]
        circles = [c for c in dict.fromkeys(circles) if region.level(np.array([c[0]]))[0] > 0]
        number = number if inner else -1
        found += [Hole(centre, radius, inner, number) for centre, radius in circles]
        if inner:
            found += [Hole(*disc, True, number) for disc in _discs(loop, np.array(frame), circles)]
    return tuple(found)


Point = tuple[float, float]
Disc = tuple[Point, float]


def _ellipse(loop: Loop, frame: Array) -> tuple[Point, float, Point] | None:
    """Centre, smaller radius and way to a focus of a loop that is an ellipse, no circle."""
    curve = loop.arcs[0].piece.curve
    if len(loop.arcs) > 1 or not loop.arcs[0].whole or not isinstance(curve, EllipticArc):
        return None
    ways, radii, _ = np.linalg.svd(frame @ curve.axes)
    if radii[0] - radii[1] <= _ROUND * radii[0]:
        return None
    half = np.sqrt(radii[0] ** 2 - radii[1] ** 2) * np.linalg.solve(frame, ways[:, 0])
    return _point(curve.center), float(radii[1]), _point(np.asarray(half, dtype=np.float64))


def _point(place: Array) -> Point:
    return float(place[0]), float(place[1])


def _circle(arc: Arc, frame: Array) -> Disc | None:
    """Centre and radius of an arc that is one of a circle after the map, with the set outside."""
    curve = arc.piece.curve
    if not isinstance(curve, EllipticArc):
        return None
    radii = np.linalg.svd(frame @ curve.axes, compute_uv=False)
    _, normals, _ = arc.rule(1)
    outside = float((curve.center - arc.within(0.5)) @ normals[0]) > 0
    if radii[0] - radii[1] > _ROUND * radii[0] or not outside:
        return None
    return _point(curve.center), float(radii[0])


def _discs(loop: Loop, frame: Array, circles: list[Disc]) -> list[Disc]:
    """Discs in a hole until each point of its edge is served, the most useful first."""
    edge = _edge(loop, frame)
    served = np.zeros(len(edge), dtype=bool)
    for circle, radius in circles:
        served |= np.linalg.norm(edge - frame @ circle, axis=1) <= _REACH * radius
    found: list[Disc] = []
    if served.all():
        return found
    grid, depth = _inside(edge)
    reach = np.linalg.norm(edge[None] - grid[:, None], axis=2) <= _REACH * depth[:, None]
    for _ in range(_MOST):
        gain = (reach & ~served).sum(axis=1)
        if served.all() or not gain.size or not gain.max() > 0:
            break
        best = int(np.lexsort((depth, gain))[-1])
        centre, radius = _deepest(edge, grid[best], depth[best], reach[best] & ~served)
        place = np.asarray(np.linalg.solve(frame, centre), dtype=np.float64)
        found.append((_point(place), radius))
        served |= reach[best]
    return found


def _edge(loop: Loop, frame: Array) -> Array:
    """Points of a closed line, about equally far from each other, after the map: (n, 2)."""
    lengths = np.array([arc.rule(32)[2].sum() for arc in loop.arcs])
    counts = np.maximum(4, np.round(_EDGE * lengths / lengths.sum())).astype(int)
    parts = []
    for arc, n in zip(loop.arcs, counts, strict=True):
        s = arc.begin + (arc.end - arc.begin) * np.arange(n) / n
        parts.append(arc.piece.points(s[:, None]))
    return np.asarray(np.concatenate(parts) @ frame.T)


def _inside(edge: Array) -> tuple[Array, Array]:
    """Points of a grid inside a closed line, (n, 2), and their distances from it, (n,)."""
    low, high = edge.min(axis=0), edge.max(axis=0)
    unit = (np.arange(_GRID) + 0.5) / _GRID
    mesh = np.stack(np.meshgrid(unit, unit), axis=-1).reshape(-1, 2)
    grid = low + (high - low) * mesh
    grid = grid[_encloses(edge, grid)]
    return grid, _distance(edge, grid)


def _encloses(edge: Array, points: Array) -> NDArray[np.bool_]:
    """Whether points lie inside a closed polygon, by the even–odd rule."""
    (ax, ay), (bx, by) = edge.T[:, :, None], np.roll(edge, -1, axis=0).T[:, :, None]
    x, y = points.T
    flat = np.where(ay == by, 1.0, by - ay)
    left = x < ax + (y - ay) * (bx - ax) / flat
    return np.asarray((((ay > y) != (by > y)) & left).sum(axis=0) % 2 == 1)


def _distance(edge: Array, points: Array) -> Array:
    return np.asarray(
        np.linalg.norm(edge[None] - points[:, None], axis=2).min(axis=1, initial=np.inf)
    )


def _deepest(edge: Array, centre: Array, depth: float, serves: Mask) -> tuple[Array, float]:
    """A better place for a disc that serves the same points of the edge, by a pattern search."""
    step = depth / 2  # times √2: within the disc, and so in the hole
    while step > _FINE * depth:
        ways = centre + step * _WAYS
        deep = _distance(edge, ways)
        far = np.linalg.norm(edge[serves][None] - ways[:, None], axis=2).max(axis=1)
        deep = np.where(far <= _REACH * deep, deep, -np.inf)
        best = int(deep.argmax())
        if deep[best] > depth:
            centre, depth = ways[best], float(deep[best])
        else:
            step /= 2
    return centre, float(depth)
