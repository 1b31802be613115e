r"""A residual to first order, r(θ + δ) ≈ r + J δ, in coordinates that keep lengths.

Optimizers ask for minimisers of :math:`‖r + J δ‖² + λ‖δ‖²`, which are the same for :math:`Q^T r`
and :math:`Q^T J` where Q has orthonormal columns that span the range of J and r. Whoever has all
rows gives r and J themselves; processes that share the rows give the P + 1 rows of a triangle, or
the sums :math:`J^T r` and :math:`J^T J`, where a damping far above rounding makes these enough.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor

from .cosine_sketch import CosineSketch
from .count_sketch import CountSketch
from .factorisation import is_finite
from .normal_equations import NormalEquations
from .sparse_rows import SparseRows


@dataclass(frozen=True)
class Sketch:
    """Random sums of columns and of rows that stand in for J.

    Args:
        columns: J̃ = J Ω; None keeps all.
        rows: S J̃ and S r; None keeps all.
    """

    columns: CosineSketch | None = None
    rows: CountSketch | None = None

    @property
    def width(self) -> int | None:
        """s; None where all columns are kept."""
        return None if self.columns is None else self.columns.count

    def reduce(self, jacobian: Tensor) -> Tensor:
        """J̃, shape (N, s), from J, shape (N, P)."""
        return jacobian if self.columns is None else self.columns.rows(jacobian)

    def embed(self, step: Tensor) -> Tensor:
        """δ = Ω δ̃, shape (P,), from δ̃, shape (s,); lengths are the same."""
        return step if self.columns is None else self.columns.vector(step)

    def add_up(self, rows: Tensor) -> Tensor:
        """S a, for a of N rows."""
        return rows if self.rows is None else self.rows @ rows


PLAIN = Sketch()


@dataclass(frozen=True)
class Rows:
    """Coordinates that are rows: r and J, or k rows in place of theirs.

    Args:
        residual: r, shape (k,).
        jacobian: J, shape (k, P).
        residual_at: r(θ′) in these rows, shape (k,), as far as they reach it.
        loss: ‖r‖² before any rows were added up.
    """

    residual: Tensor
    jacobian: Tensor
    residual_at: Callable[[Tensor], Tensor]
    loss: float

    @property
    def finite(self) -> bool:
        """Whether r and J are finite."""
        return math.isfinite(self.loss) and is_finite(self.jacobian)

    def image(self, step: Tensor) -> Tensor:
        """J δ in these coordinates."""
        return self.jacobian @ step

    def normal_equations(self) -> NormalEquations:
        """JᵀJ, factorised for each damping."""
        return NormalEquations.of(self.jacobian)


@dataclass(frozen=True)
class NormalSums:
    """Coordinates that are sums over rows: Jᵀr and JᵀJ.

    Args:
        residual: Jᵀr, shape (P,).
        gram: JᵀJ, shape (P, P).
        residual_at: Jᵀr(θ′) with the J of the state, shape (P,).
        loss: ‖r‖².
    """

    residual: Tensor
    gram: Tensor
    residual_at: Callable[[Tensor], Tensor]
    loss: float

    @property
    def finite(self) -> bool:
        """Whether both are finite."""
        return math.isfinite(self.loss) and is_finite(self.residual) and is_finite(self.gram)

    def image(self, step: Tensor) -> Tensor:
        """J δ in these coordinates: JᵀJ δ."""
        return self.gram @ step

    def normal_equations(self) -> NormalEquations:
        """JᵀJ, factorised for each damping; right-hand sides b are given as Jᵀb."""
        return NormalEquations(self.gram, lambda right: right)


Linearisation = Rows | NormalSums


@dataclass(frozen=True)
class SparseOrder:
    """Coordinates that are rows of few entries.

    Args:
        residual: r, shape (k,).
        jacobian: J, shape (k, P).
        residual_at: r(θ′) in these rows, shape (k,), as far as they reach it.
    """

    residual: Tensor
    jacobian: SparseRows
    residual_at: Callable[[Tensor], Tensor]


def whole_rows(
    residual: Tensor,
    jacobian: Tensor,
    residual_at: Callable[[Tensor], Tensor],
    sketch: Sketch = PLAIN,
) -> Rows:
    """Those of one process that has all rows of r, shape (N,), and J, shape (N, P)."""
    loss = float(residual @ residual)
    return Rows(
        sketch.add_up(residual),
        sketch.add_up(sketch.reduce(jacobian)),
        lambda theta: sketch.add_up(residual_at(theta)),
        loss,
    )
