"""Phrases of papers and of other languages that fill several tokens: comments, units, ∂Ω."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lark import Token

from pdedsl.diagnostics import Diagnostic
from pdedsl.syntax.phrases import Phrases, join_tokens, operand_end
from pdedsl.syntax.spelling import canonical_name
from pdedsl.syntax.tokens import span_of

from .bounds import number_between_bounds
from .boxes import box_of_lists
from .chains import chain_of_equations, joined_faces
from .units import unit_without_quotes

_DEGREES = frozenset("CFK")


def borrowed(tokens: Sequence[Token]) -> Iterator[Diagnostic]:
    """Diagnostics of the phrases in a statement; behind a foreign comment there is nothing more.

    Args:
        tokens: the statement.
    """
    yield from (found for find in _STATEMENTS if (found := find(tokens)) is not None)
    for index, token in enumerate(tokens):
        found = next((d for find in _PHRASES if (d := find(tokens, index)) is not None), None)
        if found is not None:
            yield found
        if token.type == "SLASH" and found is not None:
            return


def _history(tokens: Sequence[Token], index: int) -> Diagnostic | None:
    """E110 for ``ic: y = 1 for t in [-1, 0]``, the past of a delay."""
    kinds = [token.type for token in tokens[index : index + 4]]
    if kinds != ["FOR", "NAME", "_IN", "LSQB"] or str(tokens[0]) != "ic":
        return None
    phrases = Phrases(tokens, index)
    time = phrases.word(index + 1)
    equation = tokens[:index]
    start = max((i for i, t in enumerate(equation) if t.type == "COLON"), default=0) + 1
    sign = next((i for i, t in enumerate(equation) if t.type == "EQUAL"), None)
    if sign is None:
        return None
    field, past = join_tokens(equation[start:sign]), join_tokens(equation[sign + 1 :])
    delayed = f"if({time} - s < {_upper(tokens)}, {past}, {field}({time} - s))"
    message = "a history stands where the delayed value does, and a condition at the start"
    span = span_of(tokens[index]).to(span_of(tokens[-1]))
    mend = f"write at {time} = {_upper(tokens)} here, and {delayed} for {field}({time} - s)"
    return Diagnostic("E110", message, span, mend)


def _upper(tokens: Sequence[Token]) -> str:
    """The upper end of the interval that a statement ends with."""
    comma = max((i for i, t in enumerate(tokens) if t.type == "COMMA"), default=len(tokens))
    return join_tokens(tokens[comma + 1 :]) or "0"


def _comment(tokens: Sequence[Token], index: int) -> Diagnostic | None:
    """E110 for ``// words`` and ``/* words``."""
    if tokens[index].type != "SLASH" or index + 1 == len(tokens):
        return None
    after = tokens[index + 1]
    if after.type not in ("SLASH", "STAR") or str(after) not in "/*":
        return None
    if tokens[index].end_pos != after.start_pos:
        return None
    span = span_of(tokens[index]).to(span_of(tokens[-1]))
    return Diagnostic("E110", "a comment starts with #", span, "write # in place of it")


def _degree(tokens: Sequence[Token], index: int) -> Diagnostic | None:
    """E102 for ``20 °C`` and ``30°``, whose zeros are not those of a unit."""
    if str(tokens[index]) != "°":
        return None
    phrases = Phrases(tokens, index)
    number = phrases.word(index - 1)
    span = span_of(tokens[index])
    if phrases.word(index + 1) in _DEGREES:
        span = span.to(span_of(tokens[index + 1]))
        message = 'a temperature in degrees is a plain number; one with a unit is in kelvin, "K"'
        return Diagnostic("E102", message, span, f"write {number}")
    message = "an angle is a number of radians"
    return Diagnostic("E102", message, span, f"write {number}*pi/180")


def _outline(tokens: Sequence[Token], index: int) -> Diagnostic | None:
    """E110 for ``on ∂Ω``."""
    token = tokens[index]
    if token.type != "FOREIGN_PARTIAL" or Phrases(tokens, index).within != "ON":
        return None
    if index + 1 < len(tokens) and tokens[index + 1].type == "SLASH":
        return None
    name = canonical_name(str(token).removeprefix("∂"))
    place = "boundary" if name == "Omega" else f"boundary({name})"
    message = "the boundary of a set is written as a word"
    return Diagnostic("E110", message, span_of(token), f"write {place}")


def _advection(tokens: Sequence[Token], index: int) -> Diagnostic | None:
    """E110 for ``(v·∇)w``."""
    end = operand_end(tokens, index)
    inside = tokens[index + 1 : end - 1]
    if tokens[index].type != "LPAR" or len(inside) < 3 or str(inside[-1]) != "∇":
        return None
    if inside[-2].type != "STAR" or end >= len(tokens):
        return None
    carried = Phrases(tokens, index).argument(end)
    message = "the derivative along a vector is written as a function"
    span = span_of(tokens[index]).to(span_of(tokens[operand_end(tokens, end) - 1]))
    return Diagnostic("E110", message, span, f"write advect({join_tokens(inside[:-2])}, {carried})")


def _power_of_function(tokens: Sequence[Token], index: int) -> Diagnostic | None:
    """E104 for ``sin^2(x)``."""
    kinds = [token.type for token in tokens[index : index + 4]]
    if kinds != ["NAME", "CIRCUMFLEX", "NUMBER", "LPAR"] or str(tokens[index]) not in _FUNCTIONS:
        return None
    name, power = str(tokens[index]), str(tokens[index + 2])
    argument = Phrases(tokens, index).argument(index + 3)
    message = f"a power of {name} stands behind its argument"
    span = span_of(tokens[index]).to(span_of(tokens[operand_end(tokens, index + 3) - 1]))
    return Diagnostic("E104", message, span, f"write {name}({argument})^{power}")


def _place(tokens: Sequence[Token], index: int) -> Diagnostic | None:
    """E110 for ``u = 0 for x = 0``, with ``if`` and ``when`` as well."""
    token = tokens[index]
    kinds = [t.type for t in tokens[index + 1 : index + 3]]
    if tokens[0].type != "LAW" or str(token) not in ("for", "if", "when"):
        return None
    if kinds != ["NAME", "EQUAL"] or Phrases(tokens, index).is_inside:
        return None
    word = "at" if str(tokens[0]) == "ic" else "on"
    message = f"a place is written with '{word}', not with '{token}'"
    mend = f"write {word} {join_tokens(tokens[index + 1 :])}"
    return Diagnostic("E110", message, span_of(token), mend)


def _digits(tokens: Sequence[Token], index: int) -> Diagnostic | None:
    """E107 for ``1_000``."""
    if str(tokens[index]) != "_" or not 0 < index < len(tokens) - 1:
        return None
    before, after = tokens[index - 1], tokens[index + 1]
    if (
        before.type != "NUMBER"
        or after.type != "NUMBER"
        or before.end_pos != tokens[index].start_pos
    ):
        return None
    message = "the digits of a number stand together"
    span = span_of(before).to(span_of(after))
    return Diagnostic("E107", message, span, f"write {before}{after}")


_FUNCTIONS = frozenset("sin cos tan sinh cosh tanh asin acos atan exp log".split())
_PHRASES = (
    _comment, _degree, _outline, _history, _advection, _power_of_function, _place, _digits,
    unit_without_quotes,
)  # fmt: skip
_STATEMENTS = (box_of_lists, chain_of_equations, joined_faces, number_between_bounds)
