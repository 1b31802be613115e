"""Sectors of disks, and annuli."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from pdedsl.geometry.arrays import Array
from pdedsl.geometry.boxes import FloatBox
from pdedsl.geometry.language import Argument, ShapeKind
from pdedsl.geometry.region import BoundaryPiece, FloatRegion

from .curves import EllipticArc, PlaneCurve, Segment
from .pieces import piece_of


class Sector(FloatRegion):
    """The points c + ρ (cos θ, sin θ) with ρ ≤ r and a ≤ θ ≤ b.

    Args:
        center: c, shape (2,).
        radius: r, shape ().
        angles: (a, b), in radians, with a < b < a + 2π.
    """

    def __init__(self, center: Array, radius: Array, angles: Array) -> None:
        self._center, self._radius = center, float(radius)
        self._first, self._last = map(float, angles)

    @property
    def bounding_box(self) -> FloatBox:
        """The smallest one."""
        quarters = np.arange(np.ceil(self._first / (np.pi / 2)), self._last / (np.pi / 2) + 1)
        angles = np.array([self._first, *(quarters * np.pi / 2), self._last])
        angles = angles[angles <= self._last]
        rim = self._center + self._radius * np.stack([np.cos(angles), np.sin(angles)], axis=1)
        points = np.concatenate([rim, self._center[None]])
        return FloatBox(tuple(points.min(axis=0)), tuple(points.max(axis=0)))

    @cached_property
    def pieces(self) -> tuple[BoundaryPiece, ...]:
        """The side at a, the arc, and the side at b."""
        arc = EllipticArc(self._center, self._radius * np.eye(2), self._first, self._last)
        begin, end = arc.ends
        curves: tuple[PlaneCurve, ...] = (
            Segment(self._center, begin), arc, Segment(end, self._center)
        )  # fmt: skip
        labels = ("the first side of the sector", "its arc", "the last side of the sector")
        return tuple(piece_of(c, label=text) for c, text in zip(curves, labels, strict=True))

    def level(self, points: Array) -> Array:
        """The larger of those of the disk and of the wedge, which is of two half-planes."""
        x, y = (points - self._center).T
        below = np.sin(self._first) * x - np.cos(self._first) * y
        above = np.cos(self._last) * y - np.sin(self._last) * x
        join = np.maximum if self._last - self._first <= np.pi else np.minimum
        return np.asarray(np.maximum(np.hypot(x, y) - self._radius, join(below, above)))


class Annulus(FloatRegion):
    """The points whose distance from the centre is between two radii.

    Args:
        center: shape (2,).
        radii: the smaller and the larger one, shape (2,).
    """

    def __init__(self, center: Array, radii: Array) -> None:
        self._center, self._radii = center, radii

    @property
    def bounding_box(self) -> FloatBox:
        """That of the outer circle."""
        return FloatBox(*(tuple(self._center + s * self._radii[1]) for s in (-1.0, 1.0)))

    @cached_property
    def pieces(self) -> tuple[BoundaryPiece, ...]:
        """The inner circle and the outer one."""
        circles = [EllipticArc(self._center, r * np.eye(2)) for r in self._radii]
        inner, outer = "the inner circle", "the outer circle"
        return piece_of(circles[0], -1.0, inner), piece_of(circles[1], 1.0, outer)

    def level(self, points: Array) -> Array:
        """The signed distance."""
        distance = np.linalg.norm(points - self._center, axis=1)
        return np.maximum(distance - self._radii[1], self._radii[0] - distance)


def _fault_of_sector(center: Array, radius: Array, angles: Array) -> str | None:
    if 0 < angles[1] - angles[0] < 2 * np.pi - 1e-9:
        return None
    return "the angles must ascend, by less than 2*pi"


def _fault_of_annulus(center: Array, radii: Array) -> str | None:
    return None if 0 < radii[0] < radii[1] else "the radii must be positive and ascend"


_CENTER = Argument("center", "point", "a centre", "(0, 0)")

KINDS = (
    ShapeKind(
        "sector", Sector,
        (_CENTER, Argument("radius", "length", "a radius", "1"),
         Argument("angles", "pair", "a pair of angles", "(0, pi/2)")),
        dimension=2, fault=_fault_of_sector,
    ),
    ShapeKind(
        "annulus", Annulus, (_CENTER, Argument("radii", "pair", "a pair of radii", "(0.5, 1)")),
        dimension=2, fault=_fault_of_annulus,
    ),
)  # fmt: skip
