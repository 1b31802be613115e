"""Diagnostics to text with a caret, and to plain data for machines."""

from __future__ import annotations

import unicodedata
from typing import Any

from .diagnostic import Diagnostic, Note
from .source import Source, Span

_LONGEST_LINE = 100


def render(diagnostic: Diagnostic, source: Source) -> str:
    """Text of one diagnostic: place and message, the line, the caret, the notes."""
    head = f"{diagnostic.severity}[{diagnostic.code}]: {diagnostic.message}"
    lines = [f"{_place(diagnostic.span, source)}: {head}"]
    if diagnostic.span is not None:
        lines += _excerpt(diagnostic.span, source, diagnostic.mend)
    elif diagnostic.mend:
        lines.append(f"  help: {diagnostic.mend}")
    for note in diagnostic.notes:
        lines += _note(note, source)
    return "\n".join(lines)


def as_data(diagnostic: Diagnostic, source: Source) -> dict[str, Any]:
    """The diagnostic as a JSON-ready dictionary."""
    place = source if diagnostic.span is None else source.located(diagnostic.span)[0]
    return {
        "file": place.name,
        "code": diagnostic.code,
        "severity": str(diagnostic.severity),
        "message": diagnostic.message,
        "mend": diagnostic.mend,
        "notes": [{"message": n.message, **_where(n.span, source)} for n in diagnostic.notes],
        **_where(diagnostic.span, source),
    }


def _where(span: Span | None, source: Source) -> dict[str, Any]:
    if span is None:
        return {"line": None, "column": None, "end_line": None, "end_column": None}
    source, span = source.located(span)
    line, column = source.position(span.start)
    end_line, end_column = source.position(span.end)
    return {"line": line, "column": column, "end_line": end_line, "end_column": end_column}


def _place(span: Span | None, source: Source) -> str:
    if span is None:
        return source.name
    source, span = source.located(span)
    line, column = source.position(span.start)
    return f"{source.name}:{line}:{column}"


def _note(note: Note, source: Source) -> list[str]:
    if note.span is None:
        return [f"  note: {note.message}"]
    head = f"{_place(note.span, source)}: note: {note.message}"
    return [head, *_excerpt(note.span, source, None)]


def _excerpt(span: Span, source: Source, mend: str | None) -> list[str]:
    source, span = source.located(span)
    number, column = source.position(span.start)
    text = source.line(number)
    length = max(1, min(span.end - span.start, len(text) - column + 1))
    text, column = _cut(text, column)
    length = min(length, max(1, len(text) - column + 1))
    gutter = f"{number:>4} | "
    before = "".join(" " * _width(char) for char in text[: column - 1])
    carets = "^" * max(1, sum(_width(char) for char in text[column - 1 : column - 1 + length]))
    pointer = " " * (len(gutter) - 2) + "| " + before + carets
    return [gutter + _printable(text), pointer + (f" {mend}" if mend else "")]


def _cut(text: str, column: int) -> tuple[str, int]:
    """Keep a window of a long line around the column."""
    if len(text) <= _LONGEST_LINE:
        return text, column
    start = max(0, min(column - 1 - _LONGEST_LINE // 2, len(text) - _LONGEST_LINE))
    return text[start : start + _LONGEST_LINE], column - start


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else "\ufffd" for c in text.replace("\t", " "))


def _width(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
