"""Sets of points, as the language has them: boxes, named shapes and their combinations.

Numbers are sympy expressions in the problem's parameters. `geometry` evaluates them, and knows
what is behind the name of a shape.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import sympy as sp
from numpy.typing import NDArray


@dataclass(frozen=True)
class Region(ABC):
    """Base of sets."""

    @property
    @abstractmethod
    def dimension(self) -> int:
        """Number of coordinates of a point of the set."""

    def primitives(self) -> Iterator[Region]:
        """The boxes and shapes that the set is combined of, from left to right."""
        yield self


@dataclass(frozen=True)
class Box(Region):
    """Product of intervals ``[lower, upper]``."""

    intervals: tuple[tuple[sp.Expr, sp.Expr], ...]

    @property
    def dimension(self) -> int:
        """Number of intervals."""
        return len(self.intervals)


@dataclass(frozen=True)
class Shape(Region):
    """A set with a name, such as ``disk(center = (0, 0), radius = 1)``.

    Args:
        name: one of `geometry.SHAPES`.
        arguments: values in the order of the shape's arguments; a point is a tuple.
        keywords: the names of the arguments; none for a list of points.
    """

    name: str
    arguments: tuple[sp.Expr | tuple[sp.Expr, ...], ...]
    keywords: tuple[str, ...] = ()

    @property
    def dimension(self) -> int:
        """That of the first point among the arguments."""
        return next(len(a) for a in self.arguments if isinstance(a, tuple))


@dataclass(frozen=True)
class MeshBody(Region):
    """The body inside a closed surface of triangles, such as ``mesh("part.stl", scale = 1e-3)``.

    Args:
        path: the file, as written in the spec.
        sha256: hash of the file's bytes.
        scale: factor of all coordinates.
        vertices: shape (m, 3), without the factor.
        faces: numbers of the corners of triangles, shape (n, 3), in order seen from outside.
    """

    path: str
    sha256: str
    scale: sp.Expr
    vertices: NDArray[np.float64] = field(compare=False, repr=False)
    faces: NDArray[np.intp] = field(compare=False, repr=False)

    @property
    def dimension(self) -> int:
        """Three."""
        return 3


@dataclass(frozen=True)
class Enclosed(Region):
    """The set that a closed curve encloses: ``curve((cos(s), 2*sin(s)) for s in 0..2*pi)``.

    Args:
        point: both coordinates as expressions of the parameter of the curve.
        index: this parameter.
        first: its value at the begin.
        last: that at the end.
    """

    point: tuple[sp.Expr, sp.Expr]
    index: sp.Symbol
    first: sp.Expr
    last: sp.Expr

    @property
    def dimension(self) -> int:
        """Two."""
        return 2


@dataclass(frozen=True)
class Moved(Region):
    """A set that is turned, shifted or scaled, such as ``shift(D, (1, 0))``.

    Args:
        name: one of `geometry.MOTIONS`.
        region: that is moved.
        arguments: values after it; a vector is a tuple.
        keywords: names of the arguments, empty for those without.
    """

    name: str
    region: Region
    arguments: tuple[sp.Expr | tuple[sp.Expr, ...], ...]
    keywords: tuple[str, ...]

    @property
    def dimension(self) -> int:
        """That of the set."""
        return self.region.dimension

    @property
    def still(self) -> Region:
        """The set before all motions."""
        return self.region.still if isinstance(self.region, Moved) else self.region

    def primitives(self) -> Iterator[Region]:
        """Those of the set, moved."""
        for own in self.region.primitives():
            yield Moved(self.name, own, self.arguments, self.keywords)


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

    def primitives(self) -> Iterator[Region]:
        """Those of the left set before those of the right one."""
        yield from self.left.primitives()
        yield from self.right.primitives()
