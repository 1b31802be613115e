r"""Sums of random rows with random signs (CountSketch; Clarkson and Woodruff, arXiv 1207.6365).

.. math:: (S A)_j = \sum_{i: h(i) = j} s_i A_i, \qquad E[S^T S] = I,

with h(i) uniform in 1, …, m and s_i = ±1: ‖S A x‖ ≈ ‖A x‖, at the cost of one look at A.
"""

from __future__ import annotations

import torch
from torch import Tensor

from pdedsl.models.runtime.workspace import empty


class CountSketch:
    """See the module docstring.

    Args:
        count: N.
        rows: m.
        generator: of h and the signs, on the CPU.
    """

    def __init__(self, count: int, rows: int, generator: torch.Generator) -> None:
        self._rows = rows
        self._places = torch.randint(rows, (count,), generator=generator)
        self._signs = torch.randint(2, (count,), generator=generator) * 2 - 1

    @property
    def count(self) -> int:
        """M."""
        return self._rows

    def at(self, places: Tensor) -> CountSketch:
        """Those columns of S that belong to some rows of A, given by their indices."""
        part = CountSketch.__new__(CountSketch)
        part._rows = self._rows
        part._places, part._signs = self._places[places], self._signs[places]
        return part

    def __matmul__(self, a: Tensor) -> Tensor:
        """S A for A of shape (N, …), shape (m, …)."""
        signs = self._signs.to(a).view(-1, *(1 for _ in a.shape[1:]))
        out = empty((self._rows, *a.shape[1:]), a).zero_()
        return out.index_add_(0, self._places.to(a.device), a * signs)
