r"""Least squares with rows of few entries, by orthogonal transformations of small dense blocks.

Rows with the same columns, or with some of them, are a front. The fronts are met one after
another; each is put below what is left of those before it, and columns that no later front has are
eliminated by a Householder QR factorisation of the block,

.. math:: Q^T \begin{pmatrix} C & c \\ A_f & b_f \end{pmatrix}
          = \begin{pmatrix} R_{11} & R_{12} & d \\ 0 & C' & c' \end{pmatrix},

where (R₁₁ R₁₂ d) are finished rows of the triangle and C′ goes on to the next front (George and
Heath, Linear Algebra Appl. 34, 1980; Matstoms, ACM Trans. Math. Software 20, 1994). The order of
the fronts is that of Cuthill and McKee (Proc. 24th ACM Nat. Conf., 1969) for the graph of those
that share columns, which leads from one end of an interval to the other whatever the numbers of
the columns are, and on a circle along both halves at once. For splines in one coordinate the work
grows with the number of elements, not with its cube.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import lapack, solve_triangular
from scipy.sparse import csr_array
from scipy.sparse.csgraph import reverse_cuthill_mckee

Array = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class _Finished:
    """Rows of the triangle: columns that were eliminated, R₁₁, columns beyond, R₁₂, and d."""

    own: Integers
    triangle: Array
    beyond: Integers
    rest: Array
    right: Array


class DependentColumnsError(ArithmeticError):
    """The columns are dependent, to the accuracy that was asked for."""


def solve_local(values: Array, columns: Integers, right: Array, size: int, cutoff: float) -> Array:
    """The minimiser of ‖A x − b‖₂.

    Args:
        values: entries of A, shape (N, q).
        columns: their columns, shape (N, q); entries at one place add up.
        right: b, shape (N,).
        size: P.
        cutoff: least entry of the diagonal of R, as a part of the largest.

    Returns:
        x, shape (P,).

    Raises:
        DependentColumnsError: the diagonal of R has a smaller entry.
    """
    norms = column_norms(values, columns, size)
    if not norms.all():
        raise DependentColumnsError
    finished: list[_Finished] = []
    carry_columns = np.empty(0, dtype=np.int64)
    carry, carry_right = np.empty((0, 0)), np.empty(0)
    fronts = _fronts(columns, size)
    last = np.zeros(size, dtype=np.int64)
    for number, (_, own) in enumerate(fronts):
        last[own] = number
    for number, (rows, own) in enumerate(fronts):
        active = np.union1d(carry_columns, own)
        done = last[active] == number
        order = np.concatenate((active[done], active[~done]))
        place = np.empty(size, dtype=np.int64)
        place[order] = np.arange(len(order))
        block = np.zeros((len(carry) + len(rows), len(order) + 1), order="F")
        block[: len(carry), place[carry_columns]] = carry
        block[: len(carry), -1] = carry_right
        below = np.arange(len(carry), len(block))[:, None]
        np.add.at(block, (below, place[columns[rows]]), values[rows] / norms[columns[rows]])
        block[len(carry) :, -1] = right[rows]
        count = int(done.sum())
        reduced = _reduced(block)
        if len(reduced) < count:
            raise DependentColumnsError
        finished.append(_Finished(
            order[:count], reduced[:count, :count], order[count:],
            reduced[:count, count:-1], reduced[:count, -1],
        ))  # fmt: skip
        carry_columns, carry = order[count:], reduced[count:, count:-1]
        carry_right = reduced[count:, -1]
    _check(finished, cutoff)
    return _substituted(finished, size) / norms


def column_norms(values: Array, columns: Integers, size: int) -> Array:
    """Euclidean norms of the columns, shape (P,); the arguments are those of `solve_local`."""
    rows = np.repeat(np.arange(len(columns)), columns.shape[1])
    entries = csr_array((values.ravel(), (rows, columns.ravel())), shape=(len(columns), size))
    entries.sum_duplicates()
    return np.sqrt(np.bincount(entries.indices, entries.data**2, size))


def _fronts(columns: Integers, size: int) -> list[tuple[Integers, Integers]]:
    """Rows of each front and its columns, in the order of elimination."""
    _, first, number = np.unique(columns, axis=0, return_index=True, return_inverse=True)
    fronts = [np.unique(columns[one]) for one in first]
    inside = _largest(fronts, size)
    kept, place = np.unique(inside, return_inverse=True)
    front = place.ravel()[number.ravel()]
    rows = np.split(np.argsort(front, kind="stable"), np.cumsum(np.bincount(front))[:-1])
    shared = _shared([fronts[k] for k in kept], size)
    order = reverse_cuthill_mckee(shared, symmetric_mode=True)
    return [(rows[k], fronts[kept[k]]) for k in order]


def _largest(fronts: list[Integers], size: int) -> Integers:
    """For each front the largest one that has all its columns."""
    shared = _shared(fronts, size).tocoo()
    counts = np.array([len(own) for own in fronts])
    whole = shared.data == counts[shared.row]
    inner, outer = shared.row[whole], shared.col[whole]
    order = np.lexsort((counts[outer], inner))
    largest = np.empty(len(fronts), dtype=np.int64)
    largest[inner[order]] = outer[order]  # the last one of each stays
    return largest


def _shared(fronts: list[Integers], size: int) -> csr_array:
    """Numbers of columns that two fronts share."""
    places, starts = np.concatenate(fronts), np.cumsum([0, *map(len, fronts)])
    incidence = csr_array((np.ones(len(places)), places, starts), shape=(len(fronts), size))
    return csr_array(incidence @ incidence.T)


def _reduced(block: Array) -> Array:
    """The triangle of a block, its last column transformed as well."""
    factored, _, _, info = lapack.dgeqrf(block, overwrite_a=True)
    assert info == 0
    height = min(factored.shape[0], factored.shape[1])
    return np.triu(factored[:height])


def _check(finished: list[_Finished], cutoff: float) -> None:
    diagonal = np.abs(np.concatenate([np.diag(rows.triangle) for rows in finished]))
    if not diagonal.min() > cutoff * diagonal.max():
        raise DependentColumnsError


def _substituted(finished: list[_Finished], size: int) -> Array:
    x = np.zeros(size)
    for rows in reversed(finished):
        right = rows.right - rows.rest @ x[rows.beyond]
        x[rows.own] = solve_triangular(rows.triangle, right, check_finite=False)
    return x
