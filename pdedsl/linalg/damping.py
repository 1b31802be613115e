r"""The damped linear least-squares problem, solved for many dampings at once.

With the thin singular value decomposition :math:`J = U Σ V^T`,

.. math::
    δ(λ) = \arg\min_δ ‖J δ + r‖² + λ‖δ‖² = -V (Σ² + λ)^{-1} g, \qquad g = Σ U^T r = V^T J^T r,

.. math::
    ‖r‖² - ‖r + J δ(λ)‖² = \sum_i g_i² \frac{σ_i² + 2λ}{(σ_i² + λ)²},

so that one decomposition serves every λ (Levenberg 1944; Marquardt 1963; Moré 1978).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from pdedsl.models.runtime.workspace import empty, empty_like

from .symmetric import add_outer, mirrored


@dataclass(frozen=True)
class Spectrum:
    """Decomposition of a Jacobian with the gradient in its right singular basis.

    Args:
        squares: σ², shape (k,), descending, k ≤ min(N, P).
        basis: V, shape (P, k).
        gradient: g = VᵀJᵀr, shape (k,): half the gradient of ‖r‖².
    """

    squares: Tensor
    basis: Tensor
    gradient: Tensor

    @property
    def largest(self) -> float:
        """The largest σ²."""
        return float(self.squares[0])

    def step(self, damping: float) -> Tensor:
        """δ(λ), shape (P,)."""
        return -(self.basis @ (self.gradient / (self.squares + damping)))

    def predicted(self, damping: float) -> float:
        """Decrease of ‖r‖² that the linear model predicts for δ(λ)."""
        shifted = self.squares + damping
        return float((self.gradient**2 * (self.squares + 2 * damping) / shifted**2).sum())

    def solve(self, right: Tensor, damping: float) -> Tensor:
        """(JᵀJ + λ)⁻¹ b for b of shape (P,) in the row space of J."""
        return self.basis @ ((self.basis.T @ right) / (self.squares + damping))

    def rank(self, floor: float) -> int:
        """Number of directions with σ² ≥ floor, those with σ = 0 left out."""
        return int(((self.squares >= floor) & (self.squares > 0)).sum())

    def truncated(self, kept: int) -> Tensor:
        """Undamped step in the first ``kept`` directions: −Σ vᵢ gᵢ/σᵢ², shape (P,)."""
        return -(self.basis[:, :kept] @ (self.gradient[:kept] / self.squares[:kept]))

    def decrease(self, kept: int) -> float:
        """Decrease of ‖r‖² that the linear model predicts for that step: Σ gᵢ²/σᵢ²."""
        return float((self.gradient[:kept] ** 2 / self.squares[:kept]).sum())

    def reachable(self) -> float:
        """Decrease of ‖r‖² that the linear model predicts without damping.

        Directions with σ² below rounding are left out.
        """
        floor = len(self.squares) * torch.finfo(self.squares.dtype).eps * self.largest
        return self.decrease(self.rank(floor))


def spectrum(jacobian: Tensor, residual: Tensor) -> Spectrum:
    """By Householder QR, then the singular values of the triangle: small σ stay accurate.

    Args:
        jacobian: J, shape (N, P), N and P in any order.
        residual: r, shape (N,).
    """
    rows, columns = jacobian.shape
    if rows < columns:
        wide, triangle = torch.linalg.qr(jacobian.T)
        left, sigma, right = torch.linalg.svd(triangle.T)
        basis, rotated = wide @ right.T, left.T @ residual
    else:
        triangle = triangle_of(jacobian, residual)[:columns]
        left, sigma, right = torch.linalg.svd(triangle[:, :columns])
        basis, rotated = right.T, left.T @ triangle[:, columns]
    return Spectrum(sigma**2, basis, sigma * rotated)


def triangle_of(jacobian: Tensor, residual: Tensor) -> Tensor:
    """R of the QR decomposition of [J r]: its last column is Qᵀr, which spares forming Q."""
    rows, columns = jacobian.shape
    joined = empty((columns + 1, rows), jacobian)
    joined[:columns].copy_(jacobian.T)
    joined[columns].copy_(residual)
    # In place: a copy of J in fresh memory would cost as much as the decomposition.
    scalars = residual.new_empty(min(rows, columns + 1))
    reflected, _ = torch.geqrf(joined.T, out=(joined.T, scalars))
    return reflected[: columns + 1].triu()


class NormalEquations:
    """The same problem through :math:`(J^T J + λ) δ = -J^T r` and a Cholesky factor for each λ.

    Several times faster than `spectrum`, but the factor is right only for λ ≫ ε σ₁².

    Args:
        jacobian: J, shape (N, P).
        residual: r, shape (N,).
    """

    def __init__(self, jacobian: Tensor, residual: Tensor) -> None:
        self._gram = empty((jacobian.shape[1],) * 2, jacobian).zero_()
        add_outer(self._gram, jacobian.T)
        mirrored(self._gram)
        self._gradient = jacobian.T @ residual
        self._factor: tuple[float, Tensor] | None = None
        self.largest = self._power_iteration()

    def step(self, damping: float) -> Tensor:
        """δ(λ), shape (P,)."""
        return -self.solve(self._gradient, damping)

    def predicted(self, damping: float) -> float:
        """Decrease of ‖r‖² that the linear model predicts: −gᵀδ + λ‖δ‖² with g = Jᵀr."""
        step = self.step(damping)
        return float(damping * (step @ step) - self._gradient @ step)

    def solve(self, right: Tensor, damping: float) -> Tensor:
        """(JᵀJ + λ)⁻¹ b for b of shape (P,)."""
        if self._factor is None or self._factor[0] != damping:
            shifted = empty_like(self._gram).copy_(self._gram)
            shifted.diagonal().add_(damping)
            self._factor = (damping, torch.linalg.cholesky_ex(shifted)[0])
        return torch.cholesky_solve(right.unsqueeze(1), self._factor[1]).squeeze(1)

    def reachable(self) -> float:
        """The undamped decrease is out of reach of this factorisation: no bound."""
        return math.inf

    def _power_iteration(self) -> float:
        """The largest σ², to about a per cent, which is all that is asked of it."""
        vector, value = self._gram.sum(dim=1), 0.0
        for _ in range(20):
            value = float(vector.norm())
            if value == 0.0:
                return float(self._gram.diagonal().sum())
            vector = self._gram @ (vector / value)
        return float(vector.norm())
