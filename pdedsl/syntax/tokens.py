"""The token stream of a file, with its comments set aside."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lark import Token

from pdedsl.diagnostics import Diagnostic, Source, Span

from .limits import MAX_TOKENS
from .spelling import canonical_name
from .tables import tables

_STARTS = (
    "LANGUAGE PROBLEM PARAM LET OPERATOR REGION DOMAIN TIME UNKNOWN INTERFACE DATA EXACT "
    "REFERENCE OUTPUT INCLUDE LAW"
)
_OTHERS = "_IN ON AT WHERE FROM FOR GUESS SETOP PERIODIC AND OR NOT"
STATEMENT_STARTS = frozenset(_STARTS.split())
OTHER_KEYWORDS = frozenset(_OTHERS.split())
OPENING = {"LPAR": ")", "LSQB": "]"}
CLOSING = {"RPAR": "(", "RSQB": "["}
NEWLINE = "_NL"
_OPERAND_ENDS = frozenset("NAME NUMBER RPAR RSQB PI SUPERSCRIPT STRING UNIT OWN_UNIT".split())
_WITH_UNITS = frozenset(["DOMAIN", "TIME", "UNKNOWN"])
_BEHIND_OPERANDS = {"if": "IF", "else": "ELSE", "modes": "MODES"}


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment from its ``#`` to the end of the line; ``own_line`` when nothing precedes it."""

    span: Span
    text: str
    own_line: bool


@dataclass(frozen=True, slots=True)
class Lexed:
    """What the lexer made of a file: tokens with line ends, comments, and a limit exceeded."""

    tokens: tuple[Token, ...]
    comments: tuple[Comment, ...]
    excess: Diagnostic | None


def span_of(token: Token) -> Span:
    """Place of a token."""
    assert token.start_pos is not None
    assert token.end_pos is not None
    return Span(token.start_pos, token.end_pos)


def tokens_of(text: str) -> Iterator[Token]:
    """All tokens of a text, with comments and line ends.

    Behind an operand no name can stand, so that ``if``, ``else``, ``modes`` and, in a law before a
    sign or number, ``sigma`` are words of their own there, and no keywords elsewhere. Text behind
    an operand is a unit.
    """
    before, law = "", ""  # type of the last token that is no line end, kind of the law
    place = UnitPlace()
    stream = tables().lex(text)
    token = next(stream, None)
    while token is not None:
        following = None
        if token.type in STATEMENT_STARTS:
            law = str(token) if token.type == "LAW" else ""
        if token.type == "NAME" and before in _OPERAND_ENDS:
            token.type = _BEHIND_OPERANDS.get(str(token), token.type)
            if law and canonical_name(str(token)) == "sigma":
                following = next(stream, None)
                token.type = "SIGMA" if _gives_noise(law, following) else token.type
        if token.type not in (NEWLINE, "COMMENT"):
            place.pass_by(token, before)
            before = token.type
        yield token
        token = following or next(stream, None)


class UnitPlace:
    """Where in a statement a text is a unit, of a number or of a whole declaration."""

    def __init__(self) -> None:
        self._start, self._depth = "", 0

    def pass_by(self, token: Token, before: str) -> None:
        """Mark a text as a unit, where it is one; ``before`` is the type of the token before."""
        if token.type in STATEMENT_STARTS:
            self._start, self._depth = token.type, 0
        self._depth += (token.type in OPENING) - (token.type in CLOSING)
        if token.type != "STRING" or before not in _OPERAND_ENDS:
            return
        if self._start == "DATA":
            token.type = "OWN_UNIT" if self._depth == 1 else token.type
        elif self._depth == 0 and self._start in _WITH_UNITS:
            token.type = "OWN_UNIT"
        elif before == "NUMBER":
            token.type = "UNIT"
        elif self._depth == 0 and self._start == "PARAM" and before in ("RPAR", "RSQB"):
            token.type = "OWN_UNIT"


def _gives_noise(law: str, following: Token | None) -> bool:
    """Whether the name sigma starts the noise of a fit, or of a law that can have none."""
    kinds = ("EQUAL", "COLON", "NUMBER") if law == "fit" else ("EQUAL",)
    return following is not None and following.type in kinds


def lex(source: Source) -> Lexed:
    """Split a file into tokens; any text at all can be split.

    Characters that the language does not use come as tokens of their own
    (see `foreign`). At most `MAX_TOKENS` are read.
    """
    tokens: list[Token] = []
    comments: list[Comment] = []
    for count, token in enumerate(tokens_of(source.text)):
        if count >= MAX_TOKENS:
            return Lexed(tuple(tokens), tuple(comments), _excess(token))
        if token.type == "COMMENT":
            comments.append(_comment(token, source))
            continue
        tokens.append(token)
    return Lexed(tuple(tokens), tuple(comments), None)


def _comment(token: Token, source: Source) -> Comment:
    span = span_of(token)
    start = source.text.rfind("\n", 0, span.start) + 1
    own_line = not source.text[start : span.start].strip(" \t\f")
    return Comment(span, str(token).rstrip(), own_line)


def _excess(token: Token) -> Diagnostic:
    message = f"the file has more than {MAX_TOKENS} words and signs; the rest is not read"
    return Diagnostic("E701", message, span_of(token), "a problem takes a few dozen lines")
