"""One open text: what is known of it at its present version."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from lsprotocol import types
from pygls.workspace import TextDocument

from pdedsl.diagnostics import Diagnostic, Source, Span
from pdedsl.sema import Understanding, understand

from .occurrences import Names


class Document:
    """A text with its tree, its names and what is wrong with it.

    Args:
        text: of the editor, at one version.
    """

    def __init__(self, text: TextDocument) -> None:
        self.uri = text.uri
        self.version = text.version
        self.base = Path(text.path).parent if text.path else Path()
        self.source = Source(text.filename or "text.pde", text.source)
        self._codec = text.position_codec
        self._lines = text.lines
        self.lints: tuple[Diagnostic, ...] = ()

    @cached_property
    def understood(self) -> Understanding:
        """Names, shapes, sets and laws, without the lints."""
        return understand(self.source, self.base)

    @cached_property
    def names(self) -> Names:
        """Where all names stand."""
        return Names(self.source)

    def find_lints(self) -> Iterator[Diagnostic]:
        """The lints, one after another; they are kept when all are found."""
        yield from self.understood.lints()

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """All that is known to be wrong."""
        return (*self.understood.report, *self.lints)

    def offset(self, position: types.Position) -> int:
        """The offset of an editor's position."""
        own = self._codec.position_from_client_units(self._lines, position)
        if own.line >= len(self._lines):
            return len(self.source.text)
        start = sum(len(line) for line in self._lines[: own.line])
        return min(start + own.character, len(self.source.text))

    def position(self, offset: int) -> types.Position:
        """The editor's position of an offset."""
        line, column = self.source.position(offset)
        start = min(offset, len(self.source.text)) - (column - 1)
        units = self._codec.client_num_units(self.source.text[start : start + column - 1])
        return types.Position(line - 1, units)

    def range(self, span: Span | None) -> types.Range:
        """The editor's range of a span; the first word where a diagnostic means the whole file."""
        if span is None:
            end = len(self.source.text.partition("\n")[0])
            return types.Range(self.position(0), self.position(end))
        return types.Range(self.position(span.start), self.position(span.end))

    def span(self, own: types.Range) -> Span:
        """The span of an editor's range."""
        return Span(self.offset(own.start), self.offset(own.end))
