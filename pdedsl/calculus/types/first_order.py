r"""Systems of first order that are hyperbolic although their characteristics coincide.

For :math:`A_t ∂_t u + \sum_i A_i ∂_i u + C u` with A_t regular the determinant of the symbol has
multiple factors where several fields travel at one speed, and then does not tell the type alone.
The system is strongly hyperbolic where :math:`B(ω) = A_t^{-1} \sum_i ω_i A_i` has real eigenvalues
and a full set of eigenvectors for every direction ω, with a bound on their condition. Where the
eigenvectors are too few it is weakly hyperbolic: solutions lose derivatives with time, and terms of
order zero may make short waves grow without bound. It is symmetric hyperbolic where one positive
definite S makes all :math:`S A_t^{-1} A_i` symmetric, see `symmetrizer`; the energy
:math:`∫ uᵀ S u` is bounded then, whatever the terms of order zero.

Source: H.-O. Kreiss and J. Lorenz, Initial-Boundary Value Problems and the Navier–Stokes Equations
(1989), section 2.3; K. O. Friedrichs, Comm. Pure Appl. Math. 7 (1954), 345–392.
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
_SYMMETRIC = 1e-10  # of S B − (S B)ᵀ relative to B: its rounding is 1e-15
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
    if symmetrizer(others) is not None:
        reason = f"symmetric hyperbolic, {reason}"
    return LocalType(HYPERBOLIC, f"{reason} in every direction, as an evolution in {name}")


def symmetrizer(matrices: Array) -> Array | None:
    """A symmetric positive definite S with all S B_i symmetric, of largest entry 1; None if none.

    These S are a linear space; the one that is looked at is that nearest to the identity, which is
    definite wherever the space has one dimension and holds a definite S.

    Args:
        matrices: the B_i, shape (axes, n, n).
    """
    n = matrices.shape[1]
    scale = max(float(np.abs(matrices).max()), 1e-300)
    rows, columns = np.triu_indices(n)
    basis = np.zeros((len(rows), n, n))
    basis[np.arange(len(rows)), rows, columns] = 1.0
    basis[np.arange(len(rows)), columns, rows] = 1.0
    moved = np.einsum("kij,ajl->kail", basis, matrices / scale)
    skew = (moved - moved.swapaxes(2, 3)).reshape(len(rows), -1)
    vectors, values, _ = np.linalg.svd(skew)
    null = vectors[:, np.append(values, np.zeros(len(rows)))[: len(rows)] <= _SYMMETRIC]
    found = np.einsum("k,kij->ij", null @ (null.T @ (rows == columns)), basis)
    ends = np.linalg.eigvalsh(found)
    return found / np.abs(found).max() if ends[0] > ends[-1] / _WORST and ends[-1] > 0 else None
