r"""Equations :math:`(κ - \sum_a A_a) v = r` for a sum of matrices along the axes of an array.

Matrices with well-conditioned eigenvectors are made diagonal, which those of advection and
diffusion are not: at most two axes have Schur forms instead, with which the equation is one of
Sylvester (Bartels and Stewart, Comm. ACM 15, 1972).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np
import scipy.linalg
from numpy.typing import NDArray
from scipy.linalg.lapack import ztrsyl

from pdedsl.geometry.arrays import Array

Complex = NDArray[np.complex128]

_WELL = 1e5
"""Condition number of eigenvectors that are used: 2e3 for the Laplacian at degree 40; what they
lose, a matrix of advection with 1e14 loses altogether."""


class SumSolver:
    """Solves for any κ and r.

    Args:
        matrices: A_a, one for each axis of r.

    Raises:
        ArithmeticError: more than two axes have ill-conditioned eigenvectors.
    """

    def __init__(self, matrices: Sequence[Array]) -> None:
        self._to: list[Complex] = []
        self._back: list[Complex] = []
        self._values: list[Complex] = []
        self._forms: dict[int, Complex] = {}
        found = [np.linalg.eig(matrix) for matrix in matrices]
        conditions = [float(np.linalg.cond(vectors)) for _, vectors in found]
        ill = [a for a, condition in enumerate(conditions) if not condition < _WELL]
        if len(ill) > 2:
            raise ArithmeticError("three axes have ill-conditioned eigenvectors")
        if len(ill) == 1:  # an equation of Sylvester has two
            others = [a for a in range(len(matrices)) if a not in ill]
            ill = sorted([*ill, max(others, key=lambda a: conditions[a])])
        self._pair = tuple(ill)
        for axis, (matrix, (values, vectors)) in enumerate(zip(matrices, found, strict=True)):
            if axis in ill:
                # The second of the pair stands on the right, where its transpose acts.
                own = matrix if axis == ill[0] else matrix.T
                form, turn = scipy.linalg.schur(own.astype(complex), output="complex")
                self._forms[axis] = form
                first = axis == ill[0]
                self._to.append(turn.conj().T if first else turn.T)
                self._back.append(turn if first else turn.conj())
                self._values.append(np.zeros(len(matrix), dtype=complex))
            else:
                self._to.append(np.linalg.inv(vectors).astype(complex))
                self._back.append(vectors.astype(complex))
                self._values.append(values.astype(complex))

    def solve(self, shift: complex, right: Complex) -> Complex:
        """V for κ and r, arrays of one shape."""
        turned = along_axes(self._to, right)
        total = np.full(right.shape, shift, dtype=complex)
        for axis, values in enumerate(self._values):
            total -= values.reshape([-1 if a == axis else 1 for a in range(right.ndim)])
        solved = self._solve_pair(total, turned) if self._pair else turned / total
        return along_axes(self._back, solved)

    def _solve_pair(self, shifts: Complex, right: Complex) -> Complex:
        """An equation of Sylvester for each place on the other axes."""
        first, second = self._pair
        moved = np.moveaxis(right, (first, second), (-2, -1))
        kappa = np.moveaxis(shifts, (first, second), (-2, -1))
        out = np.empty_like(moved)
        left, over = self._forms[first], self._forms[second]
        for place in product(*map(range, moved.shape[:-2])):
            own = kappa[place][0, 0] * np.eye(len(left)) - left
            solved, scale, info = ztrsyl(own, -over, moved[place])
            if info < 0 or not scale > 0:
                raise ArithmeticError("an equation of Sylvester has no solution")
            out[place] = solved / scale
        return np.moveaxis(out, (-2, -1), (first, second))


def along_axes(matrices: Sequence[NDArray[Any]], values: NDArray[Any]) -> NDArray[Any]:
    """The matrices applied along the last axes of an array, one for each."""
    offset = values.ndim - len(matrices)
    for axis, matrix in enumerate(matrices):
        values = np.moveaxis(np.tensordot(matrix, values, (1, axis + offset)), 0, axis + offset)
    return values


def along_each(matrices: Sequence[NDArray[Any]], values: NDArray[Any]) -> NDArray[Any]:
    """The sum of the matrices, each along one of the last axes of an array."""
    offset = values.ndim - len(matrices)
    parts = [
        np.moveaxis(np.tensordot(matrix, values, (1, axis)), 0, axis)
        for axis, matrix in enumerate(matrices, offset)
    ]
    return np.sum(parts, axis=0)
