"""Data files to tables: CSV, NPZ and MAT, with errors that name the row and column."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pdedsl.diagnostics import Note, Rejected, Span, did_you_mean, nearest, reject
from pdedsl.ir import Table
from pdedsl.syntax import ast

LARGEST_FILE = 256 * 2**20
Columns = dict[str, NDArray[np.float64]]


def read_table(
    base: Path,
    path: str,
    span: Span,
    name: str,
    columns: tuple[ast.Name, ...],
    coordinates: tuple[str, ...],
) -> Table:
    """Read the named columns of a file.

    Args:
        base: folder that relative paths start from.
        path: the file as written; CSV, NPZ or MAT by its suffix.
        span: place of the path, for messages.
        name: name of the table.
        columns: wanted columns with the places that name them.
        coordinates: those of them that are coordinates.

    Raises:
        Rejected: E601 no such file or not readable, E602 a column is missing, E603 an
            entry is not a finite number.
    """
    content = _bytes(base / path, path, span)
    wanted = [c.id for c in columns]
    suffix = Path(path).suffix.lower()
    if suffix not in (".csv", ".npz", ".mat"):
        raise reject("E601", f"{path} is not a table", span, "use a .csv, .npz or .mat file")
    if suffix == ".csv":
        found = _csv(content, path, span, wanted)
    else:
        found = _arrays(content, path, span, suffix, wanted)
    for column in columns:
        if column.id not in found:
            listed = ", ".join(sorted(found)) or "none"
            message = f"{path} has no column {column.id}; it has {listed}"
            raise reject("E602", message, column.span, did_you_mean(column.id, found))
    chosen = {c: found[c] for c in wanted}
    _check_lengths(chosen, path, span)
    for column in columns:
        _check_finite(chosen[column.id], column, path)
    return Table(name, path, chosen, coordinates, hashlib.sha256(content).hexdigest())


def _bytes(file: Path, path: str, span: Span) -> bytes:
    try:
        if file.exists() and not file.is_file():
            raise reject("E601", f"{path} is not a file", span)
        if file.is_file() and file.stat().st_size > LARGEST_FILE:
            raise reject("E601", f"{path} is larger than {LARGEST_FILE // 2**20} MiB", span)
        return file.read_bytes()
    except FileNotFoundError:
        raise reject("E601", f"there is no file {path}", span, _file_mend(file, path)) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "the name is not valid"
        raise reject("E601", f"{path} cannot be read: {reason}", span) from None


def _file_mend(file: Path, path: str) -> str:
    try:
        others = [p.name for p in file.parent.iterdir() if p.suffix in (".csv", ".npz", ".mat")]
    except OSError:
        others = []
    stem = nearest(file.stem, [Path(name).stem for name in others])
    match = next((name for name in sorted(others) if Path(name).stem == stem), None)
    if match is None:
        return "the path is relative to the folder of the .pde file"
    return f'did you mean "{Path(path).with_name(match).as_posix()}"?'


def _csv(content: bytes, path: str, span: Span, wanted: list[str]) -> Columns:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise reject("E601", f"{path} is not UTF-8 text", span, "save it as UTF-8") from None
    head, _, body = text.partition("\n")
    names = [n.strip() for n in head.rstrip("\r").replace('"', "").split(",")]
    if not any(names) or not body.strip():
        raise reject("E601", f"{path} has no header line with rows below it", span)
    _check_header(names, path, span)
    if repeated := [n for n in names if n and names.count(n) > 1]:
        raise reject("E602", f"{path} has two columns named {repeated[0]}", span)
    present = [n for n in wanted if n in names]
    if not present:
        return dict.fromkeys(names, np.empty(0))
    indices = [names.index(n) for n in present]
    lines = io.StringIO(body)
    try:
        values = np.loadtxt(lines, delimiter=",", usecols=indices, ndmin=2, comments=None)
    except ValueError:
        raise _bad_row(body, names, indices, path, span) from None
    table = dict.fromkeys(names, np.empty(0))
    return table | {n: np.ascontiguousarray(values[:, i]) for i, n in enumerate(present)}


def _check_header(names: list[str], path: str, span: Span) -> None:
    """Refuse a first line of numbers, and other separators than commas (E601)."""
    if len(names) == 1 and (found := [s for s in ";\t| " if s in names[0]]):
        message = f"{path} separates its columns with {found[0]!r}"
        raise reject("E601", message, span, "write commas between them")
    try:
        [float(name) for name in names]
    except ValueError:
        return
    message = f"{path} starts with numbers, where the names of its columns are needed"
    raise reject("E601", message, span, "add a first line such as x,u1")


def _bad_row(body: str, names: list[str], indices: list[int], path: str, span: Span) -> Rejected:
    for number, line in enumerate(body.split("\n"), start=2):
        if not line.strip():
            continue
        row = line.split(",")
        for index in indices:
            if index >= len(row):
                message = f"{path}, line {number}: only {len(row)} of {len(names)} entries"
                return reject("E603", message, span)
            try:
                float(row[index])
            except ValueError:
                entry = f"{row[index][:40]!r} is not a number"
                message = f"{path}, line {number}, column {names[index]}: {entry}"
                return reject("E603", message, span)
    return reject("E601", f"{path} cannot be read as numbers separated by commas", span)


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
            table[name] = np.asarray(array, dtype=np.float64).reshape(-1)
    return table


def _load(content: bytes, suffix: str) -> Mapping[str, object]:
    """All arrays of an NPZ or MAT file by name."""
    if suffix == ".npz":
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > LARGEST_FILE:
                raise ValueError("too large when unpacked")
        with np.load(io.BytesIO(content), allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    from scipy.io import loadmat

    found = loadmat(io.BytesIO(content))
    return {name: value for name, value in found.items() if not name.startswith("__")}


def _check_lengths(columns: Columns, path: str, span: Span) -> None:
    lengths = {name: len(values) for name, values in columns.items()}
    if len(set(lengths.values())) > 1:
        text = ", ".join(f"{name} {count}" for name, count in lengths.items())
        raise reject("E603", f"{path} has columns of different lengths: {text}", span)
    if not all(lengths.values()):
        raise reject("E601", f"{path} holds no rows", span)


def _check_finite(values: NDArray[np.float64], column: ast.Name, path: str) -> None:
    bad = np.flatnonzero(~np.isfinite(values))
    if len(bad):
        row = int(bad[0]) + 1
        message = f"{path}, row {row}, column {column.id}: {values[bad[0]]} is not a finite number"
        more = (Note(f"{len(bad)} such entries in this column"),) if len(bad) > 1 else ()
        raise reject("E603", message, column.span, notes=more)
