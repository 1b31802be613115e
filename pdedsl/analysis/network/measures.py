"""What is measured of a model at a state."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from pdedsl.conditioning.arrays import as_array
from pdedsl.conditioning.descent import Decay
from pdedsl.conditioning.networks.gradients import annealing_ratios, gradients_by_part
from pdedsl.conditioning.networks.hessian import ends_of_hessian, largest_of_hessian
from pdedsl.conditioning.networks.spectra import participation_ratio, spread
from pdedsl.conditioning.spectrum import spectrum

from .report import Array, Curvature, Gradients, Tangent

if TYPE_CHECKING:
    from torch import Tensor

    from pdedsl.compiler.residual.system import ResidualSystem

CUTOFFS = (1e-2, 1e-4, 1e-8, 1e-12)
STEPS = (100, 10_000, 1_000_000)
_TOLERANCE = 1e-3  # of the Hessian's ends, relative to λ_max − λ_min


def tangent(system: ResidualSystem, theta: Tensor) -> Tangent:
    """The spectrum of JᵀJ and what it means for gradient descent.

    Args:
        system: gives r and J.
        theta: state, shape (P,).
    """
    residual, jacobian = (as_array(t) for t in system.residual_and_jacobian(theta))
    cutoff = max(jacobian.shape) * float(np.finfo(float).eps)
    # RᵀR = JᵀJ with J = QR, and Qᵀr has the products of r with the left singular vectors of J.
    q, factor = np.linalg.qr(jacobian)
    found = spectrum(factor, cutoff)
    left, values, _ = np.linalg.svd(factor, full_matrices=False)
    energies = (left[:, : found.rank].T @ (q.T @ residual)) ** 2
    return Tangent(
        parameters=system.parameters,
        spectrum=found,
        counts={c: int(np.sum(found.values > c * found.values[0])) for c in CUTOFFS},
        participation=participation_ratio(found.values),
        decades=spread(found),
        left=_left(values[: found.rank] ** 2, energies, float(residual @ residual)),
    )


def _left(values: Array, energies: Array, loss: float) -> dict[int, float]:
    r"""Parts of the loss that gradient descent on ‖r + Jδ‖² leaves.

    .. math:: \frac{\sum_j (1 - μ_j/μ_1)^{2ℓ} (u_j^T r)^2 + ‖r_⊥‖^2}{‖r‖^2}

    Args:
        values: μ_j > 0, descending.
        energies: (u_jᵀr)² with the left singular vectors u_j of J.
        loss: ‖r‖²; what exceeds the energies is ‖r_⊥‖², which J cannot produce.
    """
    if not (len(values) and loss > 0):
        return dict.fromkeys(STEPS, 1.0)
    course = Decay(values, energies, 1 / float(values[0]))
    rest = max(0.0, loss - float(energies.sum()))
    return {n: float((course.excess(n) + rest) / loss) for n in STEPS}


def gradients(system: ResidualSystem, theta: Tensor) -> Gradients:
    """The gradient by law and part, and the weights that would level the laws."""
    return Gradients(gradients_by_part(system, theta), annealing_ratios(system, theta))


def curvature(
    system: ResidualSystem, thetas: Sequence[Tensor], squares: Array
) -> tuple[Curvature, ...]:
    """The largest eigenvalue of ∇²L at all states; the smallest at the first and last alone.

    The smallest takes some eighty products with the Hessian, the largest about ten.

    Args:
        system: gives the products.
        thetas: states.
        squares: λ_max(JᵀJ) at each of them.
    """
    last = len(thetas) - 1
    found = []
    for number, theta in enumerate(thetas):
        linearised = 2 * float(squares[number])
        both = number in (0, last)
        ends = (
            ends_of_hessian(system, theta, _TOLERANCE)
            if both
            else (largest_of_hessian(system, theta), None)
        )
        found.append(Curvature(*ends, linearised))
    return tuple(found)
