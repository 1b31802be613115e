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

Mask = NDArray[np.bool_]

SLACK = 1e-9
"""Of the size of a set: points so near to its boundary are on it. A choice, far above rounding."""

_STEP = 1e-6  # of the size, along the normal, to the points that tell a boundary's two sides
_TRIES = 16  # points of the bounding box for one inside: enough for sets that fill 1/16 of it
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
    """

    points: Callable[[Array], Array]
    normals: Callable[[Array], Array]
    density: Callable[[Array], Array]
    dimension: int
    closed: bool = False
    face: tuple[int, int] | None = None
    label: str = ""

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

    def primitives(self) -> Iterator[FloatRegion]:
        """The sets that this one is combined of, in the order of `ir.Region.primitives`."""
        yield self

    def contains(self, points: Array, slack: float = SLACK) -> Mask:
        """Which points, shape (n, d), lie in the set or within ``slack`` of its size: (n,)."""
        return self.level(points) <= slack * self.size

    def interior(self, count: int) -> Array:
        """At most ``count`` generic points of the set, shape (n, d); always the same."""
        points = self.bounding_box.place(generic_points(_TRIES * count, self.dimension))
        return points[self.contains(points)][:count]

    def orientation(self, points: Array, normals: Array) -> Array:
        """1 where normals point out of the set, −1 where into it, 0 away from its boundary: (n,).

        Args:
            points: shape (n, d).
            normals: unit normals of a surface through the points, shape (n, d).
        """
        step = _STEP * self.size * normals
        ahead, behind = self.contains(points + step), self.contains(points - step)
        return behind.astype(np.float64) - ahead

    def boundary(self, count: int) -> list[BoundaryPoints]:
        """Generic points of the boundary, about ``count`` on each piece, fewer on parts of one."""
        unit = ((piece, piece.parameters(count)) for piece in self.pieces)
        return [BoundaryPoints(p, p.points(s), p.normals(s)) for p, s in unit]
