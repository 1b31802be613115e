"""Bounds on both sides of a number, ``unknown 0 < k < 1``."""

from __future__ import annotations

from collections.abc import Sequence

from lark import Token

from pdedsl.diagnostics import Diagnostic
from pdedsl.syntax.tokens import span_of

from .source_text import text_of

_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


def number_between_bounds(tokens: Sequence[Token]) -> Diagnostic | None:
    """E101 with the name before both of its bounds.

    Args:
        tokens: the statement.
    """
    signs = [i for i, token in enumerate(tokens) if token.type == "CMP"]
    if tokens[0].type != "UNKNOWN" or len(signs) != 2:
        return None
    first, second = signs
    between = tokens[first + 1 : second]
    if first == 1 or [token.type for token in between] != ["NAME"]:
        return None
    sign = _MIRRORED.get(str(tokens[first]))
    if sign is None:
        return None
    low, rest = text_of(tokens[1:first]), text_of(tokens[second + 1 :])
    mend = f"write unknown {between[0]} {sign} {low} {tokens[second]} {rest}"
    span = span_of(tokens[1]).to(span_of(tokens[-1]))
    return Diagnostic("E101", "the name of an unknown number comes first", span, mend)
