"""Tables of numbers separated by commas, read a part at a time.

Parts without quotes and with as many entries in each row as there are columns are for numpy; the
others are read row by row, which finds the line that is at fault.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pdedsl.diagnostics import Rejected, Span, reject

Columns = dict[str, NDArray[np.float64]]
_PART = 2**22  # characters read at once: 200 MB took 0.5 GB in parts of 4 MB, and 1.9 GB whole


@dataclass(frozen=True)
class CsvFile:
    """A file, and how messages speak of it.

    Args:
        file: where it is.
        path: as the spec names it.
        span: place of the path in the spec.
        quoted: whether messages may repeat what it holds.
    """

    file: Path
    path: str
    span: Span
    quoted: bool

    def refuse(self, code: str, message: str, mend: str | None = None) -> Rejected:
        """What is wrong with the file, to be raised."""
        return reject(code, message, self.span, mend)


def read_csv(source: CsvFile, wanted: Sequence[str]) -> Columns:
    """The wanted columns of a file; all columns by name, empty, where it has none of them.

    Raises:
        Rejected: E601 no text or no header, E602 two columns of one name, E603 an entry that is no
            number, or a row with more or fewer entries than columns.
    """
    try:
        with source.file.open(encoding="utf-8-sig") as stream:
            names = _header(source, stream.readline())
            indices = [names.index(name) for name in wanted if name in names]
            parts, line = [], 2
            while lines := stream.readlines(_PART):
                parts.append(_part(source, lines, line, names, indices))
                line += len(lines)
    except UnicodeDecodeError:
        raise source.refuse(
            "E601", f"{source.path} is not UTF-8 text", "save it as UTF-8"
        ) from None
    if not any(len(part) for part in parts):
        raise source.refuse("E601", f"{source.path} has no header line with rows below it")
    table: Columns = dict.fromkeys(names, np.empty(0))
    for place, index in enumerate(indices):
        table[names[index]] = np.concatenate([part[:, place] for part in parts])
    return table


def _header(source: CsvFile, line: str) -> list[str]:
    names = [n.strip() for n in next(csv.reader([line.rstrip("\r\n")], skipinitialspace=True), [])]
    path = source.path
    if not any(names):
        raise source.refuse("E601", f"{path} has no header line with rows below it")
    if len(names) == 1 and (found := [s for s in ";\t| " if s in names[0]]):
        message = f"{path} separates its columns with {found[0]!r}"
        raise source.refuse("E601", message, "write commas between them")
    if _are_numbers(names):
        message = f"{path} starts with numbers, where the names of its columns are needed"
        raise source.refuse("E601", message, "add a first line such as x,u1")
    if repeated := [n for n in names if n and names.count(n) > 1]:
        raise source.refuse(
            "E602", f"{path} has two columns named {source_text(source, repeated[0])}"
        )
    return names


def _are_numbers(names: Sequence[str]) -> bool:
    try:
        [float(name) for name in names]
    except ValueError:
        return False
    return True


def source_text(source: CsvFile, text: str) -> str:
    """A piece of the file for a message, unless messages may not repeat it."""
    return text[:40] if source.quoted else "…"


def _part(
    source: CsvFile, lines: list[str], first: int, names: Sequence[str], indices: list[int]
) -> NDArray[np.float64]:
    """The rows of some lines in the columns at ``indices``, shape (rows, columns)."""
    filled = [line for line in lines if line.strip()]
    commas = sum(line.count(",") for line in filled)
    plain = not any('"' in line for line in filled)
    if filled and plain and commas == len(filled) * (len(names) - 1) and indices:
        try:
            return np.loadtxt(filled, delimiter=",", usecols=indices, ndmin=2, comments=None)
        except ValueError:
            pass  # one of the rows is at fault; which one is said below
    rows = list(_rows(source, lines, first, names, indices))
    return np.array(rows, dtype=np.float64).reshape(len(rows), len(indices))


def _rows(
    source: CsvFile, lines: list[str], first: int, names: Sequence[str], indices: list[int]
) -> Iterator[list[float]]:
    reader = csv.reader(lines, skipinitialspace=True)
    for row in reader:
        entries = [entry.strip() for entry in row]
        if not any(entries):
            continue
        place = f"{source.path}, line {first + reader.line_num - 1}"
        if len(entries) <= max(indices, default=0):
            message = f"{place}: only {len(entries)} of {len(names)} entries"
            raise source.refuse("E603", message)
        if any(entries[len(names) :]):
            message = f"{place}: {len(entries)} entries for {len(names)} columns"
            mend = "a number has a decimal point and no other sign, such as 1000.5"
            raise source.refuse("E603", message, mend)
        yield [_number(source, place, names[i], entries[i]) for i in indices]


def _number(source: CsvFile, place: str, column: str, entry: str) -> float:
    try:
        return float(entry)
    except ValueError:
        shown = f"{entry[:40]!r}" if source.quoted else "the entry"
        message = f"{place}, column {column}: {shown} is not a number"
        raise source.refuse("E603", message) from None
