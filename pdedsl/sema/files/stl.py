"""STL files to triangles.

A binary file has a head of 80 bytes, a count of four, and 50 bytes a triangle: normal, three
corners, and two more; an ASCII one lines such as ``vertex 0 0 1``. Normals follow from the order of
the corners, which is counterclockwise seen from outside, and are not read.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

_HEAD = 84
_TRIANGLE = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("rest", "<u2")])
_VERTEX = re.compile(rb"\bvertex\s+(\S+)\s+(\S+)\s+(\S+)")
_FACET = re.compile(rb"\bfacet\b(?=\s+normal)")


def triangles(content: bytes) -> NDArray[np.float64]:
    """Corners of the triangles of a file, shape (n, 3, 3).

    Raises:
        ValueError: the reason, where the bytes are no STL file.
    """
    # Some binary files start with "solid" as well; their length tells them.
    count = int.from_bytes(content[80:_HEAD], "little") if len(content) >= _HEAD else -1
    if len(content) == _HEAD + count * _TRIANGLE.itemsize:
        corners = np.frombuffer(content, _TRIANGLE, count, _HEAD)["corners"]
        return np.asarray(corners, dtype=np.float64)
    if content.lstrip()[:5].lower() == b"solid" and b"\0" not in content:
        return _ascii(content)
    if count >= 0:
        size = _HEAD + count * _TRIANGLE.itemsize
        raise ValueError(
            f"is no STL file, or cut off: {count} triangles take {size} bytes, and it has"
            f" {len(content)}"
        )
    raise ValueError("is no STL file")


def _ascii(content: bytes) -> NDArray[np.float64]:
    text = content.lower()
    found = _VERTEX.findall(text)
    facets = len(_FACET.findall(text))
    if not found or len(found) != 3 * facets:
        raise ValueError(f"is no whole STL file: {facets} facets have {len(found)} corners")
    try:
        numbers = np.array(found, dtype=np.float64)
    except ValueError:
        raise ValueError("has corners that are not numbers") from None
    return numbers.reshape(-1, 3, 3)
