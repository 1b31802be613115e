"""Data files to tables, with errors that name the row and column.

A row in which one of the wanted columns has no value, or NaN, is left out, which the table notes.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pdedsl.diagnostics import Note, Rejected, Span, nearest, reject
from pdedsl.ir import Table

from . import arrays as binary
from .csv_files import Columns, read_csv
from .csv_header import CsvFile
from .grids import as_rows, in_order_of
from .reading import existing_file, is_link

TEXTS = (".csv", ".tsv", ".txt", ".dat")
SUFFIXES = (*TEXTS, *binary.SUFFIXES)


@dataclass(frozen=True)
class WantedColumn:
    """A column to be read.

    Args:
        name: in the spec.
        header: in the file.
        span: place in the spec, for messages.
        named: the text before ``= "header"`` in the spec, where another header may be given.
    """

    name: str
    header: str
    span: Span
    named: str | None = None


def read_table(
    base: Path,
    path: str,
    span: Span,
    name: str,
    columns: Sequence[WantedColumn],
    coordinates: tuple[str, ...],
    interpolation: str | None = None,
) -> Table:
    """Read the named columns of a file.

    Args:
        base: folder that relative paths start from.
        path: the file as written; its suffix says what it is.
        span: place of the path, for messages.
        name: name of the table.
        columns: what is wanted.
        coordinates: names of those of them that are coordinates.
        interpolation: how to interpolate, where the spec says so.

    Raises:
        Rejected: E601 no such file or not readable, E602 a column is missing, E603 an
            entry is not a finite number.
    """
    file = existing_file(base, path, span, SUFFIXES)
    wanted = [c.header for c in columns]
    suffix = Path(path).suffix.lower()
    quoted = not is_link(base, path)
    if suffix not in SUFFIXES:
        raise reject("E601", f"{path} is not a table", span, "use a .csv, .npz, .mat or .nc file")
    notes, axes = [], {}
    if suffix in TEXTS:
        read = read_csv(CsvFile(file, path, span, quoted), wanted)
        found = read.columns
        if read.units:
            notes.append(f"the row of units in {path}, {read.units}, is left out")
    else:
        whole = binary.read_arrays(file.read_bytes(), path, span, suffix, wanted)
        found, axes = whole.columns, whole.axes
    columns = _numbered(columns, found) if suffix == ".npy" else columns
    for column in columns:
        if column.header not in found:
            raise _missing(column, path, sorted(found) if quoted else None)
    arrays = {c.name: found[c.header] for c in columns}
    if axes:
        named = {c.name: axes[c.header] for c in columns if c.header in axes}
        arrays = in_order_of(arrays, named, coordinates)
    chosen = as_rows(arrays, coordinates)
    if chosen is None:
        raise _misfit(arrays, coordinates, path, span, {c.name: c.header for c in columns})
    if not all(len(values) for values in chosen.values()):
        raise reject("E601", f"{path} holds no rows", span)
    chosen, numbers = _complete(chosen, columns, path, span, notes)
    for column in columns:
        _check_finite(chosen[column.name], numbers, column, path)
    headers = {c.name: c.header for c in columns if c.header != c.name}
    digest = _digest(file)
    return Table(
        name, path, chosen, coordinates, digest, headers, interpolation, numbers, tuple(notes)
    )


def _numbered(columns: Sequence[WantedColumn], found: Columns) -> list[WantedColumn]:
    """The columns of a matrix in the order of the spec, where none is named in the file."""
    if len(columns) != len(found) or any(c.header in found for c in columns):
        return list(columns)
    return [
        WantedColumn(c.name, header, c.span, c.named)
        for c, header in zip(columns, found, strict=True)
    ]


def _complete(
    arrays: Columns, columns: Sequence[WantedColumn], path: str, span: Span, notes: list[str]
) -> tuple[Columns, NDArray[np.int64]]:
    """The rows in which no value is missing, and their numbers from 1 on; others are noted."""
    lacking = {c: np.isnan(arrays[c.name]) for c in columns}
    left_out = np.logical_or.reduce([*lacking.values()])
    numbers = np.flatnonzero(~left_out) + 1
    if left_out.any():
        names = ", ".join(c.header for c, own in lacking.items() if own.any())
        if not len(numbers):
            raise reject("E601", f"{path} holds no row with all values: {names} lack them", span)
        verb = "is" if left_out.sum() == 1 else "are"
        notes.append(
            f"{left_out.sum()} of {len(left_out)} rows of {path} without a value of {names} {verb} "
            "left out"
        )
        arrays = {name: values[~left_out] for name, values in arrays.items()}
    return arrays, numbers


def _missing(column: WantedColumn, path: str, found: Sequence[str] | None) -> Rejected:
    """E602; ``found`` is None where the message may not repeat what the file holds."""
    message, mend = f"{path} has no column {column.header}", None
    if found is not None:
        message += f"; it has {', '.join(found) or 'none'}"
        words = {re.split(r"\W", header)[0]: header for header in reversed(found)}
        near = nearest(column.header, found) or words.get(nearest(column.header, words) or "")
        mend = f"did you mean {near}?" if near else None
        if near and column.named and not near.isidentifier():
            mend = f'write {column.named} = "{near}"'
    return reject("E602", message, column.span, mend)


def _digest(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _misfit(
    arrays: Columns, coordinates: Sequence[str], path: str, span: Span, headers: Mapping[str, str]
) -> Rejected:
    """E603 for arrays that are neither columns of one length nor values on a grid."""
    sizes = ", ".join(f"{name} {_shape(values)}" for name, values in arrays.items())
    matrix = next((n for n in coordinates if np.squeeze(arrays[n]).ndim > 1), None)
    if matrix is not None and len(coordinates) > 1:
        message = f"{path} has a matrix as {matrix}: {sizes}"
        mend = f'write {matrix} = "{headers[matrix]}[1]" for its first column'
        raise reject("E603", message, span, mend)
    if all(np.squeeze(values).ndim <= 1 for values in arrays.values()):
        return reject("E603", f"{path} has columns of different lengths: {sizes}", span)
    grid = " by ".join(str(arrays[name].size) for name in coordinates)
    message = f"{path} holds no grid: {sizes}, where values of {grid} are needed"
    other = next(n for n, v in arrays.items() if n not in coordinates)
    return reject("E603", message, span, f"save {other} as an array of {grid}")


def _shape(values: NDArray[np.float64]) -> str:
    return " by ".join(map(str, np.squeeze(values).shape)) or "1"


def _check_finite(
    values: NDArray[np.float64], numbers: NDArray[np.int64], column: WantedColumn, path: str
) -> None:
    bad = np.flatnonzero(~np.isfinite(values))
    if len(bad):
        row = numbers[bad[0]]
        message = (
            f"{path}, row {row}, column {column.header}: {values[bad[0]]} is not a finite number"
        )
        more = (Note(f"{len(bad)} such entries in this column"),) if len(bad) > 1 else ()
        raise reject("E603", message, column.span, notes=more)
