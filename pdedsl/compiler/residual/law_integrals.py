r"""A law that is imposed by integrals in place of its values at points.

With test functions v_i and nodes x_q of a quadrature with weights ω_q, the weak form of
−u″ = f with v_i = 0 at both ends is

.. math:: \sum_q ω_q \bigl(u'(x_q) v_i'(x_q) - f(x_q) v_i(x_q)\bigr) = 0,

rows M ρ of the integrands ρ = (u', f) with M = (ω_q v_i'(x_q), −ω_q v_i(x_q)). A pass that
integrates by parts makes the integrands, and whoever chooses the test functions makes M; what is
below sees a `RowMap` like any other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sympy as sp
from scipy.sparse import csr_matrix

from pdedsl.compiler.lowering.lower import LoweredProblem
from pdedsl.compiler.lowering.plan import Normal, Plan
from pdedsl.compiler.lowering.planner import plan
from pdedsl.geometry.arrays import Array


@dataclass(frozen=True)
class LawIntegrals:
    """The rows Σ_c Σ_q M_{i, cn+q} ρ_c(x_q) of a law.

    Args:
        integrands: ρ, expressions as in laws: fields, derivatives, inputs and parameters.
        points: x, shape (n, inputs).
        matrix: M, shape (rows, integrands · n), the points of the first integrand first; dense or
            sparse.
        groups: where groups of points end that have rows in common; for large sparse matrices.

    Raises:
        ValueError: the shapes do not fit each other.
    """

    integrands: tuple[sp.Expr, ...]
    points: Array
    matrix: Array | csr_matrix
    groups: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        columns = len(self.integrands) * len(self.points)
        if self.matrix.ndim != 2 or self.matrix.shape[1] != columns or not self.matrix.shape[0]:
            raise ValueError(
                f"integrals: expected a matrix of shape (rows, {columns}) for "
                f"{len(self.integrands)} integrands at {len(self.points)} points, got "
                f"{self.matrix.shape}"
            )


def integral_plans(
    lowered: LoweredProblem, integrals: Mapping[str, LawIntegrals]
) -> dict[str, Plan]:
    """Label to the plan of the integrands, for each law that is imposed by integrals.

    Raises:
        KeyError: no law of the problem has such a label.
        ValueError: an integrand has a normal, which points away from boundaries do not have.
    """
    problem = lowered.problem
    plans = {
        problem.law(label).label: plan(
            problem, lowered.groups, label, [problem.substitute(e) for e in own.integrands]
        )
        for label, own in integrals.items()
    }
    for label, own in plans.items():
        if any(isinstance(item, Normal) for _, item in own.inputs):
            raise ValueError(f"integrals: an integrand of {label} has a normal")
    return plans
