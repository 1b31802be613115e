r"""The linear map from the integrand of a law at points to its rows, r = S ρ.

.. math:: S = \sqrt{w/N}\, \operatorname{diag}(\sqrt{ω_q}) \quad\text{or}\quad S = \sqrt{w/N}\, M,

with the weight w of the law and its number N of rows, so that ‖r‖² = w · mean of the rows of
√ω ρ, or of M ρ. A diagonal map gives every component at every point a row of its own: ω are the
weights of a quadrature. A matrix M mixes points and components: integrals, sums over a period,
rows against test functions v_i (M_iq = ω_q v_i(x_q)). The Jacobian is J = S ∂ρ/∂θ.

Training may give every point, or every row of a matrix, a further weight, whose root is in its
mask: S is then diag(mask) times that above.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt

import torch
from torch import Tensor

from .blocked_matrix import BlockedMatrix


@dataclass(frozen=True)
class RowMap:
    """S; see the module docstring.

    Args:
        weight: w.
        components: k, number of components of ρ.
        points: n, number of points.
        roots: √ω, shape (n,); None where all points count alike.
        matrix: M, shape (N, k n), dense, sparse or in blocks, the points of the first component
            first; None for a diagonal map.
        mask: roots of the weights that training gives, shape (n,), or (N,) with a matrix; None
            where it gives none.
        whole: N of the law, where these are the rows of a share of its points; None where they
            are all.

    Raises:
        ValueError: both ``roots`` and ``matrix`` are given.
    """

    weight: float
    components: int
    points: int
    roots: Tensor | None = None
    matrix: Tensor | BlockedMatrix | None = None
    mask: Tensor | None = None
    whole: int | None = None

    def __post_init__(self) -> None:
        if self.roots is not None and self.matrix is not None:
            raise ValueError("row map: the weights of the points belong into the matrix")

    @property
    def diagonal(self) -> bool:
        """Whether every component at every point has a row of its own."""
        return self.matrix is None

    @property
    def rows(self) -> int:
        """N."""
        return self.components * self.points if self.matrix is None else self.matrix.shape[0]

    @property
    def parts(self) -> list[slice]:
        """Among the rows of the law those of each component; all rows where a matrix mixes them."""
        if self.matrix is not None:
            return [slice(0, self.rows)]
        return [slice(k * self.points, (k + 1) * self.points) for k in range(self.components)]

    @property
    def scale(self) -> float:
        """√(w/N)."""
        return sqrt(self.weight / (self.whole or self.rows))

    def at(self, points: slice) -> RowMap:
        """A diagonal map for a share of the points; rows count in the loss as before."""
        cut = [None if own is None else own[points] for own in (self.roots, self.mask)]
        count = len(range(*points.indices(self.points)))
        whole = self.whole or self.rows
        return RowMap(self.weight, self.components, count, cut[0], None, cut[1], whole)

    @property
    def weighted(self) -> int:
        """What can have a weight of its own: n points, or N rows of a matrix."""
        return self.points if self.matrix is None else self.rows

    def entries(self, start: int, stop: int, like: Tensor) -> Tensor:
        """Entries of the diagonal for some points, shape (stop − start,), or () if all are one."""
        out = like.new_full((), self.scale)
        for factor in (self.roots, self.mask):
            out = out if factor is None else out * factor[start:stop]
        return out

    def first_rows(self, start: int) -> list[int]:
        """Among the rows of the law, the first for each component of the points from ``start`` on.

        A matrix has rows of all points together, for which one number stands.
        """
        if self.matrix is not None:
            return [0]
        return [k * self.points + start for k in range(self.components)]

    def apply(self, values: Sequence[Tensor], start: int = 0) -> list[Tensor]:
        """S ρ at consecutive points; for a matrix these must be all points.

        Args:
            values: ρ, for each component shape (count,).
            start: the first point.

        Returns:
            The rows in pieces that begin at `first_rows`.
        """
        if self.matrix is not None:
            return [self._masked(self.scale * (self.matrix @ torch.cat(list(values))))]
        entries = self.entries(start, start + len(values[0]), values[0])
        return [entries * value for value in values]

    @property
    def spans(self) -> list[tuple[int, int]]:
        """Consecutive points at which the Jacobian that a matrix mixes is taken together."""
        return self.matrix.spans if isinstance(self.matrix, BlockedMatrix) else [(0, self.points)]

    def apply_jacobian(self, parts: Iterable[Tensor]) -> Tensor:
        """M ∂ρ/∂θ times √(w/N).

        Args:
            parts: ∂ρ/∂θ at the points of each span, the first component first.

        Returns:
            Shape (N, P).
        """
        assert self.matrix is not None
        if not isinstance(self.matrix, BlockedMatrix):
            (part,) = parts
            return self._masked(self.scale * (self.matrix @ part))
        out: Tensor | None = None
        for span, part in zip(self.spans, parts, strict=True):
            out = part.new_zeros(self.rows, part.shape[1]) if out is None else out
            self.matrix.add_to(out, part, span)
        assert out is not None
        return self._masked(self.scale * out)

    def _masked(self, rows: Tensor) -> Tensor:
        """Rows of a matrix, or of a Jacobian with one, times the mask."""
        if self.mask is None:
            return rows
        return self.mask * rows if rows.ndim == 1 else self.mask[:, None] * rows
