"""Smooth curves that are given by expressions in their parameter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING

import numpy as np

from pdedsl.geometry.arrays import Array

from .curves import PlaneCurve
from .scan import zeros_between

if TYPE_CHECKING:
    from scipy.spatial import KDTree

Function = Callable[[Array], Array]

_STEPS = 12  # of Newton's method from the nearest point of the grid: it doubles the digits of each
_CONVEX = 0.1  # of |x'|², the least second derivative that Newton's method divides by: a choice


@dataclass(frozen=True, eq=False)
class ParametricCurve(PlaneCurve):
    """A curve by its function and two derivatives.

    Args:
        functions: s ↦ x(s), x'(s) and x''(s), each from shape (n,) to (n, 2), for s in [0, 1]; and
            a little beyond, where the curve is not closed.
        steps: parts of [0, 1] that are short next to all that the curve does.
        closed: whether x is smooth with the period 1.
    """

    functions: tuple[Function, Function, Function]
    steps: int
    closed: bool = False

    def points(self, s: Array) -> Array:
        """As of any curve."""
        return self.functions[0](self._inner(s))

    def slopes(self, s: Array) -> Array:
        """As of any curve."""
        return self.functions[1](self._inner(s))

    def parameters(self, points: Array) -> Array:
        """Zeros of (x(s) − p) · x'(s) by Newton's method from the nearest point of a grid."""
        s = self.grid[self._tree.query(points)[1]]
        for _ in range(_STEPS):
            inner = self._inner(s)
            place, slope, bend = (function(inner) for function in self.functions)
            square, away = (slope**2).sum(axis=1), place - points
            second = square + (away * bend).sum(axis=1)
            second = np.where(second > _CONVEX * square, second, square)
            step = (away * slope).sum(axis=1) / second
            s = s - np.clip(step, -1 / self.steps, 1 / self.steps)
        return s

    def moved(self, matrix: Array, offset: Array) -> ParametricCurve:
        """The functions after the map."""

        def image(function: Function, shift: Array) -> Function:
            return lambda s: np.asarray(function(s) @ matrix.T + shift)

        place, slope, bend = self.functions
        still = np.zeros(2)
        functions = image(place, offset), image(slope, still), image(bend, still)
        return ParametricCurve(functions, self.steps, self.closed)

    @cached_property
    def grid(self) -> Array:
        """Equidistant parameters from 0 to 1, shape (steps + 1,)."""
        return np.linspace(0.0, 1.0, self.steps + 1)

    @cached_property
    def bounds(self) -> tuple[Array, Array]:
        """Those of the smallest box."""
        turns = [zeros_between(partial(self._slopes_along, e), self.grid) for e in np.eye(2)]
        extremes = self.points(np.concatenate([[0.0, 1.0], *turns]))
        return extremes.min(axis=0), extremes.max(axis=0)

    def _slopes_along(self, way: Array, s: Array) -> Array:
        return np.asarray(self.slopes(s) @ way)

    @cached_property
    def _tree(self) -> KDTree:
        from scipy.spatial import KDTree  # takes half a second, and most specs have no curve

        return KDTree(self.points(self.grid))

    def _inner(self, s: Array) -> Array:
        """A closed curve goes on as it began, whatever its functions do beyond their period."""
        return s - np.floor(s) if self.closed else s
