r"""Rows of the Jacobian of a model whose functions are mostly zero at a point, such as splines.

With the δ of `models.parameters` and the few functions φ_q that are not zero at the point n,

.. math:: \frac{∂r_n}{∂θ_{oq}} = \sum_c δ_{cno}\, ∂^c φ_q(x_n),

so that a row has as many entries as there are such functions in all components.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import Tensor

from pdedsl.linalg.sparse_rows import SparseRows
from pdedsl.models.parameters import LocalTap


@dataclass(frozen=True)
class LocalFactor:
    """Some entries of consecutive rows.

    Args:
        row: first row.
        values: the entries, shape (n, q).
        columns: where they are, shape (n, q); entries at the same place add up.
    """

    row: int
    values: Tensor
    columns: Tensor

    def dense(self) -> tuple[int, Tensor]:
        """First column that is not zero, and the entries from there on: (count, n)."""
        first, last = (int(c) for c in torch.aminmax(self.columns))
        out = self.values.new_zeros(len(self.values), last + 1 - first)
        return first, out.scatter_add_(1, self.columns - first, self.values).T.contiguous()


def local_factor(tap: LocalTap, delta: Tensor, row: int) -> LocalFactor:
    """The entries of a tap, from δ of shape (C, n·nodes, out)."""
    values = torch.einsum("cno,cnq->noq", delta, tap.inputs)
    starts = torch.arange(delta.shape[-1], device=delta.device) * tap.width + tap.weight
    columns = tap.numbers[:, None, :] + starts[:, None]
    n = len(values) // tap.nodes
    return LocalFactor(row, values.reshape(n, -1), columns.reshape(n, -1))


def sparse_rows(factors: Iterable[LocalFactor], rows: int, size: int, like: Tensor) -> SparseRows:
    """The Jacobian of N rows and P columns from the factors of its parts."""
    by_rows: dict[tuple[int, int], list[LocalFactor]] = {}
    for factor in factors:
        by_rows.setdefault((factor.row, len(factor.values)), []).append(factor)
    widest = max((sum(f.values.shape[1] for f in own) for own in by_rows.values()), default=0)
    values = like.new_zeros(rows, widest)
    columns = torch.zeros(rows, widest, dtype=torch.int64, device=like.device)
    for (row, n), own in by_rows.items():
        start = 0
        for factor in own:
            stop = start + factor.values.shape[1]
            values[row : row + n, start:stop] = factor.values
            columns[row : row + n, start:stop] = factor.columns
            start = stop
        columns[row : row + n, start:] = columns[row : row + n, :1]
    return SparseRows(values, columns, size)
