"""Panels that are narrow wherever an integrand may change fast."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pdedsl.geometry.arrays import Array

_UNIFORM = 256
_SHRINK, _SHRINKINGS = 0.25, 24  # of the panels beside a narrow place, down to rounding
_GRID = 257  # at which maxima and zeros of slow functions are bracketed; a choice
_PARTS = 10  # of a bracket, in which it is looked for again
_STEPS = 16  # of that, to rounding
_BESIDE, _SLOW = (
    1 / 512,
    1e-2,
)  # half a panel, over which exp(h) changes by a hundredth: equal panels do
_MOST = 32  # narrow places of one interval

Indices = NDArray[np.intp]
Slow = Callable[[Indices, Array], Array]
"""From the numbers of intervals and places in them, from 0 to 1, to the values there."""


class Mark(NamedTuple):
    """A slow function that makes an integrand narrow.

    Attributes:
        slow: the function.
        peak: whether its maxima are looked for, as those of h in exp(h), or else its zeros.
        sharp: whether the integrand is narrow there however slow the function is.
    """

    slow: Slow
    peak: bool
    sharp: bool


def uniform_panels() -> Array:
    """The edges of equal panels of [0, 1]."""
    return np.linspace(0.0, 1.0, _UNIFORM + 1)


def graded_panels(places: Sequence[float]) -> Array:
    """The same with panels that shrink towards each place."""
    sizes = _SHRINK ** np.arange(1, _SHRINKINGS)
    near = [np.concatenate([p - sizes, [p], p + sizes]) for p in places]
    edges = np.unique(np.concatenate([uniform_panels(), *near]))
    return edges[(edges >= 0) & (edges <= 1)]


def narrow_places(count: int, marks: Sequence[Mark]) -> list[list[float]]:
    """The places of each of some intervals where marks are narrow.

    Args:
        count: of the intervals.
        marks: what is looked for.
    """
    found: list[list[float]] = [[] for _ in range(count)]
    for mark in marks:
        lines, places = (_maxima if mark.peak else _zeros)(mark.slow, count)
        if not mark.sharp:
            here = mark.slow(lines, places)
            beside = [np.abs(mark.slow(lines, places + s * _BESIDE) - here) for s in (-1, 1)]
            fast = ~(np.fmax(*beside) < _SLOW)
            lines, places = lines[fast], places[fast]
        for line, place in zip(lines, places, strict=True):
            if len(found[line]) < _MOST:
                found[line].append(float(place))
    return found


def _table(slow: Slow, count: int) -> tuple[Array, Array]:
    """The grid, and values on it in all intervals: (count, grid)."""
    grid = np.linspace(0.0, 1.0, _GRID)
    lines = np.repeat(np.arange(count), _GRID)
    return grid, slow(lines, np.tile(grid, count)).reshape(count, _GRID)


def _maxima(h: Slow, count: int) -> tuple[Indices, Array]:
    """The intervals and places of maxima, none of what is flat."""
    grid, values = _table(h, count)
    values = np.where(np.isfinite(values), values, -np.inf)
    edge = np.full((count, 1), -np.inf)
    before = np.concatenate([edge, values[:, :-1]], axis=1)
    after = np.concatenate([values[:, 1:], edge], axis=1)
    top = (values >= before) & (values >= after) & (values > -np.inf)
    top &= top.sum(axis=1, keepdims=True) <= _GRID // 4
    line, at = np.nonzero(top)
    low, high = grid[np.maximum(at - 1, 0)], grid[np.minimum(at + 1, _GRID - 1)]
    inner = np.linspace(0, 1, _PARTS + 1)
    for _ in range(_STEPS):
        place = low[:, None] + (high - low)[:, None] * inner
        found = h(np.repeat(line, _PARTS + 1), place.ravel()).reshape(place.shape)
        best = np.argmax(np.where(np.isfinite(found), found, -np.inf), axis=1)
        rows = np.arange(len(line))
        low = place[rows, np.maximum(best - 1, 0)]
        high = place[rows, np.minimum(best + 1, _PARTS)]
    return line, (low + high) / 2


def _zeros(g: Slow, count: int) -> tuple[Indices, Array]:
    """The intervals and places of changes of sign."""
    grid, values = _table(g, count)
    positive = values > 0
    line, cell = np.nonzero(positive[:, 1:] != positive[:, :-1])
    low, high, before = grid[cell], grid[cell + 1], positive[line, cell]
    inner = np.linspace(0, 1, _PARTS + 1)
    for _ in range(_STEPS):
        place = low[:, None] + (high - low)[:, None] * inner
        found = g(np.repeat(line, _PARTS + 1), place.ravel()).reshape(place.shape) > 0
        changed = found != before[:, None]
        changed[:, -1] = True
        first = np.maximum(np.argmax(changed, axis=1), 1)
        rows = np.arange(len(line))
        low, high = place[rows, first - 1], place[rows, first]
    return line, (low + high) / 2
