"""Tables of numbers: measured data and reference solutions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Table:
    """Columns of equal length.

    Args:
        name: the name in the spec; for a reference, ``reference`` and its number.
        path: the file, as written in the spec.
        columns: column name to values of shape (rows,), float64.
        coordinates: those columns that are coordinates, in the spec's order.
        sha256: hash of the file's bytes.
        headers: column name to its header in the file, where that is another.
        interpolation: ``nearest``, ``linear``, ``monotone`` or ``cubic``; None where the spec
            leaves it to the data.
        numbers: of the rows in the file, from 1 on, shape (rows,); empty where they are all rows.
        notes: what of the file was left out, a sentence each.
        units: column name to its unit in the file, where the spec has one; values are in the SI.
    """

    name: str
    path: str
    columns: dict[str, NDArray[np.float64]]
    coordinates: tuple[str, ...]
    sha256: str
    headers: Mapping[str, str] = field(default_factory=dict)
    interpolation: str | None = None
    numbers: NDArray[np.int64] = field(default_factory=lambda: np.arange(0))
    notes: tuple[str, ...] = ()
    units: Mapping[str, str] = field(default_factory=dict)

    def row_number(self, row: int) -> int:
        """Of a row, counted from 0, the number in the file, counted from 1."""
        return int(self.numbers[row]) if len(self.numbers) else row + 1

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(next(iter(self.columns.values())))

    @property
    def layout(self) -> str:
        """How the points lie, on which interpolation depends.

        ``curve`` (one coordinate), ``grid`` (all combinations) or ``scattered``.
        """
        points = self.points()
        if points.shape[1] == 1:
            return "curve"
        counts = [len(np.unique(column)) for column in points.T]
        return "grid" if np.prod(counts) == len(points) else "scattered"

    def points(self) -> NDArray[np.float64]:
        """Coordinates of the rows, shape (rows, len(coordinates))."""
        return np.stack([self.columns[name] for name in self.coordinates], axis=1)
