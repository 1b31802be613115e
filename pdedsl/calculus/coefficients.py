"""Derivatives of a residual by the fields and derivatives in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

import sympy as sp
from sympy.core.function import AppliedUndef

from pdedsl.ir import size

LARGEST_RESIDUAL = 4_000
"""Residuals with more nodes than this are left alone where derivatives of them are taken."""


def isolated(expression: sp.Expr) -> tuple[sp.Expr, dict[sp.Expr, sp.Symbol]]:
    """The expression with a symbol for each field and derivative, and the symbol of each."""
    names: dict[sp.Expr, sp.Symbol] = {}
    for node in sorted(set(_outermost(expression)), key=sp.default_sort_key):
        names[node] = sp.Dummy(f"w{len(names)}", real=True)
    return expression.xreplace(names), names


def _outermost(expression: sp.Basic) -> Iterator[sp.Expr]:
    if isinstance(expression, (AppliedUndef, sp.Derivative, sp.Subs)):
        yield expression
        return
    for argument in expression.args:
        yield from _outermost(argument)


@lru_cache(maxsize=64)
def coefficients(residual: sp.Expr) -> dict[sp.Expr, sp.Expr]:
    """∂residual/∂w for each field or derivative w in it; empty for a very large residual.

    Occurrences of fields in a coefficient are written as fields again.
    """
    if size(residual) > LARGEST_RESIDUAL:
        return {}
    flat, names = isolated(residual)
    back = {symbol: node for node, symbol in names.items()}
    slopes = slopes_of(flat, list(back))
    return {node: slopes[symbol].xreplace(back) for node, symbol in names.items()}


def slopes_of(expression: sp.Expr, symbols: Iterable[sp.Symbol]) -> dict[sp.Basic, sp.Expr]:
    """The derivative in each symbol; sums of integrals are long, and each term holds few."""
    own: dict[sp.Basic, list[sp.Expr]] = {symbol: [] for symbol in symbols}
    for term in sp.Add.make_args(expression):
        for symbol in term.free_symbols & own.keys():
            own[symbol].append(term)
    return {symbol: sp.diff(sp.Add(*terms), symbol) for symbol, terms in own.items()}
