"""Derivatives of higher order written as quotients: ``∂²u/∂x²``, ``d^2u/dt^2``, ``∂²u/∂x∂y``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from lark import Token

from pdedsl.diagnostics import Diagnostic, Span
from pdedsl.syntax.spelling import canonical_name
from pdedsl.syntax.tokens import span_of

_NAME = r"[^\W\d_]\w*?"
_ORDER = r"(?:\s*\^\s*\(?\s*(?P<{0}caret>\d)\s*\)?|(?P<{0}sign>[²³⁴])|(?P<{0}digit>\d))"
_BELOW = re.compile(rf"[∂d]\s*(?P<axis>{_NAME}){_ORDER.format('')}?(?=\s*(?:[∂d]|\)|$))")
_FACTOR = r"[∂d]\s*[^\W\d_][\w²³⁴]*(?:\s*\^\s*\d)?"
_QUOTIENT = re.compile(
    rf"(?<![\w.])[∂d]\s*{_ORDER.format('above_')}?\s*(?P<field>{_NAME}|\([^()]*\))?\s*/\s*"
    rf"(?P<open>\(\s*)?(?P<below>{_FACTOR}(?:\s*{_FACTOR})*)(?(open)\s*\))"
)
_SIGNS = {"²": 2, "³": 3, "⁴": 4}


def quotients(tokens: Sequence[Token]) -> Iterator[Diagnostic]:
    """E110 for each derivative of higher order, or operator ``d/dx(…)``, written as a quotient.

    Derivatives of first order of a name are for `foreign` (``∂u/∂t``) and for the names of the
    file (``du/dt``, where ``du`` and ``dt`` may be declared).
    """
    text, start = _text(tokens)
    if "/" not in text:
        return
    for match in _QUOTIENT.finditer(text):
        axes = _axes(match["below"])
        order = _order(match, "above_")
        if axes is None or sum(order for _, order in axes) != order:
            continue
        behind = _bracket(text[match.end() :]) if match["field"] is None else ""
        named = match["field"] or behind
        if (order == 1 and not behind) or (match["above_digit"] and not named):
            continue  # d2/dx2 are two names like any others
        field = canonical_name(_unbracketed(match["field"] or behind) or "u")
        span = Span(start + match.start(), start + match.end() + len(behind))
        message = "a derivative is written with an index or as a function"
        yield Diagnostic("E110", message, span, f"write {_mend(field, axes)}")


def _text(tokens: Sequence[Token]) -> tuple[str, int]:
    """The statement on one line, its characters at their places, and the first place."""
    start = span_of(tokens[0]).start
    text = ""
    for token in tokens:
        text = text.ljust(span_of(token).start - start) + str(token)
    return text, start


def _bracket(text: str) -> str:
    """The bracket that a text starts with, as far as it closes; empty where there is none."""
    if not text.lstrip().startswith("("):
        return ""
    depth = 0
    for end, sign in enumerate(text, start=1):
        depth += (sign == "(") - (sign == ")")
        if sign == ")" and depth == 0:
            return text[:end]
    return ""


def _unbracketed(text: str) -> str:
    text = text.strip()
    return text[1:-1].strip() if text.startswith("(") else text


def _order(match: re.Match[str], prefix: str = "") -> int:
    found = match[f"{prefix}caret"] or match[f"{prefix}sign"] or match[f"{prefix}digit"] or "1"
    return _SIGNS.get(found) or int(found)


def _axes(below: str) -> list[tuple[str, int]] | None:
    """Coordinates with their orders, in ``∂x²∂y``; None where the text is something else."""
    found, end = [], 0
    for match in _BELOW.finditer(below):
        if below[end : match.start()].strip():
            return None
        found.append((canonical_name(match["axis"]), _order(match)))
        end = match.end()
    return found if found and not below[end:].strip() else None


def _mend(field: str, axes: list[tuple[str, int]]) -> str:
    """``u_xx, or d(u, x, 2)``; the function alone where the index is none of single letters."""
    call = field
    for axis, order in axes:
        call = f"d({call}, {axis})" if order == 1 else f"d({call}, {axis}, {order})"
    if not field.isidentifier() or any(len(axis) > 1 for axis, _ in axes):
        return call
    return f"{field}_{''.join(axis * order for axis, order in axes)}, or {call}"
