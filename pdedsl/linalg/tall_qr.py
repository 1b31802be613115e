r"""The triangle of a matrix with many rows, of which a part is there at a time.

.. math:: \begin{pmatrix} A_1 \\ A_2 \\ ⋮ \end{pmatrix} = Q R: \qquad
    A_1 = Q_1 R_1, \quad \begin{pmatrix} R_1 \\ A_2 \end{pmatrix} = Q_2 R_2, \quad …

As accurate as one decomposition of the whole (TSQR; Demmel, Grigori, Hoemmen and Langou, SIAM J.
Sci. Comput. 34, 2012), in memory for some P² numbers.
"""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor

from .svd import Reflections

_TALL = 4
"""Rows that are taken together, in units of the columns. The triangle that goes with them costs
1/4 of their operations."""


def triangle_of(parts: Iterable[Tensor], columns: int, like: Tensor) -> Tensor:
    """R, shape (min(N, P), P), of the rows of all parts, shape (n, P) each.

    Args:
        parts: some rows after others.
        columns: P.
        like: a tensor of their precision, on their device.
    """
    triangle, waiting, count = like.new_empty(0, columns), [], 0
    for part in parts:
        waiting.append(part)
        count += len(part)
        if count >= _TALL * columns:
            triangle, waiting, count = _joined(triangle, waiting), [], 0
    return _joined(triangle, waiting) if waiting else triangle


def _joined(triangle: Tensor, rows: list[Tensor]) -> Tensor:
    return Reflections(torch.cat([triangle, *rows])).triangle()
