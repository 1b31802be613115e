r"""A set in the plane or in space as simplices of a grid, cut where its level changes sign.

Every cell of the grid is d! simplices (Kuhn's); those with corners on both sides of the boundary
are cut at the zeros of the level on their edges, found by halving. What is left of a simplex is
one again or a prism, which is two or three. The surface departs from the boundary by O(h²) where
that is smooth; edges and corners of the set lose O(h), with h the side of the cells there.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

from pdedsl.geometry.arrays import Array
from pdedsl.geometry.boxes import FloatBox

from .mesh import Mesh, measures

_HALVINGS = 24  # of an edge: 1e-7 of it
_CORNER = 1e-6  # of an edge: zeros so near to its end are there

Numbers = NDArray[np.int64]
Level = Callable[[Array], Array]
"""Below 0 inside, above 0 outside: (n, d) → (n,)."""


def cut_mesh(level: Level, box: FloatBox, cells: int, finer: int = 1) -> Mesh:
    """The simplices of {level ≤ 0} in a box; without any where there are no such points.

    Args:
        level: of the set.
        box: that holds it, of dimension 2 or 3.
        cells: of the grid along its longest side.
        finer: parts along each axis of cells at the boundary.
    """
    side = max(box.lengths) / cells
    counts = np.array([max(1, round(length / side)) for length in box.lengths])
    mesh = np.meshgrid(*map(np.arange, counts), indexing="ij")
    own = np.stack([m.ravel() for m in mesh], axis=1)
    inside, across = _sorted(level, box, counts, own)
    if finer == 1:
        return _cut(level, box, counts, np.concatenate([inside, across]))
    steps = np.stack(np.meshgrid(*[np.arange(finer)] * box.dimension, indexing="ij"), axis=-1)
    fine = (finer * across[:, None] + steps.reshape(-1, box.dimension)).reshape(-1, box.dimension)
    whole = _cut(level, box, counts, inside)
    edge = _cut(level, box, counts * finer, fine)
    return Mesh(np.concatenate([whole.points, edge.points]),
                np.concatenate([whole.cells, edge.cells + len(whole.points)]))  # fmt: skip


def _sorted(level: Level, box: FloatBox, counts: Numbers, own: Numbers) -> tuple[Numbers, Numbers]:
    """Cells, by the numbers of their lower corners, in the set and across its boundary."""
    sides = np.asarray(box.lengths) / counts
    values = level(box.place((own + 0.5) / counts))
    # A level is at most the distance from the boundary.
    near = np.abs(values) <= 0.51 * np.linalg.norm(sides)
    return own[~near & (values < 0)], own[near]


def _cut(level: Level, box: FloatBox, counts: Numbers, own: Numbers) -> Mesh:
    """The parts in the set of the simplices of cells."""
    d = box.dimension
    simplices = _simplices(own, counts)
    used, simplices = np.unique(simplices, return_inverse=True)
    simplices = simplices.reshape(-1, d + 1)
    places = np.stack(np.unravel_index(used, tuple(counts + 1)), axis=1).reshape(-1, d)
    points = box.place(places / counts)
    outside = level(points) > 0
    order = np.argsort(outside[simplices], axis=1, kind="stable")
    simplices = np.take_along_axis(simplices, order, axis=1)
    number = (~outside[simplices]).sum(axis=1)
    mixed = simplices[(number > 0) & (number <= d)]
    first, last = (mixed[:, pair].ravel() for pair in np.triu_indices(d + 1, 1))
    crossing = ~outside[first] & outside[last]
    edges = np.unique(first[crossing] * len(points) + last[crossing])
    begins = edges // len(points)
    shares = _zeros(level, points[begins], points[edges % len(points)])
    zeros = points[begins] + shares[:, None] * (points[edges % len(points)] - points[begins])
    # A zero at a corner is the corner: what becomes flat then has a point twice.
    numbers = np.where(shares < _CORNER, begins, len(points) + np.arange(len(edges)))

    def at_zeros(one: Numbers, other: Numbers) -> Numbers:
        return numbers[np.searchsorted(edges, one * len(points) + other)]

    cells = [simplices[number == d + 1]]
    for count in range(1, d + 1):
        cells += _parts(simplices[number == count], count, at_zeros)
    return _oriented(np.concatenate([points, zeros]), np.concatenate(cells))


def _simplices(own: Numbers, counts: Numbers) -> Numbers:
    """Kuhn's simplices of cells as numbers of grid points: (n, d) to (n · d!, d + 1)."""
    d = len(counts)
    paths = np.array([
        np.cumsum([np.zeros(d, int), *np.eye(d, dtype=int)[list(order)]], axis=0)
        for order in permutations(range(d))
    ])  # fmt: skip
    corners = own[:, None, None] + paths
    numbers = np.ravel_multi_index(tuple(np.moveaxis(corners, -1, 0)), tuple(counts + 1))
    return np.asarray(numbers.reshape(-1, d + 1), dtype=np.int64)


def _parts(
    simplices: Numbers, count: int, at_zeros: Callable[[Numbers, Numbers], Numbers]
) -> list[Numbers]:
    """What is left of simplices whose first ``count`` corners are inside and the others not."""
    outside = simplices.shape[1] - count
    return [
        np.stack([
            simplices[:, a] if b < 0 else at_zeros(simplices[:, a], simplices[:, count + b])
            for a, b in path
        ], axis=1)
        for path in _paths(count, outside)
    ]  # fmt: skip


def _paths(count: int, outside: int) -> list[list[tuple[int, int]]]:
    """The simplices of a prism, as monotone paths of (corner inside, −1 or corner outside).

    −1 stands for the corner inside itself, else the point is the zero between both.
    """
    paths: list[list[tuple[int, int]]] = []

    def walk(path: list[tuple[int, int]]) -> None:
        a, b = path[-1]
        if (a, b) == (count - 1, outside - 1):
            paths.append(path)
        if a < count - 1:
            walk([*path, (a + 1, b)])
        if b < outside - 1:
            walk([*path, (a, b + 1)])

    walk([(0, -1)])
    return paths


def _zeros(level: Level, inside: Array, outside: Array) -> Array:
    """Shares of the ways between points, both (n, d), where the level changes sign: (n,)."""
    low, high = np.zeros(len(inside)), np.ones(len(inside))
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        within = level(inside + middle[:, None] * (outside - inside)) <= 0
        low, high = np.where(within, middle, low), np.where(within, high, middle)
    return low


def _oriented(points: Array, cells: Numbers) -> Mesh:
    """With positive measures, without simplices that have a point twice."""
    ordered = np.sort(cells, axis=1)
    cells = cells[(np.diff(ordered, axis=1) > 0).all(axis=1)]
    negative = measures(points, cells) < 0
    cells[negative] = cells[negative][:, [1, 0, *range(2, cells.shape[1])]]
    return Mesh(points, cells).used()
