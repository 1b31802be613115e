r"""The part of the error that misfits of boundary conditions make.

Let w have the misfits g of values and h of slopes on the faces, a zero initial state, and
[w_t] − div(A∇w) + b·∇w + c w = 0 with c ≥ 0. With h = 0 the maximum principle says |w| ≤ max |g|.
With g = 0, b = 0, A diagonal and w = 0 on the face opposite to Γ, at the distance L,

.. math:: ∫_Γ w^2 ≤ L ‖∂_i w‖^2 ≤ \frac{L}{a_i} Q(w), \qquad
          Q(w) = (A∇w, ∇w) ≥ μ_0 ‖w‖^2, \quad μ_0 = \sum_i a_i λ_i,

so that :math:`Q(w) ≤ ∫_Γ A_{ii} h w` gives :math:`‖w‖ ≤ \max A_{ii} ‖h‖_Γ \sqrt{L/(a_i μ_0)}`; of
an evolution the same holds with the norms over all times. With c ≥ −γ, u = e^{γt} v in an evolution
makes the first bound e^{γT} max |g|.
"""

from __future__ import annotations

import math

import sympy as sp

from .approximation import Approximation
from .bound import UnprovedError
from .enclosure import range_of
from .norms_above import Norm, l2_norm, max_norm
from .standard_form import StandardForm


def check_conditions(form: StandardForm) -> None:
    """Every face has a condition, and slopes are those that integration by parts asks for.

    Raises:
        UnprovedError: a face has none, or slopes are given and there is a drift or A is not
            diagonal.
    """
    walls = [axis for axis in form.space if axis not in form.periodic]
    if any((axis, side) not in form.faces for axis in walls for side in (-1, 1)):
        raise UnprovedError("a face has no condition")
    if not form.flux_faces:
        return
    off = [a for i, row in enumerate(form.principal) for j, a in enumerate(row) if i != j]
    if any(a != 0 for a in (*form.drift, *off)):
        raise UnprovedError("slopes are given and the operator is not −div(a grad u) + c u")


def lifting(form: StandardForm, solution: Approximation, growth: float = 0.0) -> Norm:
    """‖w‖₂ at most, over the domain and the times; zero where all conditions hold exactly.

    Args:
        form: the problem.
        solution: u_h.
        growth: γ ≥ 0 with c ≥ −γ, for an evolution; for a stationary problem c ≥ 0.

    Raises:
        UnprovedError: none of this is known.
    """
    soft = form.soft
    values = [max_norm(solution, own.misfit) for own in soft.values() if not own.flux]
    slopes = [_of_slope(form, solution, place) for place, own in soft.items() if own.flux]
    if slopes and growth > 0:
        raise UnprovedError("slopes are given, and u may grow")
    if values and min(form.ellipticity()) <= 0:
        raise UnprovedError("the operator is not known to be elliptic everywhere")
    top = max((own.upper for own in values), default=0.0) * math.exp(growth * form.duration)
    size = math.sqrt(form.residual.measure) * top + sum(own.upper for own in slopes)
    return Norm(size, 0.0, all(own.proved for own in (*values, *slopes)))


def _of_slope(form: StandardForm, solution: Approximation, place: tuple[sp.Symbol, int]) -> Norm:
    axis, side = place
    opposite = form.faces[axis, -side]
    if opposite.flux:
        raise UnprovedError("slopes are given on opposite faces")
    own, number = form.ellipticity(), list(form.space).index(axis)
    lowest = sum(a * form.first_eigenvalue(s) for a, s in zip(own, form.space, strict=True))
    low, high = form.space[axis]
    largest = range_of(form.principal[number][number], form.box)[1]
    factor = largest * math.sqrt((high - low) / (own[number] * lowest))
    found = l2_norm(solution, form.faces[place].misfit)
    return Norm(factor * found.value, factor * found.slack, found.proved)
