"""Polygons."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from pdedsl.geometry.arrays import Array
from pdedsl.geometry.boxes import FloatBox
from pdedsl.geometry.language import ShapeKind
from pdedsl.geometry.region import BoundaryPiece, FloatRegion

from .curves import Segment
from .pieces import piece_of


class FloatPolygon(FloatRegion):
    """The plane set bounded by the closed line through its corners.

    Args:
        corners: in order, either way round, each of shape (2,).
    """

    def __init__(self, *corners: Array) -> None:
        self._corners = np.array(corners)
        x, y = self._corners.T
        # The shoelace formula: twice the area, positive where the corners run anticlockwise.
        self._turn = float(np.sign(x @ np.roll(y, -1) - y @ np.roll(x, -1)))

    @property
    def bounding_box(self) -> FloatBox:
        """The smallest one."""
        return FloatBox(tuple(self._corners.min(axis=0)), tuple(self._corners.max(axis=0)))

    @cached_property
    def pieces(self) -> tuple[BoundaryPiece, ...]:
        """The edges, in the order of the corners."""
        return tuple(self._edge(a, b) for a, b in self._edges())

    def level(self, points: Array) -> Array:
        """The signed distance, with the even–odd rule for its sign."""
        x, y = points.T
        inside, distance = np.zeros(len(points), dtype=bool), np.full(len(points), np.inf)
        for a, b in self._edges():
            along = b - a
            with np.errstate(divide="ignore", invalid="ignore"):
                crossing = a[0] + (y - a[1]) * along[0] / along[1]
            inside ^= ((a[1] > y) != (b[1] > y)) & (x < crossing)
            share = np.clip((points - a) @ along / (along @ along), 0.0, 1.0)
            gap = np.linalg.norm(points - a - share[:, None] * along, axis=1)
            distance = np.minimum(distance, gap)
        return np.where(inside, -distance, distance)

    def image(self, matrix: Array, offset: Array) -> FloatPolygon:
        """A polygon again."""
        return FloatPolygon(*(matrix @ corner + offset for corner in self._corners))

    def _edges(self) -> list[tuple[Array, Array]]:
        return list(zip(self._corners, np.roll(self._corners, -1, axis=0), strict=True))

    def _edge(self, a: Array, b: Array) -> BoundaryPiece:
        begin, end = (f"({p[0]:g}, {p[1]:g})" for p in (a, b))
        return piece_of(Segment(a, b), self._turn, f"the edge from {begin} to {end}")


KINDS = (ShapeKind("polygon", FloatPolygon, dimension=2),)
