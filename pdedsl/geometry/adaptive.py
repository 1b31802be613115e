"""Adaptive quadrature on boxes, for integrands of which nothing is known."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .arrays import Array
from .boxes import FloatBox
from .quadrature import sobol_rule
from .tensor import tensor_rule

# By dimension: cells of an axis at first, and Gauss–Legendre nodes of an axis of a cell.
_FIRST = {1: (64, 12), 2: (10, 8), 3: (3, 6)}
_MOST_POINTS = 400_000  # of an integral: two seconds of a network of 30 neurons on one core
_SOBOL_POINTS = 16_384
_LEAST_SHARE = 100  # of the tolerance, as a part of it, that a cell has
TOLERANCE = 1e-11
"""Of ∫ |f|: above rounding of sums of some ten thousand terms."""


def integrate(
    function: Callable[[Array], Array], box: FloatBox, tolerance: float = TOLERANCE
) -> tuple[float, float]:
    r"""∫ f over a box, with an error.

    Cells are halved along every axis until both orders agree: a cell's rule and the sum of those of
    its children differ by at most its share of ``tolerance`` times ∫ |f|, or the number of points
    is spent. In more than three dimensions Sobol points are doubled instead.

    Args:
        function: f, from points (n, d) to values (n,).
        box: of dimension d; without axes f has a value at one point.
        tolerance: relative.

    Returns:
        The integral, and the sum of the differences at last, an upper bound in practice: the sum
        of the children is better by orders. NaN where f is somewhere not finite.
    """
    d = box.dimension
    if d == 0:
        return float(function(np.zeros((1, 0)))[0]), 0.0
    if d > max(_FIRST):
        return _doubled(function, box)
    cells = _Cells(function, *_FIRST[d], box)
    lower, values, whole = cells.first()
    width = np.asarray(box.lengths) / _FIRST[d][0]
    total, error = 0.0, 0.0
    while len(values):
        width = width / 2
        inner, halves = cells.halved(lower, width)
        if not np.isfinite(halves).all():
            return float("nan"), float("nan")
        differences = np.abs(halves.sum(axis=1) - values)
        # A share of the tolerance for each cell, though not a tiny one where few are left.
        bad = differences > tolerance * whole / min(len(values), _LEAST_SHARE)
        if cells.points + bad.sum() * 4**d * cells.nodes > _MOST_POINTS:
            bad[:] = False
        total += float(halves[~bad].sum())
        error += float(differences[~bad].sum())
        lower, values = inner[bad].reshape(-1, d), halves[bad].ravel()
    return total, error


class _Cells:
    """The rules of cells of equal size."""

    def __init__(
        self, function: Callable[[Array], Array], first: int, side: int, box: FloatBox
    ) -> None:
        self._function, self._first, self._box = function, first, box
        self._unit, self._weights = tensor_rule(side, (False,) * box.dimension)
        self._corners = np.indices((2,) * box.dimension).reshape(box.dimension, -1).T
        self.nodes, self.points = len(self._weights), 0

    def first(self) -> tuple[Array, Array, float]:
        """Lower corners (m, d) and values (m,) of the cells at first, and the integral of |f|."""
        d = self._box.dimension
        width = np.asarray(self._box.lengths) / self._first
        centres, _ = tensor_rule(self._first, (True,) * d)
        lower = self._box.place(centres) - width / 2
        values, sizes = self._values(lower, width)
        return lower, values, float(sizes.sum())

    def halved(self, lower: Array, width: Array) -> tuple[Array, Array]:
        """Children of cells, whose sides are ``width``: corners (m, 2^d, d), values (m, 2^d)."""
        inner = lower[:, None, :] + self._corners * width
        values, _ = self._values(inner.reshape(-1, len(width)), width)
        return inner, values.reshape(inner.shape[:2])

    def _values(self, lower: Array, width: Array) -> tuple[Array, Array]:
        places = (lower[:, None, :] + self._unit * width).reshape(-1, len(width))
        self.points += len(places)
        found = np.asarray(self._function(places)).reshape(len(lower), self.nodes)
        volume = float(np.prod(width))
        return found @ self._weights * volume, np.abs(found) @ self._weights * volume


def _doubled(function: Callable[[Array], Array], box: FloatBox) -> tuple[float, float]:
    rule = sobol_rule(box, 2 * _SOBOL_POINTS)
    values = np.asarray(function(rule.nodes))
    total = float(rule.weights @ values)
    half = 2 * float(rule.weights[:_SOBOL_POINTS] @ values[:_SOBOL_POINTS])
    return total, abs(total - half)
