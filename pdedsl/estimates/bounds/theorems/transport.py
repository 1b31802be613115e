r"""Transport u_t + b·∇u + c u = f with values given where b enters the box.

With γ = min (c − ½ div b), integration by parts leaves of e with zero values at the inflow

.. math:: \tfrac12 \frac{d}{dt} ‖e‖^2 ≤ -γ ‖e‖^2 + ‖r‖ ‖e‖,

as what leaves the box has the sign of a loss, and of w with r = 0, a zero start and the misfit g at
the inflow d/dt ‖w‖² ≤ −2γ ‖w‖² + ∫ |b·n| g². Over all times, with κ and ν of `parabolic` for μ = γ,
‖e‖ ≤ κ ‖r‖ + ν (‖e(0)‖ + Σ (max |b·n|)^{1/2} ‖g‖), where the sum is over the faces of the inflow.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from pdedsl.estimates.bounds.approximation import Approximation
from pdedsl.estimates.bounds.bound import UnprovedError
from pdedsl.estimates.bounds.enclosure import range_of
from pdedsl.estimates.bounds.norms_above import l2_norm
from pdedsl.estimates.bounds.standard_form import Condition, StandardForm

from .parabolic import check_growth, of_source, of_start
from .proof import Proof


def transport(form: StandardForm, solution: Approximation) -> Proof:
    """The bound of a transport; see the module docstring.

    Raises:
        UnprovedError: a hypothesis is not met, or not known to be.
    """
    if form.order != 1 or any(a != 0 for row in form.principal for a in row):
        raise UnprovedError("the equation is not one of transport alone")
    rate, duration = form.rate(), form.duration
    check_growth(-rate * duration)
    residual, (start,) = l2_norm(solution, form.residual), form.initial
    first = l2_norm(solution, start)
    inflow = [(speed, own) for speed, own in _inflow(form) if not own.exact]
    entering = [(math.sqrt(speed), l2_norm(solution, own.misfit)) for speed, own in inflow]
    constant, of_first = of_source(rate, duration), of_start(rate, duration)
    conditions = of_first * (first.upper + sum(root * own.upper for root, own in entering))
    text = (
        f"‖e‖ ≤ κ ‖r‖ + ν (‖e(0)‖ + Σ √|b·n| ‖g‖), κ = {constant:.4g}, ν = {of_first:.4g}, "
        f"decay γ = min(c − div b/2) = {rate:.4g}"
    )
    proved = first.proved and all(own.proved for _, own in entering)
    return Proof("transport", text, constant, residual, conditions, proved)


def _inflow(form: StandardForm) -> Iterator[tuple[float, Condition]]:
    """The faces where b enters, with the largest speed, and what is given there."""
    for axis, velocity in zip(form.space, form.drift, strict=True):
        if axis in form.periodic:
            continue
        for side in (-1, 1):
            end = form.space[axis][0 if side < 0 else 1]
            low, high = range_of(side * velocity, {**form.box, axis: (end, end)})
            condition = form.faces.get((axis, side))
            if low >= 0 and condition is None:
                continue
            if high > 0:
                raise UnprovedError(f"b is not known to enter at {axis.name} = {end:g}")
            if condition is None or condition.flux:
                raise UnprovedError(f"no values are given at {axis.name} = {end:g}, where b enters")
            yield max(0.0, -low), condition
