r"""How far the tangent kernel and its spectrum move during a training.

.. math:: \frac{‖K(θ_t) - K(θ_0)‖_F}{‖K(θ_0)‖_F}

It stays small in the regime in which a network behaves like its linearisation (Jacot, Gabriel
and Hongler, NeurIPS 2018; for residuals of differential equations Wang, Yu and Perdikaris,
J. Comput. Phys. 449, 2022). The states are those of any training: whoever trains hands them over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from torch import Tensor

from pdedsl.compiler import ResidualSystem
from pdedsl.conditioning.arrays import Array, as_array
from pdedsl.conditioning.spectrum import numerical_rank

from .tangent import features


@dataclass(frozen=True, eq=False)
class Drift:
    """A training seen from its first state.

    Args:
        kernel: ‖K(θ_t) − K(θ_0)‖_F / ‖K(θ_0)‖_F, shape (states,).
        eigenvalues: the leading eigenvalues of K(θ_t), which are those of the Gram matrix of
            its features, in descending order, shape (states, k).
    """

    kernel: Array
    eigenvalues: Array

    @property
    def relative(self) -> Array:
        """|μ_j(θ_t) − μ_j(θ_0)| / μ_j(θ_0), shape (states, k)."""
        return np.abs(self.eigenvalues - self.eigenvalues[0]) / self.eigenvalues[0]


def drift(
    system: ResidualSystem,
    thetas: Sequence[Tensor],
    points: Array | Tensor | None = None,
    k: int = 5,
) -> Drift:
    """The drift of a tangent kernel.

    Args:
        system: gives the kernel.
        thetas: states, the first one as the reference.
        points: where the kernel of the fields is taken, shape (n, inputs); None for the kernel
            JJᵀ of the residuals.
        k: number of leading eigenvalues; fewer where the first kernel has a smaller rank.

    Raises:
        ValueError: no state is given, or the first kernel is zero.
    """
    if not thetas:
        raise ValueError("thetas: expected at least one state")
    first = _features(system, thetas[0], points)
    if not np.any(first):
        raise ValueError("the tangent kernel at the first state is zero")
    kept = min(k, numerical_rank(_singular_values(first), first.shape))
    moved, leading = [], []
    for theta in thetas:
        now = _features(system, theta, points)
        moved.append(kernel_change(first, now))
        leading.append(_singular_values(now)[:kept] ** 2)
    return Drift(np.array(moved), np.array(leading))


def kernel_change(first: Array, now: Array) -> float:
    """‖K − K_0‖_F / ‖K_0‖_F of the kernels K = F Fᵀ of features F, shape (n, P); first not zero."""
    kernel = first @ first.T
    return float(np.linalg.norm(now @ now.T - kernel) / np.linalg.norm(kernel))


def _singular_values(matrix: Array) -> Array:
    return np.asarray(np.linalg.svd(matrix, compute_uv=False), dtype=np.float64)


def _features(system: ResidualSystem, theta: Tensor, points: Array | Tensor | None) -> Array:
    if points is None:
        return as_array(system.jacobian(theta))
    at = features(system, theta, points)
    return at.reshape(-1, at.shape[-1])
