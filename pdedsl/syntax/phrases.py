"""Pieces of a statement's text for messages: the words around a token, the operand beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from lark import Token

from .tokens import CLOSING, OPENING, OTHER_KEYWORDS, STATEMENT_STARTS

_LONGEST = 48
_PREFIXES = {"n": "1e-9", "m": "1e-3", "c": "1e-2", "k": "1e3", "M": "1e6", "G": "1e9"}
_UNITS = {"kg": "1"}
_CHAIN_WORDS = frozenset({"SETOP", "AND", "OR", "NOT"})
_PLACES = ((STATEMENT_STARTS | OTHER_KEYWORDS) - _CHAIN_WORDS) | {"SIGMA"}


def join_tokens(tokens: Sequence[Token]) -> str:
    """Text of neighbouring tokens, one space where the source has any, comments dropped.

    The text stops at a bracket that closes none of its own.
    """
    text = ""
    end: int | None = None
    depth = 0
    for token in tokens:
        depth += (token.type in OPENING) - (token.type in CLOSING)
        if depth < 0 or len(text) > _LONGEST:
            break
        text += (" " if end not in (None, token.start_pos) else "") + str(token)
        end = token.end_pos
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rstrip() + "…"


def _unit(word: str) -> str:
    """The size of a unit in those without a prefix: 1e-3 for mm."""
    prefixed = len(word) > 1 and word not in ("Pa", "Hz", *_UNITS)
    return _UNITS.get(word) or (_PREFIXES.get(word[0], "1") if prefixed else "1")


def operand_end(tokens: Sequence[Token], start: int) -> int:
    """Index behind the operand that starts at ``start``: a word with its brackets."""
    index = start
    if index < len(tokens) and tokens[index].type == "NABLA":
        index += 1
    if index < len(tokens) and tokens[index].type not in OPENING:
        index += 1
    while index < len(tokens):
        if tokens[index].type in OPENING:
            index = _closing(tokens, index) + 1
        elif tokens[index].type == "DOT" and index + 1 < len(tokens):
            index += 2
        else:
            break
    return index


def operand_start(tokens: Sequence[Token], end: int) -> int:
    """Index of the first token of the operand that ends before ``end``."""
    index = end - 1
    while index > 0:
        if tokens[index].type in CLOSING:
            index = _opening(tokens, index)
            if index and tokens[index - 1].type in ("NAME", *CLOSING):
                index -= 1
                continue
        elif tokens[index].type == "SUPERSCRIPT":
            index -= 1
            continue
        elif tokens[index - 1].type == "DOT" and index > 1:
            index -= 2
            continue
        break
    return max(index, 0)


def power_start(tokens: Sequence[Token], start: int) -> int:
    """Index of the base, where the operand that starts at ``start`` is an exponent."""
    while start > 1:
        sign = tokens[start - 1].type == "MINUS" and tokens[start - 2].type == "CIRCUMFLEX"
        if not sign and tokens[start - 1].type != "CIRCUMFLEX":
            break
        start = operand_start(tokens, start - 1 - sign)
    return start


def _closing(tokens: Sequence[Token], start: int) -> int:
    return _match(tokens, range(start, len(tokens)))


def _opening(tokens: Sequence[Token], end: int) -> int:
    return _match(tokens, range(end, -1, -1))


def _match(tokens: Sequence[Token], indices: range) -> int:
    """Index of the bracket that matches the first; the last index where there is none."""
    depth = 0
    for index in indices:
        depth += (tokens[index].type in OPENING) - (tokens[index].type in CLOSING)
        if depth == 0:
            break
    return index


class Phrases:
    """The words around one token of a statement, by the names used in message templates.

    Args:
        tokens: the statement.
        index: of the token in question; ``len(tokens)`` for the end.
    """

    def __init__(self, tokens: Sequence[Token], index: int) -> None:
        self.tokens = tokens
        self.index = index

    def word(self, index: int) -> str:
        """Text of a token, empty outside the statement."""
        return str(self.tokens[index]) if 0 <= index < len(self.tokens) else ""

    @cached_property
    def within(self) -> str:
        """Type of the nearest keyword before the token, outside closed brackets."""
        depth = 0
        for token in reversed(self.tokens[: self.index]):
            depth += (token.type in CLOSING) - (token.type in OPENING)
            if depth <= 0 and token.type in _PLACES:
                return token.type
        return ""

    @property
    def is_inside(self) -> bool:
        """Whether the token stands inside of a bracket."""
        kinds = [token.type for token in self.tokens[: self.index]]
        return sum(map(kinds.count, OPENING)) > sum(map(kinds.count, CLOSING))

    @cached_property
    def label_ahead(self) -> bool:
        """Whether a law's ':' follows the token."""
        colons = [i for i, token in enumerate(self.tokens) if token.type == "COLON"]
        return self.tokens[0].type == "LAW" and bool(colons) and colons[0] >= self.index

    @cached_property
    def around(self) -> tuple[int, int]:
        """Indices of the square brackets next around the token, equal where there are none."""
        tokens = self.tokens
        depth = 0
        for start in range(self.index - 1, -1, -1):
            depth += (tokens[start].type in OPENING) - (tokens[start].type in CLOSING)
            if depth > 0:
                end = _closing(tokens, start)
                is_pair = tokens[start].type == "LSQB" and tokens[end].type == "RSQB"
                return (start, end) if is_pair else (0, 0)
        return 0, 0

    @cached_property
    def two_ends(self) -> bool:
        """Whether the token starts the second of two terms in square brackets without a comma."""
        start, end = self.around
        inside = self.tokens[start + 1 : end]
        return start < end and not any(token.type == "COMMA" for token in inside)

    def contains(self, kinds: Sequence[str]) -> bool:
        """Whether a token of one of the types stands before."""
        return any(token.type in kinds for token in self.tokens[: self.index])

    def fill(self, template: str, extra: Mapping[str, str] | None = None) -> str:
        """The template with the texts around the token, and ``extra`` ones."""
        return template.format_map({**self._texts, **(extra or {})})

    @cached_property
    def _texts(self) -> dict[str, str]:
        tokens, index = self.tokens, self.index
        start, end = operand_start(tokens, index), operand_end(tokens, index)
        return {
            "text": self.word(index),
            "lower": self.word(index).lower(),
            "unit": _unit(self.word(index)),
            "before": self.word(index - 1),
            "power": join_tokens(tokens[power_start(tokens, start) : index]),
            "ends": self._ends(),
            "before_before": self.word(index - 2),
            "before_bracket": self._before_bracket(),
            "after": self.word(index + 1),
            "factor": join_tokens(tokens[start:index]),
            "operand": join_tokens(tokens[index:end]),
            "operand_after": join_tokens(tokens[index + 1 : operand_end(tokens, index + 1)]),
            "argument_after": self.argument(index + 1),
            "argument_behind_power": self.argument(index + 2),
            "first": self.word(0),
            "rest": join_tokens(tokens[1:]).lstrip(": "),
            "done": join_tokens(tokens[1:index]).lstrip(": "),
            "tail": join_tokens(tokens[index:]),
            "tail_after": join_tokens(tokens[index + 1 :]),
        }

    def argument(self, start: int) -> str:
        """The operand that starts at ``start``, to stand in the brackets of a function."""
        operand = self.tokens[start : operand_end(self.tokens, start)]
        if operand and operand[0].type == "LPAR" and operand[-1].type == "RPAR":
            operand = operand[1:-1]
        return join_tokens(operand) or "u"

    def _ends(self) -> str:
        start, end = self.around
        lower, upper = self.tokens[start + 1 : self.index], self.tokens[self.index : end]
        return f"{join_tokens(lower)}, {join_tokens(upper)}"

    def _before_bracket(self) -> str:
        depth = 0
        for index in range(self.index - 1, 0, -1):
            depth += (self.tokens[index].type in CLOSING) - (self.tokens[index].type in OPENING)
            if depth < 0 and self.tokens[index - 1].type == "NAME":
                return self.word(index - 1)
        return "u"
