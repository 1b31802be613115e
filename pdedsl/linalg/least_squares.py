r"""Linear least squares :math:`\min_x ‖A x - b‖_2`, factorised once for many right-hand sides.

The columns are scaled to unit length and :math:`A D^{-1} = Q R` by Householder reflections, never
by the normal equations, which square the condition number. Where R shows that the columns are
dependent to rounding, or there are no more rows than columns, the solution of least norm (of the
scaled columns) by a QR decomposition with pivots (LAPACK's gelsy) takes its place; one by singular
values has the same errors and takes several times as long. With more rows than columns R is
decomposed, with :math:`Q^T b` on the right: pivots move columns one by one, which for 4,000 rows
and 1,000 columns takes eight times as long (1.4 s in place of 0.17).
"""

from __future__ import annotations

import scipy.linalg
import torch
from torch import Tensor

from .factorisation import Factorisation, Rank
from .frontal_qr import FrontalQr
from .sparse_rows import SparseRows
from .svd import Reflections


def factor(matrix: Tensor | SparseRows, cutoff: float | None = None) -> Factorisation:
    """A factorisation by reflections, dense or front by front.

    Args:
        matrix: A, shape (N, P).
        cutoff: singular values, as parts of the largest, that count as zero; None for
            max(N, P) times the rounding unit.
    """
    if isinstance(matrix, Tensor):
        return Qr(matrix, cutoff)
    fronts = FrontalQr(matrix, cutoff)
    # Riley's method knows no cut-off.
    told = cutoff is not None and fronts.rank is Rank.DEFICIENT
    return Qr(matrix.dense(), cutoff) if told else fronts


def least_squares(
    matrix: Tensor | SparseRows, right: Tensor, cutoff: float | None = None
) -> Tensor:
    """The minimiser of ‖A x − b‖₂, of least norm where it is not unique; see `factor`."""
    return factor(matrix, cutoff).solve(right)


class Qr:
    """See the module docstring; where columns are dependent, each right side is decomposed anew.

    Args:
        matrix: A, shape (N, P).
        cutoff: as for `factor`.
    """

    def __init__(self, matrix: Tensor, cutoff: float | None = None) -> None:
        rows, columns = matrix.shape
        self._matrix = matrix
        self._factors: Reflections | None = None
        rounding = max(rows, columns) * torch.finfo(matrix.dtype).eps
        self._cutoff = rounding if cutoff is None else cutoff
        norms = torch.linalg.vector_norm(matrix, dim=0)
        self.rank = Rank.DEFICIENT if bool(torch.isfinite(norms).all()) else Rank.NOT_FINITE
        self._scale = torch.where(norms > 0, norms, torch.ones_like(norms))
        if rows > columns and self.rank is not Rank.NOT_FINITE:
            factors = Reflections(matrix / self._scale)
            diagonal = factors.diagonal().abs()
            self._factors = factors
            if float(diagonal.min()) > self._cutoff * float(diagonal.max()):
                self.rank = Rank.FULL

    def solve(self, right: Tensor, damping: float = 0.0) -> Tensor:
        """x(b, λ), shape (P,); a damping costs a factorisation of its own."""
        if damping > 0:
            columns = len(self._scale)
            eye = torch.eye(columns, dtype=right.dtype, device=right.device)
            taller = torch.cat((self._matrix, damping**0.5 * eye))
            return Qr(taller, self._cutoff).solve(torch.cat((right, right.new_zeros(columns))))
        if self._factors is None:
            return _least_norm(self._matrix / self._scale, right, self._cutoff) / self._scale
        turned = self._factors.turn(right)
        if self.rank is not Rank.FULL:
            return _least_norm(self._factors.triangle(), turned, self._cutoff) / self._scale
        return self._factors.back(turned) / self._scale


def _least_norm(matrix: Tensor, right: Tensor, cutoff: float) -> Tensor:
    a, b = matrix.detach().cpu().numpy(), right.detach().cpu().numpy()
    x = scipy.linalg.lstsq(a, b, cond=cutoff, lapack_driver="gelsy", check_finite=False)[0]
    return torch.as_tensor(x, dtype=right.dtype, device=right.device)
