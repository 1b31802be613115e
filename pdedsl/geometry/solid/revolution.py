"""Solids of revolution: cylinders, cones and tori."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise

import numpy as np

from pdedsl.geometry.arrays import Array
from pdedsl.geometry.boxes import FloatBox
from pdedsl.geometry.ellipsoids import Ellipsoid
from pdedsl.geometry.halfspaces import normal_plane
from pdedsl.geometry.language import Argument, ShapeKind
from pdedsl.geometry.plane.curves import EllipticArc, PlaneCurve, Segment
from pdedsl.geometry.plane.polygons import FloatPolygon
from pdedsl.geometry.region import BoundaryPiece, FloatRegion


class Revolution(FloatRegion):
    """The points o + z a + ρ e with (ρ, z) in a profile, a unit axis a and unit vectors e ⊥ a.

    Args:
        origin: o, shape (3,).
        axis: a, of any length, shape (3,).
        profile: a set of points (ρ, z), symmetric to the axis or with ρ > 0.
        curves: the part of its boundary with ρ ≥ 0, with the set on the left, and a label of each.
    """

    def __init__(
        self, origin: Array, axis: Array, profile: FloatRegion,
        curves: Sequence[tuple[PlaneCurve, str]],
    ) -> None:  # fmt: skip
        self._origin, self._axis = origin, axis / np.linalg.norm(axis)
        self._plane = normal_plane(self._axis)
        self._profile, self._curves = profile, curves

    @property
    def bounding_box(self) -> FloatBox:
        """The smallest one."""
        ends = [self.support(s * np.eye(3)) * s for s in (-1.0, 1.0)]
        return FloatBox(*map(tuple, ends))

    def support(self, directions: Array) -> Array:
        """Along a direction, the plane through the axis has the farthest points."""
        along = directions @ self._axis
        across = np.sqrt(np.maximum(np.sum(directions**2, axis=1) - along**2, 0.0))
        ways = np.stack([across, along], axis=1)
        reach = [_support(curve, ways) for curve, _ in self._curves]
        return np.asarray(directions @ self._origin + np.max(reach, axis=0))

    @cached_property
    def pieces(self) -> tuple[BoundaryPiece, ...]:
        """The surfaces of the curves, by their parameter and the angle around the axis."""
        return tuple(self._surface(curve, label) for curve, label in self._curves)

    def level(self, points: Array) -> Array:
        """That of the profile at (ρ, z)."""
        away = points - self._origin
        z = away @ self._axis
        distance = np.linalg.norm(away @ self._plane.T, axis=1)
        return self._profile.level(np.stack([distance, z], axis=1))

    def _surface(self, curve: PlaneCurve, label: str) -> BoundaryPiece:
        def points(s: Array) -> Array:
            return self._origin + self._turned(curve.points(s[:, 0]), s)

        def normals(s: Array) -> Array:
            slopes = curve.slopes(s[:, 0])
            lengths = np.linalg.norm(slopes, axis=1, keepdims=True)
            return self._turned(np.stack([slopes[:, 1], -slopes[:, 0]], axis=1) / lengths, s)

        def density(s: Array) -> Array:
            lengths = np.linalg.norm(curve.slopes(s[:, 0]), axis=1)
            return np.asarray(2 * np.pi * np.abs(curve.points(s[:, 0])[:, 0]) * lengths)

        return BoundaryPiece(points, normals, density, 3, closed=True, label=label)

    def _turned(self, flat: Array, s: Array) -> Array:
        """Vectors (ρ, z), shape (n, 2), in space, at the angles 2π s: (n, 3)."""
        angles = 2 * np.pi * s[:, 1]
        around = np.stack([np.cos(angles), np.sin(angles)], axis=1) @ self._plane
        return np.asarray(flat[:, :1] * around + flat[:, 1:] * self._axis)


def _support(curve: PlaneCurve, ways: Array) -> Array:
    """Max x · d over a curve, or over the whole ellipse of an arc."""
    if isinstance(curve, EllipticArc):
        return np.asarray(ways @ curve.center + np.linalg.norm(ways @ curve.axes, axis=1))
    return np.asarray((curve.points(np.array([0.0, 1.0])) @ ways.T).max(axis=0))


def _of_outline(base: Array, top: Array, corners: Sequence[tuple[float, float]],
                labels: Sequence[str]) -> Revolution:  # fmt: skip
    """The solid whose profile has these corners, from the axis to the axis."""
    ends = [np.array(corner) for corner in corners]
    mirrored = [np.array([-r, z]) for r, z in reversed(corners) if r > 0]
    sides = [Segment(a, b) for a, b in pairwise(ends)]
    profile = FloatPolygon(*ends, *mirrored)
    return Revolution(base, top - base, profile, list(zip(sides, labels, strict=True)))


def cylinder(base: Array, top: Array, radius: Array) -> Revolution:
    """A circular cylinder, by the centres of its ends, both (3,)."""
    r, height = float(radius), float(np.linalg.norm(top - base))
    outline = [(0.0, 0.0), (r, 0.0), (r, height), (0.0, height)]
    return _of_outline(base, top, outline, ["the base", "the side", "the top"])


def cone(base: Array, top: Array, radius: Array) -> Revolution:
    """A circular cone, by the centre of its base and its tip, both (3,)."""
    r, height = float(radius), float(np.linalg.norm(top - base))
    return _of_outline(base, top, [(0.0, 0.0), (r, 0.0), (0.0, height)], ["the base", "the side"])


def torus(center: Array, axis: Array, radius: Array, tube: Array) -> Revolution:
    """The points within ``tube`` of a circle around the centre, whose plane is across the axis."""
    middle, r = np.array([float(radius), 0.0]), float(tube)
    circle = EllipticArc(middle, r * np.eye(2))
    return Revolution(center, axis, Ellipsoid(middle, np.full(2, r)), [(circle, "")])


def _fault_of_ends(base: Array, top: Array, radius: Array) -> str | None:
    return None if (top != base).any() else "the base and the top must not be one point"


def _fault_of_torus(center: Array, axis: Array, radius: Array, tube: Array) -> str | None:
    if not axis.any():
        return "the axis must not be 0"
    return None if tube < radius else "the tube must be thinner than the radius of its circle"


_RADIUS = Argument("radius", "length", "a radius", "1")
_ENDS = (
    Argument("base", "point", "a base", "(0, 0, 0)"),
    Argument("top", "point", "a top", "(0, 0, 1)"),
    _RADIUS,
)

KINDS = (
    ShapeKind("cylinder", cylinder, _ENDS, dimension=3, fault=_fault_of_ends),
    ShapeKind("cone", cone, _ENDS, dimension=3, fault=_fault_of_ends),
    ShapeKind(
        "torus", torus,
        (Argument("center", "point", "a centre", "(0, 0, 0)"),
         Argument("axis", "point", "an axis", "(0, 0, 1)"),
         _RADIUS, Argument("tube", "length", "a radius of the tube", "0.25")),
        dimension=3, fault=_fault_of_torus,
    ),
)  # fmt: skip
