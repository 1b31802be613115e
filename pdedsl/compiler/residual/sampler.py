"""How the points of a system's laws are drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from math import prod
from typing import Any

import numpy as np
import torch
from scipy.sparse import csr_matrix
from torch import Tensor

from pdedsl.compiler.evaluation.ansatz import Ansatz
from pdedsl.compiler.evaluation.checks import check_weights
from pdedsl.compiler.evaluation.point_batch import PointBatch
from pdedsl.compiler.lowering.held_rows import held_rows, table_of
from pdedsl.compiler.lowering.lower import LoweredProblem
from pdedsl.compiler.lowering.plan import Plan
from pdedsl.compiler.points.counts import default_count
from pdedsl.compiler.points.drawing import EmptyPlace, Lines
from pdedsl.compiler.points.place_points import Sample, data_sample, place_points
from pdedsl.diagnostics import Diagnostic, UserError
from pdedsl.ir import Global, Law, OnData, Problem, domain_of
from pdedsl.models import BasisModel
from pdedsl.models.bases.polar_columns import PolarColumns
from pdedsl.models.corrected import Corrected

from .adaptive import Adaptive, concentrate
from .block import Block
from .blocked_matrix import BlockedMatrix
from .law_integrals import LawIntegrals
from .row_map import RowMap
from .table_columns import column_values

# Entries up to which a sparse matrix is kept dense: a choice.
_DENSE = 1 << 21

Targets = Callable[[Block], tuple[Tensor, ...]]


@dataclass
class Sampler:
    """Draws the points of the laws of a problem, and has their weights.

    Args:
        lowered: the problem.
        ansatz: its models.
        plans: label to what a law's residual needs, with sums that are estimated.
        points: number of points by label or kind.
        kind: of the sampling, see `build`.
        weights: w by label or kind; 1 for the others. A change replaces them, see `set_weights`.
        like: a tensor of the precision, on the device.
        lines: for the kind ``gauss``, the rule of each input, by kind of law.
        integrals: of the laws that are imposed by integrals, by label.
        targets: what the residuals of a law are compared with, such as those of another state
            at the same points; none where it returns nothing.
    """

    lowered: LoweredProblem
    ansatz: Ansatz
    plans: Mapping[str, Plan]
    points: Mapping[str, int]
    kind: str
    weights: dict[str, float]
    like: Tensor
    lines: Mapping[str, Lines] | None = None
    integrals: Mapping[str, LawIntegrals] = field(default_factory=dict, repr=False)
    targets: Targets | None = field(default=None, repr=False)
    _matrices: dict[str, Tensor | BlockedMatrix] = field(
        default_factory=dict, init=False, repr=False
    )

    @property
    def problem(self) -> Problem:
        """The problem."""
        return self.lowered.problem

    def drawn(self, points: Mapping[str, int]) -> Sampler:
        """The same laws at points of Sobol, so many by label, with their residuals there."""
        plans = dict(self.plans) | {k: self.lowered.plans[k] for k in self.integrals}
        return Sampler(self.lowered, self.ansatz, plans, points, "sobol", self.weights, self.like)

    def blocks(self, laws: list[Law], seed: int) -> tuple[Block, ...]:
        """Fresh points for some laws, their rows one after another."""
        out: list[Block] = []
        for law in laws:
            out.append(self._block(law, out, seed))
        return tuple(out)

    def held_out(self, law: Law) -> Block | None:
        """The rows of data that no training sees, as a block of their own; None where all are."""
        if not isinstance(law.place, OnData):
            return None
        rows = held_rows(table_of(self.problem, law.place).rows)
        if not len(rows):
            return None
        batch = self._batch(law, data_sample(self.problem, law.place, rows), 0)
        names = law.row_labels
        row_map = RowMap(1.0, len(names), len(batch), None)
        return Block(law.label, law.kind, 0, names, batch, self.plans[law.label], row_map)

    def adapted_blocks(
        self, before: tuple[Block, ...], seed: int, adaptive: Adaptive
    ) -> tuple[Block, ...]:
        """Fresh points for the laws of blocks; equations where the residual is large.

        Where points are added, those that are there stay, also of other laws.
        """
        out: list[Block] = []
        for old in before:
            law, count = self.problem.law(old.label), adaptive.count(len(old.data))
            drawn = law.kind == "eq" and old.map.diagonal
            if drawn and count:
                pool = self._block(law, out, seed, adaptive.candidates * count)
                fresh = concentrate(pool, count, adaptive, self.ansatz, seed)
                kept = old.moved(pool.row)
                out.append(kept.with_more(fresh.data) if adaptive.added else fresh)
            elif adaptive.added:
                out.append(old.moved(_next_row(out)))
            else:
                out.append(self._block(law, out, seed))
        return tuple(out)

    def _block(self, law: Law, before: list[Block], seed: int, count: int | None = None) -> Block:
        """The points of a law, whose rows come after those of other blocks."""
        row = _next_row(before)
        own = self.integrals.get(law.label)
        sample = self._sample(law, seed, count) if own is None else Sample(own.points)
        batch = self._batch(law, sample, seed)
        if own is None:
            components = len(law.residuals)
            roots = None if sample.weights is None else self._tensor(np.sqrt(sample.weights))
            row_map = RowMap(self.weight(law), components, len(batch), roots)
        else:
            components = 1
            if law.label not in self._matrices:
                self._matrices[law.label] = self._matrix(own)
            matrix = self._matrices[law.label]
            row_map = RowMap(self.weight(law), len(own.integrands), len(batch), matrix=matrix)
        numbers = range(1, components + 1)
        names = tuple(f"{law.label}[{i}]" for i in numbers) if components > 1 else (law.label,)
        block = Block(law.label, law.kind, row, names, batch, self.plans[law.label], row_map)
        if self.targets is None:
            return block
        return replace(block, data=replace(batch, targets=self.targets(block)))

    def _sample(self, law: Law, seed: int, count: int | None) -> Sample:
        problem, lines = self.problem, None if self.lines is None else self.lines[law.kind]
        count = count or self._count(law) or default_count(problem, law)
        try:
            clouds = self._clouds(law)
            return place_points(problem, law, count, self.kind, seed, lines, clouds)
        except EmptyPlace:
            message = f"no point of the boundary satisfies the condition of {law.label}"
            raise UserError([Diagnostic("E407", message, law.span)], problem.source) from None

    def _clouds(self, law: Law) -> tuple[PolarColumns, ...]:
        """The columns of the fields of a law's domain that have points of their own."""
        if law.kind != "eq":
            return ()
        own = domain_of(law.place)
        models = [n.model for n in self.ansatz.networks if n.group.domain == own]
        models = [m.correction if isinstance(m, Corrected) else m for m in models]
        bases = [model for model in models if isinstance(model, BasisModel)]
        return tuple(c for basis in bases for c in basis.options.columns if c.cloud is not None)

    def _batch(self, law: Law, sample: Sample, seed: int) -> PointBatch:
        """Points with the values of columns and fresh random directions of estimates."""
        made, n = self.plans[law.label], len(sample.points)
        columns = {
            column: self._tensor(column_values(self.problem, law, column, sample))
            for column in made.columns
        }
        draws = {}
        for number, (site, estimate) in enumerate(made.estimates):
            drawn = estimate.draw(n, seed, f"{law.label} {number}")
            draws[site] = tuple(part.to(self.like.device) for part in drawn)
        normals = None if sample.normals is None else self._tensor(sample.normals)
        return PointBatch(self._tensor(sample.points), normals, columns, draws)

    def _tensor(self, array: np.ndarray) -> Tensor:
        """An array in the precision and on the device of the system."""
        return torch.as_tensor(array, dtype=self.like.dtype, device=self.like.device)

    def _matrix(self, own: LawIntegrals) -> Tensor | BlockedMatrix:
        """A matrix of rows in the precision and on the device of the system."""
        if not isinstance(own.matrix, csr_matrix):
            return self._tensor(own.matrix)
        if prod(own.matrix.shape) <= _DENSE:
            return self._tensor(own.matrix.toarray())
        points = len(own.points)
        return BlockedMatrix(own.matrix, points, own.groups or (points,), self.like)

    def weight(self, law: Law) -> float:
        """The weight w of a law."""
        return float(_option(self.weights, law, 1.0))

    def set_weights(self, weights: Mapping[str, float]) -> None:
        """Change weights by label or kind; the others stay."""
        check_weights(self.problem, weights)
        new = {law.label: _option(weights, law) for law in self.problem.laws}
        self.weights = self.weights | {k: float(w) for k, w in new.items() if w is not None}

    def _count(self, law: Law) -> int | None:
        """Number of points that is asked for, or of the rows of its table; None for the default."""
        count: int | None = _option(self.points, law)
        if count is None and isinstance(law.place, OnData):
            name = law.place.table
            return next(table.rows for table in self.problem.tables if table.name == name)
        if count is not None and isinstance(law.place, Global) and law.label not in self.points:
            # Each point costs a quadrature, and a law between integrals varies in time alone.
            return min(count, default_count(self.problem, law))
        return count


def _next_row(blocks: list[Block]) -> int:
    return blocks[-1].rows.stop if blocks else 0


def _option(values: Mapping[str, Any], law: Law, default: Any = None) -> Any:
    return values.get(law.label, values.get(law.kind, default))
