r"""Newton's method whose linear systems are solved by GMRES, as well as a step needs it.

A system may leave as large a part of its residual as the error is, which keeps the convergence
quadratic (Dembo, Eisenstat and Steihaug, SIAM J. Numer. Anal. 19, 1982).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.sparse.linalg import LinearOperator, gmres

from pdedsl.geometry.arrays import Array

Linearised = tuple[Array, Callable[[Array], Array], Array]


class UnsolvedError(ArithmeticError):
    """Newton's method does not come to an end in a window."""


@dataclass(frozen=True)
class Newton:
    """Constants of the method; errors and steps are relative to the solution."""

    tolerance: float = 1e-13  # of the last step: rounding leaves about as much
    steps: int = 15  # at most †
    vectors: int = 40  # of a linear system: four or five are usual †
    loose: float = 1e-2  # part of a residual that a linear system may leave †
    part: float = 0.1  # of the tolerance, that it need not leave less than †
    rounding: float = 1e-7  # step below which one that does not fall is rounding †
    stalls: float = 0.3  # part of the step before, above which it does not fall †
    patience: int = 3  # steps before one has to fall †
    falls: float = 0.9  # part of the step before, above which the method has no end †
    near: float = 0.1  # part of coefficients by which those of a preconditioner may differ †
    least: float = 1e-6  # size of a component beside the largest's that its error is taken by †


NEWTON = Newton()


def newton(
    linearise: Callable[[Array], Linearised], start: Array, tolerance: float, linear: bool
) -> Array:
    """The solution of a system.

    It ends when the next step will be within the tolerance: what a linear system leaves, or the
    square of the last step by the constant of the two before.

    Args:
        linearise: from a state to a preconditioned residual as a vector, its derivative, and the
            units of both, which broadcast against the state.
        start: the state at which it begins.
        tolerance: of the last step, in these units.
        linear: whether the derivative is the same everywhere.

    Raises:
        UnsolvedError: it does not come to an end.
    """
    state, before = start, np.inf
    for count in range(NEWTON.steps):
        right, operator, units = linearise(state)
        error = float(np.linalg.norm(right))
        if not np.isfinite(error):
            raise UnsolvedError("values are not finite")
        if error == 0:
            return state
        wanted = min(NEWTON.loose, max(error, NEWTON.part * tolerance / error))
        found, left = _solve(operator, right, wanted)
        change = float(np.linalg.norm(found))
        state = state - found.reshape(state.shape) * units
        next_one = max(left * change, change * (change / before) ** 2)
        known = count > 0 or linear
        stalls = change < NEWTON.rounding and change > NEWTON.stalls * before
        if change <= tolerance or (known and next_one <= NEWTON.part * tolerance) or stalls:
            return state
        if count >= NEWTON.patience and change > NEWTON.falls * before:
            break
        before = change
    raise UnsolvedError("Newton's method does not come to an end")


def _solve(
    operator: Callable[[Array], Array], right: Array, tolerance: float
) -> tuple[Array, float]:
    """The vector x that leaves at most a part of b = A x, as far as it is found, and that part.

    Args:
        operator: x to A x, vectors.
        right: b.
        tolerance: of |b − A x| / |b|.
    """
    left = [1.0]
    found, _ = gmres(
        LinearOperator((right.size, right.size), matvec=operator, dtype=right.dtype),
        right, rtol=tolerance, atol=0.0, restart=NEWTON.vectors, maxiter=1,
        callback=left.append, callback_type="pr_norm",
    )  # fmt: skip
    return found, left[-1]
