r"""Poisson's and Helmholtz' equations and their kind: −Σ a_i u_ii + c u = f, a_i > 0, c constant.

The operator is self-adjoint, so that e with zero data on the faces has ‖e‖ ≤ ‖r‖/d with the
distance d = min |Λ_n + c| of its spectrum (`box_spectrum`) from zero. With the misfits g on the
faces and the constants C of `mode_lifting`, ‖e‖ ≤ ‖r‖/d + Σ C ‖g‖, where the norms of g are those
over the faces.
"""

from __future__ import annotations

from pdedsl.estimates.bounds.approximation import Approximation
from pdedsl.estimates.bounds.bound import UnprovedError
from pdedsl.estimates.bounds.box_spectrum import spectral_distance
from pdedsl.estimates.bounds.lifting import check_conditions
from pdedsl.estimates.bounds.mode_lifting import mode_lifting
from pdedsl.estimates.bounds.norms_above import l2_norm
from pdedsl.estimates.bounds.standard_form import StandardForm

from .proof import Proof


def self_adjoint(form: StandardForm, solution: Approximation) -> Proof:
    """The bound of a stationary problem; see the module docstring.

    Raises:
        UnprovedError: a hypothesis is not met, or not known to be.
    """
    if form.order or form.constants is None:
        raise UnprovedError("the operator is not −Σ a u_ii + c u with constant a > 0 and c")
    check_conditions(form)
    distance = spectral_distance(form)
    residual, boundary = l2_norm(solution, form.residual), mode_lifting(form, solution)
    text = f"‖e‖ ≤ ‖r‖/d + Σ C ‖g‖, d = {distance:.4g} from the spectrum to 0"
    return Proof("self-adjoint", text, 1 / distance, residual, boundary.upper, boundary.proved)
