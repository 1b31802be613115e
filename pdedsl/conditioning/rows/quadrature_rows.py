r"""Factors by quadrature, Σ_q w_q (D_iφ)(x_q) (D_iφ)(x_q)ᵀ = RᵀR with R = [√w_q (D_iφ_j)(x_q)].

The rows are made in parts, and each part is joined to the factor so far by a QR decomposition,
so that A itself, with its lost small eigenvalues, is never formed.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from pdedsl.calculus.operator import LinearOperator
from pdedsl.conditioning.arrays import Array
from pdedsl.conditioning.spectrum import reduce_rows

from .evaluation import Coefficients
from .magnitudes import Magnitudes, mean_size

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
    magnitudes: Magnitudes,
    operator: LinearOperator,
    coefficients: Coefficients,
    points: Array,
    weights: Array,
    normals: tuple[float, ...] | None = None,
) -> tuple[RowsAt, Array]:
    """RowsAt (D_iφ_j)(x_q) of a local operator, and s_j of `Magnitudes` for them, shape (P,).

    Args:
        magnitudes: of the functions, whose components are the columns of the operator.
        operator: in plain coefficients.
        coefficients: their values.
        points: x_q, shape (q, inputs).
        weights: w_q, shape (q,), positive.
        normals: the outward normal, the same at all points.

    Raises:
        NotAssembledError: a coefficient has no finite value at a point.
    """
    discretisation = magnitudes.discretisation
    values = [
        [[(alpha, coefficients.values(a, points, normals)) for alpha, a in entry] for entry in row]
        for row in operator.rows
    ]
    numbers = [
        [[(alpha, mean_size(a, weights)) for alpha, a in entry] for entry in row] for row in values
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
                    # Else it is a derivative in what is no argument of the function.
                    if sum(alpha) == sum(alpha[i] for i in columns):
                        found = derivatives[wanted.index(alpha)]
                        block[:, part.place] += a[here, None] * found
        return blocks

    return rows, magnitudes.of(numbers)
