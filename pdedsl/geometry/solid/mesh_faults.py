"""What may be wrong with a surface of triangles that is to hold a body."""

from __future__ import annotations

import numpy as np

from pdedsl.geometry.arrays import Array

from .mesh_body import signed_volume
from .triangle_tree import Indices
from .winding import Winding

_FLAT = 1e-12  # of the cube of the size, below which a volume is rounding


def closed_surface(triangles: Array) -> tuple[Array, Indices]:
    """Vertices (m, 3) and faces (n, 3) of triangles, turned outwards.

    Corners are the same where their coordinates are. Triangles whose corners are not three points
    are left out.

    Args:
        triangles: corners, shape (n, 3, 3).

    Raises:
        ValueError: the reason, where this is no surface of a body.
    """
    if not np.isfinite(triangles).all():
        raise ValueError("has coordinates that are not finite numbers")
    vertices, numbers = np.unique(triangles.reshape(-1, 3) + 0.0, axis=0, return_inverse=True)
    faces = numbers.reshape(-1, 3).astype(np.intp)
    faces = faces[(faces != np.roll(faces, 1, axis=1)).all(axis=1)]
    if not len(faces):
        raise ValueError("has no triangles")
    _check_closed(vertices, faces)
    volume = signed_volume(vertices, faces)
    if abs(volume) <= _FLAT * float(np.ptp(vertices, axis=0).max()) ** 3:
        raise ValueError("holds no volume")
    if volume < 0:
        faces = faces[:, ::-1]
    _check_shells(vertices, faces)
    return vertices, np.ascontiguousarray(faces)


def _check_closed(vertices: Array, faces: Indices) -> None:
    """Each edge has as many triangles on one side as on the other, turned to the same side."""
    ends = np.concatenate([faces[:, [i, (i + 1) % 3]] for i in range(3)])
    edges, numbers = np.unique(np.sort(ends, axis=1), axis=0, return_inverse=True)
    ways = np.where(ends[:, 0] < ends[:, 1], 1.0, -1.0)
    balance = np.bincount(numbers.ravel(), ways)
    count = np.bincount(numbers.ravel())
    for open_edges, text in (
        (count % 2 == 1, "is not closed: {} with a triangle on one side only"),
        (balance != 0, "has triangles turned to different sides: {} between them"),
    ):
        found = np.flatnonzero(open_edges)
        if len(found):
            number = "1 edge" if len(found) == 1 else f"{len(found)} edges"
            first, last = (point_text(vertices[i]) for i in edges[found[0]])
            place = f"{'from' if len(found) == 1 else 'the first from'} {first} to {last}"
            raise ValueError(f"{text.format(number)}, {place}")


def _check_shells(vertices: Array, faces: Indices) -> None:
    """A part that is turned inwards is the wall of a hollow, and lies inside another part."""
    part = _parts(len(vertices), faces)[faces[:, 0]]
    for own in range(part.max() + 1):
        mine = part == own
        if signed_volume(vertices, faces[mine]) >= 0:
            continue
        corner = vertices[faces[mine][:1, 0]]
        if Winding(vertices, faces[~mine]).around(corner)[0] < 1:
            where = point_text(corner[0])
            raise ValueError(f"has a part, at {where}, that is turned inside out")


def _parts(count: int, faces: Indices) -> Indices:
    """The number of the connected part of each vertex."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    begin, end = faces[:, [0, 1]].T.ravel(), faces[:, [1, 2]].T.ravel()
    graph = coo_matrix((np.ones(len(begin)), (begin, end)), shape=(count, count))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.intp)


def point_text(point: Array) -> str:
    """``(1, 0.5, 0)``."""
    return f"({', '.join(f'{x:.6g}' for x in point)})"
