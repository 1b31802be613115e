r"""Coercive problems: −div(A∇u) + b·∇u + c u = f.

For e with zero data on the faces, ∫ e b·∇e = −½ ∫ e² div b, and Poincaré's inequality along every
coordinate give

.. math:: (Le, e) ≥ μ ‖e‖^2, \qquad μ = \sum_i a_i λ_i + \min (c - \tfrac12 \mathrm{div}\, b),

with ξ·Aξ ≥ Σ a_i ξ_i² and the first eigenvalue λ_i of an interval: (π/L)² between values, (π/2L)²
between a value and a slope, 0 between slopes and around a circle. Hence ‖e‖ ≤ ‖r‖/μ (Lax and
Milgram). With misfits on the faces, and w of `lifting` (for c = 0 where c may be negative),

.. math:: ‖e‖ ≤ \frac{‖r‖ + \max |c^-| ‖w‖}{μ} + ‖w‖,

where max |c⁻| stands for max |c| if c has a negative value, and for 0 if not.
"""

from __future__ import annotations

from pdedsl.estimates.bounds.approximation import Approximation
from pdedsl.estimates.bounds.bound import UnprovedError
from pdedsl.estimates.bounds.enclosure import range_of
from pdedsl.estimates.bounds.lifting import check_conditions, lifting
from pdedsl.estimates.bounds.norms_above import l2_norm
from pdedsl.estimates.bounds.standard_form import StandardForm

from .proof import Proof


def coercive(form: StandardForm, solution: Approximation) -> Proof:
    """The bound of a stationary problem; see the module docstring.

    Raises:
        UnprovedError: a hypothesis is not met, or not known to be.
    """
    check_conditions(form)
    if form.order or min(form.ellipticity()) <= 0:
        raise UnprovedError("the operator is not known to be elliptic everywhere")
    constant = coercivity(form)
    if constant <= 0:
        raise UnprovedError("the operator is not known to be coercive")
    lowest, highest = range_of(form.reaction, form.box)
    size = max(abs(lowest), abs(highest)) if lowest < 0 else 0.0
    residual, boundary = l2_norm(solution, form.residual), lifting(form, solution)
    conditions = (1 + size / constant) * boundary.upper
    text = f"‖e‖ ≤ ‖r‖/μ + ‖w‖, μ = a λ₁ + min(c − div b/2) = {constant:.4g}"
    return Proof("coercive", text, 1 / constant, residual, conditions, boundary.proved)


def coercivity(form: StandardForm) -> float:
    """μ, at most the least value of (Le, e)/‖e‖² in space; see the module docstring."""
    waves = [form.first_eigenvalue(axis) for axis in form.space]
    return sum(a * k for a, k in zip(form.ellipticity(), waves, strict=True)) + form.rate()
