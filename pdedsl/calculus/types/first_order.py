r"""Systems of first order that are hyperbolic although their characteristics coincide.

For :math:`A_t ∂_t u + \sum_i A_i ∂_i u + C u` with A_t regular the determinant of the symbol has
multiple factors where several fields travel at one speed, and then does not tell the type alone.
The system is strongly hyperbolic where :math:`B(ω) = A_t^{-1} \sum_i ω_i A_i` has real eigenvalues
and a full set of eigenvectors for every direction ω, with a bound on their condition. Where the
eigenvectors are too few it is weakly hyperbolic: solutions lose derivatives with time, and terms of
order zero may make short waves grow without bound.

Source: H.-O. Kreiss and J. Lorenz, Initial-Boundary Value Problems and the Navier–Stokes Equations
(1989), section 2.3.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pdedsl.calculus.operator import LinearOperator
from pdedsl.geometry.arrays import Array

from .determinant import sampled_entries
from .local_type import DEGENERATE, HYPERBOLIC, LocalType
from .points import directions
from .symbol_samples import Sample

_WORST = 1e6  # condition of the eigenvectors; those of a Jordan block have 1e8 in rounding
_REAL = 1e-4  # imaginary parts relative to the largest eigenvalue; those of blocks of 3 are 1e-5


def first_order_type(
    operator: LinearOperator, sampled: Sample, names: Sequence[str], time: int | None
) -> dict[int, LocalType]:
    """Number of a point to its type, for the points where speeds are real in all directions.

    Args:
        operator: square, of any order; only systems of first order are looked at.
        sampled: its points.
        names: of the coordinates with derivatives.
        time: which of these is time; None tries each.
    """
    if operator.shape[0] < 2 or operator.order != 1:
        return {}
    axes = range(len(names)) if time is None else [time]
    found = {}
    for point, own in enumerate(_matrices(operator, sampled)):
        types = [_type_against(own, axis, names[axis]) for axis in axes]
        real = [one for one in types if one is not None]
        if real:
            found[point] = min(real, key=lambda one: one.kind != HYPERBOLIC)
    return found


def _matrices(operator: LinearOperator, sampled: Sample) -> Array:
    """A_i at the points, shape (points, active axes, n, n)."""
    n, count = operator.shape[0], len(sampled.symbols)
    out = np.zeros((count, len(sampled.active), n, n))
    for i, row in enumerate(sampled_entries(operator, sampled.points)):
        for j, entry in enumerate(row):
            for alpha, (value, _) in entry.items():
                if sum(alpha) == 1:
                    out[:, sampled.active.index(alpha.index(1)), i, j] = value
    return out


def _type_against(matrices: Array, axis: int, name: str) -> LocalType | None:
    """The type as an evolution in a coordinate; None where speeds are not real."""
    if np.linalg.cond(matrices[axis]) > _WORST:
        return None
    others = np.delete(np.linalg.solve(matrices[axis], matrices), axis, axis=0)
    worst = 1.0
    for direction in directions(len(others), 0 if len(others) == 1 else 6):
        values, vectors = np.linalg.eig(np.tensordot(direction, others, axes=1))
        if np.abs(values.imag).max() > _REAL * np.abs(values).max():
            return None
        worst = max(worst, float(np.linalg.cond(vectors)))
    if worst > _WORST:
        reason = f"weakly hyperbolic in {name}: real speeds, but fields of one speed are dependent"
        return LocalType(DEGENERATE, reason)
    reason = "a system of first order with real speeds and independent characteristic fields"
    return LocalType(HYPERBOLIC, f"{reason} in every direction, as an evolution in {name}")
