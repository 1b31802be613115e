"""Unstructured grids of VTK, as XML with arrays in base64 (VTK user's guide, file formats)."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from xml.sax.saxutils import quoteattr

import numpy as np
from numpy.typing import NDArray

from pdedsl.geometry.arrays import Array
from pdedsl.geometry.meshes import Mesh

_CELL = {1: 3, 2: 5, 3: 10}  # dimension to the type of a line, triangle, tetrahedron
_TYPES = {"f8": "Float64", "i8": "Int64", "i4": "Int32", "u1": "UInt8"}
_SPACE = 3  # coordinates of points and components of vectors in a file


def vtu_text(mesh: Mesh, fields: Mapping[str, Array], cell_data: Mapping[str, Any]) -> str:
    """A file of one grid.

    Args:
        mesh: with points of shape (n, d), d at most 3.
        fields: values at the points, (n,) or (n, components).
        cell_data: values of the simplices, (m,).
    """
    cells, (count, corners) = mesh.cells, mesh.cells.shape
    types = np.full(count, _CELL[corners - 1], dtype=np.uint8)
    ends = corners * np.arange(1, count + 1, dtype=np.int64)
    lines = [
        '<?xml version="1.0"?>',
        '<VTKFile type="UnstructuredGrid" version="1.0" byte_order="LittleEndian"'
        ' header_type="UInt64">',
        "<UnstructuredGrid>",
        f'<Piece NumberOfPoints="{len(mesh.points)}" NumberOfCells="{count}">',
        *_section("Points", {"Points": _spatial(mesh.points)}),
        *_section("Cells", {"connectivity": cells.ravel(), "offsets": ends, "types": types}),
        *_section("PointData", {name: _widened(values) for name, values in fields.items()}),
        *_section("CellData", cell_data),
        "</Piece>",
        "</UnstructuredGrid>",
        "</VTKFile>",
    ]
    return "\n".join(lines) + "\n"


def pvd_text(moments: Sequence[float], names: Sequence[str]) -> str:
    """A series in time of files of grids."""
    rows = (
        f'<DataSet timestep="{t!r}" part="0" file={quoteattr(name)}/>'
        for t, name in zip(moments, names, strict=True)
    )
    return "\n".join([
        '<?xml version="1.0"?>', '<VTKFile type="Collection" version="0.1">', "<Collection>",
        *rows, "</Collection>", "</VTKFile>", "",
    ])  # fmt: skip


def _section(name: str, arrays: Mapping[str, NDArray[Any]]) -> Iterator[str]:
    yield f"<{name}>"
    for label, values in arrays.items():
        yield _array(label, values)
    yield f"</{name}>"


def _array(name: str, values: NDArray[Any]) -> str:
    own = np.ascontiguousarray(values)
    kind = _TYPES[own.dtype.str[1:]]
    own = own.astype(own.dtype.newbyteorder("<"))
    content = base64.b64encode(np.uint64(own.nbytes).tobytes() + own.tobytes()).decode()
    wide = f' NumberOfComponents="{own.shape[1]}"' if own.ndim == 2 else ""
    return (
        f'<DataArray type="{kind}" Name={quoteattr(name)}{wide} format="binary">{content}'
        "</DataArray>"
    )


def _spatial(rows: Array) -> Array:
    """Rows of up to three numbers with zeros behind them."""
    return np.pad(rows, ((0, 0), (0, _SPACE - rows.shape[1])))


def _widened(values: Array) -> Array:
    return _spatial(values) if values.ndim == 2 and values.shape[1] < _SPACE else values
