r"""Stages of a window whose operator is a sum of matrices along the axes.

.. math:: (m_2 D^2/h^2 + m_1 D/h - \sum_a A_a)\, U = R

The eigenvectors of D take the stages apart; half of them are conjugate.
"""

from __future__ import annotations

import numpy as np

from pdedsl.geometry.arrays import Array

from .stages import Stages
from .sum_solver import Complex, SumSolver


def solve_stages(
    stages: Stages, solver: SumSolver, masses: tuple[float, float], right: Array, step: float
) -> Array:
    """U for R, both of shape (s, M_1, …, M_d), with the masses m_1 and m_2 and h."""
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
