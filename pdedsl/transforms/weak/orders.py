"""Orders of expressions in which derivatives of products stand as they are written."""

from __future__ import annotations

import sympy as sp
from sympy.core.function import AppliedUndef

from pdedsl.ir import DomainIntegral

from .jumps import jumps

KNOWN = -1
"""The order of what holds no field."""


def order_of(expression: sp.Expr, axis: sp.Symbol | None = None) -> int:
    """The highest order of a derivative of a field, in one input or in all together.

    ∂(a u_x)/∂x counts as 2, a field as 0, and what holds none as `KNOWN`. Integrals over a
    domain count as known: no derivative is moved out of them.
    """
    if isinstance(expression, sp.Derivative):
        inner = order_of(expression.expr, axis)
        counts = (int(n) for s, n in expression.variable_count if axis is None or s == axis)
        return inner if inner == KNOWN else inner + sum(counts)
    if isinstance(expression, AppliedUndef):
        return KNOWN if "." in str(expression.func) else 0
    if isinstance(expression, DomainIntegral):
        return KNOWN
    return max((order_of(a, axis) for a in expression.args), default=KNOWN)


def hidden_jumps(expression: sp.Expr) -> list[sp.Derivative]:
    """Derivatives that must not be worked out, as that would lose what happens at a jump."""
    found = (
        d for d in expression.atoms(sp.Derivative) if any(jumps(d.expr, s) for s in d.variables)
    )
    return sorted(found, key=sp.default_sort_key)
