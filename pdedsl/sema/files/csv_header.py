"""The head of a text table: where the names of its columns stand, and what separates them.

The names are in the first line that is no comment; where that has numbers alone, in the comment
above it, as `numpy.savetxt` writes them. Entries are separated by the sign, of commas, semicolons,
tabs, bars and spaces, with which all wanted names are found, else by the one that gives most names.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pdedsl.diagnostics import Rejected, Span, reject

COMMENT = "#"
SPACE = " "
_SIGNS = (",", ";", "\t", "|")


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

    def text(self, piece: str) -> str:
        """A piece of the file for a message, unless messages may not repeat it."""
        return piece[:40] if self.quoted else "…"


@dataclass(frozen=True)
class Header:
    """The head of a table.

    Args:
        names: of the columns.
        sign: what separates entries; a space stands for any number of spaces and tabs.
        lines: that have been read.
        first: the first line of numbers, where it was read with the head; else empty.
    """

    names: list[str]
    sign: str
    lines: int
    first: str = ""


def read_header(source: CsvFile, lines: Iterator[str], wanted: Sequence[str]) -> Header:
    """The head of a table from its lines.

    Raises:
        Rejected: E601 where there is none, E602 two columns of one name.
    """
    comment, count, head = "", 0, ""
    for line in lines:
        count += 1
        if line.lstrip().startswith(COMMENT):
            comment = line.lstrip().lstrip(COMMENT)
        elif line.strip():
            head = line
            break
    if not head:
        raise source.refuse("E601", f"{source.path} has no header line with rows below it")
    first = ""
    if comment and _are_numbers(_split(head, _sign(head, ()))):
        head, first = comment, head
    sign = _sign(head, wanted)
    names = _split(head, sign)
    path = source.path
    if _are_numbers(names):
        message = f"{path} starts with numbers, where the names of its columns are needed"
        raise source.refuse("E601", message, "add a first line such as x,u1")
    if repeated := [n for n in names if n and names.count(n) > 1]:
        raise source.refuse("E602", f"{path} has two columns named {source.text(repeated[0])}")
    return Header(names, sign, count - 1 if first else count, first)


def rows_of(lines: Iterable[str], sign: str) -> Iterator[tuple[int, list[str]]]:
    """The entries of each row without spaces around them, and the number of its last line."""
    kept = (line.replace("\t", SPACE).rstrip() for line in lines) if sign == SPACE else lines
    reader = csv.reader(kept, delimiter=sign, skipinitialspace=True)
    for row in reader:
        yield reader.line_num, [entry.strip() for entry in row]


def _split(line: str, sign: str) -> list[str]:
    return next((entries for _, entries in rows_of([line.rstrip("\r\n")], sign)), [])


def _sign(line: str, wanted: Sequence[str]) -> str:
    """What separates the entries of a line."""
    for sign in (*_SIGNS, SPACE):
        if wanted and set(wanted) <= {*_split(line, sign)}:
            return sign
    # Names may have spaces, so that these separate only what nothing else does.
    found = [sign for sign in _SIGNS if len(_split(line, sign)) > 1] or [SPACE]
    return max(found, key=lambda sign: len(_split(line, sign)))


def _are_numbers(names: Sequence[str]) -> bool:
    try:
        return bool([float(name) for name in names])
    except ValueError:
        return False
