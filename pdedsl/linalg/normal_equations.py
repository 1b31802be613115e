r"""Damped least squares through :math:`(A^T A + λ) x = A^T b` and a Cholesky factor for each λ."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

from torch import Tensor

from pdedsl.models.runtime.workspace import empty

from .cholesky import cholesky, cholesky_solve
from .factorisation import Rank
from .symmetric import add_outer, mirrored

_POWERS = 20  # steps of the power iteration: σ₁² to about a per cent, all that is asked of it


class NormalEquations:
    """See the module docstring; several times faster than `svd`, but right only for λ ≫ ε σ₁².

    Args:
        gram: AᵀA, shape (P, P).
        project: b ↦ Aᵀb.
    """

    def __init__(self, gram: Tensor, project: Callable[[Tensor], Tensor]) -> None:
        self._gradient = lru_cache(maxsize=2)(project)
        self._gram = gram
        self._factor: tuple[float, Tensor] | None = None
        self.largest = self._power_iteration()
        self.rank = Rank.FULL

    @classmethod
    def of(cls, matrix: Tensor) -> NormalEquations:
        """Those of A, shape (N, P)."""
        gram = empty((matrix.shape[1],) * 2, matrix).zero_()
        add_outer(gram, matrix.T)
        return cls(mirrored(gram), lambda right: matrix.T @ right)

    def solve(self, right: Tensor, damping: float = 0.0) -> Tensor:
        """x(b, λ), shape (P,)."""
        if self._factor is None or self._factor[0] != damping:
            factor, failed = cholesky(self._gram, damping)
            self.rank = Rank.DEFICIENT if failed else Rank.FULL
            self._factor = damping, factor
        return cholesky_solve(self._factor[1], self._gradient(right))

    def decrease(self, right: Tensor, damping: float) -> float:
        """‖b‖² − ‖A x − b‖² at x(b, λ): gᵀx + λ‖x‖² with g = Aᵀb."""
        x = self.solve(right, damping)
        return float(damping * (x @ x) + self._gradient(right) @ x)

    def reachable(self, right: Tensor) -> float:
        """The undamped decrease is out of reach of this factorisation: no bound."""
        return math.inf

    def _power_iteration(self) -> float:
        vector = self._gram.sum(dim=1)
        for _ in range(_POWERS):
            value = float(vector.norm())
            if value == 0.0:
                return float(self._gram.diagonal().sum())
            vector = self._gram @ (vector / value)
        return float(vector.norm())
