"""Unions, intersections and differences of two sets."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import numpy as np

from .boxes import FloatBox
from .region import SLACK, Array, BoundaryPiece, BoundaryPoints, FloatRegion, Mask


class FloatCombination(FloatRegion):
    """``left op right``.

    Args:
        op: ``union``, ``intersect`` or ``minus``.
        left: a set.
        right: another one, of the same dimension.
    """

    def __init__(self, op: str, left: FloatRegion, right: FloatRegion) -> None:
        self.op, self._left, self._right = op, left, right

    @property
    def parts(self) -> tuple[FloatRegion, FloatRegion]:
        """The left set and the right one."""
        return self._left, self._right

    @property
    def bounding_box(self) -> FloatBox:
        """That of the left set for a difference; else union or intersection of both boxes."""
        one, other = self._left.bounding_box, self._right.bounding_box
        if self.op == "minus":
            return one
        low, high = (min, max) if self.op == "union" else (max, min)
        return FloatBox(
            tuple(map(low, one.lower, other.lower)), tuple(map(high, one.upper, other.upper))
        )

    @cached_property
    def pieces(self) -> tuple[BoundaryPiece, ...]:
        """All pieces of the left set, then of the right one, with their own normals."""
        return (*self._left.pieces, *self._right.pieces)

    def within(self, box: FloatBox) -> FloatCombination:
        """Of parts within the box."""
        return FloatCombination(self.op, self._left.within(box), self._right.within(box))

    def primitives(self) -> Iterator[FloatRegion]:
        """Those of the left set before those of the right one."""
        yield from self._left.primitives()
        yield from self._right.primitives()

    def level(self, points: Array) -> Array:
        """The smaller level for a union, else the larger one, of the complement for ``minus``."""
        one, other = self._left.level(points), self._right.level(points)
        if self.op == "union":
            return np.minimum(one, other)
        return np.maximum(one, -other if self.op == "minus" else other)

    def contains(self, points: Array, slack: float = SLACK) -> Mask:
        """As of any set, with the slack of each part by its own size."""
        one = self._left.contains(points, slack)
        if self.op == "minus":
            return one & ~self._right.contains(points, -slack)
        other = self._right.contains(points, slack)
        return one | other if self.op == "union" else one & other

    def sides(self, points: Array, normals: Array) -> tuple[Mask, Mask]:
        """Those of the parts, combined: exact where surfaces lie on each other, too."""
        pairs = zip(self._left.sides(points, normals), self._right.sides(points, normals),
                    strict=True)  # fmt: skip
        behind, ahead = (self._joined(one, other) for one, other in pairs)
        return behind, ahead

    def boundary(self, count: int) -> list[BoundaryPoints]:
        """The points of each piece on whose sides the set is on one and not on the other.

        Where pieces of several primitives lie on each other, the first has the points.
        """
        out, owners = [], {id(p): i for i, r in enumerate(self.primitives()) for p in r.pieces}
        for own in super().boundary(count):
            side = self.orientation(own.points, own.normals)
            side[self.on_earlier(own.points, np.full(len(side), owners[id(own.piece)]))] = 0
            if (on := side != 0).any():
                normals = side[on, None] * own.normals[on]
                out.append(BoundaryPoints(own.piece, own.points[on], normals))
        return out

    def _joined(self, one: Mask, other: Mask) -> Mask:
        if self.op == "union":
            return one | other
        return one & (~other if self.op == "minus" else other)
