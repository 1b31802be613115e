"""Where names stand in a text: declarations and uses, found in the tokens.

Statements that are broken are searched like others, so that an editor can go on while a text
is being written.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from lark import Token

from pdedsl.diagnostics import Source, Span
from pdedsl.sema.names.derivatives import split_derivative
from pdedsl.syntax.spelling import canonical_name
from pdedsl.syntax.statements import Chunk, split
from pdedsl.syntax.tokens import CLOSING, OPENING, lex, span_of

_LISTS = frozenset(["PARAM", "LET", "UNKNOWN"])
"""Statements that declare a name at their start and behind every comma outside of brackets."""
_SINGLE = frozenset(["OPERATOR", "REGION", "DOMAIN", "TIME", "INTERFACE", "DATA"])


@dataclass(frozen=True)
class Occurrence:
    """A name at one place.

    Args:
        name: in canonical spelling.
        span: the place; of ``u`` in ``u_xx`` only the letter.
        scope: where the name means this: None in the whole file, the span of a definition or
            sum for its arguments, ``"label"`` for laws, the table for a column.
        kind: ``param``, ``let``, ``unknown``, …, ``coordinate``, ``argument``, ``label``,
            ``column`` where it is declared; empty where it is used.
        part: whether it is a part of a longer word, as in ``u_xx``.
    """

    name: str
    span: Span
    scope: Span | str | None = None
    kind: str = ""
    part: bool = False

    @property
    def key(self) -> tuple[str, Span | str | None]:
        """What is equal for all occurrences of one name."""
        return self.name, self.scope


class Names:
    """All names of a text."""

    def __init__(self, source: Source) -> None:
        self.chunks = tuple(split(lex(source).tokens))
        heads = [own for chunk in self.chunks for own in _declarations(chunk)]
        self.declared: dict[str, Occurrence] = {}
        for own in heads:
            self.declared.setdefault(own.name, own)
        self._fields = {own.name for own in heads if own.kind == "unknown"}
        self._axes = {own.name for own in heads if own.kind in ("coordinate", "time", "param")}
        self._heads = {own.span: own for own in heads}
        self.occurrences = tuple(own for chunk in self.chunks for own in self._of(chunk))

    def at(self, offset: int) -> Occurrence | None:
        """The name that stands at an offset, or ends there."""
        inside = [o for o in self.occurrences if o.span.start <= offset < o.span.end]
        behind = [o for o in self.occurrences if o.span.end == offset]
        return next(iter([*inside, *behind]), None)

    def same(self, own: Occurrence) -> tuple[Occurrence, ...]:
        """All occurrences of the name, in order."""
        return tuple(o for o in self.occurrences if o.key == own.key)

    def declaration(self, own: Occurrence) -> Occurrence | None:
        """Where the name is declared."""
        return next((o for o in self.same(own) if o.kind), None)

    def statement(self, span: Span) -> Span | None:
        """The statement that holds a place."""
        for chunk in self.chunks:
            if chunk.span.start <= span.start and span.end <= chunk.span.end:
                return chunk.span
        return None

    def _of(self, chunk: Chunk) -> Iterator[Occurrence]:
        tokens = chunk.tokens
        local = list(_local_scopes(tokens))
        for index, token in enumerate(tokens):
            if token.type != "NAME":
                continue
            if (head := self._heads.get(span_of(token))) is not None:
                yield head
                continue
            yield from self._used(tokens, index, local)

    def _used(
        self, tokens: Sequence[Token], index: int, local: list[tuple[str, Span, Span]]
    ) -> Iterator[Occurrence]:
        token, span = tokens[index], span_of(tokens[index])
        name = canonical_name(str(token))
        before = tokens[index - 1].type if index else ""
        if before == "STRING":
            return  # how a table is interpolated
        if before == "LAW":
            yield Occurrence(name, span, "label", "label")
        elif before == "DOT":
            yield Occurrence(name, span, canonical_name(str(tokens[index - 2])))
        elif (own := _innermost(name, span, local)) is not None:
            yield Occurrence(name, span, own[1], "argument" if own[2] == span else "")
        elif tokens[0].type == "DATA" and name not in self._axes:
            table = next((canonical_name(str(t)) for t in tokens[1:2]), "")
            yield Occurrence(name, span, table, "column")
        elif name in self.declared or not _is_keyword_argument(tokens, index):
            yield from self._whole_or_derivative(token, name, span, local)

    def _whole_or_derivative(
        self, token: Token, name: str, span: Span, local: list[tuple[str, Span, Span]]
    ) -> Iterator[Occurrence]:
        """A name, or, for u_xx, the field and each of its coordinates."""
        fields = {own[0]: own[1] for own in local if own[1].start <= span.start < own[1].end}
        found = None
        if name not in self.declared and str(token).isascii():
            found = split_derivative(name, {*self._fields, *fields}, self._axes)
        if found is None:
            yield Occurrence(name, span)
            return
        field, axes = found
        start = span.start + len(field)
        yield Occurrence(field, Span(span.start, start), fields.get(field), part=True)
        start += 1
        for axis in axes:
            yield Occurrence(axis, Span(start, start + len(axis)), part=True)
            start += len(axis)


def _declarations(chunk: Chunk) -> Iterator[Occurrence]:
    """Names that a statement declares for the whole file."""
    tokens = chunk.tokens
    kind = tokens[0].type
    if kind in _SINGLE and len(tokens) > 1 and tokens[1].type == "NAME":
        yield _declared(tokens[1], str(tokens[0]))
        if kind == "DOMAIN":
            for token in tokens[2:]:
                if token.type == "_IN":
                    break
                if token.type == "NAME":
                    yield _declared(token, "coordinate")
    depth = 0
    for before, token in pairwise(tokens) if kind in _LISTS else ():
        depth += (before.type in OPENING) - (before.type in CLOSING)
        if depth == 0 and token.type == "NAME" and (before.type == "COMMA" or before is tokens[0]):
            yield _declared(token, str(tokens[0]))


def _declared(token: Token, kind: str) -> Occurrence:
    return Occurrence(canonical_name(str(token)), span_of(token), None, kind)


def _local_scopes(tokens: Sequence[Token]) -> Iterator[tuple[str, Span, Span]]:
    """Arguments of definitions and indices of sums: name, where known, where declared."""
    if tokens[0].type in ("LET", "OPERATOR"):
        for first, last in _parts(tokens):
            yield from _formals(tokens, first, last)
    for index, token in enumerate(tokens[:-1]):
        if token.type == "FOR" and tokens[index + 1].type == "NAME":
            own = tokens[index + 1]
            yield canonical_name(str(own)), _brackets_around(tokens, index), span_of(own)
        if token.type == "COMMA" and [t.type for t in tokens[index + 1 : index + 3]] == [
            "NAME",
            "_IN",
        ]:
            own, around = tokens[index + 1], _brackets_around(tokens, index)  # s in [0, t]
            if tokens[0].type not in ("PARAM", "UNKNOWN"):
                yield canonical_name(str(own)), around, span_of(own)


def _parts(tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """First and last index of the definitions of a statement."""
    first, depth = 1, 0
    for index, token in enumerate(tokens):
        depth += (token.type in OPENING) - (token.type in CLOSING)
        if depth == 0 and token.type == "COMMA":
            yield first, index - 1
            first = index + 1
    if first < len(tokens):
        yield first, len(tokens) - 1


def _formals(tokens: Sequence[Token], first: int, last: int) -> Iterator[tuple[str, Span, Span]]:
    span = span_of(tokens[first]).to(span_of(tokens[last]))
    if first + 1 > last or tokens[first + 1].type not in OPENING:
        return
    for token in tokens[first + 2 : last + 1]:
        if token.type in CLOSING or token.type == "EQUAL":
            return
        if token.type == "NAME":
            yield canonical_name(str(token)), span, span_of(token)


def _brackets_around(tokens: Sequence[Token], index: int) -> Span:
    """From the bracket that opens before a token to the one that closes behind it."""
    depth, start = 0, 0
    for place in range(index, -1, -1):
        depth += (tokens[place].type in CLOSING) - (tokens[place].type in OPENING)
        if depth < 0:
            start = place
            break
    depth, end = 0, len(tokens) - 1
    for place in range(index, len(tokens)):
        depth += (tokens[place].type in OPENING) - (tokens[place].type in CLOSING)
        if depth < 0:
            end = place
            break
    return span_of(tokens[start]).to(span_of(tokens[end]))


def _innermost(
    name: str, span: Span, local: list[tuple[str, Span, Span]]
) -> tuple[str, Span, Span] | None:
    fitting = [o for o in local if o[0] == name and o[1].start <= span.start < o[1].end]
    return min(fitting, key=lambda o: o[1].end - o[1].start, default=None)


def _is_keyword_argument(tokens: Sequence[Token], index: int) -> bool:
    """Whether a name is that of an argument, as ``center`` in ``disk(center = (0, 0))``."""
    behind = tokens[index + 1].type if index + 1 < len(tokens) else ""
    depth = sum((t.type in OPENING) - (t.type in CLOSING) for t in tokens[:index])
    return behind == "EQUAL" and depth > 0
