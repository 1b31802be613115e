r"""Damped least squares for many dampings by a singular value decomposition :math:`A = U Σ V^T`.

.. math::
    \arg\min_x ‖A x - b‖² + λ‖x‖² = V (Σ² + λ)^{-1} g, \qquad g = Σ U^T b = V^T A^T b,

.. math::
    ‖b‖² - ‖A x(λ) - b‖² = \sum_i g_i² \frac{σ_i² + 2λ}{(σ_i² + λ)²}

(Levenberg 1944; Marquardt 1963; Moré 1978).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import torch
from torch import Tensor

from pdedsl.models.runtime.deadline import refuse_late
from pdedsl.models.runtime.workspace import empty

from .factorisation import Rank


class Svd:
    """See the module docstring.

    Args:
        squares: σ², shape (k,), descending, k ≤ min(N, P).
        basis: V, shape (P, k).
        project: b ↦ g.
    """

    def __init__(self, squares: Tensor, basis: Tensor, project: Callable[[Tensor], Tensor]) -> None:
        self.squares, self.basis = squares, basis
        # Many dampings ask for the g of one right-hand side, with that of a correction in between.
        self._gradient = lru_cache(maxsize=2)(project)

    @property
    def largest(self) -> float:
        """The largest σ²."""
        return float(self.squares[0])

    @property
    def rank(self) -> Rank:
        """Deficient where a σ² is below rounding, or where there are fewer of them than columns."""
        full = self.directions(self._floor) == len(self.basis)
        return Rank.FULL if full else Rank.DEFICIENT

    def solve(self, right: Tensor, damping: float = 0.0) -> Tensor:
        """x(b, λ), shape (P,)."""
        if damping == 0.0:
            return self.truncated(right, self.directions(self._floor))
        return self.basis @ (self._gradient(right) / (self.squares + damping))

    def decrease(self, right: Tensor, damping: float) -> float:
        """‖b‖² − ‖A x − b‖² at x(b, λ)."""
        shifted = self.squares + damping
        terms = self._gradient(right) ** 2 * (self.squares + 2 * damping) / shifted**2
        return float(terms.sum())

    def reachable(self, right: Tensor) -> float:
        """The decrease without damping; directions with σ² below rounding are left out."""
        return self.truncated_decrease(right, self.directions(self._floor))

    def directions(self, floor: float) -> int:
        """Number of directions with σ² ≥ floor, those with σ = 0 left out."""
        return int(((self.squares >= floor) & (self.squares > 0)).sum())

    def truncated(self, right: Tensor, kept: int) -> Tensor:
        """The minimiser in the first ``kept`` directions: Σ vᵢ gᵢ/σᵢ², shape (P,)."""
        return self.basis[:, :kept] @ (self._gradient(right)[:kept] / self.squares[:kept])

    def truncated_decrease(self, right: Tensor, kept: int) -> float:
        """‖b‖² − ‖A x − b‖² there: Σ gᵢ²/σᵢ²."""
        return float((self._gradient(right)[:kept] ** 2 / self.squares[:kept]).sum())

    @property
    def _floor(self) -> float:
        return len(self.squares) * torch.finfo(self.squares.dtype).eps * self.largest


def svd(matrix: Tensor) -> Svd:
    """By Householder QR, then the singular values of the triangle: small σ stay accurate.

    Args:
        matrix: A, shape (N, P), N and P in any order.

    Raises:
        DeadlineError: it would end too late, which nobody could break off: see
            `pdedsl.models.runtime.deadline`.
    """
    rows, columns = matrix.shape
    more, fewer = max(rows, columns), min(rows, columns)
    if not matrix.is_cuda:
        # Householder's QR, and both factors of the triangle: Golub and Van Loan 2013, figure 8.6.1.
        refuse_late(2.0 * more * fewer**2 + 21.0 * fewer**3)
    if rows < columns:
        wide, triangle = torch.linalg.qr(matrix.T)
        left, sigma, right = torch.linalg.svd(triangle.T)
        return Svd(sigma**2, wide @ right.T, lambda b: sigma * (left.T @ b))
    reflections = Reflections(matrix)
    left, sigma, right = torch.linalg.svd(reflections.triangle())
    return Svd(sigma**2, right.T, lambda b: sigma * (left.T @ reflections.turn(b)))


def svd_of_gram(gram: Tensor) -> Svd:
    """The same from the eigenvalues of G = AᵀA, for right-hand sides that are given as Aᵀb.

    σ² below zero, which are rounding, count as zero; σ below √ε σ₁ are lost to rounding.

    Args:
        gram: G, shape (P, P).
    """
    values, vectors = torch.linalg.eigh(gram)
    vectors = vectors.flip(1)
    return Svd(values.flip(0).clamp(min=0.0), vectors, lambda gradient: vectors.T @ gradient)


class Reflections:
    """A = Q R by Householder reflections, with Q by its reflections.

    Args:
        matrix: A, shape (N, P).
    """

    def __init__(self, matrix: Tensor) -> None:
        rows, columns = matrix.shape
        transposed = empty((columns, rows), matrix).copy_(matrix.T)
        # In place: a copy of A in fresh memory would cost as much as the decomposition.
        scalars = matrix.new_empty(min(rows, columns))
        self._reflections, self._scalars = torch.geqrf(transposed.T, out=(transposed.T, scalars))

    def triangle(self) -> Tensor:
        """R, shape (min(N, P), P)."""
        return self._reflections[: len(self._scalars)].triu()

    def diagonal(self) -> Tensor:
        """That of R."""
        return self._reflections.diagonal()

    def turn(self, right: Tensor) -> Tensor:
        """The entries of Qᵀ b that belong to R, shape (min(N, P),)."""
        return self.turn_whole(right)[: len(self._scalars)]

    def turn_whole(self, right: Tensor) -> Tensor:
        """Qᵀ b, shape (N,): behind the entries that belong to R those that no x of A x reaches."""
        count = len(self._scalars)
        turned = torch.ormqr(
            self._reflections[:, :count], self._scalars, right.unsqueeze(1), transpose=True
        )
        return turned[:, 0]

    def back(self, turned: Tensor) -> Tensor:
        """R⁻¹ c, shape (P,), for N ≥ P."""
        top = self._reflections[: len(turned)]
        return torch.linalg.solve_triangular(top, turned.unsqueeze(1), upper=True)[:, 0]
