"""Operators and symbols as LaTeX; the twins of `operator_text`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import sympy as sp

from pdedsl.calculus.operator import LinearOperator, Terms
from pdedsl.calculus.symbol import Symbol, frequency_of
from pdedsl.ir.latex import MathPrinter

from .operator_text import derivative_of, join_terms, split_sign, terms_by_order


class SymbolPrinter(MathPrinter):
    """Prints the frequency ``xi[x]`` as ξ with the coordinate as its index."""

    def _print_Symbol(self, expr: sp.Symbol, **kwargs: Any) -> str:
        name = frequency_of(expr)
        if name is None:
            return super()._print_Symbol(expr, **kwargs)
        return rf"\xi_{{{self._print_Symbol(sp.Symbol(name))}}}"


def latex_of(expression: sp.Basic) -> str:
    """An expression with frequencies in it, without dollar signs."""
    return str(SymbolPrinter({"ln_notation": False}).doprint(expression))


def operator_latex(operator: LinearOperator) -> str:
    """L u; a column of its rows where there are several."""
    return column([join_terms(_terms(operator, row)) for row in operator.rows])


def symbol_latex(symbol: Symbol) -> str:
    """σ; a matrix where it has several entries."""
    return matrix_latex(symbol.matrix)


def matrix_latex(matrix: sp.Matrix) -> str:
    """A matrix in round brackets; its entry alone where there is one."""
    return column([" & ".join(latex_of(e) for e in matrix.row(i)) for i in range(matrix.rows)])


def unknowns_latex(operator: LinearOperator) -> str:
    """The functions that the operator acts on, as a column."""
    zero = (0,) * len(operator.coordinates)
    fields = [derivative_of(operator, j, zero) for j in range(len(operator.unknowns))]
    return column([latex_of(f) for f in fields])


def column(rows: Sequence[str]) -> str:
    """Rows one below the other in round brackets; a lone entry as it is."""
    if len(rows) == 1 and "&" not in rows[0]:
        return rows[0]
    body = r" \\ ".join(rows)
    return rf"\begin{{pmatrix}} {body} \end{{pmatrix}}"


def _terms(operator: LinearOperator, row: tuple[Terms, ...]) -> Iterator[tuple[str, str]]:
    for j, alpha, a in terms_by_order(row):
        sign, size = split_sign(a)
        text = latex_of(derivative_of(operator, j, alpha))
        if size != 1:
            factor = latex_of(size)
            factor = rf"\left({factor}\right)" if size.is_Add else factor
            text = f"{factor} {text}"
        yield sign, text
