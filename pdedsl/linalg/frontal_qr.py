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
import torch
from numpy.typing import NDArray
from scipy.linalg import lapack, solve_triangular
from scipy.sparse import csr_array
from scipy.sparse.csgraph import reverse_cuthill_mckee
from torch import Tensor

from pdedsl.geometry.arrays import Array

from .factorisation import Rank
from .sparse_rows import SparseRows

Integers = NDArray[np.int64]


_DAMPING = 1e-6  # μ for columns of unit length: μ² is far above rounding, and 8 steps lose nothing
_STEPS, _SETTLED = 8, 1e-13  # the most steps of Riley's method, and the change that ends it


class DependentColumnsError(ArithmeticError):
    """The columns are dependent, to the accuracy that was asked for."""


class FrontalQr:
    r"""The factorisation of a matrix by its entries; see the module docstring.

    Where columns are dependent, the solution of least norm is the limit of

    .. math:: x ← x + \arg\min_y ‖A y - (b - A x)‖² + μ²‖y‖²

    from zero (Riley, Math. Tables Aids Comput. 9, 1955; Golub, Numer. Math. 7, 1965), whose error
    in a direction of the singular value σ falls by :math:`μ²/(σ² + μ²)` in a step.

    Args:
        matrix: A, shape (N, P).
        cutoff: least entry of the diagonal of R, as a part of the largest; None for max(N, P)
            times the rounding unit.
    """

    def __init__(self, matrix: SparseRows, cutoff: float | None = None) -> None:
        self._values, self._columns = (
            t.detach().cpu().numpy() for t in (matrix.values, matrix.columns)
        )
        if cutoff is None:
            cutoff = max(len(matrix.values), matrix.size) * torch.finfo(matrix.values.dtype).eps
        norms = column_norms(self._values, self._columns, matrix.size)
        self.rank = Rank.FULL if np.isfinite(norms).all() else Rank.NOT_FINITE
        self._norms = np.where(norms > 0, norms, 1.0)
        self._triangle: _Triangle | None = None
        self._damped: tuple[float, _Triangle] | None = None
        if self.rank is Rank.FULL:
            try:
                self._triangle = _Triangle(self._values, self._columns, self._norms, cutoff)
            except DependentColumnsError:
                self.rank = Rank.DEFICIENT

    @property
    def widest(self) -> int:
        """Columns of the widest front, whose square is what a row costs; 0 where there is none."""
        return 0 if self._triangle is None else self._triangle.widest

    def solve(self, right: Tensor, damping: float = 0.0) -> Tensor:
        """x(b, λ), shape (P,)."""
        b = right.detach().cpu().numpy()
        if damping > 0:
            x = self._damped_solve(b, damping)
        elif self._triangle is not None:
            x = self._triangle.solve(b)
        else:
            x = self._least_norm(b)
        return torch.as_tensor(x, dtype=right.dtype, device=right.device)

    def _least_norm(self, right: Array) -> Array:
        x = np.zeros(len(self._norms))
        for _ in range(_STEPS):
            missing = right - (self._values * x[self._columns]).sum(axis=1)
            more = self._damped_solve(missing, 0.0)
            x = x + more
            if np.linalg.norm(more * self._norms) <= _SETTLED * np.linalg.norm(x * self._norms):
                break
        return x

    def _damped_solve(self, right: Array, damping: float) -> Array:
        """With the rows √λ I below A, or μ D for Riley's method where λ is zero."""
        size = len(self._norms)
        if self._damped is None or self._damped[0] != damping:
            fill = np.zeros((size, self._values.shape[1]))
            fill[:, 0] = damping**0.5 if damping else _DAMPING * self._norms
            places = np.repeat(np.arange(size)[:, None], fill.shape[1], axis=1)
            tall = np.concatenate((self._values, fill)), np.concatenate((self._columns, places))
            self._damped = damping, _Triangle(*tall, self._norms, 0.0)
        return self._damped[1].solve(np.concatenate((right, np.zeros(size))))


@dataclass(frozen=True)
class _Front:
    """An eliminated front: its rows, its reflections, and the rows of R that it finishes.

    The right-hand sides of C′ and of the new rows are turned by the reflections; the first of them
    belong to R, as many after those as C′ has rows to the next front.
    """

    rows: Integers
    reflections: Array
    scalars: Array
    own: Integers
    beyond: Integers
    carried: int


class _Triangle:
    """All fronts of a matrix, eliminated.

    Args:
        values: entries of A, shape (N, q).
        columns: their columns, shape (N, q).
        norms: D, shape (P,): the columns are divided by these.
        cutoff: least entry of the diagonal of R, as a part of the largest.

    Raises:
        DependentColumnsError: the diagonal of R has a smaller entry.
    """

    def __init__(self, values: Array, columns: Integers, norms: Array, cutoff: float) -> None:
        self._norms, size = norms, len(norms)
        self._fronts: list[_Front] = []
        fronts = _fronts(columns, size)
        last = np.zeros(size, dtype=np.int64)
        for number, (_, own) in enumerate(fronts):
            last[own] = number
        carried, carry = np.empty(0, dtype=np.int64), np.empty((0, 0))
        for number, (rows, own) in enumerate(fronts):
            active = np.union1d(carried, own)
            done = last[active] == number
            order = np.concatenate((active[done], active[~done]))
            place = np.empty(size, dtype=np.int64)
            place[order] = np.arange(len(order))
            block = np.zeros((len(carry) + len(rows), len(order)), order="F")
            block[: len(carry), place[carried]] = carry
            below = np.arange(len(carry), len(block))[:, None]
            np.add.at(block, (below, place[columns[rows]]), values[rows] / norms[columns[rows]])
            reflections, scalars, _, _ = lapack.dgeqrf(block, overwrite_a=True)
            count, height = int(done.sum()), min(reflections.shape)
            if height < count:
                raise DependentColumnsError
            carried, carry = order[count:], np.triu(reflections[:height])[count:, count:]
            front = _Front(rows, reflections, scalars, order[:count], carried, len(carry))
            self._fronts.append(front)
        eliminated = np.concatenate([front.own for front in self._fronts])
        if len(eliminated) < size:
            raise DependentColumnsError
        diagonals = [front.reflections.diagonal()[: len(front.own)] for front in self._fronts]
        diagonal = np.abs(np.concatenate(diagonals))
        if not diagonal.min() > cutoff * diagonal.max():
            raise DependentColumnsError

    @property
    def widest(self) -> int:
        """Columns of the widest front."""
        return max(front.reflections.shape[1] for front in self._fronts)

    def solve(self, right: Array) -> Array:
        """The minimiser of ‖A x − b‖₂."""
        finished, carry = [], np.empty(0)
        for front in self._fronts:
            turned = np.concatenate((carry, right[front.rows]))[:, None]
            if len(front.scalars):
                turned = lapack.dormqr(
                    "L", "T", front.reflections[:, : len(front.scalars)], front.scalars,
                    np.asfortranarray(turned), 1,
                )[0]  # fmt: skip
            count = len(front.own)
            finished.append(turned[:count, 0])
            carry = turned[count : count + front.carried, 0]
        x = np.zeros(len(self._norms))
        for front, part in zip(reversed(self._fronts), reversed(finished), strict=True):
            count = len(front.own)
            rest = front.reflections[:count, count:] @ x[front.beyond]
            top = front.reflections[:count, :count]
            x[front.own] = solve_triangular(top, part - rest, check_finite=False)
        return x / self._norms


def column_norms(values: Array, columns: Integers, size: int) -> Array:
    """Euclidean norms of the columns, shape (P,), of a matrix by its entries, shape (N, q)."""
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
