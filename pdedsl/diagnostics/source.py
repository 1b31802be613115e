"""Source texts and the spans that point into them."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePath


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Half-open range of character offsets ``[start, end)`` in one source text."""

    start: int
    end: int

    def to(self, other: Span) -> Span:
        """Smallest span that holds this one and ``other``."""
        return Span(min(self.start, other.start), max(self.end, other.end))


@dataclass(frozen=True)
class Source:
    """A named text, with offsets translated to lines and columns (both from 1).

    ``included`` are texts of other files, which are read as if they stood behind it: the offset of
    each goes on, after one more character, where the text before it ends.
    """

    name: str
    text: str
    included: list[Source] = field(default_factory=list, compare=False, repr=False)

    def include(self, name: str, part: Source) -> int:
        """Add a text under a name beside this one; its offset."""
        start = len(self.whole) + 1
        self.included.append(Source(str(PurePath(self.name).parent / name), part.text))
        return start

    @property
    def whole(self) -> str:
        """This text and all that it includes."""
        return "\n".join([self.text, *(part.text for part in self.included)])

    def located(self, span: Span) -> tuple[Source, Span]:
        """The text that a span lies in, and its place there."""
        start = 0
        for part in (self, *self.included):
            if span.start <= start + len(part.text):
                break
            start += len(part.text) + 1
        return part, Span(span.start - start, span.end - start)

    def text_at(self, span: Span) -> str:
        """What stands at a span, here or in an included text."""
        part, place = self.located(span)
        return part.text[place.start : place.end]

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(i + 1 for i, char in enumerate(self.text) if char == "\n")]

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset; offsets past the end give the last place."""
        offset = min(max(offset, 0), len(self.text))
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def line(self, number: int) -> str:
        """Text of a line without its line break."""
        start = self._starts[number - 1]
        end = self.text.find("\n", start)
        return self.text[start : len(self.text) if end < 0 else end].rstrip("\r")

    def slice(self, span: Span) -> str:
        """Text that the span covers."""
        return self.text[span.start : span.end]
