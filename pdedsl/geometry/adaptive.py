"""Adaptive quadrature on boxes, for integrands of which nothing is known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .arrays import Array
from .boxes import FloatBox
from .quadrature import sobol_rule
from .tensor import tensor_rule

# By dimension: cells of an axis at first, and Gauss–Legendre nodes of an axis of a cell.
_FIRST = {1: (64, 12), 2: (10, 8), 3: (3, 6)}
_MOST_POINTS = 400_000  # of an integral: two seconds of a network of 30 neurons on one core
_SOBOL_POINTS = 16_384
_LEAST_SHARE = 100  # of the tolerance, as a part of it, that a cell has
_GROWTH, _MOST_STEPS = 4.0, 16  # of cells from a narrow place on: from 1e-9 of a box to all of it
_MOST_CENTRES = 6  # of an axis, each with some 200 nodes of the finest rule; a choice
_SLACK = 1e-12  # within which a centre on a corner of cells belongs to all of them
TOLERANCE = 1e-11
"""Of ∫ |f|: above rounding of sums of some ten thousand terms."""


@dataclass(frozen=True, eq=False)
class Marks:
    """Points, or lines and planes across an axis, around which a function changes fast.

    Args:
        centres: shape (m, d).
        widths: along each axis, shape (m, d); infinite where it is smooth.
        oblique: which are on lines or planes that are not across an axis, shape (m,); None: none.
    """

    centres: Array
    widths: Array
    oblique: NDArray[np.bool_] | None = None

    def wide(self, lower: Array, sides: Array) -> Array:
        """Which cells (n, d) hold a centre and are wider than what is there: (n,)."""
        out = np.zeros(len(lower), dtype=bool)
        for centre, own in zip(self.centres, self.widths, strict=True):
            near = (lower <= centre + _SLACK) & (centre - _SLACK <= lower + sides)
            out |= near.all(axis=1) & (sides > own).any(axis=1)
        return out

    def breaks(self, axis: int, low: float, high: float) -> list[float]:
        """Positions between cells of an axis, ever closer to what is narrow along it alone."""
        alone = np.isfinite(self.widths).sum(axis=1) == 1
        own = Marks(self.centres[alone], self.widths[alone]).around(axis)
        return own[(own > low) & (own < high)].tolist()

    def around(self, axis: int) -> Array:
        """Positions on an axis that grow apart from the centres of what is narrow along it.

        Oblique lines are nowhere along an axis; of more than some centres the narrowest count.
        """
        if not len(self.centres):
            return np.zeros(0)
        own = np.isfinite(self.widths[:, axis])
        narrow = np.flatnonzero(own if self.oblique is None else own & ~self.oblique)
        narrow = narrow[np.argsort(self.widths[narrow, axis], kind="stable")][:_MOST_CENTRES]
        steps = np.append(0.0, _GROWTH ** np.arange(_MOST_STEPS))
        away = np.outer(self.widths[narrow, axis], np.append(-steps[:0:-1], steps))
        return np.unique(self.centres[narrow, axis, None] + away)


NO_MARKS = Marks(np.zeros((0, 0)), np.zeros((0, 0)))


def integrate(
    function: Callable[[Array], Array],
    box: FloatBox,
    marks: Marks = NO_MARKS,
    tolerance: float = TOLERANCE,
    cells: Sequence[int] | None = None,
) -> tuple[float, float]:
    r"""∫ f over a box, with an error.

    Cells are halved along every axis until both orders agree: a cell's rule and the sum of those of
    its children differ by at most its share of ``tolerance`` times ∫ |f|, or the number of points
    is spent. In more than three dimensions Sobol points are doubled instead.

    Args:
        function: f, from points (n, d) to values (n,).
        box: of dimension d; without axes f has a value at one point.
        marks: cells that hold one are halved in any case, down to its width.
        tolerance: relative.
        cells: of each axis at first, up to three dimensions; None for 64, 10² and 3³ of them.

    Returns:
        The integral, and the sum of the differences at last, an upper bound in practice: the sum
        of the children is better by orders. NaN where f is somewhere not finite.
    """
    d = box.dimension
    if d == 0:
        return float(function(np.zeros((1, 0)))[0]), 0.0
    if d > max(_FIRST):
        return _doubled(function, box)
    lower, sides = _first_cells(box, marks, cells or (_FIRST[d][0],) * d)
    rule = _CellRule(function, d)
    values, sizes = rule.values(lower, sides)
    whole, total, error, missed = float(sizes.sum()), 0.0, 0.0, False
    while len(values):
        inner, halves = rule.halved(lower, sides)
        if not np.isfinite(halves).all():
            return float("nan"), float("nan")
        differences = np.abs(halves.sum(axis=1) - values)
        whole = max(whole, abs(total) + float(np.abs(halves).sum()))  # what the first cells missed
        # A share of the tolerance for each cell, though not a tiny one where few are left.
        bad = differences > tolerance * whole / min(len(values), _LEAST_SHARE)
        wide = marks.wide(lower, sides)
        bad |= wide
        if rule.points + bad.sum() * 4**d * rule.nodes > _MOST_POINTS:
            missed = bool(wide.any())
            bad[:] = False
        total += float(halves[~bad].sum())
        error += float(differences[~bad].sum())
        lower, values = inner[bad].reshape(-1, d), halves[bad].ravel()
        sides = np.repeat(sides[bad] / 2, 2**d, axis=0)
    return total, max(error, abs(total)) if missed else error


def _first_cells(box: FloatBox, marks: Marks, cells: Sequence[int]) -> tuple[Array, Array]:
    """Lower corners and sides of the cells at first, both (m, d)."""
    ends = [
        np.unique([*np.linspace(low, high, count + 1), *marks.breaks(axis, low, high)])
        for axis, (low, high, count) in enumerate(zip(box.lower, box.upper, cells, strict=True))
    ]
    corners = np.meshgrid(*(e[:-1] for e in ends), indexing="ij")
    sides = np.meshgrid(*(np.diff(e) for e in ends), indexing="ij")
    lower, widths = (np.stack([m.ravel() for m in mesh], axis=1) for mesh in (corners, sides))
    return lower, widths


class _CellRule:
    """Gauss–Legendre on cells.

    Args:
        function: the integrand.
        dimension: d.
    """

    def __init__(self, function: Callable[[Array], Array], dimension: int) -> None:
        self._function, (_, side) = function, _FIRST[dimension]
        self._unit, self._weights = tensor_rule(side, (False,) * dimension)
        self._corners = np.indices((2,) * dimension).reshape(dimension, -1).T
        self.nodes, self.points = len(self._weights), 0

    def values(self, lower: Array, sides: Array) -> tuple[Array, Array]:
        """∫ f and ∫ |f| over cells, both (m,)."""
        places = (lower[:, None, :] + self._unit * sides[:, None, :]).reshape(-1, sides.shape[1])
        self.points += len(places)
        found = np.asarray(self._function(places)).reshape(len(lower), self.nodes)
        volumes = sides.prod(axis=1)
        return found @ self._weights * volumes, np.abs(found) @ self._weights * volumes

    def halved(self, lower: Array, sides: Array) -> tuple[Array, Array]:
        """Children of cells: corners (m, 2^d, d) and values (m, 2^d)."""
        half = sides / 2
        inner = lower[:, None, :] + self._corners * half[:, None, :]
        repeated = np.repeat(half, len(self._corners), axis=0)
        values, _ = self.values(inner.reshape(-1, sides.shape[1]), repeated)
        return inner, values.reshape(inner.shape[:2])


def _doubled(function: Callable[[Array], Array], box: FloatBox) -> tuple[float, float]:
    rule = sobol_rule(box, 2 * _SOBOL_POINTS)
    values = np.asarray(function(rule.nodes))
    total = float(rule.weights @ values)
    half = 2 * float(rule.weights[:_SOBOL_POINTS] @ values[:_SOBOL_POINTS])
    return total, abs(total - half)
