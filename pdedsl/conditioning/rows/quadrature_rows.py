r"""Factors by quadrature, Σ_q w_q (D_iφ)(x_q) (D_iφ)(x_q)ᵀ = RᵀR with R = [√w_q (D_iφ_j)(x_q)].

The rows are made in parts, and each part is joined to the factor so far by a QR decomposition,
so that A itself, with its lost small eigenvalues, is never formed.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from pdedsl.calculus.operator import LinearOperator, MultiIndex
from pdedsl.conditioning.discretisation import Discretisation
from pdedsl.conditioning.spectrum import reduce_rows

from .evaluation import Coefficients
from .magnitudes import Magnitudes, mean_size

Array = NDArray[np.float64]
RowsAt = Callable[[slice], list[Array]]
"""Unweighted rows (n, P) of each scalar equation, at some of the points."""

_ENTRIES = 2_000_000


def factor_of(rows: RowsAt, weights: Array, size: int) -> Array:
    """The factor of weighted rows, at most P of them.

    Args:
        rows: the rows at a range of points.
        weights: w_q, shape (q,), none negative.
        size: P.
    """
    chunk = max(64, min(_ENTRIES // max(size, 1), 4 * size + 64))
    kept = np.zeros((0, size))
    for start in range(0, len(weights), chunk):
        here = slice(start, min(start + chunk, len(weights)))
        scale = np.sqrt(weights[here])[:, None]
        kept = reduce_rows(np.concatenate([kept, *(scale * block for block in rows(here))]))
    return kept


def operator_rows(
    discretisation: Discretisation,
    operator: LinearOperator,
    coefficients: Coefficients,
    points: Array,
    normals: tuple[float, ...] | None = None,
) -> RowsAt:
    """RowsAt (D_iφ_j)(x_q) of a local operator.

    Args:
        discretisation: its parts are the columns of the operator.
        operator: in plain coefficients.
        coefficients: their values.
        points: x_q, shape (q, inputs).
        normals: the outward normal, the same at all points.

    Raises:
        NotAssembledError: a coefficient has no finite value at a point.
    """
    values = [
        [[(alpha, coefficients.values(a, points, normals)) for alpha, a in entry] for entry in row]
        for row in operator.rows
    ]
    needed = [
        sorted({alpha for row in values for alpha, _ in row[c]})
        for c in range(len(discretisation.parts))
    ]

    def rows(here: slice) -> list[Array]:
        at = points[here]
        blocks = [np.zeros((len(at), discretisation.size)) for _ in values]
        for c, (part, wanted) in enumerate(zip(discretisation.parts, needed, strict=True)):
            if not wanted:
                continue
            columns = list(part.columns)
            inner = [tuple(alpha[i] for i in columns) for alpha in wanted]
            derivatives = part.derivatives(at[:, columns], inner)
            for block, row in zip(blocks, values, strict=True):
                for alpha, a in row[c]:
                    if _acts(alpha, columns):
                        found = derivatives[wanted.index(alpha)]
                        block[:, part.place] += a[here, None] * found
        return blocks

    return rows


def operator_magnitude(
    magnitudes: Magnitudes,
    operator: LinearOperator,
    coefficients: Coefficients,
    points: Array,
    weights: Array,
    normals: tuple[float, ...] | None = None,
) -> Array:
    """s_j of `Magnitudes` for the rows of `operator_rows` and positive weights, shape (P,)."""
    numbers = [
        [
            [(alpha, mean_size(coefficients.values(a, points, normals), weights)) for alpha, a in e]
            for e in row
        ]
        for row in operator.rows
    ]
    return magnitudes.of(numbers)


def _acts(alpha: MultiIndex, columns: list[int]) -> bool:
    """Whether the derivative is only in arguments of the function, so that it is not zero."""
    return sum(alpha) == sum(alpha[i] for i in columns)
