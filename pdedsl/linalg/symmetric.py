r"""The products A Aᵀ at about half the cost of a general product.

.. math:: \begin{pmatrix} A_1 \\ A_2 \end{pmatrix} \begin{pmatrix} A_1 \\ A_2 \end{pmatrix}^T =
          \begin{pmatrix} A_1 A_1^T & \cdot \\ A_2 A_1^T & A_2 A_2^T \end{pmatrix}

and so on for the two blocks on the diagonal: what BLAS calls syrk, on every device.
"""

from __future__ import annotations

import torch
from torch import Tensor

from pdedsl.models.runtime.workspace import empty_like

# Below, a general product is as quick.
_LEAF = 256


def add_outer(lower: Tensor, a: Tensor) -> None:
    """Add A Aᵀ to the lower triangle (and to blocks on the diagonal, as a whole).

    Args:
        lower: shape (m, m).
        a: A, shape (m, k).
    """
    m = len(a)
    if m <= _LEAF:
        lower.addmm_(a, a.T)
        return
    half = m // 2
    add_outer(lower[:half, :half], a[:half])
    add_outer(lower[half:, half:], a[half:])
    lower[half:, :half].addmm_(a[half:], a[:half].T)


def mirrored(lower: Tensor) -> Tensor:
    """The symmetric matrix of a lower triangle, in its place."""
    below = torch.tril(lower, -1, out=empty_like(lower))
    return lower.tril_().add_(below.T)
