r"""Damped Gauss–Newton on a random subspace of the parameters, drawn anew in every iteration.

With the orthonormal columns Ω, shape (P, s), of `cosine_sketch` and J̃ = J Ω,

.. math:: θ ← θ + Ω δ̃(λ), \qquad δ̃(λ) = \arg\min_{δ̃} ‖J̃ δ̃ + r‖² + λ ‖δ̃‖²,

the same step as in `lm` among those of the subspace, with λ by the rule of `damped_gauss_newton`,
for O(N s²) in place of O(N P²) or O(N² P). With s ≥ P it is `lm`. After Webb, Jerad and Cartis
(DSGNAR, arXiv 2607.02194), with these departures: J is formed and then multiplied by a cosine
transform, and λ is walked along a grid.

With ``rows`` = m, the rows of J̃ and r are added up with random signs as well (`count_sketch`); the
decrease that is predicted is then that of the sketched residual, right to about √(s/m).
"""

from __future__ import annotations

from typing import ClassVar, Literal

import torch
from pydantic import model_validator
from torch import Tensor

from pdedsl.linalg.cosine_sketch import CosineSketch
from pdedsl.linalg.count_sketch import CountSketch
from pdedsl.linalg.linearisation import Sketch
from pdedsl.optimizers.problem import LeastSquaresProblem
from pdedsl.options.section import Count, Tally, fault_of

from .damped_gauss_newton import DampedGaussNewton, DampingOptions


class SketchedLmOptions(DampingOptions):
    """Damped Gauss–Newton on random subspaces; see `sketched_lm`.

    Args:
        columns: s, the dimension of the subspaces; all parameters where there are not more.
        rows: the rows of J̃ are added up, with random signs, to so many; None keeps them.
        seed: of the random subspaces.
    """

    kind: Literal["sketched_lm"] = "sketched_lm"
    columns: Count = 1_000
    rows: Count | None = None
    seed: Tally = 0

    @model_validator(mode="after")
    def _more_rows(self) -> SketchedLmOptions:
        if self.rows is not None and self.rows <= self.columns:
            raise fault_of(
                f"rows has to be above columns, {self.columns}, since fewer equations than "
                f"unknowns say nothing about the rest of the residual, but it is {self.rows}",
                "rows",
            )
        return self


class SketchedLm(DampedGaussNewton):
    """See the module docstring."""

    _passing: ClassVar[frozenset[str]] = frozenset({"_columns", "_rows"})

    def __init__(
        self, system: LeastSquaresProblem, options: SketchedLmOptions, theta: Tensor
    ) -> None:
        super().__init__(system, options, theta)
        self._columns, self._rows = options.columns, options.rows
        self._generator = torch.Generator().manual_seed(options.seed)

    def _draw(self) -> Sketch:
        rows, columns, draw = self._system.rows, self._system.parameters, self._generator
        subspace = sums = None
        if self._columns < columns:
            subspace = CosineSketch(columns, self._columns, draw, self.theta)
        if self._rows is not None and self._rows < rows:
            sums = CountSketch(rows, self._rows, draw)
        return Sketch(subspace, sums)
