"""Disks, balls and ellipses: images of the unit ball."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from .boxes import FloatBox
from .language import Argument, ShapeKind
from .region import Array, BoundaryPiece, FloatRegion


class Ellipsoid(FloatRegion):
    """The points with Σ ((x_i − c_i)/r_i)² ≤ 1.

    Args:
        center: c, shape (d,) with d ≥ 2.
        radii: r, shape (d,).
    """

    def __init__(self, center: Array, radii: Array) -> None:
        self._center, self._radii = center, radii

    @property
    def bounding_box(self) -> FloatBox:
        """[c_i − r_i, c_i + r_i]."""
        return FloatBox(*(tuple(self._center + s * self._radii) for s in (-1.0, 1.0)))

    @cached_property
    def pieces(self) -> tuple[BoundaryPiece]:
        """All of the boundary, by the angles of spherical coordinates."""
        d = len(self._center)
        return (BoundaryPiece(self._points, self._normals, self._density, d, closed=True),)

    def level(self, points: Array) -> Array:
        """(|(x − c)/r| − 1) min r; for a ball, the signed distance."""
        scaled = np.linalg.norm((points - self._center) / self._radii, axis=1)
        return np.asarray((scaled - 1) * self._radii.min())

    def _points(self, s: Array) -> Array:
        return self._center + self._radii * _sphere(s)[0]

    def _normals(self, s: Array) -> Array:
        slopes = _sphere(s)[0] / self._radii
        return np.asarray(slopes / np.linalg.norm(slopes, axis=1, keepdims=True))

    def _density(self, s: Array) -> Array:
        # Nanson's formula: a surface element dA with the normal n becomes |det R R⁻¹ n| dA.
        points, element = _sphere(s)
        stretch = np.prod(self._radii) * np.linalg.norm(points / self._radii, axis=1)
        return np.asarray(element * stretch)


def _sphere(s: Array) -> tuple[Array, Array]:
    """Points of the unit sphere and their surface element, of shapes (n, d) and (n,)."""
    angles = np.pi * s
    angles[:, -1] *= 2
    left, columns = np.ones(len(s)), []
    element = np.full(len(s), 2 * np.pi ** s.shape[1])
    for i, angle in enumerate(angles.T):
        columns.append(left * np.cos(angle))
        left = left * np.sin(angle)
        element = element * np.sin(angle) ** (s.shape[1] - 1 - i)
    return np.stack([*columns, left], axis=1), element


def ball(center: Array, radius: Array) -> Ellipsoid:
    """The points within a radius, shape (), of the centre, shape (d,)."""
    return Ellipsoid(center, np.full(len(center), radius))


_CENTER = Argument("center", "point", "a centre", "(0, 0)")
_RADIUS = Argument("radius", "length", "a radius", "1")

KINDS = (
    ShapeKind("disk", ball, (_CENTER, _RADIUS), dimension=2, general="ball"),
    ShapeKind("ball", ball, (Argument("center", "point", "a centre", "(0, 0, 0)"), _RADIUS)),
    ShapeKind("ellipse", Ellipsoid, (_CENTER, Argument("radii", "lengths", "radii", "(2, 1)"))),
)
