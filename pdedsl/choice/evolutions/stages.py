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

from pdedsl.geometry.arrays import Array

from .nodes import differentiation
from .sum_solver import Complex, SumSolver


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


def solve_stages(
    stages: Stages, solver: SumSolver, masses: tuple[float, float], right: Array, step: float
) -> Array:
    r"""Stages of a window whose operator is a sum of matrices along the axes.

    .. math:: (m_2 D^2/h^2 + m_1 D/h - \sum_a A_a)\, U = R

    The eigenvectors of D take the stages apart; half of them are conjugate.

    Args:
        stages: D.
        solver: of the sum.
        masses: m_1 and m_2.
        right: R, shape (s, M_1, …, M_d), as U has.
        step: h.
    """
    slow, fast = masses
    turned = np.tensordot(stages.inverse, right, 1)
    solved: Complex = np.zeros_like(turned)
    for q, root in enumerate(stages.roots):
        if root.imag < -1e-12 * abs(root):
            continue
        rate = root / step
        solved[q] = solver.solve(slow * rate + fast * rate**2, turned[q])
    for q, root in enumerate(stages.roots):
        if root.imag < -1e-12 * abs(root):
            solved[q] = solved[int(np.argmin(np.abs(stages.roots - root.conjugate())))].conj()
    return np.asarray(np.tensordot(stages.vectors, solved, 1).real)
