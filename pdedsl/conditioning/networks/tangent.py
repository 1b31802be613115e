r"""Tangent kernels of a model at a state θ.

The functions ∂_p u span the tangent space T of the model at θ.

.. math::
    NTK(x, y)  &= \sum_p ∂_p u(x) ∂_p u(y) \\
    NNTK(x, y) &= \sum_{p,q} ∂_p u(x) G^†_{pq} ∂_q u(y)

(Jacot, Gabriel and Hongler, NeurIPS 2018, arXiv 1806.07572; Schwencke and Furtlehner, ICLR
2025, arXiv 2412.10782.) A descent step moves u by −NTK applied to the gradient of the loss in
function space, a natural-gradient step by −NNTK. G is the matrix ⟨∂_p u, ∂_q u⟩ of an inner
product of functions, of which NNTK is then the reproducing kernel on T: ⟨NNTK(x, ·), v⟩ is the
value at x of the orthogonal projection of v on T. The inner product is that of the residuals,
Σ_l w_l mean (D_l u)(D_l v) over all laws l, linearised at θ, or another such as ∫ u v.

G = RᵀR is never formed: with R = U diag(s) Vᵀ, G† = V diag(s⁻²) Vᵀ on the part of the spectrum
above the cut-off.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from torch import Tensor

from pdedsl.compiler import ResidualSystem
from pdedsl.conditioning.arrays import Array, as_array, as_tensor
from pdedsl.conditioning.spectrum import check_factor, numerical_rank


@dataclass(frozen=True, eq=False)
class Metric:
    """An inner product of the parameters, G = RᵀR, by the singular values of R.

    Args:
        values: singular values of R above the cut-off, in descending order, shape (rank,).
        right: right singular vectors that go with them, shape (P, rank).
    """

    values: Array
    right: Array

    @classmethod
    def of(cls, factor: Array, cutoff: float | None = None) -> Metric:
        """The metric with the factor R of shape (rows, P).

        Args:
            factor: R.
            cutoff: singular values at or below ``cutoff`` times the largest count as zero; None
                for max(rows, P) ε.

        Raises:
            ValueError: the factor has no columns or holds numbers that are not finite.
        """
        check_factor(factor)
        _, values, right = np.linalg.svd(factor, full_matrices=False)
        rank = numerical_rank(values, factor.shape, cutoff)
        return cls(values[:rank], right[:rank].T)

    @property
    def rank(self) -> int:
        """Dimension of the tangent space as far as the metric sees it."""
        return len(self.values)

    def whitened(self, features: Array) -> Array:
        """F V diag(1/s) for features F of shape (…, P): (…, rank), with the products F G† Fᵀ."""
        return np.asarray(features @ (self.right / self.values))


def features(system: ResidualSystem, theta: Tensor, points: Array | Tensor) -> Array:
    """∂_p u_c(x_i), shape (components, n, P)."""
    return as_array(system.field_jacobian(theta, as_tensor(system, points)))


def tangent_kernel(
    system: ResidualSystem, theta: Tensor, x: Array | Tensor, y: Array | Tensor | None = None
) -> Array:
    """NTK between all components at points x (n, inputs) and y (m, inputs), those of x by default.

    Returns:
        K[a, i, b, j] = Σ_p ∂_p u_a(x_i) ∂_p u_b(y_j), shape (components, n, components, m).
    """
    left = features(system, theta, x)
    return _pairs(left, left if y is None else features(system, theta, y))


def natural_kernel(
    system: ResidualSystem,
    theta: Tensor,
    metric: Metric,
    x: Array | Tensor,
    y: Array | Tensor | None = None,
) -> Array:
    """NNTK with a metric such as that of `residual_metric`; other arguments as `tangent_kernel`.

    Returns:
        K[a, i, b, j] = Σ_{pq} ∂_p u_a(x_i) G†_pq ∂_q u_b(y_j), (components, n, components, m).
    """
    left = metric.whitened(features(system, theta, x))
    right = left if y is None else metric.whitened(features(system, theta, y))
    return _pairs(left, right)


def residual_metric(system: ResidualSystem, theta: Tensor, cutoff: float | None = None) -> Metric:
    """G = JᵀJ = Σ_l w_l mean (∂_p D_l u)(∂_q D_l u), over the points of the system.

    That mean is the integral where the system was sampled by ``gauss``.
    """
    return Metric.of(as_array(system.jacobian(theta)), cutoff)


def _pairs(left: Array, right: Array) -> Array:
    return np.einsum("aip,bjp->aibj", left, right, optimize=True)
