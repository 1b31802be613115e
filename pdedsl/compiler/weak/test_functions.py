r"""Test functions of one element, ξ in [−1, 1], and their derivatives.

- ``legendre``: :math:`φ_k = P_{k+1} - P_{k-1}`, k = 1, 2, …, the integrals of
  :math:`(2k+1) P_k` (Kharazmi, Zhang and Karniadakis, Variational physics-informed neural networks,
  2019, equation 14);
- ``sine``: :math:`φ_k = \sin(kπ(ξ+1)/2)`;
- hats: (1 − ξ)/2 and (1 + ξ)/2, the parts of a function that is 1 at an edge.
"""

from __future__ import annotations

import numpy as np
from numpy.polynomial import legendre

from pdedsl.geometry.arrays import Array


def bubbles(kind: str, count: int, xi: Array, order: int) -> Array:
    """Derivatives in ξ of the functions that vanish at both ends.

    Args:
        kind: ``legendre`` or ``sine``.
        count: number of functions.
        xi: points, shape (n,).
        order: of the derivative.

    Returns:
        Shape (count, n).
    """
    k = np.arange(1, count + 1)
    if kind == "sine":
        waves = k[:, None] * np.pi / 2
        return np.asarray(waves**order * np.sin(waves * (xi + 1) + order * np.pi / 2))
    coefficients = np.zeros((count + 2, count))
    coefficients[k + 1, k - 1], coefficients[k - 1, k - 1] = 1.0, -1.0
    values = legendre.legval(xi, legendre.legder(coefficients, order))
    return np.asarray(values, dtype=np.float64).reshape(count, len(xi))


def hat(side: int, xi: Array, order: int) -> Array:
    """Derivatives in ξ of (1 + side·ξ)/2, shape (n,)."""
    if order > 1:
        return np.zeros_like(xi)
    return np.full_like(xi, side / 2) if order else (1 + side * xi) / 2
