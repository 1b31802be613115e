r"""The flux of an equation along an input: its conservative form, where it has one.

An equation R = 0 is conservative along x where

.. math:: R = ∂_x F + S

and S has no derivative of a field along x. So :math:`u_t + u u_x - ν u_{xx}` has the flux
:math:`F = u^2/2 - ν u_x` along x and u along t, and :math:`-∇·(a ∇u) - f` has
:math:`F = -a\, ∂_x u`.

F is found by parts. With w the highest derivative along x in the rest of R, and v the one that w
is the derivative of, :math:`A = ∂R/∂w` must be free of derivatives as high as w; then
:math:`∫ A\, dv` is a part of F, and the rest without its derivative is lower. A rest in which terms
go in a circle, such as :math:`u\, v_x` alone, has no flux.
"""

from __future__ import annotations

from collections.abc import Collection

import sympy as sp
from sympy.core.function import AppliedUndef

from pdedsl.ir import DomainIntegral, derivative_order

_MOST_STEPS = 40
"""Parts of a flux; an equation has as many as it has terms. A choice, which ends circles."""


def conservative_flux(
    residual: sp.Expr, fields: Collection[AppliedUndef], axis: sp.Symbol
) -> sp.Expr | None:
    """The flux F along an input; None where the equation is not conservative along it.

    Args:
        residual: R.
        fields: the unknowns at x, such as u(x, t).
        axis: the input x.
    """
    if residual.has(DomainIntegral, sp.Subs):
        return None
    flux, rest = sp.S.Zero, sp.expand(residual)
    for _ in range(_MOST_STEPS):
        jets = [d for d in rest.atoms(sp.Derivative) if d.expr in fields and d.has(axis)]
        along = [d for d in jets if derivative_order(d, axis)]
        if not along:
            return flux
        highest = max(derivative_order(d, axis) for d in along)
        top = sorted((d for d in along if derivative_order(d, axis) == highest), key=str)
        found = next((part for w in top if (part := _by_parts(rest, w, top, axis))), None)
        if found is None:
            return None
        flux, rest = flux + found, sp.expand(rest - sp.diff(found, axis))
    return None


def _by_parts(
    rest: sp.Expr, w: sp.Derivative, top: list[sp.Derivative], axis: sp.Symbol
) -> sp.Expr | None:
    """∫ A dv; None where A has a derivative as high as w, or the integral is not elementary."""
    v = sp.diff(w.expr, *((s, n - (s == axis)) for s, n in w.variable_count))
    jets = {*rest.atoms(sp.Derivative), *rest.atoms(AppliedUndef), v}
    symbols = {jet: sp.Dummy(real=True) for jet in jets}
    factor = sp.diff(rest.xreplace(symbols), symbols[w])
    if factor.free_symbols & {symbols[d] for d in top}:
        return None
    part = sp.integrate(factor, symbols[v])
    if part.has(sp.Integral):
        return None
    return part.xreplace({symbol: jet for jet, symbol in symbols.items()})
