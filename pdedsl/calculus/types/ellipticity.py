"""Whether a homogeneous polynomial of degree 3 or more vanishes at a real point ξ ≠ 0.

Decided exactly where signs suffice. Else by the roots of p(1, s) for two coordinates and by
minimising |p| on the sphere for more, in coordinates scaled so that the pure powers count 1;
there a minimum below `_ZERO` of the sum of the coefficients counts as zero.
"""

from __future__ import annotations

import numpy as np

from pdedsl.geometry.arrays import Array

from .determinant import PointSymbol
from .points import directions

_ZERO = 1e-9
_STARTS, _STEPS, _ANGLES = 4, 25, 48


def vanishes(principal: PointSymbol, dimension: int) -> bool:
    """Whether p(ξ) = 0 for some real ξ ≠ 0.

    Args:
        principal: coefficients of the terms of highest order, all of one order m.
        dimension: number of coordinates d ≥ 2.
    """
    order = sum(next(iter(principal)))
    pure = [principal.get(_power(axis, order, dimension), 0.0) for axis in range(dimension)]
    if order % 2 or not all(pure) or min(pure) < 0 < max(pure):
        return True  # odd; zero along an axis; or of both signs on a connected sphere
    scaled = _equilibrate(principal, pure, order)
    even = all(all(k % 2 == 0 for k in alpha) for alpha in scaled)
    if even and min(scaled.values()) > 0:
        return False
    return _plane(scaled, order) if dimension == 2 else _sphere(scaled)


def _power(axis: int, order: int, dimension: int) -> tuple[int, ...]:
    return tuple(order if i == axis else 0 for i in range(dimension))


def _equilibrate(principal: PointSymbol, pure: list[float], order: int) -> PointSymbol:
    """The polynomial in ξ_i |c_i|^(1/m), with pure powers of coefficient 1."""
    sign, lengths = np.sign(pure[0]), np.abs(pure) ** (1 / order)
    return {alpha: float(sign * c / np.prod(lengths**alpha)) for alpha, c in principal.items()}


def _plane(scaled: PointSymbol, order: int) -> bool:
    """The value at the angle of each root of p(1, s); double roots split by rounding alone."""
    coefficients = [scaled.get((order - k, k), 0.0) for k in range(order, -1, -1)]
    angles = np.arctan(np.roots(coefficients).real)
    points = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return bool(_values(scaled, points).min() <= _ZERO * _sum(scaled))


def _sphere(scaled: PointSymbol) -> bool:
    """Steepest descent along great circles, from the best of many directions."""
    bound = _ZERO * _sum(scaled)
    points = directions(len(next(iter(scaled))), 200)
    values = _values(scaled, points)
    if values.min() <= bound:
        return True
    starts = points[np.argsort(values, kind="stable")[:_STARTS]]
    return any(_descend(scaled, start, bound) for start in starts)


def _descend(scaled: PointSymbol, point: Array, bound: float) -> bool:
    reach = np.pi / 2
    for _ in range(_STEPS):
        slope = _gradient(scaled, point)
        slope -= slope @ point * point
        size = np.linalg.norm(slope)
        if size <= _ZERO * _sum(scaled):
            break  # a minimum; a smaller slope would point out of the sphere by rounding
        angles = reach * np.linspace(0, 1, _ANGLES) ** 2
        circle = np.cos(angles)[:, None] * point - np.sin(angles)[:, None] * slope / size
        values = _values(scaled, circle)
        best = int(np.argmin(values))
        if values[best] <= bound:
            return True
        point = circle[best] / np.linalg.norm(circle[best])
        # The next step is of the length of this one, and the grid resolves 1/2000 of it.
        reach = min(np.pi / 2, 4 * angles[max(best, 1)])
    return bool(_values(scaled, point[None])[0] <= bound)


def _sum(scaled: PointSymbol) -> float:
    return float(sum(abs(v) for v in scaled.values()))


def _values(scaled: PointSymbol, points: Array) -> Array:
    powers = np.array(list(scaled))
    terms = np.prod(points[:, None, :] ** powers, axis=2)
    return np.asarray(terms @ np.array(list(scaled.values())))


def _gradient(scaled: PointSymbol, point: Array) -> Array:
    out = np.zeros(len(point))
    for axis in range(len(point)):
        lowered = {
            tuple(k - (i == axis) for i, k in enumerate(alpha)): alpha[axis] * value
            for alpha, value in scaled.items()
            if alpha[axis]
        }
        out[axis] = _values(lowered, point[None])[0]
    return out
