"""Points and the simplices between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pdedsl.geometry.arrays import Array


@dataclass(frozen=True, eq=False)
class Mesh:
    """A set as simplices.

    Args:
        points: shape (n, d).
        cells: numbers of the d + 1 points of each simplex, shape (m, d + 1).
    """

    points: Array
    cells: NDArray[np.int64]

    def facets(self) -> NDArray[np.int64]:
        """The edges or triangles that belong to a single simplex, shape (k, d)."""
        d = self.points.shape[1]
        all_of_them = np.concatenate([np.delete(self.cells, i, axis=1) for i in range(d + 1)])
        _, first, counts = np.unique(
            np.sort(all_of_them, axis=1), axis=0, return_index=True, return_counts=True
        )
        return np.asarray(all_of_them[first[counts == 1]])

    def used(self) -> Mesh:
        """Without points that are in no simplex."""
        kept, numbers = np.unique(self.cells, return_inverse=True)
        return Mesh(self.points[kept], numbers.reshape(self.cells.shape))


def measures(points: Array, cells: NDArray[np.int64]) -> Array:
    """Signed length, area or volume of simplices, by the determinant of their edges: (m,)."""
    corners = points[cells]
    edges = corners[:, 1:] - corners[:, :1]
    return np.asarray(np.linalg.det(edges) / np.prod(np.arange(1, edges.shape[1] + 1)))
