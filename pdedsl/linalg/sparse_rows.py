"""A matrix with the same small number of entries in every row."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True)
class SparseRows:
    """A matrix of shape (N, P) by its entries; entries at the same place add up.

    Args:
        values: shape (N, q).
        columns: shape (N, q); zeros in any column fill a row that has fewer than q entries.
        size: P.
    """

    values: Tensor
    columns: Tensor
    size: int

    def __matmul__(self, vector: Tensor, /) -> Tensor:
        """A v, shape (N,), for v of shape (P,)."""
        return (self.values * vector[self.columns]).sum(dim=1)

    def abs(self) -> SparseRows:
        """The matrix of the absolute values of the entries."""
        return SparseRows(self.values.abs(), self.columns, self.size)

    def dense(self) -> Tensor:
        """The matrix as it is, shape (N, P)."""
        out = self.values.new_zeros(len(self.values), self.size)
        return out.scatter_add_(1, self.columns, self.values)
