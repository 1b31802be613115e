"""The largest value of a function on a box, and where it is taken."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from pdedsl.geometry import FloatBox, generic_points
from pdedsl.geometry.adaptive import NO_MARKS, Marks
from pdedsl.geometry.arrays import Array
from pdedsl.geometry.tensor import tensor_rule

_GRID = {0: 1, 1: 2001, 2: 201, 3: 41}  # points of an axis at first, both ends among them
_GENERIC = 20_000  # in more dimensions
_CANDIDATES, _CANDIDATES_GENERIC = 6, 3  # best points, around each of which is looked more closely
_INNER, _INNER_GENERIC = 11, 200  # points of an axis there, and generic ones in more dimensions
_NEAR = 0.3  # of the box, where generic points are first drawn around a candidate
# What is left of the box around a candidate at each turn, above the spacing of its points (0.2 of
# a grid), and turns after which that is below 1e-9 of the first one.
_SHRINK, _TURNS = 0.25, 16
_SHRINK_GENERIC, _TURNS_GENERIC = 0.75, 50  # quadratics in four to eight dimensions: to 1e-11


def largest(
    function: Callable[[Array], Array], box: FloatBox, marks: Marks = NO_MARKS
) -> tuple[float, Array]:
    """The maximum over a closed box, and a place of shape (d,).

    A grid, then smaller and smaller grids around its best points, which needs no derivatives and
    serves kinks and maxima on the boundary alike. A peak between all points of the first grid is
    missed, unless it is marked.

    Args:
        function: from points (n, d) to values (n,); NaN where it has none.
        box: of dimension d.
        marks: narrow places, where is looked as well.

    Returns:
        NaN for the value where the function has none.
    """
    places = _first(box)
    if len(marks.centres):
        places = np.concatenate([places, marks.centres])
    values = np.where(np.isnan(found := function(places)), -np.inf, found)
    if np.isneginf(values).all():
        return float("nan"), places[0]
    if box.dimension == 0:
        return float(values[0]), places[0]
    centres = places[_apart(places, values, box)]
    best = function(centres)
    generic = box.dimension not in _GRID
    half = np.asarray(box.lengths) * (_NEAR if generic else 1 / (_GRID[box.dimension] - 1))
    pattern = _pattern(box.dimension)
    low, high = np.asarray(box.lower), np.asarray(box.upper)
    for _ in range(_TURNS_GENERIC if generic else _TURNS):
        around = np.clip(centres[:, None, :] + pattern * half, low, high)
        found = function(around.reshape(-1, box.dimension)).reshape(around.shape[:2])
        found = np.where(np.isnan(found), -np.inf, found)
        which = found.argmax(axis=1)
        rows = np.arange(len(centres))
        better = found[rows, which] > best
        centres = np.where(better[:, None], around[rows, which], centres)
        best = np.where(better, found[rows, which], best)
        half = half * (_SHRINK_GENERIC if generic else _SHRINK)
    winner = int(np.argmax(best))
    return float(best[winner]), centres[winner]


def _first(box: FloatBox) -> Array:
    side = _GRID.get(box.dimension)
    if side is None:
        return box.place(generic_points(_GENERIC, box.dimension))
    unit = tensor_rule(side, (True,) * box.dimension)[0]  # centres of equal cells
    return box.place((unit * side - 0.5) / max(side - 1, 1))


def _pattern(dimension: int) -> Array:
    """Points of [-1, 1]^d, with its corners, or in many dimensions the centres of its sides."""
    if dimension > max(_GRID):
        inner = 2 * generic_points(_INNER_GENERIC, dimension) - 1
        return np.concatenate([np.eye(dimension), -np.eye(dimension), inner])
    unit = tensor_rule(_INNER, (True,) * dimension)[0]  # centres of equal cells
    return (unit * _INNER - 0.5) / (_INNER - 1) * 2 - 1


def _apart(places: Array, values: Array, box: FloatBox) -> list[int]:
    """The best points that are no neighbours of one another: several peaks, not one."""
    spacing = 3 * np.asarray(box.lengths) / (_GRID.get(box.dimension, _INNER) - 1)
    kept: list[int] = []
    for index in np.argsort(-values, kind="stable")[:2000]:
        near = (np.abs(places[kept] - places[index]) <= spacing).all(axis=1)
        if not near.any():
            kept.append(int(index))
        if len(kept) == (_CANDIDATES if box.dimension in _GRID else _CANDIDATES_GENERIC):
            break
    return kept
