"""Residual and Jacobian by replayed operations, see `replay`.

What is replayed is the way to the factors of a chunk's rows; the products go straight to their
place in the Jacobian, which is not the same memory the next time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial

import torch
from torch import Tensor

from pdedsl.compiler.evaluation.evaluation import evaluate_with_tapes
from pdedsl.compiler.evaluation.jacobian import Assembly, factors
from pdedsl.linalg.layers import Factor
from pdedsl.models.jets.differentiation import differentiable

from .block import Block, Chunk
from .replay import Worker, Workers

# Component, column, and whether there is a jet, of each factor.
Layout = list[tuple[int, int, bool]]


class ReplayedJacobian:
    """Writes the rows of laws into a residual and a Jacobian.

    Args:
        workers: the threads; not those that replay other functions.
    """

    def __init__(self, workers: Workers) -> None:
        self._workers = workers
        # By the identity of a plan; written whenever the function itself runs.
        self._layouts: dict[int, Layout] = {}

    def put(
        self,
        blocks: Sequence[Block],
        most: int | None,
        theta: Tensor,
        residual: Tensor,
        assembly: Assembly,
    ) -> list[Block]:
        """Write what can be had in this way to the residual, shape (N,), and the Jacobian.

        Returns:
            The blocks that are left.
        """
        theta = theta.detach()
        work = partial(self._work, theta, residual, assembly)
        return self._workers.map(work, blocks, most, theta)[1]

    def _work(
        self,
        theta: Tensor,
        residual: Tensor,
        assembly: Assembly,
        worker: Worker,
        chunks: Iterable[Chunk],
    ) -> None:
        for chunk in chunks:
            found = worker.evaluate(self._function(chunk), chunk, theta, chunk.entries(theta))
            tops = chunk.block.first_rows(chunk.start)
            with torch.no_grad():
                for row, values in zip(tops, found, strict=False):
                    residual[row : row + len(values)] = values
                left = iter(found[len(tops) :])
                for k, column, outer in self._layouts[id(chunk.block.plan)]:
                    delta = next(left)
                    assembly.add(Factor(tops[k], column, delta, next(left) if outer else None))

    def _function(self, chunk: Chunk) -> Callable[..., Sequence[Tensor]]:
        """The rows at points of the form of those of a chunk, and the tensors of their factors."""

        def function(theta: Tensor, entries: Tensor, *values: Tensor) -> list[Tensor]:
            plan, batch = chunk.block.plan, chunk.batch.with_tensors(values)
            results, tapes = evaluate_with_tapes(self._workers.ansatz, theta, plan, batch)
            with differentiable():
                rows = [entries * result for result in results]
            # The number of the component takes the place of the row, which is another each time.
            found = list(factors(tapes, rows, range(len(rows))))
            self._layouts[id(plan)] = [(f.row, f.column, f.jet is not None) for f in found]
            tensors = [t for f in found for t in (f.delta, f.jet) if t is not None]
            return [*(r.detach() for r in rows), *(t.detach() for t in tensors)]

        return function
