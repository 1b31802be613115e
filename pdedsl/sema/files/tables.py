"""Data files to tables: CSV, NPZ and MAT, with errors that name the row and column."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pdedsl.diagnostics import Note, Rejected, Span, nearest, reject
from pdedsl.ir import Table

from .csv_files import Columns, CsvFile, read_csv
from .grids import as_rows
from .reading import LARGEST_FILE, existing_file, is_link

SUFFIXES = (".csv", ".npz", ".mat")


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
        path: the file as written; CSV, NPZ or MAT by its suffix.
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
        raise reject("E601", f"{path} is not a table", span, "use a .csv, .npz or .mat file")
    if suffix == ".csv":
        found = read_csv(CsvFile(file, path, span, quoted), wanted)
    else:
        found = _arrays(file.read_bytes(), path, span, suffix, wanted)
    for column in columns:
        if column.header not in found:
            raise _missing(column, path, sorted(found) if quoted else None)
    arrays = {c.name: found[c.header] for c in columns}
    chosen = as_rows(arrays, coordinates)
    if chosen is None:
        raise _misfit(arrays, coordinates, path, span)
    if not all(len(values) for values in chosen.values()):
        raise reject("E601", f"{path} holds no rows", span)
    for column in columns:
        _check_finite(chosen[column.name], column, path)
    headers = {c.name: c.header for c in columns if c.header != c.name}
    return Table(name, path, chosen, coordinates, _digest(file), headers, interpolation)


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


def _arrays(content: bytes, path: str, span: Span, suffix: str, wanted: list[str]) -> Columns:
    try:
        loaded = _load(content, suffix)
    except Exception:  # a broken file makes the readers of numpy and scipy fail in any way
        raise reject("E601", f"{path} is not a readable {suffix} file", span) from None
    table: Columns = {}
    for name, value in loaded.items():
        array = np.asarray(value)
        if name in wanted and array.dtype.kind not in "fiub":
            raise reject("E603", f"{path}, {name}: not an array of real numbers", span)
        if array.dtype.kind in "fiub":
            table[name] = np.asarray(array, dtype=np.float64)
    return table


def _load(content: bytes, suffix: str) -> Mapping[str, object]:
    """All arrays of an NPZ or MAT file by name, as they are."""
    if suffix == ".npz":
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > LARGEST_FILE:
                raise ValueError("too large when unpacked")
        with np.load(io.BytesIO(content), allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    from scipy.io import loadmat

    found = loadmat(io.BytesIO(content))
    return {name: value for name, value in found.items() if not name.startswith("__")}


def _misfit(arrays: Columns, coordinates: Sequence[str], path: str, span: Span) -> Rejected:
    """E603 for arrays that are neither columns of one length nor values on a grid."""
    sizes = ", ".join(f"{name} {_shape(values)}" for name, values in arrays.items())
    if all(np.squeeze(values).ndim <= 1 for values in arrays.values()):
        return reject("E603", f"{path} has columns of different lengths: {sizes}", span)
    grid = " by ".join(str(arrays[name].size) for name in coordinates)
    message = f"{path} holds no grid: {sizes}, where values of {grid} are needed"
    other = next(n for n, v in arrays.items() if n not in coordinates)
    return reject("E603", message, span, f"save {other} as an array of {grid}")


def _shape(values: NDArray[np.float64]) -> str:
    return " by ".join(map(str, np.squeeze(values).shape)) or "1"


def _check_finite(values: NDArray[np.float64], column: WantedColumn, path: str) -> None:
    bad = np.flatnonzero(~np.isfinite(values))
    if len(bad):
        row = int(bad[0]) + 1
        message = (
            f"{path}, row {row}, column {column.header}: {values[bad[0]]} is not a finite number"
        )
        more = (Note(f"{len(bad)} such entries in this column"),) if len(bad) > 1 else ()
        raise reject("E603", message, column.span, notes=more)
