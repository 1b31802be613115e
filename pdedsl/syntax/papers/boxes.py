"""Boxes as lists, ``domain x in [0, 1], y in [0, 2]``, and in words, ``square [0, 1] x [0, 1]``."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lark import Token

from pdedsl.diagnostics import Diagnostic
from pdedsl.syntax.tokens import span_of

from .inequalities import meant_set
from .source_text import text_of

_INTERVAL = re.compile(r"\s*([^\W\d_]\w*)\s*(?:\bin\b|∈)\s*(\[[^\[\]]*\])\s*")
_FACTOR = re.compile(r"\[[^\[\]]*\]")
_PRODUCT = re.compile(
    r"(?:unit\s+)?(?:square|rectangle|box|cube|interval|line|segment|rod|bar)\s*(?:=|\bin\b|∈)?\s*"
    r"(\[[^\[\]]*\](?:\s*[x×*]\s*\[[^\[\]]*\])*)"
)
_AXES = "xyz"
_TIME = "t"


def box_of_lists(tokens: Sequence[Token]) -> Diagnostic | None:
    """E110 with the domain and the time that are meant; None elsewhere than at a list of intervals.

    Args:
        tokens: the statement.
    """
    if tokens[0].type != "DOMAIN" or len(tokens) < 2:
        return None
    kinds = [token.type for token in tokens]
    named = kinds[1:3] == ["NAME", "COLON"]
    body = tokens[3 if named else 1 :]
    found = _intervals(text_of(body)) if body else None
    if found is None or _INTERVAL.fullmatch(text_of(body)):
        return None
    name = str(tokens[1]) if named else "Omega"
    message = "a domain is a set of its coordinates together"
    if "CMP" in kinds:
        message = "a set is given by its shape, not by inequalities"
    return Diagnostic("E110", message, span_of(body[0]).to(span_of(body[-1])), _mend(name, found))


def _intervals(text: str) -> list[tuple[str, str]] | None:
    """Each coordinate with the text of its interval."""
    parts = [_INTERVAL.fullmatch(part) for part in re.split(r"(?<=\])\s*(?:,|\band\b)", text)]
    matches = [match for match in parts if match is not None]
    if matches and len(matches) == len(parts):
        return [(match[1], match[2]) for match in matches]
    product = _PRODUCT.fullmatch(text)
    if product is not None:
        factors = _FACTOR.findall(product[1])
        return list(zip(_AXES, factors, strict=False)) if len(factors) <= len(_AXES) else None
    meant = meant_set(text)
    if meant is None or not meant[1].startswith("["):
        return None
    return list(zip(meant[0], meant[1].split(" * "), strict=True))


def _mend(name: str, intervals: list[tuple[str, str]]) -> str:
    """The statements; an interval of t among others is one of time."""
    space = [(axis, own) for axis, own in intervals if axis != _TIME or len(intervals) == 1]
    axes = ", ".join(axis for axis, _ in space)
    box = " * ".join(own for _, own in space)
    mend = f"write domain {name}: {axes if len(space) == 1 else f'({axes})'} in {box}"
    times = [own for axis, own in intervals if axis == _TIME and len(intervals) > 1]
    return f"{mend}, and time {_TIME} in {times[0]} on a line of its own" if times else mend
