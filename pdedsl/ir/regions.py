"""Sets of points: boxes, balls, ellipses, polygons and their combinations.

Numbers are sympy expressions in the problem's parameters; `Problem.number` evaluates them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import sympy as sp


@dataclass(frozen=True)
class Region(ABC):
    """Base of sets; ``dimension`` is the number of coordinates of its points."""

    @property
    @abstractmethod
    def dimension(self) -> int:
        """Number of coordinates of a point of the set."""


@dataclass(frozen=True)
class Box(Region):
    """Product of intervals ``[lower, upper]``."""

    intervals: tuple[tuple[sp.Expr, sp.Expr], ...]

    @property
    def dimension(self) -> int:
        """Number of intervals."""
        return len(self.intervals)


@dataclass(frozen=True)
class Ball(Region):
    """Points within ``radius`` of ``center`` (a disk in two dimensions)."""

    center: tuple[sp.Expr, ...]
    radius: sp.Expr

    @property
    def dimension(self) -> int:
        """Length of the centre."""
        return len(self.center)


@dataclass(frozen=True)
class Ellipse(Region):
    """Points with Σ ((x_i − c_i)/r_i)² ≤ 1."""

    center: tuple[sp.Expr, ...]
    radii: tuple[sp.Expr, ...]

    @property
    def dimension(self) -> int:
        """Length of the centre."""
        return len(self.center)


@dataclass(frozen=True)
class Polygon(Region):
    """Plane set bounded by the closed line through the vertices, in order."""

    vertices: tuple[tuple[sp.Expr, sp.Expr], ...]

    @property
    def dimension(self) -> int:
        """Always 2."""
        return 2


@dataclass(frozen=True)
class Combination(Region):
    """``left op right`` with op one of ``union``, ``intersect``, ``minus``."""

    op: str
    left: Region
    right: Region

    @property
    def dimension(self) -> int:
        """That of the left set; both agree."""
        return self.left.dimension
