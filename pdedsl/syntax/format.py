"""The canonical text of a file: printed from its tree, with its comments and blank lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pdedsl.diagnostics import Source, Span, UserError

from . import ast
from .printing import Break, Piece, Printer, joined
from .read import Reading, read
from .tokens import Comment

WIDTH = 100
_INDENT = "    "


@dataclass(frozen=True, slots=True)
class _Block:
    """Lines that stay together, and the part of the source that they come from."""

    span: Span
    lines: tuple[str, ...]


def format_source(source: Source) -> str:
    """Canonical text of a file.

    One statement a line in ASCII spelling, one space after the keyword, two before a place;
    lines over 100 columns are broken before an operator or after a comma. Comments stay: one
    at the end of a statement's last line remains there, one between its lines moves before
    it. Of several blank lines one stays. Formatting the result changes nothing.

    Args:
        source: the file.

    Returns:
        The text, with one line end at its end; empty for a file without any statement or
        comment.

    Raises:
        UserError: the file has syntax errors.
        RuntimeError: the text would not read as the same tree, which is a defect.
    """
    reading = read(source)
    if reading.report.errors:
        raise UserError(reading.report.errors, source)
    text = "".join(_lines(reading, source))
    _verify(reading, Source(source.name, text))
    return text


def _verify(reading: Reading, result: Source) -> None:
    again = read(result)
    same = again.spec == reading.spec and not len(again.report)
    if not same or sorted(c.text for c in again.comments) != sorted(
        c.text for c in reading.comments
    ):
        raise RuntimeError(f"formatting {result.name} would change what it says")


def _lines(reading: Reading, source: Source) -> Iterator[str]:
    previous: _Block | None = None
    for block in _blocks(reading, source):
        gap = "" if previous is None else source.text[previous.span.end : block.span.start]
        if any(not line.strip() for line in gap.split("\n")[1:-1]):
            yield "\n"
        yield from (f"{line}\n" for line in block.lines)
        previous = block


def _blocks(reading: Reading, source: Source) -> Iterator[_Block]:
    """Statements with the comments that belong to them, and comments between, in order."""
    comments = list(reading.comments)
    for statement in reading.spec.statements:
        while comments and comments[0].span.start < statement.span.start:
            yield _alone(comments.pop(0))
        inner = []
        while comments and comments[0].span.start < statement.span.end:
            inner.append(comments.pop(0).text)
        span = statement.span
        lines = statement_lines(statement)
        if comments and "\n" not in source.text[span.end : comments[0].span.start]:
            last = comments.pop(0)
            lines[-1] += f"  {last.text}"
            span = span.to(last.span)
        yield _Block(span, (*inner, *lines))
    yield from map(_alone, comments)


def _alone(comment: Comment) -> _Block:
    return _Block(comment.span, (comment.text,))


def format_statement(statement: ast.Statement) -> str:
    """Canonical text of a statement on one line."""
    return joined(_pieces(statement))


def statement_lines(statement: ast.Statement) -> list[str]:
    """Canonical text of a statement, in lines of at most `WIDTH` columns where it can be."""
    pieces = _pieces(statement)
    lines: list[str] = []
    indent = ""
    while len(indent) + len(joined(pieces)) > WIDTH:
        place = _best_break(pieces, WIDTH - len(indent))
        if place is None:
            break
        lines.append(indent + joined(pieces[:place]).rstrip())
        pieces = pieces[place + 1 :]
        indent = _INDENT
    return [*lines, indent + joined(pieces)]


def _pieces(statement: ast.Statement) -> list[Piece]:
    printer = Printer()
    printer.statement(statement)
    return printer.pieces


def _best_break(pieces: Sequence[Piece], room: int) -> int | None:
    """Index of the outermost break that fits, the last of its level; else the first of all."""
    best: tuple[int, int] | None = None
    column = 0
    for index, piece in enumerate(pieces):
        if isinstance(piece, Break):
            if column > room:
                return best[1] if best else index
            if best is None or piece.level <= best[0]:
                best = (piece.level, index)
            column += len(piece.text)
        else:
            column += len(piece)
    return best[1] if best else None
