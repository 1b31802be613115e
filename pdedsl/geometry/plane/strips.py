r"""A set in the plane as strips between two curves, for integrals over it.

Levels of the second coordinate through the ends of arcs and their highest and lowest points cut the
set into strips

.. math:: \{(x, y): a(y) \le x \le b(y), \ y_0 \le y \le y_1\},

each the image of a square: :math:`y = y_0 + (y_1 - y_0) (1 - \cos πη) / 2` and
:math:`x = a + ξ (b - a)`. With the cosine, a and b are smooth where a curve has its highest point,
and nodes cluster where there may be a corner.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np

from pdedsl.geometry.arrays import Array
from pdedsl.geometry.region import FloatRegion

from .arcs import Arc, arcs
from .curves import PlaneCurve
from .scan import zeros_between

_SCAN = 512  # parts of an arc in which turning points are looked for: a choice
_HALVINGS = 60  # of a range of parameters: rounding
_WIDTHS = 9  # heights at which the width of a strip is taken: a choice
_SAME = 1e-12  # of the size of the set: levels that are one


@dataclass(frozen=True, eq=False)
class _Side:
    """A part of a curve on which y grows.

    Args:
        curve: that it is of.
        begin: parameter at the lowest point.
        end: at the highest one.
        low: y at the lowest point.
        high: y at the highest one.
    """

    curve: PlaneCurve
    begin: float
    end: float
    low: float
    high: float

    def at(self, y: Array) -> Array:
        """The x at which the side is at a height, from shape (n,) to (n,)."""
        heights, inverse = np.unique(y, return_inverse=True)
        below, above = np.full(len(heights), self.begin), np.full(len(heights), self.end)
        for _ in range(_HALVINGS):
            middle = (below + above) / 2
            higher = self.curve.points(middle)[:, 1] > heights
            below, above = np.where(higher, below, middle), np.where(higher, middle, above)
        return np.asarray(self.curve.points((below + above) / 2)[inverse, 0])


@dataclass(frozen=True, eq=False)
class Strip:
    """The points between two sides at heights from ``low`` to ``high``."""

    left: _Side
    right: _Side
    low: float
    high: float

    @property
    def extents(self) -> tuple[float, float]:
        """The largest width, of some heights, and the height."""
        y = self.low + (self.high - self.low) * (np.arange(_WIDTHS) + 0.5) / _WIDTHS
        return float((self.right.at(y) - self.left.at(y)).max()), self.high - self.low

    def placed(self, unit: Array) -> tuple[Array, Array]:
        """Points (n, 2) of places (ξ, η) in the unit square, (n, 2), and the measure there (n,)."""
        angle, height = np.pi * unit[:, 1], self.high - self.low
        y = self.low + height * np.sin(angle / 2) ** 2
        left, right = self.left.at(y), self.right.at(y)
        width = right - left
        points = np.stack([left + unit[:, 0] * width, y], axis=1)
        return points, np.asarray(width * height * np.pi / 2 * np.sin(angle))


@lru_cache(maxsize=32)
def strips(region: FloatRegion) -> tuple[Strip, ...]:
    """The strips of a set in the plane, without overlaps; together they are all of it.

    Args:
        region: a set in the plane.

    Raises:
        ArithmeticError: arcs do not bound the set, which is thinner than rounding somewhere.
    """
    same = _SAME * region.size
    sides = [side for arc in arcs(region) for side in _sides(arc) if side.high - side.low > same]
    heights = np.sort([y for side in sides for y in (side.low, side.high)])
    levels = heights[np.diff(heights, prepend=-np.inf) > same]
    found: list[Strip] = []
    for low, high in pairwise(levels.tolist()):
        for left, right in _across(sides, (low + high) / 2):
            under = [s for s in found if (s.left, s.right, s.high) == (left, right, low)]
            for strip in under:
                found.remove(strip)
            found.append(Strip(left, right, under[0].low if under else low, high))
    return tuple(found)


def _across(sides: list[_Side], y: float) -> list[tuple[_Side, _Side]]:
    """The sides at a height from left to right, two for each strip."""
    own = [side for side in sides if side.low < y < side.high]
    own.sort(key=lambda side: float(side.at(np.array([y]))[0]))
    if len(own) % 2:
        raise ArithmeticError(f"the boundary has an odd number of points at the height {y:g}")
    return list(zip(own[::2], own[1::2], strict=True))


def _sides(arc: Arc) -> Iterator[_Side]:
    """The parts of an arc between its highest and lowest points."""
    curve = arc.piece.curve
    assert curve is not None
    grid = np.linspace(min(arc.begin, arc.end), max(arc.begin, arc.end), _SCAN + 1)
    turns = zeros_between(lambda s: curve.slopes(s)[:, 1], grid)
    ends = np.unique(np.concatenate([grid[[0, -1]], turns]))
    heights = curve.points(ends)[:, 1]
    for (a, b), (low, high) in zip(
        pairwise(ends.tolist()), pairwise(heights.tolist()), strict=True
    ):
        yield _Side(curve, a, b, low, high) if low <= high else _Side(curve, b, a, high, low)
