"""The loss and its gradient by replayed operations, see `replay`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import NamedTuple

import torch
from torch import Tensor

from pdedsl.compiler.evaluation.ansatz import Ansatz
from pdedsl.compiler.evaluation.evaluation import evaluate_with
from pdedsl.models import Reader
from pdedsl.models.jets.differentiation import differentiable

from .block import Block, Chunk
from .gradients import loss_gradients
from .replay import Worker, Workers

Squares = dict[str, Tensor]
"""Label to the sum over the components of ρ² at each point, shape (n,), without any weight."""

Pieces = dict[tuple[int, int], Tensor]
Parts = dict[str, tuple[Tensor, Tensor]]


class LatestParts(NamedTuple):
    """The parts of the laws in the loss and its gradient at the state that was evaluated last.

    Of some laws there are the squares of the residual at each point, too.
    """

    theta: Tensor
    blocks: tuple[Block, ...]
    parts: Parts
    squares: Squares

    def belongs_to(self, theta: Tensor, blocks: tuple[Block, ...]) -> bool:
        """Whether it is that of a state, with the present points and weights."""
        return self.blocks is blocks and torch.equal(self.theta, theta)


class _PieceReader(Reader):
    """A reader of parts of θ, each differentiated by itself.

    Whoever slices one θ has a gradient of the size of θ added up for every slice.
    """

    def __init__(self, theta: Tensor, offset: int, pieces: Pieces) -> None:
        super().__init__(theta, offset)
        self._pieces = pieces

    def _at(self, start: int, count: int) -> Tensor:
        place = self.offset + start, count
        if place not in self._pieces:
            self._pieces[place] = self.theta.narrow(0, *place).detach().requires_grad_()
        return self._pieces[place]


def _gradient(value: Tensor, pieces: Pieces, theta: Tensor) -> Tensor:
    """∂value/∂θ, shape (P,)."""
    out = torch.zeros_like(theta)
    if not value.requires_grad:
        return out
    found = torch.autograd.grad(value, list(pieces.values()), allow_unused=True)
    for (start, count), part in zip(pieces, found, strict=True):
        if part is not None:
            out.narrow(0, start, count).add_(part)
    return out


def replayed_loss_gradients(
    workers: Workers,
    blocks: Sequence[Block],
    most: int | None,
    plain: Callable[[Sequence[Block]], Iterable[Chunk]],
    theta: Tensor,
) -> tuple[list[tuple[str, Tensor, Tensor]], Squares]:
    """Parts of the loss, scalars, and of its gradient, shape (P,), each with the label of its law.

    Blocks that are not replayed are evaluated in the chunks that ``plain`` gives.

    Returns:
        The parts; and, of the blocks that are replayed, the squares of the residual at each point.
    """
    theta = theta.detach()
    squares = {block.label: theta.new_empty(len(block.data)) for block in blocks}
    work = partial(_sums, workers.ansatz, theta, squares)
    found, rest = workers.map(work, blocks, most, theta)
    parts = [(label, *sums) for done in found for label, sums in done.items()]
    for block in rest:
        del squares[block.label]
    return parts + list(loss_gradients(workers.ansatz, plain(rest), theta)), squares


def _sums(
    ansatz: Ansatz, theta: Tensor, squares: Squares, worker: Worker, chunks: Iterable[Chunk]
) -> Parts:
    """By law, the sums of the losses, scalars, and of their gradients, shape (P,).

    The places of the points of the chunks in ``squares`` are filled in.
    """
    sums: Parts = {}
    for chunk in chunks:
        label = chunk.block.label
        if label not in sums:
            sums[label] = theta.new_zeros(()), torch.zeros_like(theta)
        *parts, own = worker.evaluate(_function(ansatz, chunk), chunk, theta, chunk.entries(theta))
        with torch.no_grad():
            squares[label][chunk.start : chunk.start + len(own)] = own
            for total, part in zip(sums[label], parts, strict=True):
                total.add_(part)
    return sums


def _function(ansatz: Ansatz, chunk: Chunk) -> Callable[..., tuple[Tensor, Tensor, Tensor]]:
    """‖r‖², its gradient and Σ_c ρ_c² at points of the form of those of a chunk."""

    def function(theta: Tensor, entries: Tensor, *values: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        pieces, batch = Pieces(), chunk.batch.with_tensors(values)
        with differentiable():
            results = evaluate_with(
                lambda offset, _: _PieceReader(theta, offset, pieces),
                ansatz, chunk.block.plan, batch,
            )  # fmt: skip
            total = torch.stack([(entries * r).square().sum() for r in results]).sum()
            squares = torch.stack([r.detach().square() for r in results]).sum(dim=0)
            return total.detach(), _gradient(total, pieces, theta), squares

    return function
