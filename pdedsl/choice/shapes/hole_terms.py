r"""The functions around a hole that an equation asks for.

Around a hole a solution of an elliptic equation with analytic coefficients whose principal part is
the Laplacian is, by the representation of Vekua (New Methods for Solving Elliptic Equations, 1967,
chapter I), a sum of

.. math:: z^{-k} z^a \bar z^b, \qquad z^a \bar z^b \log r.

For the Laplacian itself a = b = 0 is enough. A power of it, and systems such as those of
elasticity and of Stokes, want b ≤ 1 and as many powers in the logarithmic part; for others a + b
and the powers of the logarithmic part grow with the degree n of the polynomials.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import sympy as sp

from pdedsl.calculus import LinearOperator, system_operators
from pdedsl.geometry.arrays import Array
from pdedsl.geometry.plane.holes import Frame
from pdedsl.ir import NotNumericError, Problem, evaluate
from pdedsl.models.bases.polar_columns import PolarTerm

_IDENTITY: Frame = ((1.0, 0.0), (0.0, 1.0))


@dataclass(frozen=True)
class PlaneKind:
    """What the equations of a domain in the plane are like.

    Args:
        frame: F, after which the principal part of one equation is the Laplacian.
        most: the largest b where it does not grow with n; None where it does.
    """

    frame: Frame
    most: int | None


@lru_cache(maxsize=16)
def plane_kind(problem: Problem, domain: str) -> PlaneKind:
    """The kind of the equations of a domain, at the values of the parameters."""
    found = [own for own in system_operators(problem) if own.domain == domain]
    if len(found) != 1 or found[0].left_out:
        return PlaneKind(_IDENTITY, None)
    operator = found[0].operator.map(problem.substitute)
    columns = [operator.coordinates.index(s) for s in problem.domain(domain).coordinates]
    frame = _IDENTITY
    if operator.shape == (1, 1) and operator.order == 2:
        frame = _frame(operator, columns) or frame
    still = operator.constant and len(operator.coordinates) == 2
    if not (found[0].linear and still and _homogeneous(operator)):
        return PlaneKind(frame, None)
    return PlaneKind(frame, operator.order // 2 - 1 if operator.shape == (1, 1) else 1)


def _frame(operator: LinearOperator, columns: list[int]) -> Frame | None:
    """F with F A Fᵀ a multiple of the identity, for constant parts a_ij of second order."""
    matrix = np.zeros((2, 2))
    for alpha, a in operator.rows[0][0]:
        own = [alpha[k] for k in columns]
        if sum(own) < 2:
            continue
        value = number_of(a)
        if value is None:
            return None
        i, j = (0, 0) if own[0] == 2 else (1, 1) if own[1] == 2 else (0, 1)
        matrix[i, j] += value / 2
        matrix[j, i] += value / 2
    return _to_identity(matrix)


def _to_identity(matrix: Array) -> Frame | None:
    values, vectors = np.linalg.eigh(matrix)
    if not values[0] * values[1] > 0:
        return None
    if abs(values[1] - values[0]) <= 1e-12 * abs(values).max():
        return _IDENTITY
    made = vectors @ np.diag(np.sqrt(abs(values).max() / abs(values))) @ vectors.T
    (a, b), (c, d) = made.tolist()
    return (a, b), (c, d)


def number_of(expression: sp.Expr) -> float | None:
    """The value of an expression without fields or coordinates; None of others."""
    try:
        return float(evaluate(expression))
    except (NotNumericError, TypeError, ValueError):
        return None


def _homogeneous(operator: LinearOperator) -> bool:
    """Whether each entry has derivatives of one order, s_i + t_j for its row and column."""
    orders = {
        (i, j): {sum(alpha) for alpha, _ in entry}
        for i, row in enumerate(operator.rows)
        for j, entry in enumerate(row)
        if entry
    }
    if any(len(own) > 1 for own in orders.values()):
        return False
    level = {("row", 0): 0}
    for _ in range(sum(operator.shape)):
        for (i, j), own in orders.items():
            row, column, order = ("row", i), ("column", j), next(iter(own))
            if row in level and level.setdefault(column, order - level[row]) != order - level[row]:
                return False
            if column in level:
                level.setdefault(row, order - level[column])
    return len(level) == sum(operator.shape)


@lru_cache(maxsize=256)
def hole_terms(powers: int, mixed: int, most: int, logarithms: int) -> tuple[PolarTerm, ...]:
    r"""The functions :math:`z^{-k} z^a \bar z^b` and :math:`z^a \bar z^b \log r`.

    Polynomials are left out.

    Args:
        powers: the largest k.
        mixed: the largest a + b of the first kind.
        most: the largest b of both.
        logarithms: the largest a + b of the second kind.
    """
    found: set[tuple[int, int, int]] = set()
    for b in range(most + 1):
        for a in range(mixed + 1 - b):
            for k in range(1, powers + 1):
                power, wave = a + b - k, abs(a - b - k)
                if power < 0 or wave > power:
                    found.add((power, wave, 0))
        for a in range(logarithms + 1 - b):
            found.add((a + b, abs(a - b), 1))
    return tuple(
        PolarTerm(power=float(p), wave=float(q), log_r=j, part=part)
        for p, q, j in sorted(found)
        for part in (("cos", "sin") if q else ("cos",))
    )
