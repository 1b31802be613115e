r"""Standard deviations of unknown numbers, from the noise of the data that they are fitted to.

At the minimum of ‖r(θ)‖² data with errors δ move the parameters by −(JᵀJ)⁺ J_fᵀ δ, with the rows
J_f of the fit. With independent errors, in the units of these rows of the variance s²,

.. math:: \mathrm{Cov}\,θ = s^2 (J^T J)^+ J_f^T J_f (J^T J)^+, \qquad
   s^2 = \frac{‖r_f‖^2}{n_f - p}, \quad p = \mathrm{tr}\,(J^T J)^+ J_f^T J_f,

where p is the number of data that the parameters can follow. A training that ends before its
minimum is as far from it as the step (JᵀJ)⁺ Jᵀ r, which is added in the square.

Source: G. A. F. Seber and C. J. Wild, Nonlinear Regression (1989), sections 2.1 and 5.3.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from pdedsl.ir import OnData

if TYPE_CHECKING:
    from pdedsl.compiler.lowering.numbers import Bounded
    from pdedsl.compiler.residual.system import ResidualSystem

MOST_PARAMETERS, MOST_ENTRIES = 2_500, 30_000_000
"""Beyond, eigenvalues of JᵀJ or J itself take more than some seconds, and nothing is said."""
_RANK = (
    1e-12  # of the eigenvalues of JᵀJ with columns of length 1: rounding is 1e-15 of the largest
)


def number_deviations(system: ResidualSystem, theta: torch.Tensor) -> dict[str, float]:
    """Standard deviation by name; empty without a fit or numbers, and where it is not known.

    Args:
        system: with the rows and weights of the training.
        theta: its minimum, shape (P,).
    """
    fits = [b for b in system.blocks if isinstance(system.problem.law(b.label).place, OnData)]
    numbers = system.ansatz.numbers
    entries = len(theta) * sum(b.map.rows for b in system.blocks)
    if not fits or not numbers or len(theta) > MOST_PARAMETERS or entries > MOST_ENTRIES:
        return {}
    J, r = system.jacobian(theta).double(), system.residual(theta).double()
    inverse = _pseudoinverse(J)
    covariance = torch.zeros_like(inverse)
    for block in fits:
        rows = block.rows
        square = J[rows].T @ J[rows]
        free = r[rows].numel() - float((inverse * square).sum())
        if free < 1:
            return {}
        covariance += float(r[rows].square().sum()) / free * (inverse @ square @ inverse)
    at = system.ansatz.numbers_at
    step = (inverse @ (J.T @ r))[at:]
    spread = (covariance.diagonal()[at:].clamp(min=0) + step.square()).sqrt()
    slopes = [_slope(number, theta[at + i]) for i, number in enumerate(numbers)]
    return {n.name: s * float(d) for n, s, d in zip(numbers, slopes, spread, strict=True)}


def _pseudoinverse(J: torch.Tensor) -> torch.Tensor:
    """(JᵀJ)⁺ with columns scaled to length 1 before small eigenvalues are left out."""
    lengths = J.norm(dim=0).clamp(min=torch.finfo(J.dtype).tiny)
    scaled = J / lengths
    values, vectors = torch.linalg.eigh(scaled.T @ scaled)
    kept = values > _RANK * values[-1]
    basis = vectors[:, kept] / lengths[:, None]
    return (basis / values[kept]) @ basis.T


def _slope(number: Bounded, raw: torch.Tensor) -> float:
    """|d value / d raw| of an unknown number."""
    at = raw.detach().clone().requires_grad_(True)
    (slope,) = torch.autograd.grad(number.value(at), at)
    return abs(float(slope))
