"""A matrix of rows that are zero at most points: a dense block for each group of points.

Test functions on elements see the points of a few elements each. A product with the blocks costs
what they hold, and a Jacobian at the points is needed for some groups at a time only.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import torch
from scipy.sparse import csr_matrix
from torch import Tensor

_TOGETHER = 512  # points whose Jacobian is taken at once; a choice: its start no longer counts


class BlockedMatrix:
    """M of shape (N, k n) on k components at n points; see the module docstring.

    Args:
        matrix: M, the points of the first component first.
        points: n.
        groups: where groups of points end, ascending; the last end is n.
        like: a tensor of the precision, on the device.
    """

    def __init__(self, matrix: csr_matrix, points: int, groups: Sequence[int], like: Tensor):
        self.shape = torch.Size(matrix.shape)
        self._points, columns = points, matrix.tocsc()
        components = np.arange(matrix.shape[1] // points)[:, None] * points
        self._blocks: list[tuple[int, int, Tensor, Tensor]] = []
        for start, stop in pairwise((0, *groups)):
            part = columns[:, (components + np.arange(start, stop)).ravel()].tocsr()
            rows = np.flatnonzero(np.diff(part.indptr))
            dense = torch.from_numpy(part[rows].toarray()).to(like)
            self._blocks.append((start, stop, torch.from_numpy(rows).to(like.device), dense))
        self._rows = torch.cat([rows for _, _, rows, _ in self._blocks])

    @property
    def spans(self) -> list[tuple[int, int]]:
        """Consecutive points whose Jacobian is to be taken together: whole groups."""
        out = [(0, 0)]
        for _, stop, _, _ in self._blocks:
            start = out.pop()[0]
            out.append((start, stop))
            if stop - start >= _TOGETHER:
                out.append((stop, stop))
        return [span for span in out if span[0] < span[1]]

    def __matmul__(self, vector: Tensor) -> Tensor:
        """M ρ, shape (N,), for ρ of shape (k n,)."""
        values = vector.view(-1, self._points)
        parts = [m @ values[:, a:b].reshape(-1) for a, b, _, m in self._blocks]
        return vector.new_zeros(self.shape[0]).index_add(0, self._rows, torch.cat(parts))

    def add_to(self, out: Tensor, jacobian: Tensor, span: tuple[int, int]) -> None:
        """Add the part of a span in M ∂ρ/∂θ.

        Args:
            out: shape (N, P).
            jacobian: ∂ρ/∂θ at the points of the span, the first component first.
            span: one of `spans`.
        """
        first, last = span
        entries = jacobian.view(-1, last - first, jacobian.shape[1])
        for start, stop, rows, matrix in self._blocks:
            if first <= start and stop <= last:
                part = entries[:, start - first : stop - first].reshape(-1, jacobian.shape[1])
                out.index_add_(0, rows, matrix @ part)
