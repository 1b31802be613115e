r"""The one interface of factorised matrices: a factor is made once and solves many problems.

.. math:: x(b, λ) = \arg\min_x ‖A x - b‖² + λ‖x‖²

is `Factorisation.solve`, whatever stands behind it: Householder QR (`qr`, `frontal_qr` for rows of
few entries), the singular value decomposition (`svd`), AᵀA (`normal_equations`), AAᵀ (`kernel`).
A random subspace is a factorisation of A Ω (`cosine_sketch`).
"""

from __future__ import annotations

import math
from enum import StrEnum
from typing import Protocol

import torch
from torch import Tensor


class Rank(StrEnum):
    """What a factorisation has found out about its matrix."""

    FULL = "the columns are independent to rounding"
    DEFICIENT = "columns depend on each other to rounding, or there are fewer rows than columns"
    NOT_FINITE = "an entry is not a finite number"


class Factorisation(Protocol):
    """A factorised matrix A of shape (N, P)."""

    @property
    def rank(self) -> Rank:
        """What was found out about the columns."""

    def solve(self, right: Tensor, damping: float = 0.0) -> Tensor:
        """The minimiser of ‖A x − b‖² + λ‖x‖², shape (P,), for b of shape (N,)."""


class DampedFactorisation(Factorisation, Protocol):
    """A factorisation that is quick for many dampings and knows what each of them gains."""

    @property
    def largest(self) -> float:
        """The largest squared singular value, σ₁²."""

    def decrease(self, right: Tensor, damping: float) -> float:
        """‖b‖² − ‖A x − b‖² at x(b, λ)."""

    def reachable(self, right: Tensor) -> float:
        """The same without damping, but for directions below rounding; infinity if unknown."""


def is_finite(a: Tensor) -> bool:
    """Whether all entries are finite numbers, without memory for as many truth values."""
    return math.isfinite(float(torch.linalg.vector_norm(a, math.inf)))
