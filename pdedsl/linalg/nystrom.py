r"""A symmetric matrix of low rank from a few products with random vectors.

For an orthonormal basis S of a random subspace of dimension s and Y = H S, the Nyström
approximation is :math:`\hat H = Y (S^T Y)^{-1} Y^T = U Λ U^T` (Frangella, Tropp and Udell,
SIAM J. Matrix Anal. Appl. 44, 2023, algorithm 2.1; the shift for matrices that are not positive
as in Rathore et al., arXiv 2402.01868, algorithm 5). It preconditions H + μI by

.. math:: P^{-1} v = (λ_s + μ)\, U (Λ + μI)^{-1} U^T v + (v - U U^T v).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from .conjugate_gradients import Product


@dataclass(frozen=True)
class Nystrom:
    """The approximation U Λ Uᵀ.

    Args:
        vectors: U, shape (P, s), orthonormal columns.
        values: Λ, shape (s,), descending, not negative.
    """

    vectors: Tensor
    values: Tensor

    def inverse(self, damping: float) -> Product:
        """V ↦ P⁻¹ v for a damping μ > 0."""
        scale = (self.values[-1] + damping) / (self.values + damping) - 1
        return lambda v: v + self.vectors @ (scale * (self.vectors.T @ v))


def nystrom(product: Product, like: Tensor, rank: int, generator: torch.Generator) -> Nystrom:
    """Approximate H.

    Args:
        product: v ↦ H v, H symmetric; what is negative in it is taken for zero.
        like: a vector of shape (P,).
        rank: s; more than P is as P.
        generator: on the CPU.
    """
    drawn = torch.randn(len(like), min(rank, len(like)), dtype=torch.float64, generator=generator)
    test = torch.linalg.qr(drawn.to(like))[0]
    image = torch.stack([product(column) for column in test.T], dim=1)
    epsilon = torch.finfo(like.dtype).eps
    shift = len(like) ** 0.5 * epsilon * float(torch.linalg.matrix_norm(image, 2))
    core = test.T @ (image + shift * test)
    core = (core + core.T) / 2
    factor, failed = torch.linalg.cholesky_ex(core)
    if not int(failed):
        root = torch.linalg.solve_triangular(factor, (image + shift * test).T, upper=False).T
    else:
        values, vectors = torch.linalg.eigh(core)
        # Twice the least eigenvalue: a shift by itself would leave a singular core.
        more = 2 * float(values[0].abs()) + shift
        shift += more
        root = (image + shift * test) @ (vectors * (values + more).rsqrt())
    left, singular, _ = torch.linalg.svd(root, full_matrices=False)
    return Nystrom(left, (singular.square() - shift).clamp_min(0))
