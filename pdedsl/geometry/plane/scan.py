"""Zeros and minima of a function of one number, looked for between the points of a grid."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from pdedsl.geometry.arrays import Array

_HALVINGS = 60  # of a step of the grid: rounding
_GOLDEN = (np.sqrt(5.0) - 1) / 2
_NARROWINGS = 45  # by the golden section, to 1e-9 of a step: the root of rounding serves a minimum


def zeros_between(function: Callable[[Array], Array], grid: Array) -> Array:
    """The zeros at points of a grid, and one in each step over which the sign changes, ascending.

    Args:
        function: from shape (n,) to (n,), continuous.
        grid: ascending, shape (m,).
    """
    values = np.sign(function(grid))
    turns = np.flatnonzero(values[1:] * values[:-1] < 0)
    below, above = grid[turns], grid[turns + 1]
    for _ in range(_HALVINGS if len(turns) else 0):
        middle = (below + above) / 2
        before = np.sign(function(middle)) == values[turns]
        below, above = np.where(before, middle, below), np.where(before, above, middle)
    return np.sort(np.concatenate([grid[values == 0], (below + above) / 2]))


def minima_between(function: Callable[[Array], Array], grid: Array, most: Array) -> Array:
    """The minima next to the inner points of a grid that are lowest among their neighbours.

    Args:
        function: as of `zeros_between`.
        grid: ascending, shape (m,).
        most: values at points of the grid up to which they count, shape (m,).
    """
    values = function(grid)
    inner, around = values[1:-1], np.minimum(values[:-2], values[2:])
    found = 1 + np.flatnonzero((inner <= around) & (inner <= most[1:-1]))
    low, high = grid[found - 1], grid[found + 1]
    for _ in range(_NARROWINGS if len(found) else 0):
        first, second = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
        left = function(first) <= function(second)
        low, high = np.where(left, low, first), np.where(left, second, high)
    return np.asarray((low + high) / 2)
