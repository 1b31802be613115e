"""A matrix that is known by its products, beside matrices that are stored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from torch import Tensor


class LinearOperator(Protocol):
    """A matrix A of shape (N, P) that can be multiplied: a tensor, or `Products`."""

    @property
    def T(self) -> LinearOperator:
        """The transpose."""

    def __matmul__(self, vector: Tensor, /) -> Tensor:
        """A v, shape (N,), for v of shape (P,)."""


@dataclass(frozen=True)
class Products:
    """A matrix that is too large to be stored.

    Args:
        forward: v ↦ A v.
        backward: w ↦ Aᵀ w.
    """

    forward: Callable[[Tensor], Tensor]
    backward: Callable[[Tensor], Tensor]

    @property
    def T(self) -> Products:
        """The transpose."""
        return Products(self.backward, self.forward)

    def __matmul__(self, vector: Tensor, /) -> Tensor:
        """A v."""
        return self.forward(vector)
