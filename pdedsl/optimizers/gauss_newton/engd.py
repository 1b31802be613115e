r"""Energy natural gradient descent for a loss of squared residuals.

With the Gram matrix :math:`G = J^T J` of the energy inner product at the training points and the
least-norm solution d of :math:`G d = J^T r`, half the gradient of the loss,

.. math:: θ ← θ - α d, \qquad d = \sum_{λ_i ≥ ρ λ_1} q_i \frac{q_i^T J^T r}{λ_i}, \quad
          G = Q Λ Q^T,

and α by `grid_search`: Müller and Zeinhofer, "Achieving high accuracy with PINNs via energy
natural gradient descent" (arXiv 2302.13163, algorithm 1). The rows of J are scaled by √(w/N), so
that weights of 1 give their Gram matrix, the sum of means over points, up to a factor.

The condition number of G is that of J squared, κ(G) = κ(J)²: directions with σ below √ρ σ₁ are lost
to rounding, 1e-7 σ₁ in double precision, which limits the accuracy; `anagram` takes the same step
from J itself.

Departure: d comes from the symmetric eigenvalue problem, where they call a least-squares solver;
eigenvalues of G below zero, which are rounding, are left out with the small ones.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import torch
from torch import Tensor

from pdedsl.linalg.svd import Svd, svd_of_gram
from pdedsl.optimizers.protocol import OptimizerOptions
from pdedsl.options.section import Count, Fraction

from .least_norm import LeastNorm


class EngdOptions(OptimizerOptions):
    """Energy natural gradient descent; see `engd`.

    Args:
        rcond: least eigenvalue of JᵀJ that is kept, as a part of the largest; None for the number
            of parameters times the rounding unit.
    """

    kind: Literal["engd"] = "engd"
    patience: Count = 300
    rcond: Fraction | None = None


class EnergyNaturalGradient(LeastNorm):
    """See the module docstring."""

    _options: EngdOptions
    _decompose = staticmethod(svd_of_gram)

    def _linearise(self) -> tuple[float, Tensor, Tensor]:
        loss, gradient = self._system.loss_and_grad(self.theta)
        return float(loss), self._system.gram(self.theta), gradient / 2

    def _ranks(self, factors: Svd) -> Iterable[int]:
        ratio = self._options.rcond or len(self.theta) * torch.finfo(self.theta.dtype).eps
        return [factors.directions(ratio * factors.largest)]
