"""A set of points in numbers, and the smooth pieces of its boundary."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pdedsl.geometry.arrays import Array

from .sampling import generic_points

if TYPE_CHECKING:
    from .boxes import FloatBox
    from .plane.curves import PlaneCurve

Mask = NDArray[np.bool_]

SLACK = 1e-9
"""Of the size of a set: points so near to its boundary are on it. A choice, far above rounding."""

# Of the size of a shape, along the normal, to the points that tell the two sides of its boundary:
# the root of rounding, so that parts of a millionth of a shape are told right.
STEP = 1e-8
_ROUNDING = 64 * float(np.finfo(np.float64).eps)  # of coordinates; some turns and shifts have 8
_TRIES = 16  # points of the bounding box for one inside: enough for sets that fill 1/16 of it
_MOST_TRIES = 1 << 19  # of these points: what thinner sets need, in a tenth of a second
_ACROSS = 10  # times `SLACK`, to the points on both sides of a common boundary: a choice
_CURVED = 4  # points on a piece that closes on itself, for one on an edge or side


@dataclass(frozen=True, eq=False)
class BoundaryPiece:
    """A smooth part of a boundary as the image of the unit cube, s ∈ [0, 1]^(d−1) ↦ x(s).

    Args:
        points: x, from shape (n, d−1) to (n, d).
        normals: unit normals that point out of the primitive, shape (n, d).
        density: measure of the boundary for that of the cube, |∂x/∂s|, shape (n,).
        dimension: d.
        closed: whether x returns to its begin along the last parameter.
        face: axis and side (−1 or 1) of a side of a box.
        label: how a message tells the piece from others of its region; empty for a whole boundary.
        curve: what the piece is in the plane, for exact cuts.
        rule: of a piece that is not smooth, points, normals and weights of its own quadrature, for
            a number of nodes along each parameter.
    """

    points: Callable[[Array], Array]
    normals: Callable[[Array], Array]
    density: Callable[[Array], Array]
    dimension: int
    closed: bool = False
    face: tuple[int, int] | None = None
    label: str = ""
    curve: PlaneCurve | None = None
    rule: Callable[[int], tuple[Array, Array, Array]] | None = None

    def parameters(self, count: int) -> Array:
        """About ``count`` generic s (of a closed piece more), shape (n, d−1)."""
        if self.closed:
            count *= _CURVED
            if self.dimension == 2:
                return (np.arange(count)[:, None] + 0.37) / count
        # Of a side of a box, the points of the box that its sides share.
        unit = generic_points(1 if self.dimension == 1 else count, self.dimension)
        return np.delete(unit, self.face[0] if self.face else -1, axis=1)


@dataclass(frozen=True, eq=False)
class BoundaryPoints:
    """Points of a region's boundary on one piece, with outward unit normals, both (n, d)."""

    piece: BoundaryPiece
    points: Array
    normals: Array


class FloatRegion(ABC):
    """A closed bounded set of ℝ^d."""

    @property
    @abstractmethod
    def pieces(self) -> Sequence[BoundaryPiece]:
        """Smooth parts that hold the boundary; of a combination they may lie in or out of it."""

    @property
    @abstractmethod
    def bounding_box(self) -> FloatBox:
        """A box that holds the set: the smallest one, but for intersections and differences."""

    @abstractmethod
    def level(self, points: Array) -> Array:
        """Below 0 inside, 0 on the boundary and above 0 outside: (n, d) → (n,).

        Its absolute value is at most the distance from the boundary.
        """

    @property
    def dimension(self) -> int:
        """D."""
        return self.bounding_box.dimension

    @property
    def size(self) -> float:
        """The longest side of the bounding box."""
        return max(self.bounding_box.lengths)

    @property
    def bounded(self) -> bool:
        """Whether the set has bounds; half-planes have none."""
        return bool(np.isfinite([*self.bounding_box.lower, *self.bounding_box.upper]).all())

    def within(self, box: FloatBox) -> FloatRegion:
        """The same set, with the pieces of its boundary that may lie in a box."""
        return self

    def image(self, matrix: Array, offset: Array) -> FloatRegion | None:
        """The image of a primitive under x ↦ M x + b where it is one of its kind, else None."""
        return None

    def support(self, directions: Array) -> Array:
        """At least max x · d over the set, for directions d of shape (n, d): (n,)."""
        low, high = np.asarray(self.bounding_box.lower), np.asarray(self.bounding_box.upper)
        return np.asarray(np.maximum(directions * low, directions * high).sum(axis=1))

    def primitives(self) -> Iterator[FloatRegion]:
        """The sets that this one is combined of, in the order of `ir.Region.primitives`."""
        yield self

    def contains(self, points: Array, slack: float = SLACK) -> Mask:
        """Which points, shape (n, d), lie in the set or within ``slack`` of its size: (n,)."""
        return self.level(points) <= slack * self.size

    def interior(self, count: int) -> Array:
        """At most ``count`` generic points of the set, shape (n, d); always the same."""
        tries = _TRIES * count
        while True:
            points = self.bounding_box.place(generic_points(tries, self.dimension))
            found = points[self.contains(points)]
            if len(found) >= count or tries >= _MOST_TRIES:
                return found[:count]
            tries *= 8

    def sides(self, points: Array, normals: Array) -> tuple[Mask, Mask]:
        """Whether the set lies just behind, and just ahead of, points of a surface: both (n,).

        Args:
            points: shape (n, d), on the boundary of the set only where that is the surface itself.
            normals: unit normals of the surface, shape (n, d).
        """
        level, near = self.level(points), rounding(points)
        inside = level < 0
        on = np.abs(level) <= near
        behind, ahead = inside.copy(), inside
        step = max(STEP * self.size, 16 * near) * normals[on]
        behind[on] = self.level(points[on] - step) < 0
        ahead[on] = self.level(points[on] + step) < 0
        return behind, ahead

    def orientation(self, points: Array, normals: Array) -> Array:
        """1 where normals point out of the set, −1 where into it, 0 away from its boundary: (n,).

        Args:
            points: as of `sides`.
            normals: as of `sides`.
        """
        behind, ahead = self.sides(points, normals)
        return behind.astype(np.float64) - ahead

    def on_earlier(self, points: Array, owners: NDArray[np.intp]) -> Mask:
        """Which points, shape (n, d), are on the boundary of a primitive before their own: (n,).

        Args:
            points: on the boundaries of primitives.
            owners: the numbers of these, in the order of `primitives`, shape (n,).
        """
        found = np.zeros(len(points), dtype=bool)
        for number, own in enumerate(self.primitives()):
            later = owners > number
            if later.any():
                level = own.level(points[later])
                found[later] |= np.abs(level) <= rounding(points[later])
        return found

    def boundary(self, count: int) -> list[BoundaryPoints]:
        """Generic points of the boundary, about ``count`` on each piece, fewer on parts of one."""
        unit = ((piece, piece.parameters(count)) for piece in self.pieces)
        return [BoundaryPoints(p, p.points(s), p.normals(s)) for p, s in unit]


def beyond(first: FloatRegion, second: FloatRegion, points: Array, normals: Array) -> Mask:
    """Whether another set begins where one ends, at points of its boundary: (n,).

    A gap or an overlap of `SLACK` of the smaller set counts as none.

    Args:
        first: a set.
        second: another one.
        points: on the boundary of the first, shape (n, d).
        normals: its outward unit normals there, shape (n, d).
    """
    step = _ACROSS * SLACK * min(first.size, second.size) * normals
    step = np.maximum(1.0, 16 * rounding(points) / np.abs(step).max(initial=1e-300)) * step
    return (second.level(points + step) < 0) & ~(second.level(points - step) < 0)


def rounding(points: Array) -> float:
    """The distance below which points, of such coordinates, shape (n, d), are the same."""
    return _ROUNDING * float(np.abs(points).max(initial=0.0))
