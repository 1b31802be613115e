"""Coefficients written shortly: collected and cancelled, at bounded cost."""

from __future__ import annotations

import sympy as sp

from pdedsl.ir import fold_tree, real, size

from .zero import vanishes

MOST_TERMS = 200
"""Expressions that would have more terms when multiplied out stay as they are."""


def tidy(coefficient: sp.Expr) -> sp.Expr:
    """The same function, the shortest of as it came, multiplied out and gathered; or 0.

    ``sympy.simplify`` has no bound; here products are multiplied out only where that gives
    at most `MOST_TERMS` terms, and what stands inside functions is left alone.
    """
    coefficient = real(coefficient)
    if not coefficient.args:
        return coefficient
    best = coefficient
    if _terms(coefficient) <= MOST_TERMS:
        inner = sorted(_leaves(coefficient), key=sp.default_sort_key)
        symbols = {e: sp.Dummy(f"e{i}", real=True) for i, e in enumerate(inner)}
        back = {s: e for e, s in symbols.items()}
        expanded = sp.expand(coefficient.xreplace(symbols))
        gathered = sp.gcd_terms(expanded) if expanded.is_Add else expanded
        found = (gathered.xreplace(back), expanded.xreplace(back), coefficient)
        best = min(found, key=size)
    return sp.S.Zero if vanishes(best) else _with_plain_squares(best)


def without_impulses(expression: sp.Expr) -> sp.Expr:
    """The expression away from jumps: the derivative of a jump counts as zero."""
    if not expression.has(sp.DiracDelta):
        return expression
    return expression.replace(sp.DiracDelta, lambda *_: sp.S.Zero)


def _with_plain_squares(expression: sp.Expr) -> sp.Expr:
    """(−a − b)² written as (a + b)²."""
    return expression.replace(
        lambda e: e.is_Pow and e.exp.is_even and e.base.could_extract_minus_sign(),
        lambda e: (-e.base) ** e.exp,
    )


def _is_algebraic(node: sp.Basic) -> bool:
    return bool(node.is_Add or node.is_Mul or (node.is_Pow and node.exp.is_Integer))


def _leaves(expression: sp.Expr) -> set[sp.Expr]:
    """The largest parts that are no sums, products or whole powers, such as exp(x + y)."""
    found = set()
    stack = [expression]
    while stack:
        node = stack.pop()
        if _is_algebraic(node):
            stack.extend(node.args)
        elif not node.is_Rational:
            found.add(node)
    return found


def _terms(expression: sp.Expr) -> int:
    """Number of terms when all products are multiplied out."""

    def count(node: sp.Basic, parts: list[int]) -> int:
        if not _is_algebraic(node):
            return 1
        if node.is_Add:
            return min(sum(parts), MOST_TERMS + 1)
        if node.is_Pow:
            power = min(abs(int(node.exp)), MOST_TERMS)
            return int(min(parts[0] ** power, MOST_TERMS + 1)) if parts[0] > 1 else 1
        product = 1
        for part in parts:
            product = min(product * part, MOST_TERMS + 1)
        return product

    return fold_tree(expression, count)
