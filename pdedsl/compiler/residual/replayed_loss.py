"""The loss by replayed operations, see `replay`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial

import torch
from torch import Tensor

from pdedsl.compiler.evaluation.ansatz import Ansatz
from pdedsl.compiler.evaluation.evaluation import evaluate_with
from pdedsl.models import Reader

from .block import Block, Chunk
from .replay import Worker, Workers


def replayed_loss(
    workers: Workers,
    blocks: Sequence[Block],
    most: int | None,
    plain: Callable[[Sequence[Block]], Iterable[Chunk]],
    theta: Tensor,
) -> Tensor:
    """‖r‖², a scalar; arguments as for `replayed_loss_gradients`, with workers of its own."""
    theta = theta.detach()
    found, rest = workers.map(partial(_losses, workers.ansatz, theta), blocks, most, theta)
    with torch.no_grad():
        for chunk in plain(rest):
            rows = chunk.residual(workers.ansatz, theta)
            found.extend(values.square().sum() for _, values in rows)
    return torch.stack(found).sum() if found else theta.new_zeros(())


def _losses(ansatz: Ansatz, theta: Tensor, worker: Worker, chunks: Iterable[Chunk]) -> Tensor:
    """The sum of the losses of chunks, a scalar."""
    total = theta.new_zeros(())
    for chunk in chunks:
        with torch.no_grad():
            (part,) = worker.evaluate(_loss(ansatz, chunk), chunk, theta, chunk.entries(theta))
            total += part
    return total


def _loss(ansatz: Ansatz, chunk: Chunk) -> Callable[..., tuple[Tensor]]:
    """‖r‖² at points of the form of those of a chunk."""

    def function(theta: Tensor, entries: Tensor, *values: Tensor) -> tuple[Tensor]:
        batch = chunk.batch.with_tensors(values)
        results = evaluate_with(
            lambda offset, _: Reader(theta, offset), ansatz, chunk.block.plan, batch
        )
        return (torch.stack([(entries * r).square().sum() for r in results]).sum(),)

    return function
