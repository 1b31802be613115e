r"""Waves: u_tt − div(A∇u) + c u = f with A and c that do not depend on time.

With zero data on the faces the operator in space is self-adjoint with the least eigenvalue μ ≥ 0 at
least (`coercive`), and e is a sum of cos ωt and ω⁻¹ sin ωt with ω² ≥ μ, so that

.. math:: ‖e(t)‖ ≤ ‖e(0)‖ + m(t) ‖e_t(0)‖ + ∫_0^t m(t - s) ‖r(s)‖ ds, \qquad
          m(t) = \min(t, μ^{-1/2}),

and over all times ‖e‖ ≤ √T ‖e(0)‖ + (∫ m²)^{1/2} ‖e_t(0)‖ + (∫ m) ‖r‖ by Young's inequality.

In one dimension with a constant speed s, misfits g of values on the faces make waves w that are
reflected without loss: at any time each of the n = ⌈sT/L⌉ pieces of g of the duration L/s stands
once on the line, so that ‖w‖ ≤ (s n T)^{1/2} ‖g‖ over all times, and ‖e‖ has
‖w‖ (1 + max |c| ∫ m) more. In several dimensions all conditions on faces have to hold exactly.
"""

from __future__ import annotations

import math

import sympy as sp

from pdedsl.estimates.bounds.approximation import Approximation
from pdedsl.estimates.bounds.bound import UnprovedError
from pdedsl.estimates.bounds.enclosure import range_of
from pdedsl.estimates.bounds.lifting import check_conditions
from pdedsl.estimates.bounds.norms_above import Norm, l2_norm
from pdedsl.estimates.bounds.standard_form import StandardForm

from .coercive import coercivity
from .proof import Proof

_ROUNDING = 1e-12  # of a number of pieces that may be whole


def wave(form: StandardForm, solution: Approximation) -> Proof:
    """The bound of a wave; see the module docstring.

    Raises:
        UnprovedError: a hypothesis is not met, or not known to be.
    """
    check_conditions(form)
    lowest = _lowest_eigenvalue(form)
    rest = math.inf if lowest == 0 else lowest**-0.5
    duration = form.duration
    of_source, of_velocity = _integral(rest, duration), math.sqrt(_square_integral(rest, duration))
    of_state = math.sqrt(duration)
    residual = l2_norm(solution, form.residual)
    state, velocity = (l2_norm(solution, own) for own in form.initial)
    boundary = _waves_from_faces(form, solution)
    size = max(map(abs, range_of(form.reaction, form.box)))
    conditions = (
        of_state * state.upper
        + of_velocity * velocity.upper
        + (1 + size * of_source) * boundary.upper
    )
    text = (
        f"‖e‖ ≤ κ ‖r‖ + ν ‖e(0)‖ + σ ‖e_t(0)‖ + ‖w‖, κ = {of_source:.4g}, "
        f"ν = {of_state:.4g}, σ = {of_velocity:.4g}"
    )
    proved = state.proved and velocity.proved and boundary.proved
    return Proof("wave", text, of_source, residual, conditions, proved)


def _lowest_eigenvalue(form: StandardForm) -> float:
    """At most the least eigenvalue, but 0."""
    if form.order != 2 or form.time is None or any(b != 0 for b in form.drift):
        raise UnprovedError("the equation is no wave equation u_tt − div(A grad u) + c u")
    entries = [form.reaction, *(a for row in form.principal for a in row)]
    if any(form.time[0] in sp.sympify(a).free_symbols for a in entries):
        raise UnprovedError("the coefficients of the wave equation depend on time")
    lowest = coercivity(form)
    if min(form.ellipticity()) <= 0 or lowest < 0:
        raise UnprovedError("the operator is not known to have no negative eigenvalue")
    return lowest


def _waves_from_faces(form: StandardForm, solution: Approximation) -> Norm:
    """‖w‖ over all times; see the module docstring."""
    soft = form.soft
    if not soft:
        return Norm(0.0, 0.0, True)
    if len(form.space) > 1 or any(own.flux for own in soft.values()):
        raise UnprovedError("conditions of a wave on faces hold only approximately")
    if form.principal[0][0].free_symbols:
        raise UnprovedError("the speed of the wave is not constant, nor do conditions hold exactly")
    speed = math.sqrt(float(form.principal[0][0]))
    ((low, high),) = form.space.values()
    pieces = math.ceil(speed * form.duration / (high - low) * (1 + _ROUNDING))
    factor = math.sqrt(speed * pieces * form.duration)
    norms = [l2_norm(solution, own.misfit) for own in soft.values()]
    value, slack = (sum(own) for own in zip(*((n.value, n.slack) for n in norms), strict=True))
    return Norm(factor * value, factor * slack, all(own.proved for own in norms))


def _integral(rest: float, duration: float) -> float:
    """∫ m dt up to T, with m = min(t, rest)."""
    rise = min(rest, duration)
    return rise**2 / 2 + (duration - rise) * rise


def _square_integral(rest: float, duration: float) -> float:
    """∫ m² dt up to T."""
    rise = min(rest, duration)
    return rise**3 / 3 + (duration - rise) * rise**2
