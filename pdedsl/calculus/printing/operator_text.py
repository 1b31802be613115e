"""Operators and symbols as text in the language's own spelling.

The Laplacian is ``u_xx + u_yy``; a system has one row a line. Frequencies are written
``xi[x]``, the imaginary unit ``I``.
"""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp
from sympy.printing.precedence import PRECEDENCE

from pdedsl.calculus.operator import LinearOperator, MultiIndex, Terms, differentiate
from pdedsl.calculus.symbol import Symbol
from pdedsl.ir.text import ExpressionPrinter, expression_text


def operator_text(operator: LinearOperator) -> str:
    """L u with the names of its unknowns, a row a line, derivatives of high order first."""
    return "\n".join(operator_rows(operator))


def operator_rows(operator: LinearOperator) -> tuple[str, ...]:
    """The rows of `operator_text`."""
    return tuple(join_terms(_terms(operator, row)) for row in operator.rows)


def symbol_text(symbol: Symbol) -> str:
    """σ as `matrix_rows` writes it, a row a line."""
    return "\n".join(matrix_rows(symbol.matrix))


def matrix_rows(matrix: sp.Matrix) -> tuple[str, ...]:
    """A text for each row; ``[a, b]`` where there are several columns."""
    rows = [[expression_text(e) for e in matrix.row(i)] for i in range(matrix.rows)]
    if matrix.cols == 1:
        return tuple(row[0] for row in rows)
    return tuple(f"[{', '.join(row)}]" for row in rows)


def terms_by_order(row: tuple[Terms, ...]) -> list[tuple[int, MultiIndex, sp.Expr]]:
    """(j, α, a) of a row, the highest orders of all unknowns first."""
    terms = [(j, alpha, a) for j, entry in enumerate(row) for alpha, a in entry]
    return sorted(terms, key=lambda t: (-sum(t[1]), t[0], tuple(-k for k in t[1])))


def derivative_of(operator: LinearOperator, j: int, alpha: MultiIndex) -> sp.Expr:
    """∂^α u_j as an expression of sympy's."""
    field = sp.Function(operator.unknowns[j], real=True)(*operator.coordinates)
    return differentiate(field, operator.coordinates, alpha)


def split_sign(coefficient: sp.Expr) -> tuple[str, sp.Expr]:
    """A sign, and the coefficient without it."""
    sign, factors = "+", []
    for factor in sp.Mul.make_args(coefficient):
        terms = sp.Add.make_args(factor)
        negative = all(term.could_extract_minus_sign() for term in terms)
        sign = {"+": "-", "-": "+"}[sign] if negative else sign
        factors.append(sp.Add(*(-term for term in terms)) if negative else factor)
    return sign, sp.Mul(*factors)


def join_terms(terms: Iterator[tuple[str, str]]) -> str:
    """Signs and terms in a row; ``0`` for none."""
    text = ""
    for sign, term in terms:
        space = f" {sign} " if text else sign.strip("+")
        text += space + term
    return text or "0"


def _terms(operator: LinearOperator, row: tuple[Terms, ...]) -> Iterator[tuple[str, str]]:
    for j, alpha, a in terms_by_order(row):
        sign, size = split_sign(a)
        yield sign, _product(size, expression_text(derivative_of(operator, j, alpha)))


def _product(coefficient: sp.Expr, text: str) -> str:
    """``k^2*u_xx/20``: the numerator before, the denominator behind."""
    top, bottom = sp.fraction(coefficient, exact=True)
    if top != 1:
        text = f"{_factor(top)}*{text}"
    return text if bottom == 1 else f"{text}/{_factor(bottom, strict=False)}"


def _factor(expression: sp.Expr, strict: bool = True) -> str:
    printer = ExpressionPrinter({"order": None})
    return printer.parenthesize(expression, PRECEDENCE["Mul"], strict=strict)
