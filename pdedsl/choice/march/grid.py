"""The elements and polynomials of one window of a march."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from pdedsl.choice.tuning import MARCH
from pdedsl.compiler.lowering.lower import LoweredProblem
from pdedsl.compiler.points.collocation import space_order
from pdedsl.geometry import hull_bounds
from pdedsl.models.bases import BasisOptions

_NARROWEST = 1e-7  # width of an element, as a part of the domain
_FEWEST = 4  # elements
_RATIO = 4  # the most that an element is wider than its neighbour


@dataclass(frozen=True)
class Grid:
    """Splines on elements, which are made by halving alone, and polynomials in time.

    Args:
        ends: of the space coordinate; None for functions of time alone.
        breaks: between the elements, ascending.
        degree: p of the splines.
        smoothness: s of the splines.
        modes: m, degree of the polynomials in time.
    """

    ends: tuple[float, float] | None
    breaks: tuple[float, ...]
    degree: int
    smoothness: int
    modes: int

    @property
    def edges(self) -> tuple[float, ...]:
        """Of the elements; a unit interval for functions of time alone."""
        return (0.0, 1.0) if self.ends is None else (self.ends[0], *self.breaks, self.ends[1])

    @property
    def elements(self) -> int:
        """Number of elements."""
        return len(self.edges) - 1

    @property
    def functions(self) -> int:
        """Number of functions; on a circle there are some less."""
        inner = self.elements * (self.degree - self.smoothness) + self.smoothness + 1
        return (1 if self.ends is None else inner) * (self.modes + 1)

    @property
    def options(self) -> BasisOptions:
        """The basis of the window."""
        if self.ends is None:
            return BasisOptions(family="mixed", modes=(self.modes,))
        return BasisOptions(
            family="mixed",
            modes=(self.degree, self.modes),
            breaks=(self.breaks, ()),
            smoothness=self.smoothness,
        )

    def refined(self, which: NDArray[np.bool_], narrowest: float = _NARROWEST) -> Grid:
        """Some elements halved, and neighbours that are too wide then.

        Those that would be narrower than a part of the domain stay.
        """
        edges = np.array(self.edges)
        least = narrowest * (edges[-1] - edges[0])
        fresh = [
            (a + b) / 2
            for (a, b), chosen in zip(pairwise(self.edges), which, strict=True)
            if chosen and b - a > 2 * least
        ]
        return replace(self, breaks=tuple(sorted((*self.breaks, *fresh)))).graded()

    def resolving(
        self, places: Sequence[tuple[float, float]], narrowest: float = _NARROWEST
    ) -> Grid:
        """Elements near centres halved until they are no wider than four times their widths."""
        grid = self
        while places and self.ends is not None:
            edges = np.array(grid.edges)
            wide = np.zeros(grid.elements, dtype=bool)
            for centre, width in places:
                near = (edges[:-1] < centre + 4 * width) & (edges[1:] > centre - 4 * width)
                wide |= near & (np.diff(edges) > 4 * width)
            finer = grid.refined(wide, narrowest)
            if finer.elements == grid.elements:
                break
            grid = finer
        return grid

    def graded(self) -> Grid:
        """Elements halved until none is more than four times as wide as its neighbour."""
        edges = list(self.edges)
        while True:
            widths = np.diff(edges)
            near = np.minimum(np.r_[np.inf, widths[:-1]], np.r_[widths[1:], np.inf])
            wide = np.nonzero(widths > (_RATIO + 1e-3) * near)[0]
            if not len(wide):
                return replace(self, breaks=tuple(edges[1:-1]))
            edges = sorted([*edges, *((edges[i] + edges[i + 1]) / 2 for i in wide.tolist())])

    def coarsened(self, which: NDArray[np.bool_]) -> Grid:
        """Pairs of halves merged where both are named: those of one element that was halved.

        Two neighbours of one width w are such a pair where their common edge lies at an odd
        multiple of w from the left end.
        """
        edges = np.array(self.edges)
        widths = np.diff(edges)
        drop: set[int] = set()
        for i in range(len(widths) - 1):
            same = abs(widths[i] - widths[i + 1]) < 1e-9 * widths[i]
            odd = round((edges[i + 1] - edges[0]) / widths[i]) % 2 == 1
            left = len(widths) - len(drop) > _FEWEST
            if left and which[i] and which[i + 1] and same and odd and i not in drop:
                drop.add(i + 1)
        kept = tuple(e for i, e in enumerate(self.breaks, 1) if i not in drop)
        return replace(self, breaks=kept).graded()


def first_grid(lowered: LoweredProblem, tolerance: float) -> Grid:
    """The grid of the first window; the degrees grow with the digits of the tolerance τ."""
    problem = lowered.problem
    digits = -math.log10(tolerance)
    bounds = list(hull_bounds(problem).values())
    if len(bounds) == 1:
        return Grid(None, (), 0, 0, round(digits) + 6)
    order = space_order(problem)
    circle = all(group.periods[0] is not None for group in lowered.groups)
    # Splines that are C^s with s even, on a circle of an even number of elements: some vanish at
    # all nodes.
    smoothness = order | 1 if circle and order % 2 else max(order - 1, 0)
    low, high = bounds[0]
    breaks = tuple(low + (high - low) * k / MARCH.elements for k in range(1, MARCH.elements))
    degree = smoothness + max(5, round(0.7 * digits) + 2)
    return Grid((low, high), breaks, degree, smoothness, max(6, round(0.8 * digits) + 3))
