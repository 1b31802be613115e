"""Boxes in floating-point numbers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .plane.curves import Segment
from .plane.pieces import piece_of
from .region import SLACK, Array, BoundaryPiece, FloatRegion, Mask
from .sampling import generic_points


@dataclass(frozen=True)
class FloatBox(FloatRegion):
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
    def bounding_box(self) -> FloatBox:
        """The box itself."""
        return self

    @cached_property
    def pieces(self) -> tuple[BoundaryPiece, ...]:
        """The 2d sides, lower before upper, axis by axis."""
        return tuple(self._side(axis, side) for axis in range(self.dimension) for side in (-1, 1))

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

    def normal(self, axis: int, side: int) -> Array:
        """Outward unit normal of the side of an axis (side −1 lower, +1 upper)."""
        out = np.zeros(self.dimension)
        out[axis] = float(side)
        return out

    def place(self, unit: Array) -> Array:
        """Points of the unit cube, shape (n, d), moved into the box."""
        low, high = np.asarray(self.lower), np.asarray(self.upper)
        return low + (high - low) * unit

    def interior(self, count: int) -> Array:
        """``count`` generic points of the box, shape (n, d)."""
        return self.place(generic_points(count, self.dimension))

    def contains(self, points: Array, slack: float = SLACK) -> Mask:
        """Which points, shape (n, d), lie in the box widened by ``slack`` of its lengths: (n,)."""
        low, high = np.asarray(self.lower), np.asarray(self.upper)
        room = slack * (high - low)
        return np.asarray(((points >= low - room) & (points <= high + room)).all(axis=1))

    def image(self, matrix: Array, offset: Array) -> FloatBox | None:
        """A box again under motions that turn nothing."""
        factors = np.diag(matrix)
        if (matrix != np.diag(factors)).any() or (factors <= 0).any():
            return None
        ends = (factors * np.asarray(end) + offset for end in (self.lower, self.upper))
        return FloatBox(*map(tuple, ends))

    def level(self, points: Array) -> Array:
        """The signed distance: (n, d) → (n,)."""
        beyond = np.abs(points - np.asarray(self.centre)) - np.asarray(self.lengths) / 2
        outside = np.linalg.norm(np.maximum(beyond, 0.0), axis=1)
        return np.asarray(outside + np.minimum(beyond.max(axis=1), 0.0))

    def _side(self, axis: int, side: int) -> BoundaryPiece:
        if self.dimension == 2:
            return self._edge(axis, side)
        end, area = (self.upper if side > 0 else self.lower)[axis], self.face_area(axis)
        rest = FloatBox(*(tuple(np.delete(ends, axis)) for ends in (self.lower, self.upper)))
        return BoundaryPiece(
            lambda s: np.insert(rest.place(s), axis, end, axis=1),
            lambda s: np.tile(self.normal(axis, side), (len(s), 1)),
            lambda s: np.full(len(s), area),
            self.dimension,
            face=(axis, side),
        )

    def _edge(self, axis: int, side: int) -> BoundaryPiece:
        corners = np.array([self.lower, self.upper])
        corners[:, axis] = (self.upper if side > 0 else self.lower)[axis]
        # The normal of an edge across x is on the right of the way up, across y of the way down.
        left = side if axis == 0 else -side
        return piece_of(Segment(*corners), float(left), face=(axis, side))
