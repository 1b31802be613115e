"""Distances of points from many triangles.

A tree halves the triangles at the median of their centres until each stands alone. Pairs of points
and nodes go down it together, as long as the box around a node is not farther than the distance
that is known.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pdedsl.geometry.arrays import Array

from .triangles import distances

_POINTS = 4096  # at a time, for arrays of some 10 MB

Indices = NDArray[np.intp]


class TriangleTree:
    """Triangles in a balanced tree.

    Args:
        triangles: corners, shape (n, 3, 3).
    """

    def __init__(self, triangles: Array) -> None:
        self._depth = max(len(triangles) - 1, 0).bit_length()
        # Twice the last triangle changes no distance.
        last = np.repeat(triangles[-1:], (1 << self._depth) - len(triangles), axis=0)
        every = np.concatenate([triangles, last])
        self._triangles = every[_order(every.mean(axis=1), self._depth)]
        low, high = self._triangles.min(axis=1), self._triangles.max(axis=1)
        levels = [(low, high)]
        for _ in range(self._depth):
            low, high = low.reshape(-1, 2, 3).min(axis=1), high.reshape(-1, 2, 3).max(axis=1)
            levels.append((low, high))
        self._boxes = levels[::-1]

    def distance(self, points: Array, enough: float) -> Array:
        """Distances of points, shape (n, 3), from the nearest triangle: (n,).

        Args:
            points: anywhere.
            enough: a distance from which on a lower bound, above it, does.
        """
        parts = [
            self._distance(points[i : i + _POINTS], enough) for i in range(0, len(points), _POINTS)
        ]
        return np.concatenate(parts) if parts else np.empty(0)

    def _distance(self, points: Array, enough: float) -> Array:
        best = self._first(points)
        which, nodes = np.arange(len(points)), np.zeros(len(points), dtype=np.intp)
        for level, (low, high) in enumerate(self._boxes):
            own = points[which]
            gaps = np.maximum(np.maximum(low[nodes] - own, own - high[nodes]), 0.0)
            lower = np.sqrt((gaps * gaps).sum(axis=1))
            least = np.full(len(points), np.inf)
            np.minimum.at(least, which, lower)
            away = least > enough
            best[away] = np.minimum(best, least)[away]
            near = (lower <= best[which]) & ~away[which]
            which, nodes = which[near], nodes[near]
            if level < self._depth:
                nodes = np.stack([2 * nodes, 2 * nodes + 1], axis=1).ravel()
                which = np.repeat(which, 2)
        np.minimum.at(best, which, distances(self._triangles[nodes], points[which]))
        return best

    def _first(self, points: Array) -> Array:
        """Distance from the triangle that a walk down the tree to the nearer boxes ends at."""
        nodes = np.zeros(len(points), dtype=np.intp)
        for low, high in self._boxes[1:]:
            centres = (low + high) / 2
            left, right = (np.sum((centres[2 * nodes + i] - points) ** 2, axis=1) for i in (0, 1))
            nodes = 2 * nodes + (right < left)
        return distances(self._triangles[nodes], points)


def _order(centres: Array, depth: int) -> Indices:
    """Numbers of triangles such that the halves of each node lie apart along its longest side."""
    order = np.arange(len(centres))
    for level in range(depth):
        blocks = centres[order].reshape(1 << level, -1, 3)
        axes = np.ptp(blocks, axis=1).argmax(axis=1)
        keys = np.take_along_axis(blocks, axes[:, None, None], axis=2)[..., 0]
        own = order.reshape(1 << level, -1)
        order = np.take_along_axis(own, keys.argsort(axis=1, kind="stable"), axis=1).ravel()
    return order
