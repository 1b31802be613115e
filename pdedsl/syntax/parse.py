"""One statement's tokens to its parse tree, or to one diagnostic."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import cast

from lark import Token, Tree, UnexpectedToken
from lark.parsers.lalr_interactive_parser import InteractiveParser

from .tables import START, tables

END = "$END"


class Failure(Exception):
    """Where parsing stopped.

    Args:
        tokens: the statement.
        index: of the token that does not fit; ``len(tokens)`` for the end.
        state: of the LALR automaton when it met that token.
    """

    def __init__(self, tokens: tuple[Token, ...], index: int, state: int) -> None:
        self.tokens = tokens
        self.index = index
        self.state = state
        super().__init__(tokens, index, state)

    @property
    def kind(self) -> str:
        """Type of the token that does not fit."""
        return self.tokens[self.index].type if self.index < len(self.tokens) else END

    @cached_property
    def accepted(self) -> frozenset[str]:
        """Types of the tokens that would have fitted."""
        # The automaton may have reduced before it failed, which hides what could go on
        # with the shorter phrase, so the tokens before the failure are fed afresh.
        parser = _parser()
        for token in self.tokens[: self.index]:
            parser.feed_token(token)
        return frozenset(parser.accepts())


def parse(tokens: Sequence[Token]) -> Tree[Token]:
    """Parse one statement.

    Raises:
        Failure: it does not follow the grammar.
    """
    parser = _parser()
    index = 0
    try:
        while index < len(tokens):
            parser.feed_token(tokens[index])
            index += 1
        tree = parser.feed_eof(tokens[-1])
        return cast("Tree[Token]", tree)
    except UnexpectedToken as error:
        state = cast(int, error.state.position)
        raise Failure(tuple(tokens), index, state) from None


def _parser() -> InteractiveParser:
    return tables().parse_interactive(start=START)
