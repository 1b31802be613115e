"""The regularised inverse of a Gram matrix, (A + ε λ_max I)⁻¹, by Cholesky."""

from __future__ import annotations

import torch
from torch import Tensor

_RAISE = 10.0  # of ε where rounding leaves the matrix without a factor


class GramInverse:
    """(A + ε λ_max(A) I)⁻¹ of a positive semidefinite A.

    Args:
        gram: A, shape (P, P).
        epsilon: ε; raised tenfold, as often as it takes, where A + ε λ_max I has no Cholesky
            factor in this precision.
    """

    def __init__(self, gram: Tensor, epsilon: float) -> None:
        largest = float(torch.linalg.eigvalsh(gram)[-1]) or 1.0
        self._factor, failed = _factor(gram, epsilon * largest)
        while failed and epsilon < 1.0:
            epsilon *= _RAISE
            self._factor, failed = _factor(gram, epsilon * largest)
        self.epsilon = epsilon

    @property
    def largest_product(self) -> float:
        """The largest eigenvalue of (A + ε λ_max I)⁻¹ A, which is 1/(1 + ε)."""
        return 1.0 / (1.0 + self.epsilon)

    def times(self, right: Tensor) -> Tensor:
        """(A + ε λ_max I)⁻¹ b for b of shape (P,) or (P, k)."""
        columns = right if right.ndim == 2 else right.unsqueeze(1)
        return torch.cholesky_solve(columns, self._factor).reshape(right.shape)


def _factor(gram: Tensor, shift: float) -> tuple[Tensor, bool]:
    """The Cholesky factor of A + shift, and whether there is none."""
    shifted = gram.clone()
    shifted.diagonal().add_(shift)
    factor, failed = torch.linalg.cholesky_ex(shifted)
    return factor, bool(failed)
