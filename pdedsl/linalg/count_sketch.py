r"""Sums of random rows with random signs (CountSketch; Clarkson and Woodruff, arXiv 1207.6365).

.. math:: (S A)_j = \sum_{i: h(i) = j} s_i A_i, \qquad E[S^T S] = I,

with h(i) uniform in 1, …, m and s_i = ±1: ‖S A x‖ ≈ ‖A x‖, at the cost of one look at A.
"""

from __future__ import annotations

import torch
from torch import Tensor

from pdedsl.models.runtime.workspace import empty


def count_sketch(
    matrix: Tensor, vector: Tensor, rows: int, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """S A and S b with the same S.

    Args:
        matrix: A, shape (N, s).
        vector: b, shape (N,).
        rows: m.
        generator: of h and the signs.

    Returns:
        Shapes (m, s) and (m,).
    """
    count = len(matrix)
    places = torch.randint(rows, (count,), generator=generator).to(matrix.device)
    signs = (torch.randint(2, (count,), generator=generator) * 2 - 1).to(matrix)
    out = empty((rows, matrix.shape[1]), matrix).zero_()
    out.index_add_(0, places, matrix * signs.unsqueeze(1))
    return out, vector.new_zeros(rows).index_add_(0, places, vector * signs)
