"""How often a closed surface of triangles goes around points.

The winding number, which is the sum of the solid angles of the triangles over 4π, is whole for a
closed surface: the number of triangles that a ray from the point leaves through, less the number of
those through which it enters. The ray has a direction of no symmetry, and the side of it that an
edge is on is the same for both of its triangles, so that none slips between them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pdedsl.geometry.arrays import Array

Indices = NDArray[np.intp]

# Rows are unit and orthogonal; the ray goes along the last. A rotation by 1, 2 and 3 radians.
_ANGLES = (1.0, 2.0, 3.0)
_MOST_CELLS = 512  # along a side of the grid: a choice
_MOST_ENTRIES = 1 << 24  # triangles in cells, of all cells: 128 MB
_PAIRS = 1 << 18  # of points and triangles at a time, for arrays of some 10 MB


class Winding:
    """A closed surface, its triangles sorted into cells of a grid across the ray.

    Args:
        vertices: shape (m, 3).
        faces: numbers of the corners of triangles, shape (n, 3), in order around the outside.
    """

    def __init__(self, vertices: Array, faces: Indices) -> None:
        self._frame = _frame()
        self._vertices, self._faces = vertices @ self._frame.T, faces
        self._flat = np.ascontiguousarray(self._vertices[:, :2])
        self._low = self._vertices[:, :2].min(axis=0)
        width = np.maximum(np.ptp(self._vertices[:, :2], axis=0), np.finfo(np.float64).tiny)
        side = min(max(int(np.sqrt(len(faces))), 1), _MOST_CELLS)
        while (found := self._cells(side / width, side)) is None:
            side //= 2
        self._side, self._per_width = side, side / width
        self._begins, self._numbers = found

    def around(self, points: Array) -> NDArray[np.int64]:
        """Winding numbers of points, shape (n, 3), on no triangle: (n,)."""
        out = np.zeros(len(points), dtype=np.int64)
        turned = points @ self._frame.T
        place = np.floor((turned[:, :2] - self._low) * self._per_width)
        inside = np.flatnonzero(((place >= 0) & (place <= self._side)).all(axis=1))
        place = np.minimum(place[inside], self._side - 1).astype(np.intp)
        cells = place[:, 0] * self._side + place[:, 1]
        counts = self._begins[cells + 1] - self._begins[cells]
        parts = np.cumsum(counts) // _PAIRS
        for part in np.unique(parts):
            own = parts == part
            which, entries = _ranges(self._begins[cells[own]], counts[own])
            signs = self._crossed(turned[inside[own]][which], self._numbers[entries])
            total = np.bincount(which, signs, int(own.sum()))
            out[inside[own]] = np.rint(total).astype(np.int64)
        return out

    def _cells(self, per_width: Array, side: int) -> tuple[Indices, Indices] | None:
        """First entry of each cell, and numbers of triangles; None where these are too many."""
        flat = self._vertices[self._faces][..., :2]
        low, high = (
            np.clip(np.floor((ends - self._low) * per_width), 0, side - 1).astype(np.intp)
            for ends in (flat.min(axis=1), flat.max(axis=1))
        )
        spans = high - low + 1
        counts = spans.prod(axis=1)
        if side > 1 and counts.sum() > _MOST_ENTRIES:
            return None
        face, offset = _ranges(np.zeros(len(counts), dtype=np.intp), counts)
        cell = low[face] + np.stack([offset // spans[face, 1], offset % spans[face, 1]], axis=1)
        flat_cell = cell[:, 0] * side + cell[:, 1]
        order = np.argsort(flat_cell, kind="stable")
        begins = np.searchsorted(flat_cell[order], np.arange(side * side + 1))
        return begins, face[order]

    def _crossed(self, points: Array, numbers: Indices) -> Array:
        """1 where the ray from a point leaves through its triangle, −1 where it enters: (n,)."""
        faces = self._faces[numbers]
        corners = [self._flat[faces[:, i]] - points[:, :2] for i in range(3)]
        left = sum(
            _on_left(corners[i], corners[j], faces[:, i] < faces[:, j]).astype(np.int8)
            for i, j in ((0, 1), (1, 2), (2, 0))
        )
        signs = np.where(left == 3, 1.0, np.where(left == 0, -1.0, 0.0))
        hit = np.flatnonzero(signs)
        a, b, c = (self._vertices[faces[hit, i]] for i in range(3))
        height = (np.cross(b - a, c - a) * (a - points[hit])).sum(axis=1)
        signs[hit[height * signs[hit] <= 0]] = 0.0
        return signs


def _on_left(first: Array, second: Array, ahead: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Whether the ray passes edges on the left, seen against it, by their ends from the ray.

    Floating-point products give the same area, but for its sign, with the ends in the other order;
    where it is 0, the order of the numbers of the ends decides, ``ahead``.
    """
    area = first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0]
    return np.asarray((area > 0) | ((area == 0) & ahead))


def _ranges(begins: Indices, counts: Indices) -> tuple[Indices, Indices]:
    """Owners 0 0 0 1 1 … and numbers b, b + 1, … of ranges."""
    owners = np.repeat(np.arange(len(counts)), counts)
    firsts = np.cumsum(counts) - counts
    return owners, np.arange(len(owners)) - firsts[owners] + begins[owners]


def _frame() -> Array:
    frame = np.eye(3)
    for axis, angle in enumerate(_ANGLES):
        i, j = (axis + 1) % 3, (axis + 2) % 3
        turn = np.eye(3)
        turn[[i, j], [i, j]] = np.cos(angle)
        turn[i, j], turn[j, i] = -np.sin(angle), np.sin(angle)
        frame = turn @ frame
    return frame
