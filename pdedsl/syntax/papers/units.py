"""Units without quotes, as papers write them: ``0.5 m/s``, ``u(x, t) kg/m^3``."""

from __future__ import annotations

from collections.abc import Sequence

from lark import Token

from pdedsl.diagnostics import Diagnostic
from pdedsl.syntax.phrases import join_tokens
from pdedsl.syntax.tokens import span_of

_NAMES = frozenset(
    "m mm cm km um nm s ms min h day kg g mg K A mol N kN Pa kPa MPa GPa J kJ W kW V C Hz L"
    " bar".split()
)
_ALONE = frozenset("msKh")
"""Units of one letter that are told by themselves; other words have messages of their own."""
_DECLARATIONS = frozenset(["DOMAIN", "TIME", "UNKNOWN"])


def unit_without_quotes(tokens: Sequence[Token], index: int) -> Diagnostic | None:
    """E104 for a unit behind a number, or behind what a statement declares."""
    behind = tokens[index].type
    declares = behind in ("RPAR", "RSQB") and tokens[0].type in _DECLARATIONS
    if behind != "NUMBER" and not declares:
        return None
    end = _end(tokens, index + 1)
    if _kinds(tokens, end, 1) == ["EQUAL"] or "SIGMA" in _kinds(tokens, 0, index):
        return None  # a comma is missing, or the noise of data has messages of its own
    own = tokens[index + 1 : end]
    is_word = len(own) == 1 and str(own[0]) not in _ALONE
    if not own or is_word or (len(own) == 1 and declares):
        return None
    text, span = join_tokens(own), span_of(own[0]).to(span_of(own[-1]))
    if declares:
        message = "the unit of a declaration stands in quotes"
        return Diagnostic("E104", message, span, f'put it in quotes: "{text}"')
    number = str(tokens[index])
    mend = f'for a unit write {number} "{text}", else {number}*{text}'
    return Diagnostic("E104", "missing operator, or quotes around a unit", span, mend)


def _end(tokens: Sequence[Token], start: int) -> int:
    """Behind the unit that starts at ``start``; there where none does."""
    index = start
    if _kinds(tokens, index, 2) == ["NUMBER", "SLASH"] and str(tokens[index]) == "1":
        index += 2
    end = start
    while _is_name(tokens, index):
        index += 1
        if _kinds(tokens, index, 2) == ["CIRCUMFLEX", "NUMBER"]:
            index += 2
        elif _kinds(tokens, index, 1) == ["SUPERSCRIPT"]:
            index += 1
        end = index
        if _kinds(tokens, index, 1) in (["SLASH"], ["STAR"]) and _is_name(tokens, index + 1):
            index += 1
    return end


def _is_name(tokens: Sequence[Token], index: int) -> bool:
    called = _kinds(tokens, index + 1, 1) in (["LPAR"], ["LSQB"])
    return index < len(tokens) and str(tokens[index]) in _NAMES and not called


def _kinds(tokens: Sequence[Token], start: int, count: int) -> list[str]:
    return [token.type for token in tokens[start : start + count]]
