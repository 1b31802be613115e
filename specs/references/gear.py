"""A gear with a bore, as the surface mesh of `stl_body.pde`: prints nothing, writes an STL file.

Run from the folder of the specs: ``python references/gear.py data/gear.stl``.
"""

import sys

import numpy as np

TEETH, POINTS = 10, 10  # points of the outline for each tooth
OUTER, DEPTH, BORE, HEIGHT = 1.0, 0.2, 0.4, 0.5


def outlines():
    """Outline and bore, both of shape (n, 2), at the same angles."""
    angle = 2 * np.pi * np.arange(TEETH * POINTS) / (TEETH * POINTS)
    way = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    flank = np.clip(1.6 * np.cos(TEETH * angle), -1, 1)
    return way * (OUTER - DEPTH * (1 - flank) / 2)[:, None], way * BORE


def bands(first, second):
    """Triangles of the quadrilaterals between two closed lines, (2n, 3, 3)."""
    a, b = first, second
    c, d = np.roll(second, -1, axis=0), np.roll(first, -1, axis=0)
    return np.concatenate([np.stack([a, d, c], axis=1), np.stack([a, c, b], axis=1)])


def gear():
    """Triangles of the surface, (n, 3, 3), counterclockwise seen from outside."""
    outer, inner = outlines()
    low, high = (
        [np.column_stack([line, np.full(len(line), z)]) for line in (outer, inner)]
        for z in (0.0, HEIGHT)
    )
    return np.concatenate([
        bands(high[0], high[1]), bands(low[1], low[0]), bands(low[0], high[0]),
        bands(high[1], low[1]),
    ])  # fmt: skip


def write(path, triangles):
    """A binary STL file."""
    kind = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("rest", "<u2")])
    rows = np.zeros(len(triangles), kind)
    normals = np.cross(triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0])
    rows["normal"] = normals / np.linalg.norm(normals, axis=1, keepdims=True)
    rows["corners"] = triangles
    with open(path, "wb") as file:
        file.write(b"gear".ljust(80) + np.uint32(len(rows)).tobytes() + rows.tobytes())


if __name__ == "__main__":
    write(sys.argv[1], gear())
