"""Disks, balls and ellipses: images of the unit ball."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from .boxes import FloatBox
from .language import Argument, ShapeKind
from .plane.curves import EllipticArc
from .plane.pieces import piece_of
from .region import Array, BoundaryPiece, FloatRegion


class Ellipsoid(FloatRegion):
    """The points with |A⁻¹ (x − c)| ≤ 1.

    Args:
        center: c, shape (d,) with d ≥ 2.
        axes: A, shape (d, d), whose columns are half-axes; or the radii alone, shape (d,), of half-
            axes along the coordinates.
    """

    def __init__(self, center: Array, axes: Array) -> None:
        self._center, self._axes = center, np.diag(axes) if axes.ndim == 1 else axes
        self._shortest = float(np.linalg.svd(self._axes, compute_uv=False).min())

    @property
    def frame(self) -> tuple[Array, Array]:
        """The centre c and the half-axes A, of shapes (d,) and (d, d)."""
        return self._center, self._axes

    @property
    def bounding_box(self) -> FloatBox:
        """The smallest: c_i ± the length of the row i of A."""
        reach = np.linalg.norm(self._axes, axis=1)
        return FloatBox(*(tuple(self._center + s * reach) for s in (-1.0, 1.0)))

    @cached_property
    def pieces(self) -> tuple[BoundaryPiece]:
        """All of the boundary, by the angles of spherical coordinates."""
        d = len(self._center)
        if d == 2:
            return (piece_of(EllipticArc(self._center, self._axes)),)
        return (BoundaryPiece(self._points, self._normals, self._density, d, closed=True),)

    def level(self, points: Array) -> Array:
        """(|A⁻¹ (x − c)| − 1) times the shortest half-axis; for a ball, the signed distance."""
        scaled = np.linalg.norm(np.linalg.solve(self._axes, (points - self._center).T), axis=0)
        return np.asarray((scaled - 1) * self._shortest)

    def image(self, matrix: Array, offset: Array) -> Ellipsoid:
        """An ellipsoid again."""
        return Ellipsoid(matrix @ self._center + offset, matrix @ self._axes)

    def support(self, directions: Array) -> Array:
        """Exact: c · d + |Aᵀ d|."""
        reach = np.linalg.norm(directions @ self._axes, axis=1)
        return np.asarray(directions @ self._center + reach)

    def _points(self, s: Array) -> Array:
        return np.asarray(self._center + _sphere(s)[0] @ self._axes.T)

    def _slopes(self, s: Array) -> Array:
        """A⁻ᵀ e at the points e of the unit sphere: along the normals."""
        return np.asarray(np.linalg.solve(self._axes.T, _sphere(s)[0].T).T)

    def _normals(self, s: Array) -> Array:
        slopes = self._slopes(s)
        return np.asarray(slopes / np.linalg.norm(slopes, axis=1, keepdims=True))

    def _density(self, s: Array) -> Array:
        # Nanson's formula: a surface element dA with the normal n becomes |det A A⁻ᵀ n| dA.
        stretch = abs(np.linalg.det(self._axes)) * np.linalg.norm(self._slopes(s), axis=1)
        return np.asarray(_sphere(s)[1] * stretch)


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
