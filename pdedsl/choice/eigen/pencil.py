r"""Eigenpairs of laws that hold for fields of zero and are affine in one number.

In a basis these are :math:`A(E) u = (A_0 + E A_1) u = 0` at points, with conditions
:math:`B u = 0`. With u = N c, N a basis of the null space of B, and a number s beside the guess

.. math:: (A(s) N)^+ A_1 N c = -\frac{1}{E - s} c,

where the pseudo-inverse solves the laws by least squares, as everywhere in bases: it converges to
the inverse of the operator, and so do the eigenvalues (Babuška and Osborn, Eigenvalue Problems,
1991, 7). All that the basis resolves come at once; a pair is told from those that it does not
resolve by the residual that is left of it,

.. math:: ‖(A_0 + E A_1) u‖ \big/ (‖A_0 u‖ + |E| ‖A_1 u‖).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy.linalg

from pdedsl.geometry.arrays import Array

_ASIDE = 0.0317  # of the distance at which the matrix is asked for: no round number
_REAL = 1e-8  # imaginary part, over the size of an eigenvalue, that is rounding
_DIGITS = 1e-13  # of a matrix, that are rounding
_AFFINE = 1e-6  # of its change, by which a matrix may differ from an affine one


@dataclass(frozen=True)
class Eigenpair:
    """A pair in a basis.

    Args:
        number: E.
        fields: u, shape (columns,).
        residual: the part of it that is left; see the module docstring.
    """

    number: float
    fields: Array
    residual: float


def eigenpairs(
    matrix: Callable[[float], Array],
    conditions: Array,
    guess: float,
    apart: float,
    most: float,
    resolved: float,
) -> list[Eigenpair] | None:
    """The resolved pairs, nearest to a guess first; None where the matrix is not affine.

    Args:
        matrix: A(E), shape (rows, columns).
        conditions: a basis N of fields that meet the conditions, shape (columns, free).
        guess: of E.
        apart: distance from the guess at which A may be asked for, either way.
        most: the same, upwards.
        resolved: the largest residual of a pair that counts.
    """
    below, middle, above = (matrix(guess + step) for step in (-apart, 0.0, apart))
    slope = (above - below) / (2 * apart)
    changed, size = np.abs(apart * slope).max(), np.abs(middle).max()
    if not np.abs(above - 2 * middle + below).max() <= _AFFINE * changed + _DIGITS * size:
        return None
    if math.isinf(most) and 0 < changed < size:
        # Farther away, where the change has as many digits as the matrix.
        step = apart * size / changed
        slope = (matrix(guess + step) - middle) / step
    shift = guess - _ASIDE * apart  # a guess that is an eigenvalue would have no inverse
    a0, a1 = (middle - guess * slope) @ conditions, slope @ conditions
    if not np.abs(a1).max() > 0:
        return None
    shifted = a0 + shift * a1
    lengths = np.linalg.norm(shifted, axis=0)
    lengths[lengths == 0] = 1.0
    inverse = scipy.linalg.lstsq(shifted / lengths, a1, lapack_driver="gelsy")[0] / lengths[:, None]
    inverses, vectors = scipy.linalg.eig(inverse)
    with np.errstate(divide="ignore", invalid="ignore"):
        values = shift - 1 / inverses
    pairs = []
    for value, vector in zip(values, vectors.T, strict=True):
        if not np.isfinite(value) or abs(value.imag) > _REAL * abs(value):
            continue
        c = vector.real / np.linalg.norm(vector.real)
        first_part, second_part = a0 @ c, value.real * (a1 @ c)
        size = float(np.linalg.norm(first_part) + np.linalg.norm(second_part))
        left = float(np.linalg.norm(first_part + second_part)) / size if size else math.inf
        if left <= resolved:
            pairs.append(Eigenpair(float(value.real), conditions @ c, left))
    return sorted(pairs, key=lambda pair: abs(pair.number - guess))
