"""Smooth curves in the plane, s ∈ [0, 1] ↦ x(s), with all that is needed to cut them exactly."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np

from pdedsl.geometry.arrays import Array


class PlaneCurve(ABC):
    """A curve without double points; x is defined, too, a little before 0 and beyond 1."""

    closed = False
    """Whether x has the period 1."""

    @abstractmethod
    def points(self, s: Array) -> Array:
        """x, from shape (n,) to (n, 2)."""

    @abstractmethod
    def slopes(self, s: Array) -> Array:
        """dx/ds, from shape (n,) to (n, 2)."""

    @abstractmethod
    def parameters(self, points: Array) -> Array:
        """The s of the nearest points, of curves that go on beyond both ends: (n, 2) → (n,).

        Exact for points on the curve, and stationary there.
        """

    @abstractmethod
    def moved(self, matrix: Array, offset: Array) -> PlaneCurve:
        """The image under x ↦ M x + b, with M of shape (2, 2) and b of shape (2,)."""

    @property
    @abstractmethod
    def bounds(self) -> tuple[Array, Array]:
        """Lower and upper corner, both of shape (2,), of a box that holds the curve."""

    @property
    def ends(self) -> Array:
        """The points at s = 0 and s = 1, shape (2, 2); of a closed curve none, shape (0, 2)."""
        return self.points(np.array([] if self.closed else [0.0, 1.0]))


@dataclass(frozen=True, eq=False)
class Segment(PlaneCurve):
    """x = a + s (b − a).

    Args:
        begin: a, shape (2,).
        end: b, shape (2,).
    """

    begin: Array
    end: Array

    def points(self, s: Array) -> Array:
        """As of any curve, exact at both ends."""
        s = s[:, None]
        return np.where(s <= 0.5, self.begin + s * self.way, self.end - (1 - s) * self.way)

    def slopes(self, s: Array) -> Array:
        """The same everywhere."""
        return np.tile(self.way, (len(s), 1))

    def parameters(self, points: Array) -> Array:
        """Those of the feet of perpendiculars."""
        return np.asarray((points - self.begin) @ self.way / (self.way @ self.way))

    def moved(self, matrix: Array, offset: Array) -> Segment:
        """A segment again."""
        return Segment(matrix @ self.begin + offset, matrix @ self.end + offset)

    @property
    def bounds(self) -> tuple[Array, Array]:
        """The smallest."""
        return np.minimum(self.begin, self.end), np.maximum(self.begin, self.end)

    @property
    def way(self) -> Array:
        """The end less the begin, shape (2,)."""
        return self.end - self.begin


@dataclass(frozen=True, eq=False)
class EllipticArc(PlaneCurve):
    """x = c + A (cos θ, sin θ), θ = θ0 + s (θ1 − θ0).

    Args:
        center: c, shape (2,).
        axes: A, shape (2, 2).
        first: θ0.
        last: θ1, above θ0 and at most 2π beyond it.
    """

    center: Array
    axes: Array
    first: float = 0.0
    last: float = 2 * np.pi

    @property
    def closed(self) -> bool:  # type: ignore[override]
        """Whether it is the whole ellipse."""
        return abs(self.last - self.first - 2 * np.pi) < 1e-14

    def angles(self, s: Array) -> Array:
        """θ, of the shape of s."""
        return np.asarray(self.first + s * (self.last - self.first))

    def points(self, s: Array) -> Array:
        """As of any curve."""
        return self.center + _directions(self.angles(s)) @ self.axes.T

    def slopes(self, s: Array) -> Array:
        """(θ1 − θ0) A (−sin θ, cos θ)."""
        return (self.last - self.first) * _directions(self.angles(s) + np.pi / 2) @ self.axes.T

    def parameters(self, points: Array) -> Array:
        """Those of the points in the same direction, seen where the ellipse is a circle."""
        unit = self.unit(points)
        return self.of_angles(np.arctan2(unit[:, 1], unit[:, 0]))

    def of_angles(self, angles: Array) -> Array:
        """The s of angles, the one nearest to the middle of the arc."""
        middle = (self.first + self.last) / 2
        turned = np.mod(angles - middle + np.pi, 2 * np.pi) - np.pi + middle
        return np.asarray((turned - self.first) / (self.last - self.first))

    def unit(self, points: Array) -> Array:
        """A⁻¹ (x − c), which has the length 1 on the ellipse: (n, 2) → (n, 2)."""
        return np.asarray(np.linalg.solve(self.axes, (points - self.center).T).T)

    def moved(self, matrix: Array, offset: Array) -> EllipticArc:
        """An elliptic arc again, with the same angles."""
        return EllipticArc(matrix @ self.center + offset, matrix @ self.axes, self.first, self.last)

    @property
    def bounds(self) -> tuple[Array, Array]:
        """Those of the whole ellipse."""
        reach = np.linalg.norm(self.axes, axis=1)
        return self.center - reach, self.center + reach


def _directions(angles: Array) -> Array:
    return np.stack([np.cos(angles), np.sin(angles)], axis=1)
