"""One law with its points and rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from pdedsl.compiler.evaluation.ansatz import Ansatz
from pdedsl.compiler.evaluation.chunk_sizes import even, points_at_once
from pdedsl.compiler.evaluation.evaluation import evaluate, evaluate_with_tapes
from pdedsl.compiler.evaluation.jacobian import Assembly, all_factors, factors
from pdedsl.compiler.evaluation.local_rows import LocalFactor
from pdedsl.compiler.evaluation.point_batch import PointBatch
from pdedsl.compiler.lowering.plan import Plan
from pdedsl.linalg.layers import Factor
from pdedsl.models.jets.differentiation import differentiable
from pdedsl.models.runtime.deadline import deadline, until
from pdedsl.models.runtime.free_memory import giving_back

from .row_map import RowMap

Rows = list[tuple[int, Tensor]]


@dataclass(frozen=True)
class Block:
    """The rows of one law.

    Args:
        label: the law's label.
        kind: ``eq``, ``bc``, ``ic`` or ``fit``.
        row: the first of its rows in r(θ).
        names: one name for each component of the law.
        data: the points with normals and column values.
        plan: what its integrand ρ needs.
        map: S, from ρ at the points to the rows: of a diagonal one all points of the first
            component come first, then those of the second, ….
    """

    label: str
    kind: str
    row: int
    names: tuple[str, ...]
    data: PointBatch
    plan: Plan
    map: RowMap

    @property
    def rows(self) -> slice:
        """Its rows in r(θ)."""
        return slice(self.row, self.row + self.map.rows)

    @property
    def points(self) -> Tensor:
        """Shape (n, inputs)."""
        return self.data.points

    @property
    def weight(self) -> float:
        """The w of its law."""
        return self.map.weight

    def with_weight(self, weight: float) -> Block:
        """The same rows for another w."""
        return replace(self, map=replace(self.map, weight=weight))

    def moved(self, row: int) -> Block:
        """The same rows from another one on."""
        return replace(self, row=row)

    def with_more(self, data: PointBatch) -> Block:
        """A diagonal block with more points, which count like those that it has."""
        return self.with_data(self.data.joined(data))

    def with_data(self, data: PointBatch) -> Block:
        """A diagonal block of other points."""
        return replace(self, data=data, map=replace(self.map, points=len(data)))

    def share(self, points: slice, row: int) -> Block:
        """A diagonal block of some of the points, whose rows begin at another one."""
        return replace(self, row=row, data=self.data.at(points), map=self.map.at(points))

    def with_point_weights(self, weights: Tensor | None) -> Block:
        """The same rows with weights of points, or of the rows of a matrix; None for none."""
        mask = None if weights is None else weights.sqrt()
        return replace(self, map=replace(self.map, mask=mask))

    def unweighted(self) -> Block:
        """The same rows without weights, but for those of a quadrature."""
        return self.with_weight(1.0).with_point_weights(None)

    def chunks(self, step: int) -> Iterator[Chunk]:
        """The points in chunks of ``step``; all at once where a matrix mixes them."""
        step = step if self.map.diagonal else len(self.data)
        for start in range(0, len(self.data), step):
            yield Chunk(self, start, self.data.at(slice(start, start + step)))

    def first_rows(self, start: int) -> list[int]:
        """Row in r(θ) of the point ``start``, for each component; see `RowMap.first_rows`."""
        return [self.row + row for row in self.map.first_rows(start)]


@dataclass(frozen=True)
class Chunk:
    """Consecutive points of a block, from the point ``start`` on."""

    block: Block
    start: int
    batch: PointBatch

    def rows(self, values: list[Tensor]) -> Rows:
        """S ρ from ρ at the points, in pieces, each with its first row in r(θ)."""
        pieces = self.block.map.apply(values, self.start)
        return list(zip(self.block.first_rows(self.start), pieces, strict=True))

    def residual(self, ansatz: Ansatz, theta: Tensor) -> Rows:
        """Its `rows` for given parameters, shape (P,)."""
        return self.rows(evaluate(ansatz, theta, self.block.plan, self.batch))

    def residual_and_factors(
        self, ansatz: Ansatz, theta: Tensor
    ) -> tuple[Rows, list[Factor | LocalFactor]]:
        """Its `rows` and the factors of their Jacobian, J = S ∂ρ/∂θ; θ is a constant."""
        if not self.block.map.diagonal:
            return self._mixed_rows_and_factor(ansatz, theta)
        values, tapes = evaluate_with_tapes(ansatz, theta, self.block.plan, self.batch)
        with differentiable():
            rows = self.rows(values)
        places, results = zip(*rows, strict=True)
        detached = [(row, value.detach()) for row, value in rows]
        return detached, list(all_factors(tapes, results, places))

    def _mixed_rows_and_factor(
        self, ansatz: Ansatz, theta: Tensor
    ) -> tuple[Rows, list[Factor | LocalFactor]]:
        """The same where a matrix mixes the points, which takes their Jacobian in parts."""
        found: list[list[Tensor]] = []

        def parts() -> Iterator[Tensor]:
            for start, stop in self.block.map.spans:
                batch, count = self.batch.at(slice(start, stop)), stop - start
                values, tapes = evaluate_with_tapes(ansatz, theta, self.block.plan, batch)
                assembly = Assembly(len(values) * count, len(theta), theta)
                for factor in factors(tapes, values, [k * count for k in range(len(values))]):
                    assembly.add(factor)
                found.append([value.detach() for value in values])
                yield assembly.done()

        jacobian = self.block.map.apply_jacobian(parts())
        values = [torch.cat(pieces) for pieces in zip(*found, strict=True)]
        return self.rows(values), [Factor(self.block.row, 0, jacobian.T, None)]

    def entries(self, like: Tensor) -> Tensor:
        """The diagonal of S at the points; see `RowMap.entries`."""
        return self.block.map.entries(self.start, self.start + len(self.batch), like)


def chunks_of(
    blocks: Iterable[Block],
    most: int | None,
    ansatz: Ansatz,
    like: Tensor,
    values_alone: bool = False,
) -> Iterator[Chunk]:
    """The points of blocks, at most ``most`` in a chunk; None for what fits the cache.

    With ``values_alone`` that is for what is not differentiated, see `points_at_once`.

    Raises:
        DeadlineError: see `pdedsl.models.runtime.deadline`.
    """
    yield from giving_back(until(deadline(), _chunks(blocks, most, ansatz, like, values_alone)))


def _chunks(
    blocks: Iterable[Block], most: int | None, ansatz: Ansatz, like: Tensor, values_alone: bool
) -> Iterator[Chunk]:
    for block in blocks:
        most_here = most or points_at_once(block.plan, ansatz, like, values_alone)
        yield from block.chunks(even(len(block.data), most_here))
