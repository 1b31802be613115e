"""What is said of units that disagree, with both of them and what to write."""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp
from sympy.core.function import AppliedUndef

from pdedsl.diagnostics import Diagnostic, Span
from pdedsl.ir.text import expression_text
from pdedsl.sema import mends
from pdedsl.syntax import Reading, ast

from .degrees import Degree
from .of_expressions import Mismatch


def mismatch(found: Mismatch, span: Span, reading: Reading, scaled: str | None) -> Diagnostic:
    """E309 of two terms, or of an argument that must be a number.

    Args:
        found: the terms and their units.
        span: of the law or declaration.
        reading: the statements, in which the number that has no unit is looked for.
        scaled: a unit of the file that is none of the SI, beside which no unit is guessed.
    """
    first, second = found.terms
    one, other = found.degrees
    if second is None:
        message = f"{expression_text(first)} is in {one}, and a number is needed here"
        return Diagnostic("E309", message, span, f"divide it by a quantity in {one}")
    message = f"{expression_text(first)} is in {one}, and {expression_text(second)} in {other}"
    message = message.replace(" in no unit", " without a unit")
    if is_number(second) and not (one / other).names:
        mend: str | None = f'give it a unit: {expression_text(second)} "{(one / other).dimension}"'
    else:
        mend = _multiply(second, one / other)
    literal = _number(second, span, reading) or _number(first, span, reading)
    factor = one / other if literal is None or _is_in(literal, second) else other / one
    if literal is None or factor.names:
        return Diagnostic("E309", message, span, mend)
    text = f'{literal.text} "{factor.dimension}"'
    mend = f"write {text}" if scaled is None else f"say its unit, such as {text}"
    return Diagnostic("E309", message, literal.span, mend)


def _multiply(term: sp.Basic, factor: Degree) -> str | None:
    if factor.names:
        return None
    return f"multiply {expression_text(term)} by a quantity in {factor}"


def is_number(term: sp.Basic) -> bool:
    """Whether a term is a plain number."""
    return not term.free_symbols and not term.atoms(AppliedUndef)


def _number(term: sp.Basic, span: Span, reading: Reading) -> ast.Number | None:
    """The plain number that is the term, or its coefficient, as it stands in the text."""
    coefficient = abs(term.as_coeff_Mul()[0]) if isinstance(term, sp.Expr) else sp.S.One
    if coefficient == 1 and not is_number(term):
        return None
    fitting = [n for n in _numbers(span, reading) if sp.Rational(n.text) == coefficient]
    return fitting[0] if len(fitting) == 1 else None


def _is_in(number: ast.Number, term: sp.Basic) -> bool:
    return bool(abs(term.as_coeff_Mul()[0]) == sp.Rational(number.text))


def _numbers(span: Span, reading: Reading) -> Iterator[ast.Number]:
    """The numbers of a statement that have no unit."""
    for statement in reading.spec.statements:
        if not (statement.span.start <= span.start and span.end <= statement.span.end):
            continue
        nodes = list(mends.walk(statement))
        owned = {id(n.number) for n in nodes if isinstance(n, ast.Quantity)}
        yield from (n for n in nodes if isinstance(n, ast.Number) and id(n) not in owned)
