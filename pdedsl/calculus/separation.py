"""Expressions with each unknown, and each derivative of one, as a symbol of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sympy as sp
from sympy.core.function import AppliedUndef

from pdedsl.ir import DomainIntegral, bounded_derivative, real
from pdedsl.ir.text import expression_text

from .operator import MultiIndex
from .tidy import without_impulses

LARGEST = 80_000
"""Nodes of a derivative that is worked out; beyond that `TooLargeError` is raised."""


class NonlocalError(Exception):
    """The expression takes an unknown elsewhere than at the point; the text says where."""


@dataclass(frozen=True)
class Separated:
    """F(x, u, ∂u, …) with symbols for its unknowns.

    Args:
        plain: the expression in the symbols of ``slots``.
        slots: symbol of ∂^α u_j for (j, α), in a stable order.
        atoms: what each symbol stands for.
    """

    plain: sp.Expr
    slots: dict[tuple[int, MultiIndex], sp.Dummy]
    atoms: dict[sp.Dummy, sp.Expr]


def separate(
    expression: sp.Expr, unknowns: Sequence[AppliedUndef], coordinates: Sequence[sp.Symbol]
) -> Separated:
    """Replace every ∂^α u_j by a symbol.

    Derivatives of anything but a plain field are worked out first.

    Raises:
        NonlocalError: an unknown stands under an integral or at another point.
        TooLargeError: a derivative would be too large when worked out.
    """
    expression = _worked_out(expression)
    _check_local(expression, unknowns)
    columns = {u: j for j, u in enumerate(unknowns)}
    nodes = [
        *(n for n in expression.atoms(sp.Derivative) if n.expr in columns),
        *(n for n in expression.atoms(AppliedUndef) if n in columns),
    ]
    slots: dict[tuple[int, MultiIndex], sp.Dummy] = {}
    symbols = {}
    for node in sorted(nodes, key=sp.default_sort_key):
        field, alpha = _index(node, coordinates)
        symbol = slots.setdefault((columns[field], alpha), sp.Dummy(real=True))
        symbols[node] = symbol
    return Separated(expression.xreplace(symbols), slots, {s: n for n, s in symbols.items()})


def _worked_out(expression: sp.Expr) -> sp.Expr:
    """Derivatives of products and the like by the rules, those of plain fields as they are."""
    found = [d for d in expression.atoms(sp.Derivative) if not isinstance(d.expr, AppliedUndef)]
    if not found:
        return expression
    # The innermost first: the derivative of what holds a derivative is taken of its result.
    if isinstance(expression, sp.Derivative):
        inner = _worked_out(expression.expr)
        for symbol, count in expression.variable_count:
            inner = bounded_derivative(inner, symbol, int(count), LARGEST)
        return inner
    return expression.func(*(_worked_out(a) for a in expression.args))


def _check_local(expression: sp.Expr, unknowns: Sequence[AppliedUndef]) -> None:
    own = {u.func: u for u in unknowns}
    for integral in sorted(expression.atoms(DomainIntegral), key=sp.default_sort_key):
        if any(a.func in own for a in integral.atoms(AppliedUndef)):
            what = expression_text(integral.integrand)
            raise NonlocalError(f"it integrates {what} over {integral.domain}")
    for node in sorted(expression.atoms(sp.Subs, AppliedUndef), key=sp.default_sort_key):
        if isinstance(node, sp.Subs):
            elsewhere = any(a.func in own for a in node.atoms(AppliedUndef))
        else:
            elsewhere = node.func in own and node != own[node.func]
        if elsewhere:
            raise NonlocalError(f"it holds {expression_text(node)}, a value at another point")


def _index(node: sp.Expr, coordinates: Sequence[sp.Symbol]) -> tuple[AppliedUndef, MultiIndex]:
    if isinstance(node, AppliedUndef):
        return node, (0,) * len(coordinates)
    counts = {symbol: int(count) for symbol, count in node.variable_count}
    alpha = tuple(counts.pop(s, 0) for s in coordinates)
    if counts:
        others = ", ".join(sorted(str(s) for s in counts))
        raise ValueError(f"derivative with respect to {others}, which is no coordinate")
    return node.expr, alpha


def slope(separated: Separated, symbol: sp.Dummy) -> sp.Expr:
    """∂F/∂symbol, away from jumps."""
    return without_impulses(real(sp.diff(separated.plain, symbol)))
