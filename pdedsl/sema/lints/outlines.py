"""Parts of a domain's boundary, each with a name, sample points and outward normals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from pdedsl.ir import Ball, Box, Combination, Domain, Ellipse, Polygon, Problem, Region
from pdedsl.ir.membership import contains

from .sampling import box_bounds, unit_points

Array = NDArray[np.float64]
STEP = 1e-6
"""Distance, relative to the size of a domain, at which sides of a boundary are told apart."""


@dataclass(frozen=True, eq=False)
class Part:
    """A piece of ∂Ω.

    Args:
        name: as the user would write it, such as ``x = 1`` or ``boundary(H)``.
        points: shape (n, d), away from the ends of the piece.
        normals: outward unit normals of the domain, shape (n, d).
        face: index of the axis and side (-1 or 1) for a side of a box domain.
    """

    domain: Domain
    name: str
    points: Array
    normals: Array
    face: tuple[int, int] | None = None


@lru_cache(maxsize=8)
def parts(problem: Problem, domain: Domain, count: int = 48) -> tuple[Part, ...]:
    """The pieces of the boundary of a domain, with about ``count`` points on each."""
    if isinstance(domain.region, Box):
        return tuple(_faces(problem, domain, domain.region, count))
    found = []
    size = float(np.max(np.ptp(np.array(bounds(problem, domain.region)), axis=0)))
    for name, points, normals in _outlines(problem, domain.region, domain, count):
        sides = [
            contains(domain.region, points + s * STEP * size * normals, problem.number)
            for s in (1, -1)
        ]
        own = sides[0] != sides[1]
        if own.any():
            outward = np.where(sides[0], -1.0, 1.0)[:, None] * normals
            found.append(Part(domain, name, points[own], outward[own]))
    return tuple(found)


def on_boundary_of(problem: Problem, region: Region, part: Part) -> NDArray[np.bool_]:
    """Which points of the part lie on the boundary of another region."""
    size = float(np.max(np.ptp(np.array(bounds(problem, part.domain.region)), axis=0)))
    ahead, behind = (
        contains(region, part.points + s * STEP * size * part.normals, problem.number)
        for s in (1, -1)
    )
    return np.asarray(ahead != behind)


def bounds(problem: Problem, region: Region) -> tuple[Array, Array]:
    """Corners of a box that holds the region."""
    match region:
        case Box():
            return box_bounds(problem, region)
        case Ball(center, radius):
            middle = np.array([problem.number(c) for c in center])
            return middle - problem.number(radius), middle + problem.number(radius)
        case Ellipse(center, radii):
            middle = np.array([problem.number(c) for c in center])
            extent = np.array([problem.number(r) for r in radii])
            return middle - extent, middle + extent
        case Polygon(vertices):
            corners = np.array([[problem.number(c) for c in v] for v in vertices])
            return corners.min(axis=0), corners.max(axis=0)
        case Combination(op, left, right):
            low, high = bounds(problem, left)
            if op == "minus":
                return low, high
            low2, high2 = bounds(problem, right)
            if op == "union":
                return np.minimum(low, low2), np.maximum(high, high2)
            return np.maximum(low, low2), np.minimum(high, high2)
    raise TypeError(f"unknown region {region!r}")


def _faces(problem: Problem, domain: Domain, box: Box, count: int) -> Iterator[Part]:
    lower, upper = box_bounds(problem, box)
    dimension = len(lower)
    count = 1 if dimension == 1 else count
    for axis, (symbol, ends) in enumerate(zip(domain.coordinates, box.intervals, strict=True)):
        for side, end, value in ((-1, ends[0], lower[axis]), (1, ends[1], upper[axis])):
            points = lower + (upper - lower) * unit_points(count, dimension)
            points[:, axis] = value
            normals = np.zeros_like(points)
            normals[:, axis] = side
            yield Part(domain, f"{symbol} = {_text(end)}", points, normals, (axis, side))


def _text(number: sp.Expr) -> str:
    return str(number).replace("**", "^")


Outline = tuple[str, Array, Array]


def _outlines(problem: Problem, region: Region, domain: Domain, count: int) -> Iterator[Outline]:
    """Name, points and some unit normals of each primitive's boundary."""
    name = next((f"boundary({n})" for n, r in problem.regions if r == region), "boundary")
    match region:
        case Combination(_, left, right):
            yield from _outlines(problem, left, domain, count)
            yield from _outlines(problem, right, domain, count)
        case Box():
            for part in _faces(problem, domain, region, count):
                yield part.name, part.points, part.normals
        case Polygon(vertices):
            corners = np.array([[problem.number(c) for c in v] for v in vertices])
            yield from _edges(corners, count)
        case Ball(center, radius):
            yield name, *_ellipsoid(problem, center, (radius,) * len(center), count)
        case Ellipse(center, radii):
            yield name, *_ellipsoid(problem, center, radii, count)


def _edges(corners: Array, count: int) -> Iterator[Outline]:
    for a, b in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        share = unit_points(count, 1)
        along = (b - a) / np.linalg.norm(b - a)
        normals = np.tile([along[1], -along[0]], (count, 1))
        ends = [f"({p[0]:g}, {p[1]:g})" for p in (a, b)]
        yield f"the edge from {ends[0]} to {ends[1]}", a + share * (b - a), normals


def _ellipsoid(
    problem: Problem, center: tuple[sp.Expr, ...], radii: tuple[sp.Expr, ...], count: int
) -> tuple[Array, Array]:
    middle = np.array([problem.number(c) for c in center])
    scale = np.array([problem.number(r) for r in radii])
    if len(middle) == 2:
        angle = 2 * np.pi * (np.arange(4 * count) + 0.37) / (4 * count)
        unit = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    else:
        unit = np.random.default_rng(0).standard_normal((4 * count, len(middle)))
        unit /= np.linalg.norm(unit, axis=1, keepdims=True)
    normals = unit / scale
    return middle + scale * unit, normals / np.linalg.norm(normals, axis=1, keepdims=True)
