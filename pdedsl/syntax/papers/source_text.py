"""The text of neighbouring tokens, whole, where a message repeats a part of a statement."""

from __future__ import annotations

from collections.abc import Sequence

from lark import Token


def text_of(tokens: Sequence[Token]) -> str:
    """The tokens with one space where the source has any; comments and line ends are dropped."""
    text, end = "", None
    for token in tokens:
        text += (" " if end not in (None, token.start_pos) else "") + str(token)
        end = token.end_pos
    return text
