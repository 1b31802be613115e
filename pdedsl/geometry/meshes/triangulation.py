r"""A plane set as triangles that follow its boundary.

The vertices are those of the polylines of the boundary and the centres of the squares of a
quadtree, whose sides h follow the chords: :math:`h \le l + |x - v| / 2` with l the length of the
chords at the nearest vertex v. Delaunay triangles of them are cut along the boundary where its
chords are edges; chords that are none are halved until all are (Ruppert, J. Algorithms 18, 1995,
without his bound on angles). Of the triangles, those with their centre in the set are kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import Delaunay, cKDTree

from pdedsl.geometry.arrays import Array
from pdedsl.geometry.region import FloatRegion

from .mesh import Mesh, measures
from .outline import Polyline, outline

_DEVIATION = 1e-4  # of the size of a set, of its outline from chords
_SAME = 1e-10  # of the size, between ends of arcs that meet
_GROWTH = 0.5  # of triangles with the distance from the boundary
_LEVELS = 8  # of the quadtree
_NEAR = 0.6  # of the chords at the nearest vertex, to points inside: keeps triangles from flat ones
_ROUNDS = 12  # of halving chords that are no edges: at cusps there are always some
_FLAT = 1e-12  # of the square of the size: area of triangles of points on a line

Chords = NDArray[np.int64]


@lru_cache(maxsize=16)
def triangulate(region: FloatRegion, cells: int) -> Mesh:
    """The triangles of a plane set.

    Args:
        region: a set in the plane.
        cells: of the longest side of its bounding box: their length is that of the largest
            triangles, about.

    Returns:
        A mesh whose outline departs from that of the set by 1e-4 of its size at most.
    """
    size = region.size
    lines = outline(region, size / cells, _DEVIATION * size)
    for _ in range(_ROUNDS):
        vertices, chords = _joined(lines, _SAME * size)
        points = np.concatenate([vertices, _inner(region, vertices, chords, size / cells)])
        found = Delaunay(points).simplices.astype(np.int64)
        lost = _lost(found, chords, len(points))
        if not lost.any():
            break
        ends = np.cumsum([0, *(len(line.parameters) - 1 for line in lines)])
        lines = [line.halved(lost[a:b]) for line, a, b in zip(lines, ends, ends[1:], strict=False)]
    inside = region.level(points[found].mean(axis=1)) < 0
    inside &= np.abs(measures(points, found)) > _FLAT * size**2
    return Mesh(points, found[inside]).used()


def _joined(lines: Sequence[Polyline], same: float) -> tuple[Array, Chords]:
    """All vertices once, shape (n, 2), and the chords between them, shape (chords, 2)."""
    own = [line.points for line in lines]
    points = np.concatenate(own)
    keys = np.arange(len(points))
    for i, j in sorted(cKDTree(points).query_pairs(same)):
        keys[j] = min(keys[i], keys[j])
    kept, numbers = np.unique(keys, return_inverse=True)
    starts = np.cumsum([0, *map(len, own)])
    chords = [
        np.stack([numbers[a : b - 1], numbers[a + 1 : b]], axis=1) for a, b in pairwise(starts)
    ]
    return points[kept], np.concatenate(chords)


def _inner(region: FloatRegion, vertices: Array, chords: Chords, longest: float) -> Array:
    """Centres of the squares of a quadtree that lie in the set, away from its boundary: (n, 2)."""
    ends = vertices[chords]
    lengths = np.linalg.norm(ends[:, 1] - ends[:, 0], axis=1)
    own = np.zeros(len(vertices))
    np.maximum.at(own, chords.ravel(), np.repeat(lengths, 2))
    tree, box = cKDTree(vertices), region.bounding_box
    counts = [max(1, int(np.ceil(length / longest))) for length in box.lengths]
    sides = np.asarray(box.lengths) / counts
    mesh = np.meshgrid(*((np.arange(n) + 0.5) / n for n in counts), indexing="ij")
    centres = box.place(np.stack([m.ravel() for m in mesh], axis=1))
    found = []
    for level in range(_LEVELS):
        distance, nearest = tree.query(centres)
        wanted = own[nearest] + _GROWTH * distance
        whole = (sides.max() <= wanted) | (level == _LEVELS - 1)
        found.append(centres[whole & (distance > _NEAR * own[nearest])])
        rest = centres[~whole]
        quarters = np.array([[-1, -1], [-1, 1], [1, -1], [1, 1]]) * sides / 4
        centres, sides = (rest[:, None] + quarters).reshape(-1, 2), sides / 2
        if not len(centres):
            break
    points = np.concatenate(found)
    return points[region.level(points) < 0]


def _lost(cells: NDArray[np.int64], chords: Chords, count: int) -> NDArray[np.bool_]:
    """Which chords are no edge of a triangle."""
    edges = np.sort(np.concatenate([cells[:, [0, 1]], cells[:, [1, 2]], cells[:, [0, 2]]]), axis=1)
    own = np.sort(chords, axis=1)
    lost: NDArray[np.bool_] = ~np.isin(own @ [count, 1], edges @ [count, 1])
    return lost & (own[:, 0] != own[:, 1])
