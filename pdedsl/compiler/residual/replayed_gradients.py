"""The loss and its gradient from recordings, see `recorded_chunks`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import torch
from torch import Tensor

from pdedsl.models import Reader
from pdedsl.models.jets.differentiation import recording

from .blocks import Block
from .gradients import Parts, loss_gradients
from .program import Pass, Setting
from .replayed_chunks import Task, Worker, Workers, rows_with

Sums = dict[int, tuple[Tensor, Tensor]]


class _Pieces:
    """The parts of θ that readers ask for, each differentiated by itself.

    Whoever slices one θ has a gradient of the size of θ added up for every slice.
    """

    def __init__(self, theta: Tensor) -> None:
        self.theta = theta
        self.leaves: dict[tuple[int, int], Tensor] = {}

    def at(self, start: int, number: int) -> Tensor:
        """Entries of θ."""
        if (start, number) not in self.leaves:
            leaf = self.theta.narrow(0, start, number).detach().requires_grad_()
            self.leaves[start, number] = leaf
        return self.leaves[start, number]

    def gradient(self, value: Tensor) -> Tensor:
        """∂value/∂θ, shape (P,)."""
        out = torch.zeros_like(self.theta)
        if not value.requires_grad:
            return out
        found = torch.autograd.grad(value, list(self.leaves.values()), allow_unused=True)
        for (start, number), part in zip(self.leaves, found, strict=True):
            if part is not None:
                out.narrow(0, start, number).add_(part)
        return out


class _PieceReader(Reader):
    """A reader of pieces."""

    def __init__(self, pieces: _Pieces, offset: int) -> None:
        super().__init__(pieces.theta, offset)
        self._pieces = pieces

    def _at(self, start: int, count: int) -> Tensor:
        return self._pieces.at(self.offset + start, count)


class _PiecePass(Pass):
    """A pass that reads θ in pieces."""

    def __init__(self, setting: Setting, pieces: _Pieces) -> None:
        super().__init__(setting, pieces.theta)
        self._pieces = pieces

    def _reader(self, offset: int, nodes: int) -> Reader:
        return _PieceReader(self._pieces, offset)


def recorded_loss_gradients(
    workers: Workers,
    blocks: Sequence[Block],
    chunk: int | None,
    plain: Callable[[Sequence[Block]], Parts],
    theta: Tensor,
) -> list[tuple[Block, Tensor, Tensor]]:
    """Parts of the loss, scalars, and of its gradient, shape (P,), each with its block.

    Args:
        workers: the threads.
        blocks: the laws.
        chunk: number of points that are evaluated at once; None for what is best.
        plain: the chunks of blocks that are not recorded.
        theta: shape (P,).
    """
    theta, setting = theta.detach(), workers.setting
    found, rest = workers.map(partial(_sums, setting, theta), blocks, chunk, theta)
    parts = [(blocks[number], *sums) for done in found for number, sums in done.items()]
    return parts + list(loss_gradients(setting, plain(rest), theta))


def _sums(setting: Setting, theta: Tensor, worker: Worker, tasks: Sequence[Task]) -> Sums:
    """By block, the sums of the losses, scalars, and of their gradients, shape (P,)."""
    sums: Sums = {}
    for task in tasks:
        if task.number not in sums:
            sums[task.number] = theta.new_zeros(()), torch.zeros_like(theta)
        entries = task.block.map.entries(task.start, task.start + len(task.rows), theta)
        parts = worker.evaluate(_function(setting, task), task, theta, entries)
        with torch.no_grad():
            for total, part in zip(sums[task.number], parts, strict=True):
                total.add_(part)
    return sums


def _function(setting: Setting, task: Task) -> Callable[..., tuple[Tensor, Tensor]]:
    """Σ r² and its gradient at points of the form of those of a task."""

    def function(theta: Tensor, entries: Tensor, *values: Tensor) -> tuple[Tensor, Tensor]:
        pieces, rows = _Pieces(theta), rows_with(task.rows, values)
        with recording():
            results = _PiecePass(setting, pieces).run(task.block.plan, rows)
            total = torch.stack([(entries * r).square().sum() for r in results]).sum()
            return total.detach(), pieces.gradient(total)

    return function
