"""Boxes in floating-point numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pdedsl.ir import Ball, Box, Combination, Domain, Ellipse, Polygon, Problem, Region


@dataclass(frozen=True)
class FloatBox:
    """The product of the intervals [lower_i, upper_i].

    Args:
        lower: lower ends, one an axis.
        upper: upper ends, each above its lower end.
    """

    lower: tuple[float, ...]
    upper: tuple[float, ...]

    @property
    def dimension(self) -> int:
        """Number of axes."""
        return len(self.lower)

    @property
    def lengths(self) -> tuple[float, ...]:
        """Length of each axis."""
        return tuple(b - a for a, b in zip(self.lower, self.upper, strict=True))

    @property
    def volume(self) -> float:
        """Product of the lengths; 1 for the box without axes."""
        return float(np.prod(self.lengths))

    @property
    def centre(self) -> tuple[float, ...]:
        """Midpoint."""
        return tuple((a + b) / 2 for a, b in zip(self.lower, self.upper, strict=True))

    def face_area(self, axis: int) -> float:
        """Measure of a side across an axis: the volume of the box without that axis."""
        return float(np.prod([w for i, w in enumerate(self.lengths) if i != axis]))

    def normal(self, axis: int, side: int) -> NDArray[np.float64]:
        """Outward unit normal of the side of an axis (side −1 lower, +1 upper)."""
        out = np.zeros(self.dimension)
        out[axis] = float(side)
        return out

    def place(self, unit: NDArray[np.float64]) -> NDArray[np.float64]:
        """Points of the unit cube, shape (n, d), moved into the box."""
        low, high = np.asarray(self.lower), np.asarray(self.upper)
        return low + (high - low) * unit

    def contains(self, points: NDArray[np.float64], slack: float = 0.0) -> NDArray[np.bool_]:
        """Which points, shape (n, d), lie in the box widened by ``slack`` of its lengths."""
        low, high = np.asarray(self.lower), np.asarray(self.upper)
        room = slack * (high - low)
        return np.asarray(((points >= low - room) & (points <= high + room)).all(axis=1))


def box_of(problem: Problem, domain: Domain) -> FloatBox:
    """The box of a domain, its ends evaluated at the parameter values.

    Raises:
        ValueError: the domain is not a box.
    """
    if not isinstance(domain.region, Box):
        raise ValueError(f"the domain {domain.name} is not a box")
    ends = domain.region.intervals
    return FloatBox(
        tuple(problem.number(a) for a, _ in ends), tuple(problem.number(b) for _, b in ends)
    )


def bounding_box(problem: Problem, region: Region) -> FloatBox:
    """A box that contains a set: the smallest one, but for intersections and differences."""
    if isinstance(region, Box):
        ends = [(problem.number(a), problem.number(b)) for a, b in region.intervals]
    elif isinstance(region, Ball | Ellipse):
        radii = region.radii if isinstance(region, Ellipse) else [region.radius] * region.dimension
        pairs = zip(map(problem.number, region.center), map(problem.number, radii), strict=True)
        ends = [(c - r, c + r) for c, r in pairs]
    elif isinstance(region, Polygon):
        columns = zip(*region.vertices, strict=True)
        values = [[problem.number(v) for v in column] for column in columns]
        ends = [(min(v), max(v)) for v in values]
    else:
        assert isinstance(region, Combination)
        ends = _combined(problem, region)
    return FloatBox(tuple(a for a, _ in ends), tuple(b for _, b in ends))


def _combined(problem: Problem, region: Combination) -> list[tuple[float, float]]:
    left = bounding_box(problem, region.left)
    if region.op == "minus":
        return list(zip(left.lower, left.upper, strict=True))
    right = bounding_box(problem, region.right)
    low, high = (min, max) if region.op == "union" else (max, min)
    return [
        (low(a, c), high(b, d))
        for a, b, c, d in zip(left.lower, left.upper, right.lower, right.upper, strict=True)
    ]
