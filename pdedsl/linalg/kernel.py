r"""Damped least squares in the space of the rows, for more columns than rows (Woodbury).

.. math:: x = A^T a, \qquad (A A^T + λ D)\, a = b,

which for D = I is the minimiser of ‖A x − b‖² + λ‖x‖². AAᵀ carries the square of the condition
number of A; one step of iterative refinement with A itself,
:math:`(A A^T + λ D)\, a' = b - A A^T a - λ D a`, wins back the digits that forming it costs.
"""

from __future__ import annotations

import torch
from torch import Tensor

from .cholesky import cholesky_solve, shifted_cholesky
from .conjugate_gradients import Product
from .factorisation import Rank, is_finite


class Kernel:
    """See the module docstring.

    Args:
        forward: v ↦ A v, for A of shape (N, P).
        backward: w ↦ Aᵀ w.
        kernel: AAᵀ, shape (N, N), which is overwritten.
        scaled: D is the diagonal of AAᵀ over its mean k̄, which treats rows of all magnitudes alike
            (Jacobi scaling); else the identity.

    Attributes:
        damping: λ of the last solve; grown tenfold until there was a Cholesky factor.
        trace: that of AAᵀ, an upper bound of σ₁².
    """

    def __init__(
        self, forward: Product, backward: Product, kernel: Tensor, scaled: bool = False
    ) -> None:
        diagonal = kernel.diagonal().clone()
        self.trace, self.mean = float(diagonal.sum()), float(diagonal.mean()) or 1.0
        self.rank = Rank.FULL if is_finite(kernel) else Rank.NOT_FINITE
        size = diagonal if scaled else torch.full_like(diagonal, self.mean)
        # A row without a slope stays as it is: any positive number serves.
        tiny = torch.finfo(size.dtype).tiny
        self._size = torch.where(size > tiny, size, torch.full_like(size, self.mean))
        self._root = self._size.rsqrt()
        self._kernel = kernel.mul_(self._root).mul_(self._root.unsqueeze(1))
        self._forward, self._backward = forward, backward
        self._factor: tuple[float, Tensor] | None = None
        self.damping = 0.0

    def solve(self, right: Tensor, damping: float = 0.0) -> Tensor:
        """x, shape (P,), with one step of refinement."""
        self._prepare(damping)
        coefficients = self._coefficients(right)
        x = self._backward(coefficients)
        shift = self.damping / self.mean * self._size
        missing = right - self._forward(x) - shift * coefficients
        return x + self._backward(self._coefficients(missing))

    def _prepare(self, damping: float) -> None:
        if self._factor is not None and self._factor[0] == damping:
            return
        least = torch.finfo(self._kernel.dtype).eps
        first = damping / self.mean or least
        factor, shift = shifted_cholesky(self._kernel, first)
        if shift > first and self.rank is Rank.FULL:
            self.rank = Rank.DEFICIENT
        self._factor, self.damping = (damping, factor), shift * self.mean

    def _coefficients(self, right: Tensor) -> Tensor:
        assert self._factor is not None
        return self._root * cholesky_solve(self._factor[1], self._root * right)
