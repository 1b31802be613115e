r"""Type of a polynomial of second degree, from the signature of its quadratic form.

.. math:: p(ζ) = ζᵀ A ζ + b·ζ + c

A definite: elliptic. A regular with one eigenvalue of the other sign: hyperbolic; with two or
more of either sign: ultrahyperbolic. A semidefinite with b not orthogonal to the null space:
parabolic; all else is degenerate. Congruences ζ → Mᵀζ leave the type unchanged (Sylvester).

Source: R. Courant and D. Hilbert, Methods of Mathematical Physics II, chapter III.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pdedsl.geometry.arrays import Array

from .determinant import PointSymbol
from .local_type import (
    BACKWARD,
    BACKWARD_REASON,
    DEGENERATE,
    ELLIPTIC,
    HYPERBOLIC,
    PARABOLIC,
    ULTRAHYPERBOLIC,
    LocalType,
    axis_name,
)

_ZERO = 1e-10  # of an eigenvalue after equilibration, relative to the largest
_NO_SLOPE = 1e-12  # of b in the null space, relative to b


def quadratic_form(symbol: PointSymbol, dimension: int) -> tuple[Array, Array]:
    """A, shape (d, d), symmetric, and b, shape (d,), of the terms of order 2 and 1."""
    A, b = np.zeros((dimension, dimension)), np.zeros(dimension)
    for alpha, value in symbol.items():
        axes = [axis for axis, count in enumerate(alpha) for _ in range(count)]
        if len(axes) == 2:
            A[axes[0], axes[1]] += value / 2
            A[axes[1], axes[0]] += value / 2
        elif len(axes) == 1:
            b[axes[0]] = value
    return A, b


def signature_type(symbol: PointSymbol, names: Sequence[str], time: int | None) -> LocalType:
    """Type of a polynomial of degree 2; see the head of the module.

    Args:
        symbol: coefficients at a point.
        names: of the coordinates, one for each entry of a multi-index.
        time: which coordinate is time, for the direction of a parabolic equation.
    """
    A, b = quadratic_form(symbol, len(names))
    scaling = _equilibration(A)
    values, vectors = np.linalg.eigh(scaling[:, None] * A * scaling)
    zero = np.abs(values) <= _ZERO * np.abs(values).max()
    plus, minus = int(np.sum(values[~zero] > 0)), int(np.sum(values[~zero] < 0))
    if not zero.any():
        return _regular(plus, minus, None if time is None else A[time, time])
    null = vectors[:, zero]
    where = _null_text(scaling[:, None] * null, names)
    if np.abs(null.T @ (scaling * b)).max() <= _NO_SLOPE * np.abs(scaling * b).max():
        reason = "the second-order coefficients are singular, without a first derivative in "
        return LocalType(DEGENERATE, reason + where)
    if plus and minus:
        reason = "the second-order coefficients are singular and of both signs"
        return LocalType(DEGENERATE, f"{reason}, with a first derivative in {where}")
    reason = f"semidefinite second-order coefficients with a first derivative in {where}"
    if null.shape[1] > 1:
        reason += f" ({null.shape[1]} of them: ultraparabolic)"
    return _parabolic(A, b, time, reason)


def _equilibration(A: Array) -> Array:
    """D with rows of D A D of size about 1, so that units do not matter."""
    scaling = np.ones(len(A))
    for _ in range(3):
        rows = np.abs(scaling[:, None] * A * scaling).max(axis=1)
        scaling = scaling / np.sqrt(np.where(rows > 0, rows, 1.0))
    return scaling


def _regular(plus: int, minus: int, in_time: float | None) -> LocalType:
    few = min(plus, minus)
    if few == 0:
        return LocalType(ELLIPTIC, "the second-order coefficients are definite")
    if few == 1:
        reason = "one eigenvalue of the second-order coefficients has the sign opposite to the rest"
        if plus == minus:
            reason = "the second-order coefficients have one eigenvalue of either sign"
        if in_time is not None and plus + minus > 2 and in_time * (plus - minus) >= 0:
            # dt is timelike where A_tt has the sign of the single eigenvalue.
            reason += "; values at a fixed time determine no stable solution, time is not timelike"
        return LocalType(HYPERBOLIC, reason)
    reason = "the second-order coefficients have two or more eigenvalues of either sign"
    return LocalType(ULTRAHYPERBOLIC, reason)


def _null_text(null: Array, names: Sequence[str]) -> str:
    if null.shape[1] > 1:
        return "a null direction"
    return f"their null direction {axis_name(null[:, 0], names)}".rstrip()


def _parabolic(A: Array, b: Array, time: int | None, reason: str) -> LocalType:
    if time is None or np.abs(A[time]).max() > 0 or b[time] == 0:
        return LocalType(PARABOLIC, reason)
    # λ = kᵀAk / b_t for exp(λt + ik·x): growth where A and b_t have the same sign.
    if np.trace(A) * b[time] > 0:
        return LocalType(PARABOLIC, f"{reason}; {BACKWARD_REASON}", BACKWARD)
    return LocalType(PARABOLIC, reason)
