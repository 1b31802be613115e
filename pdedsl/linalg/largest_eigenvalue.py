r"""The largest eigenvalue of a symmetric positive semidefinite matrix, from its products alone."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import torch
from scipy.linalg import eigh_tridiagonal
from torch import Tensor

_STEPS = 40
_CLOSE = 1e-4  # bound on the relative error at which the iteration ends


def largest_eigenvalue(product: Callable[[Tensor], Tensor], like: Tensor) -> float:
    r"""λ_max by the Lanczos process with full orthogonalisation (Golub and Van Loan, §10.3).

    After k products the matrix is the tridiagonal T in the basis of the Krylov space; its largest
    eigenvalue θ lies below λ_max, and some eigenvalue lies within the residual
    :math:`β_k |s_k|` of it, with s_k the last entry of its eigenvector. The sum of both is
    returned, so that a step size c/λ_max errs to the side of stability.

    Args:
        product: v to A v, shape (P,).
        like: a tensor of shape (P,) of the same precision and device.

    Returns:
        λ_max, as a rule to better than a part in a hundred (the start is random, and a second
        eigenvalue close to the first may be found before it); infinity where a product is not
        finite.
    """
    generator = torch.Generator().manual_seed(0)  # the same direction every time
    draw = torch.randn(like.shape, generator=generator, dtype=torch.float64)
    vector = (draw / draw.norm()).to(like)
    basis: list[Tensor] = []
    diagonal: list[float] = []
    beside: list[float] = []
    value = 0.0
    for _ in range(min(_STEPS, len(like))):
        basis.append(vector)
        image = product(vector)
        diagonal.append(float(image @ vector))
        for _ in range(2):  # once is not enough in finite precision
            for old in basis:
                image = image - (image @ old) * old
        length = float(image.norm())
        if not math.isfinite(length):
            return math.inf
        values, vectors = eigh_tridiagonal(np.array(diagonal), np.array(beside))
        value, rest = float(values[-1]), length * abs(float(vectors[-1, -1]))
        if rest <= _CLOSE * value or length <= 1e-12 * abs(value):
            return value + rest
        beside.append(length)
        vector = image / length
    return value + rest
