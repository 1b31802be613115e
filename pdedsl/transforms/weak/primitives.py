r"""Products that are derivatives: h(q) ∂q/∂x = ∂H(q)/∂x with H' = h, such as u u_x = (u²/2)_x."""

from __future__ import annotations

import sympy as sp
from sympy.core.function import AppliedUndef

from pdedsl.ir import DomainIntegral

_FUNCTIONS = (sp.exp, sp.sin, sp.cos, sp.sinh, sp.cosh)


def primitive(factor: sp.Expr, field: sp.Expr, axis: sp.Symbol) -> tuple[sp.Expr, sp.Expr] | None:
    """The c and H with factor = c h(q), H' = h, where c has no field; None where that is not so.

    Args:
        factor: c h(q).
        field: q, a field or a derivative of one.
        axis: x; h depends on it by q alone.
    """
    opaque = factor.atoms(sp.Derivative, sp.Subs, DomainIntegral, AppliedUndef)
    symbols = {node: sp.Dummy(real=True) for node in opaque}
    if field not in symbols:
        return None
    q, others = symbols[field], set(symbols.values()) - {symbols[field]}
    plain = factor.xreplace(symbols)
    outer, inner = plain.as_independent(q, as_Add=False)
    if (outer.free_symbols | inner.free_symbols) & others or axis in inner.free_symbols:
        return None
    found = _integral(inner, q)
    return None if found is None else (outer, found.xreplace({q: field}))


def _integral(h: sp.Expr, q: sp.Symbol) -> sp.Expr | None:
    """An integral of a polynomial, or of a function of a linear argument."""
    if h.is_polynomial(q):
        return sp.integrate(sp.expand(h), q)
    if isinstance(h, _FUNCTIONS) and h.args[0].is_polynomial(q) and sp.degree(h.args[0], q) == 1:
        return sp.integrate(h, q)
    return None
