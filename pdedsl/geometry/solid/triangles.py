"""Distances of points from triangles."""

from __future__ import annotations

import numpy as np

from pdedsl.geometry.arrays import Array


def distances(triangles: Array, points: Array) -> Array:
    """Distance of each point from its own triangle: (n,).

    That from the plane where the foot of the perpendicular is inside, else that from an edge.

    Args:
        triangles: corners, shape (n, 3, 3).
        points: shape (n, 3).
    """
    corners = np.moveaxis(triangles, 1, 0)
    edges = [corners[(i + 1) % 3] - corners[i] for i in range(3)]
    ways = [points - corner for corner in corners]
    normal = _cross(edges[0], -edges[2])
    square = (normal * normal).sum(axis=1)
    over = square > 0
    for edge, way in zip(edges, ways, strict=True):
        over &= (_cross(normal, edge) * way).sum(axis=1) >= 0
    found = np.min([_from_edge(*pair) for pair in zip(edges, ways, strict=True)], axis=0)
    height = np.abs((normal[over] * ways[0][over]).sum(axis=1)) / np.sqrt(square[over])
    found[over] = height
    return np.asarray(found)


def _from_edge(edge: Array, way: Array) -> Array:
    """Distance of points from segments; ``way`` leads from the first ends to the points."""
    square = np.maximum((edge * edge).sum(axis=1), np.finfo(np.float64).tiny)
    share = np.clip((way * edge).sum(axis=1) / square, 0.0, 1.0)
    rest = way - share[:, None] * edge
    return np.asarray(np.sqrt((rest * rest).sum(axis=1)))


def _cross(a: Array, b: Array) -> Array:
    """A × b, three times as fast as that of numpy for short rows."""
    x, y, z = a.T
    u, v, w = b.T
    return np.stack([y * w - z * v, z * u - x * w, x * v - y * u], axis=1)
