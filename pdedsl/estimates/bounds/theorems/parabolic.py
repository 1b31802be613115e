r"""Evolutions u_t − div(A∇u) + b·∇u + c u = f, heat and advection among them.

With μ of `coercive`, at all times, of either sign, e with zero data on the faces has
d/dt ‖e‖ ≤ −μ ‖e‖ + ‖r‖, so that

.. math:: ‖e(t)‖ ≤ e^{-μt} ‖e(0)‖ + ∫_0^t e^{-μ(t-s)} ‖r(s)‖ ds,

and over all times up to T, by Young's inequality, or since the integral alone has the norm 2T/π,

.. math:: ‖e‖ ≤ \sqrt{\tfrac{1 - e^{-2μT}}{2μ}}\, ‖e(0)‖ + κ ‖r‖ + ‖w‖, \qquad
          κ = \min\Bigl(\tfrac{1 - e^{-μT}}{μ},\ \tfrac{2T}π\, e^{\max(0, -μT)}\Bigr)

with w of `mode_lifting` where the coefficients are constant, and else of `lifting`.
"""

from __future__ import annotations

import math

from pdedsl.estimates.bounds.approximation import Approximation
from pdedsl.estimates.bounds.bound import UnprovedError
from pdedsl.estimates.bounds.enclosure import range_of
from pdedsl.estimates.bounds.lifting import check_conditions, lifting
from pdedsl.estimates.bounds.mode_lifting import mode_lifting
from pdedsl.estimates.bounds.norms_above import l2_norm
from pdedsl.estimates.bounds.standard_form import StandardForm

from .coercive import coercivity
from .proof import Proof

_LARGEST_EXPONENT = 50.0  # of growth; beyond, a bound says nothing


def parabolic(form: StandardForm, solution: Approximation) -> Proof:
    """The bound of an evolution; see the module docstring.

    Raises:
        UnprovedError: a hypothesis is not met, or not known to be.
    """
    check_conditions(form)
    if form.order != 1:
        raise UnprovedError("the equation is no evolution of first order")
    for axis, least in zip(form.space, form.ellipticity(), strict=True):
        if least <= 0 and (axis, 1) in form.faces:
            raise UnprovedError(f"there is no diffusion along {axis.name}")
    rate, duration = coercivity(form), form.duration
    growth = max(0.0, -range_of(form.reaction, form.box)[0])
    check_growth(max(-rate, growth) * duration)
    residual, (start,) = l2_norm(solution, form.residual), form.initial
    first = l2_norm(solution, start)
    boundary = (
        lifting(form, solution, growth) if form.constants is None else mode_lifting(form, solution)
    )
    constant = of_source(rate, duration)
    conditions = of_start(rate, duration) * first.upper + boundary.upper
    text = (
        f"‖e‖ ≤ κ ‖r‖ + ν ‖e(0)‖ + ‖w‖, κ = {constant:.4g}, ν = {of_start(rate, duration):.4g}, "
        f"decay μ = a λ₁ + min(c − div b/2) = {rate:.4g}"
    )
    proved = first.proved and boundary.proved
    return Proof("parabolic", text, constant, residual, conditions, proved)


def check_growth(exponent: float) -> None:
    """The factor e^exponent by which errors may grow leaves something to be said.

    Raises:
        UnprovedError: it does not.
    """
    if exponent > _LARGEST_EXPONENT:
        raise UnprovedError("errors may grow beyond measure")


def of_start(rate: float, duration: float) -> float:
    """The norm of e^{−μt} over the times, (∫ e^{−2μt} dt)^{1/2}."""
    return math.sqrt(_decayed(2 * rate, duration))


def of_source(rate: float, duration: float) -> float:
    """κ of the module docstring."""
    volterra = 2 * duration / math.pi * math.exp(max(0.0, -rate * duration))
    return min(_decayed(rate, duration), volterra)


def _decayed(rate: float, duration: float) -> float:
    """∫_0^T e^{−μt} dt."""
    if abs(rate) * duration < 1e-8:  # where the quotient would lose half of its digits
        return duration * (1 + abs(rate) * duration)
    return -math.expm1(-rate * duration) / rate
