"""Which points lie in a region."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from .regions import Ball, Box, Combination, Ellipse, Polygon, Region

Points = NDArray[np.float64]
Mask = NDArray[np.bool_]
Number = Callable[[sp.Expr], float]


def contains(region: Region, points: Points, number: Number, slack: float = 1e-9) -> Mask:
    """Mask of the points in the closed region, up to ``slack`` times its size.

    Args:
        region: the set.
        points: coordinates, shape (n, d).
        number: value of an expression of parameters.
        slack: relative tolerance for points on the boundary.

    Returns:
        Booleans of shape (n,).
    """
    match region:
        case Box(intervals):
            return _in_box(intervals, points, number, slack)
        case Ball(center, radius):
            return _in_ellipse(center, (radius,) * len(center), points, number, slack)
        case Ellipse(center, radii):
            return _in_ellipse(center, radii, points, number, slack)
        case Polygon(vertices):
            corners = np.array([[number(x), number(y)] for x, y in vertices])
            return _in_polygon(corners, points, slack)
        case Combination(op, left, right):
            first = contains(left, points, number, slack)
            if op == "minus":
                return first & ~contains(right, points, number, -slack)
            second = contains(right, points, number, slack)
            return first | second if op == "union" else first & second
    raise TypeError(f"unknown region {region!r}")


def _in_box(
    intervals: tuple[tuple[sp.Expr, sp.Expr], ...], points: Points, number: Number, slack: float
) -> Mask:
    lower = np.array([number(a) for a, _ in intervals])
    upper = np.array([number(b) for _, b in intervals])
    margin = slack * (upper - lower)
    return np.all((points >= lower - margin) & (points <= upper + margin), axis=1)


def _in_ellipse(
    center: tuple[sp.Expr, ...],
    radii: tuple[sp.Expr, ...],
    points: Points,
    number: Number,
    slack: float,
) -> Mask:
    middle = np.array([number(c) for c in center])
    scale = np.array([number(r) for r in radii])
    return np.sum(((points - middle) / scale) ** 2, axis=1) <= 1 + 2 * slack


def _in_polygon(corners: Points, points: Points, slack: float) -> Mask:
    """Even–odd rule, with points within the tolerance of an edge decided by its sign."""
    x, y = points[:, 0], points[:, 1]
    inside = np.zeros(len(points), dtype=bool)
    near = np.full(len(points), np.inf)
    for (x1, y1), (x2, y2) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        crosses = (y1 > y) != (y2 > y)
        with np.errstate(divide="ignore", invalid="ignore"):
            at = x1 + (y - y1) * (x2 - x1) / (y2 - y1)
        inside ^= crosses & (x < at)
        near = np.minimum(near, _distance(points, np.array([x1, y1]), np.array([x2, y2])))
    size = float(np.max(np.ptp(corners, axis=0)))
    edge = near <= abs(slack) * size
    return np.where(edge, slack >= 0, inside)


def _distance(points: Points, a: Points, b: Points) -> Points:
    along = b - a
    share = np.clip((points - a) @ along / (along @ along), 0.0, 1.0)
    return np.asarray(np.linalg.norm(points - a - share[:, None] * along, axis=1))
