"""Sets of points, as the language has them: boxes, named shapes and their combinations.

Numbers are sympy expressions in the problem's parameters. `geometry` evaluates them, and knows
what is behind the name of a shape.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass

import sympy as sp


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
