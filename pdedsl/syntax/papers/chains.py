"""Conditions written together: ``u = v = 0``, and ``at x = 0 and x = 1``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import takewhile

from lark import Token

from pdedsl.diagnostics import Diagnostic
from pdedsl.syntax.tokens import CLOSING, OPENING, STATEMENT_STARTS, span_of

from .source_text import text_of

_PLACES = frozenset(["on", "at", "in", "∈", "where", "for", "when", "if"])


def chain_of_equations(tokens: Sequence[Token]) -> Diagnostic | None:
    """E101 at the second sign of the first ``u = v = 0``, with each equation written out.

    Args:
        tokens: the statement.
    """
    if tokens[0].type != "LAW":
        return None
    colon = next((i for i, token in enumerate(tokens) if token.type == "COLON"), 0)
    laws = list(takewhile(_is_of_law, tokens[colon + 1 :]))
    for law in _split(laws, "COMMA"):
        sides = list(_split(law, "EQUAL"))
        if len(sides) < 3 or not all(sides):
            continue
        *left, right = map(text_of, sides)
        mend = ", ".join(f"{side} = {right}" for side in left)
        sign = law[len(sides[0]) + 1 + len(sides[1])]
        return Diagnostic("E101", "an equation has one '='", span_of(sign), f"write {mend}")
    return None


def joined_faces(tokens: Sequence[Token]) -> Diagnostic | None:
    """E110 at the first word of ``on x = 0 and x = 1``, with commas in place of such words.

    Args:
        tokens: the statement.
    """
    if tokens[0].type != "LAW":
        return None
    place = next((i for i, token in enumerate(tokens) if token.type in ("ON", "AT")), 0)
    words = [token for token in tokens[place:] if token.type in ("AND", "OR")]
    if not place or not words:
        return None
    faces = [f for part in _split(tokens[place + 1 :], "AND") for f in _split(part, "OR")]
    if not all([token.type for token in face[:2]] == ["NAME", "EQUAL"] for face in faces):
        return None
    message = "several faces are listed with commas"
    mend = f"write on {', '.join(map(text_of, faces))}"
    return Diagnostic("E110", message, span_of(words[0]), mend)


def _is_of_law(token: Token) -> bool:
    """Whether a token is of an equation, and not of its place, noise or the next statement."""
    return str(token) not in _PLACES and token.type not in STATEMENT_STARTS | {"SIGMA"}


def _split(tokens: Sequence[Token], kind: str) -> Iterator[list[Token]]:
    """The parts between tokens of one type that stand in no bracket."""
    part: list[Token] = []
    depth = 0
    for token in tokens:
        depth += (token.type in OPENING) - (token.type in CLOSING)
        if token.type == kind and depth == 0:
            yield part
            part = []
        else:
            part.append(token)
    yield part
