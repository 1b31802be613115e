"""The share of a system's rows that one process evaluates."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from pdedsl.compiler.residual.block import Block
from pdedsl.compiler.residual.replayed_gradients import Parts
from pdedsl.compiler.residual.residual_function import ResidualFunction
from pdedsl.compiler.residual.system import ResidualSystem


@dataclass(frozen=True)
class _Cut:
    """Blocks of a share, and the indices of their rows among those of the whole."""

    whole: tuple[Block, ...]
    blocks: tuple[Block, ...]
    places: Tensor


class RankShare(ResidualFunction):
    """Consecutive points of every law; laws whose rows mix points belong to one process each.

    Args:
        whole: the system, whose points, weights and state count.
        rank: of the process.
        size: number of processes.
    """

    def __init__(self, whole: ResidualSystem, rank: int, size: int) -> None:
        super().__init__(whole.problem, whole.ansatz, whole.theta0)
        self.whole = whole
        self._rank, self._size = rank, size
        self._cut: _Cut | None = None

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The rows of each law that are its own."""
        return self._current.blocks

    @property
    def places(self) -> Tensor:
        """Indices of its rows among those of the whole."""
        return self._current.places

    def parts_at(self, theta: Tensor) -> Parts:
        """By law its part of the loss and of the gradient, which are kept as for `point_losses`."""
        return self._evaluate_parts(theta)

    def unmasked_residual(self, theta: Tensor) -> Tensor:
        """r(θ) of its rows without weights of points."""
        return self._residual_of([block.with_point_weights(None) for block in self.blocks], theta)

    @property
    def _current(self) -> _Cut:
        """The share of the points and weights that the system has now."""
        whole = self.whole.blocks
        if self._cut is None or self._cut.whole is not whole:
            self._cut = _cut(whole, self._rank, self._size)
            self._latest = None
        return self._cut


def _cut(whole: tuple[Block, ...], rank: int, size: int) -> _Cut:
    blocks: list[Block] = []
    places = [torch.empty(0, dtype=torch.long)]
    row = 0
    for number, block in enumerate(whole):
        rows = torch.arange(block.rows.start, block.rows.stop)
        if block.map.diagonal:
            count = len(block.data)
            points = slice(count * rank // size, count * (rank + 1) // size)
            own = block.share(points, row)
            places.append(rows.view(-1, count)[:, points].flatten())
        elif number % size == rank:
            own = block.moved(row)
            places.append(rows)
        else:
            continue
        blocks.append(own)
        row = own.rows.stop
    return _Cut(whole, tuple(blocks), torch.cat(places))
