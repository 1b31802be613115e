r"""Collocation in time at the points of Radau: polynomials of degree s through the begin of a step.

With the points :math:`0 < c_1 < … < c_s = 1` (Radau IIA; Hairer and Wanner, Solving Ordinary
Differential Equations II, 1996, IV.5) the derivative of the polynomial through
:math:`u_0, u_1, …, u_s` at the points is :math:`(D u + d u_0)/h`. The eigenvectors of D take the
points apart.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.polynomial import legendre
from numpy.typing import NDArray

from pdedsl.geometry.arrays import Array

from .nodes import differentiation

Complex = NDArray[np.complex128]


@dataclass(frozen=True, eq=False)
class Stages:
    """The points, D and d, see the module docstring; D = T diag(λ) T⁻¹.

    Args:
        points: c, shape (s,).
        matrix: D, shape (s, s).
        first: d, shape (s,).
        roots: λ, shape (s,).
        vectors: T, shape (s, s).
        inverse: T⁻¹.
    """

    points: Array
    matrix: Array
    first: Array
    roots: Complex
    vectors: Complex
    inverse: Complex


def radau(count: int) -> Stages:
    """The collocation with so many points, which is of order 2s − 1 at the end of a step."""
    zeros = legendre.legroots([0.0] * (count - 1) + [-1.0, 1.0])
    # P_s − P_{s−1} is zero at 1, to which the last root is set for good.
    points = np.append((np.sort(zeros)[:-1] + 1) / 2, 1.0)
    whole = differentiation(np.append(0.0, points))[1:]
    roots, vectors = np.linalg.eig(whole[:, 1:])
    inverse = np.linalg.inv(vectors)
    return Stages(points, whole[:, 1:], whole[:, 0], roots, vectors, inverse)
