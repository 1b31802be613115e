"""Cholesky factors of matrices that are positive semidefinite but for rounding."""

from __future__ import annotations

import torch
from torch import Tensor

from pdedsl.models.runtime.workspace import empty_like

_GROWTH = 10.0
_GROWTHS = 30  # tenfold ones, from the rounding unit to far above the matrix


def shifted_cholesky(matrix: Tensor, shift: float) -> tuple[Tensor, float]:
    """The factor of A + s I and s, which grows tenfold until there is a factor.

    Args:
        matrix: A, shape (n, n), positive semidefinite up to rounding.
        shift: the first s; above zero, if it is to grow.
    """
    for _ in range(_GROWTHS + 1):
        factor, failed = cholesky(matrix, shift)
        if not failed:
            break
        shift *= _GROWTH
    return factor, shift


def cholesky(matrix: Tensor, shift: float) -> tuple[Tensor, bool]:
    """The factor of A + s I, and whether there is none."""
    shifted = empty_like(matrix).copy_(matrix)
    shifted.diagonal().add_(shift)
    factor, failed = torch.linalg.cholesky_ex(shifted)
    return factor, bool(failed)


def cholesky_solve(factor: Tensor, right: Tensor) -> Tensor:
    """The solution of L Lᵀ x = b for b of shape (n,) or (n, k)."""
    columns = right if right.ndim == 2 else right.unsqueeze(1)
    return torch.cholesky_solve(columns, factor).reshape(right.shape)


class GramInverse:
    """(G + ε λ_max(G) I)⁻¹ of a Gram matrix G.

    Args:
        gram: G, shape (P, P), positive semidefinite.
        epsilon: ε; raised tenfold, as often as it takes, where there is no Cholesky factor in this
            precision.
    """

    def __init__(self, gram: Tensor, epsilon: float) -> None:
        largest = float(torch.linalg.eigvalsh(gram)[-1]) or 1.0
        self._factor, shift = shifted_cholesky(gram, epsilon * largest)
        self.epsilon = shift / largest

    def times(self, right: Tensor) -> Tensor:
        """(G + ε λ_max I)⁻¹ b for b of shape (P,) or (P, k)."""
        return cholesky_solve(self._factor, right)
