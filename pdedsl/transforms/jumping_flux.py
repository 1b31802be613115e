r"""The flux of an equation whose coefficients jump at an interface, from the way it is written.

Once derivatives of products are worked out, :math:`(a u_x)_x` with a jump of a at x_0 looks like
:math:`a\, u_{xx}`, and :math:`(b u)_x` like :math:`b\, u_x`. As a distribution a residual that is
written as :math:`R = ∂_x σ + S`, with S bounded, has the part :math:`[σ]\, δ(x - x_0)`, so that
:math:`[σ] = 0`; the boundary integrals of its weak form, integrated by parts once, hold this σ.
"""

from __future__ import annotations

import sympy as sp

from pdedsl.ir import Law, Problem, TooLargeError, derivative_order

from .weak.by_parts import NoIntegralFormError, integrate
from .weak.orders import hidden_jumps


def jumping_flux(problem: Problem, law: Law, row: int, axis: sp.Symbol) -> sp.Expr | None:
    """The σ of a residual, which is 0 where nothing is written as a derivative along the input.

    Args:
        problem: with the law.
        law: the law.
        row: the number of the residual in it, from 0.
        axis: the input x.

    Returns:
        None where second derivatives along x are left in S, or σ is no function itself.
    """
    try:
        form = integrate(problem.residuals_as_written(law)[row], problem.inputs, 1)
    except (NoIntegralFormError, TooLargeError):
        return None
    column = problem.inputs.index(axis)
    own = {beta: flux for (j, beta), flux in form.boundary.items() if j == column}
    sigma = sp.Add(*own.values())
    if any(map(any, own)) or hidden_jumps(sigma):
        return None
    if any(derivative_order(e, axis) > 1 for e in form.interior.values()):
        return None
    return sigma
