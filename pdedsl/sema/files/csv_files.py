"""Tables of numbers as text, read a part at a time.

Parts without quotes and with as many entries in each row as there are columns are for numpy; the
others are read row by row, which finds the line that is at fault.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from .csv_header import COMMENT, SPACE, CsvFile, Header, read_header, rows_of

Columns = dict[str, NDArray[np.float64]]
MISSING = ("", "nan", "na", "n/a", "null")
"""Entries that stand for a value that is missing, in any case."""
_PART = 2**22  # characters read at once: 200 MB took 0.5 GB in parts of 4 MB, and 1.9 GB whole
_LONGEST_UNITS = 2000  # characters of a row of units; a choice
_UNIT = re.compile(r"[^\W\d][^\s,;]{0,19}|[\[(].{0,20}[\])]|[-%°‰µ].{0,9}|1")
"""What may stand below a name as its unit: a word, something in brackets, a sign, or 1 for none."""

_DATE = re.compile(r"\d{1,4}[-/.:]\d{1,2}[-/.:]\d")


@dataclass
class CsvTable:
    """What was read of a file.

    Args:
        columns: the wanted columns; all others by name, empty.
        units: the row of units below the names, as text; empty where there is none.
    """

    columns: Columns = field(default_factory=dict)
    units: str = ""


def read_csv(source: CsvFile, wanted: Sequence[str]) -> CsvTable:
    """The wanted columns of a file, NaN where a value is missing.

    Raises:
        Rejected: E601 no text or no header, E602 two columns of one name, E603 an entry that is no
            number, or a row with more or fewer entries than columns.
    """
    try:
        with source.file.open(encoding="utf-8-sig") as stream:
            head = read_header(source, iter(stream.readline, ""), wanted)
            indices = [head.names.index(name) for name in wanted if name in head.names]
            table, parts, line = CsvTable(), [], head.lines + 1
            lines = [head.first] if head.first else stream.readlines(_PART)
            units = _take_units(lines, head, indices)
            table.units = source.text(units) if units else ""
            while lines:
                parts.append(_part(source, lines, line, head, indices))
                line += len(lines)
                lines = stream.readlines(_PART)
    except UnicodeDecodeError:
        raise source.refuse(
            "E601", f"{source.path} is not UTF-8 text", "save it as UTF-8"
        ) from None
    except csv.Error as error:
        raise source.refuse("E601", f"{source.path} is not a table of text: {error}") from None
    if not any(len(part) for part in parts):
        raise source.refuse("E601", f"{source.path} has no header line with rows below it")
    table.columns = dict.fromkeys(head.names, np.empty(0))
    for place, index in enumerate(indices):
        table.columns[head.names[index]] = np.concatenate([part[:, place] for part in parts])
    return table


def _take_units(lines: list[str], head: Header, indices: list[int]) -> str:
    """The row of units, which is taken out of the lines; empty where the first row is none."""
    place = next((i for i, line in enumerate(lines) if _is_filled(line)), None)
    if place is None or not indices or len(lines[place]) > _LONGEST_UNITS:
        return ""
    _, row = next(rows_of([lines[place]], head.sign), (0, []))
    found = [row[i] for i in indices if i < len(row)]
    told = [entry for entry in found if entry.lower() not in MISSING]
    if not told or any(_is_number(e) for e in row if e != "1") or set(told) == {"1"}:
        return ""
    if not all(_UNIT.fullmatch(entry) for entry in told):
        return ""
    text, lines[place] = lines[place].strip(), ""
    return text


def _is_number(entry: str) -> bool:
    try:
        float(entry)
    except ValueError:
        return False
    return entry.lower() not in MISSING


def _is_filled(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith(COMMENT)


def _part(
    source: CsvFile, lines: list[str], first: int, head: Header, indices: list[int]
) -> NDArray[np.float64]:
    """The rows of some lines in the columns at ``indices``, shape (rows, columns)."""
    filled = [line for line in lines if _is_filled(line)]
    if filled and indices and not any('"' in line for line in filled):
        sign = None if head.sign == SPACE else head.sign
        counts = sum(len(line.split()) - 1 if sign is None else line.count(sign) for line in filled)
        if counts == len(filled) * (len(head.names) - 1):
            try:
                return np.loadtxt(filled, delimiter=sign, usecols=indices, ndmin=2, comments=None)
            except ValueError:
                pass  # one of the rows is at fault, or has no value; which one is said below
    rows = list(_rows(source, lines, first, head, indices))
    return np.array(rows, dtype=np.float64).reshape(len(rows), len(indices))


def _rows(
    source: CsvFile, lines: list[str], first: int, head: Header, indices: list[int]
) -> Iterator[list[float]]:
    names = head.names
    # Comments stay as empty lines, so that lines are counted as the file has them.
    kept = (line if _is_filled(line) or '"' in line else "\n" for line in lines)
    for number, entries in rows_of(kept, head.sign):
        if not any(entries):
            continue
        place = f"{source.path}, line {first + number - 1}"
        if len(entries) <= max(indices, default=0):
            message = f"{place}: only {len(entries)} of {len(names)} entries"
            raise source.refuse("E603", message)
        if any(entries[len(names) :]):
            message = f"{place}: {len(entries)} entries for {len(names)} columns"
            mend = "a number has a decimal point and no other sign, such as 1000.5"
            raise source.refuse("E603", message, mend)
        yield [_number(source, place, names[i], entries[i]) for i in indices]


def _number(source: CsvFile, place: str, column: str, entry: str) -> float:
    if entry.lower() in MISSING:
        return np.nan
    try:
        return float(entry)
    except ValueError:
        shown = f"{entry[:40]!r}" if source.quoted else "the entry"
        message = f"{place}, column {column}: {shown} is not a number"
        mend = None
        if entry.count(",") == 1 and _is_number(entry.replace(",", ".")):
            own = f", such as {entry.replace(',', '.')[:40]}" if source.quoted else ""
            mend = f"write decimal points in place of commas{own}"
        elif _DATE.match(entry):
            mend = "write times as numbers, such as seconds from the first"
        raise source.refuse("E603", message, mend) from None
