"""The token stream split into statements, and the brackets in each checked.

A line end ends a statement unless a bracket is open, the next line goes on with something
that no statement starts with (an operator, ``=``, a comma, a closing bracket, a word such as
``on`` or ``union``), or this line stops in the middle (at an operator, a comma, ``=``, ``:``).
A line that starts with a statement's keyword always starts a statement, even inside a
bracket: the bracket is then reported where it was opened.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lark import Token

from pdedsl.diagnostics import Diagnostic, Note, Span

from .limits import MAX_BRACKETS, MAX_STATEMENT_TOKENS
from .phrases import join_tokens
from .tokens import CLOSING, NEWLINE, OPENING, STATEMENT_STARTS, span_of

_BINARY = (
    "PLUS MINUS STAR SLASH CIRCUMFLEX CMP EQUAL COMMA SETOP AND OR _IN COLON "
    "FOREIGN_POWER FOREIGN_EQUAL FOREIGN_DEFINE FOREIGN_AND FOREIGN_OR FOREIGN_ARROW"
)
_CLAUSES = "ON AT WHERE FROM FOR GUESS MODES PERIODIC SIGMA"
_CONTINUES = frozenset(f"{_BINARY} {_CLAUSES} IF ELSE SUPERSCRIPT RPAR RSQB DOT __ANON_0".split())
_UNFINISHED = frozenset(f"{_BINARY} {_CLAUSES} IF ELSE NOT NABLA".split())


@dataclass(frozen=True, slots=True)
class Chunk:
    """The tokens of one statement, and what is wrong with its brackets or its size."""

    tokens: tuple[Token, ...]
    problems: tuple[Diagnostic, ...]

    @property
    def span(self) -> Span:
        """From the first token to the last."""
        return span_of(self.tokens[0]).to(span_of(self.tokens[-1]))


def split(tokens: Iterable[Token]) -> Iterator[Chunk]:
    """Yield the statements of a file in order."""
    current: list[Token] = []
    depth = 0
    line_ended = False
    for token in tokens:
        if token.type == NEWLINE:
            line_ended = True
            continue
        if current and line_ended and _starts(token, current[-1], depth):
            yield _chunk(current)
            current, depth = [], 0
        line_ended = False
        current.append(token)
        depth = max(0, depth + (token.type in OPENING) - (token.type in CLOSING))
    if current:
        yield _chunk(current)


def _starts(token: Token, previous: Token, depth: int) -> bool:
    """Whether the first token of a line starts a statement."""
    if token.type in STATEMENT_STARTS:
        return True
    return not (depth or token.type in _CONTINUES or previous.type in _UNFINISHED)


def _chunk(tokens: list[Token]) -> Chunk:
    if len(tokens) > MAX_STATEMENT_TOKENS:
        span = span_of(tokens[MAX_STATEMENT_TOKENS])
        message = f"this statement has more than {MAX_STATEMENT_TOKENS} words and signs"
        too_long = Diagnostic("E701", message, span, "name parts of it with let")
        return Chunk(tuple(tokens), (too_long,))
    return Chunk(tuple(tokens), tuple(_brackets(tokens)))


def _brackets(tokens: list[Token]) -> Iterator[Diagnostic]:
    """Brackets that do not match, or are nested too deeply; at most one of each statement."""
    stack: list[Token] = []
    for token in tokens:
        if token.type in OPENING:
            stack.append(token)
            if len(stack) > MAX_BRACKETS:
                message = f"brackets are nested more than {MAX_BRACKETS} deep"
                yield Diagnostic("E701", message, span_of(token), "name inner parts with let")
                return
        elif token.type in CLOSING:
            if not stack:
                message = f"'{token}' closes no bracket"
                yield Diagnostic("E103", message, span_of(token), f"remove {token}")
                return
            opening = stack.pop()
            if str(opening) != CLOSING[token.type]:
                yield _mismatch(opening, token, tokens)
                return
    if stack:
        mend = f"close it with {OPENING[stack[-1].type]}"
        yield Diagnostic("E103", f"'{stack[-1]}' is never closed", span_of(stack[-1]), mend)


def _mismatch(opening: Token, token: Token, tokens: list[Token]) -> Diagnostic:
    message = f"'{token}' cannot close '{opening}'"
    note = Note(f"'{opening}' was opened here", span_of(opening))
    mend = f"write {OPENING[opening.type]}, or open with {CLOSING[token.type]}"
    inner = [t for t in tokens if span_of(opening) < span_of(t) < span_of(token)]
    if [t.type for t in inner].count("COMMA") == 1:
        mend = f"write [{join_tokens(inner)}] for an interval"
    return Diagnostic("E103", message, span_of(token), mend, (note,))
