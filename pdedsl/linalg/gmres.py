r"""Generalised minimal residuals (Saad and Schultz, SIAM J. Sci. Stat. Comput. 7, 1986).

The vector of :math:`b + A b + … ` that leaves least of :math:`b - A x`, by an orthonormal basis of
the space, in which A is a Hessenberg matrix.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from pdedsl.geometry.arrays import Array


def gmres(
    operator: Callable[[Array], Array], right: Array, tolerance: float, most: int
) -> tuple[Array, float]:
    """The vector x and |b − A x| / |b|.

    Args:
        operator: x to A x, vectors.
        right: b.
        tolerance: of the second of the results.
        most: vectors of the basis.
    """
    size = float(np.linalg.norm(right))
    if not size > 0:
        return np.zeros_like(right), 0.0
    basis, matrix = [right / size], np.zeros((most + 1, most))
    for count in range(1, most + 1):
        new = operator(basis[-1])
        for _ in range(2):  # the second time removes what rounding leaves
            for row, old in enumerate(basis):
                part = float(old @ new)
                matrix[row, count - 1] += part
                new = new - part * old
        matrix[count, count - 1] = np.linalg.norm(new)
        target = np.zeros(count + 1)
        target[0] = size
        own = matrix[: count + 1, :count]
        found = np.linalg.lstsq(own, target, rcond=None)[0]
        left = float(np.linalg.norm(target - own @ found)) / size
        if not np.isfinite(left) or left <= tolerance or not matrix[count, count - 1] > 0:
            break
        basis.append(new / matrix[count, count - 1])
    return np.tensordot(found, np.stack(basis[: len(found)]), 1), left
