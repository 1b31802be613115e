r"""How long gradient descent takes on a quadratic loss.

The loss of a model that is linear in θ, for linear laws, is L(θ) = ‖Rθ − y‖² with A = RᵀR and
minimiser θ*. Gradient descent θ ← θ − η Rᵀ(Rθ − y) multiplies the error e = θ − θ* by I − ηA, so
that the excess loss after ℓ steps is exactly

.. math:: L(θ_ℓ) - L(θ^*) = \sum_j (1 - ημ_j)^{2ℓ} μ_j (v_j^T e_0)^2

with the eigenpairs (μ_j, v_j) of A. With η = c/λ_max, 0 < c ≤ 1, it falls at least by the factor
(1 − c/κ)² a step, hence to ε² of its first value within (κ/c) ln(1/ε) steps (De Ryck, Bonnet,
Mishra and de Bézenac, arXiv 2310.05801, section 2).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, inf, log

import numpy as np

from pdedsl.conditioning.arrays import Array

from .spectrum import check_factor, numerical_rank

_MOST_STEPS = 1e18


def predicted_steps(kappa: float, epsilon: float, c: float = 1.0) -> float:
    """(κ/c) ln(1/ε): steps after which the norm of the error is at most ε of its first value.

    Args:
        kappa: condition number of A, at least 1.
        epsilon: the part of the error that may remain, in (0, 1).
        c: the step size times λ_max, in (0, 1].

    Raises:
        ValueError: an argument is outside its range.
    """
    if not kappa >= 1:
        raise ValueError(f"kappa: expected a number of at least 1, got {kappa}")
    if not 0 < epsilon < 1:
        raise ValueError(f"epsilon: expected a number between 0 and 1, got {epsilon}")
    if not 0 < c <= 1:
        raise ValueError(f"c: expected a number above 0 and at most 1, got {c}")
    return kappa * log(1 / epsilon) / c


@dataclass(frozen=True, eq=False)
class Decay:
    """The excess loss of gradient descent as a function of the number of steps.

    Args:
        values: the non-zero eigenvalues μ_j in descending order, shape (rank,).
        energies: μ_j (v_jᵀe_0)², shape (rank,); their sum is the first excess loss.
        step: η.
    """

    values: Array
    energies: Array
    step: float

    def excess(self, steps: float | Array) -> Array:
        """Excess loss after a number of steps, of the shape of ``steps``."""
        with np.errstate(divide="ignore", invalid="ignore"):
            x = self.step * self.values
            # log1p keeps the digits of the slow modes, whose factor 1 − ημ is next to 1.
            rates = 2 * np.where(x < 1, np.log1p(-x), np.log(np.abs(1 - x)))
            exponents = np.multiply.outer(np.asarray(steps, dtype=float), rates)
        # A mode with ημ = 1 is gone after one step: 0 · (−∞) stands for the step before.
        exponents = np.where(np.isnan(exponents), 0.0, exponents)
        return np.asarray(np.exp(exponents) @ self.energies)

    def steps_to(self, part: float) -> float:
        """The least number of steps after which at most ``part`` of the excess loss is left.

        Returns:
            A whole number; infinity where descent does not get there within 1e18 steps.

        Raises:
            ValueError: the part is not in (0, 1), or ημ_j ≥ 2 for some j: descent diverges.
        """
        if not 0 < part < 1:
            raise ValueError(f"part: expected a number between 0 and 1, got {part}")
        if len(self.values) and self.step * self.values[0] >= 2:
            raise ValueError("gradient descent diverges: the step size is at least 2/λ_max")
        goal = part * float(self.energies.sum())
        if not goal > 0:
            return 0.0
        high = 1.0
        while self.excess(high) > goal:
            high *= 2
            if high > _MOST_STEPS:
                return inf
        low = high // 2
        while high - low > 1 and ceil(low) < high:
            middle = (low + high) // 2
            low, high = (middle, high) if self.excess(middle) > goal else (low, middle)
        return high


def decay(factor: Array, error: Array, c: float = 1.0) -> Decay:
    """The decay from a first error, with the step size η = c/λ_max.

    Args:
        factor: R, shape (rows, P).
        error: e_0 = θ_0 − θ*, shape (P,).
        c: the step size times λ_max, in (0, 2).

    Raises:
        ValueError: a shape is wrong, c is out of range, or the factor is zero.
    """
    check_factor(factor)
    if error.shape != (factor.shape[1],):
        raise ValueError(f"error: expected the shape ({factor.shape[1]},), got {error.shape}")
    if not 0 < c < 2:
        raise ValueError(f"c: expected a number between 0 and 2, got {c}")
    _, found, right = np.linalg.svd(factor, full_matrices=False)
    rank = numerical_rank(found, factor.shape)
    if not rank:
        raise ValueError("the factor is zero: there is nothing to descend")
    energies = (found[:rank] * (right[:rank] @ error)) ** 2
    return Decay(found[:rank] ** 2, energies, c / float(found[0] ** 2))


def first_error(factor: Array, target: Array, theta: Array | None = None) -> Array:
    """e_0 = θ_0 − θ* for the least-squares problem Rθ = y, from θ_0 = 0 by default.

    θ* is the minimiser nearest to θ_0, which is the one that descent from θ_0 tends to.
    """
    check_factor(factor)
    start = np.zeros(factor.shape[1]) if theta is None else theta
    cutoff = max(factor.shape) * np.finfo(float).eps
    return np.asarray(np.linalg.lstsq(factor, factor @ start - target, rcond=cutoff)[0])
