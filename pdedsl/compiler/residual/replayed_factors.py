"""Residual and Jacobian from recordings, see `recorded_chunks`.

What is recorded is the way to the factors of a chunk's rows; the products go straight to their
place in the Jacobian, which is not the same memory the next time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import torch
from torch import Tensor

from pdedsl.linalg.layers import Factor
from pdedsl.models.jets.differentiation import recording

from .blocks import Block
from .jacobian import Assembly, factors
from .program import Pass
from .replayed_chunks import Task, Worker, Workers, rows_with

# Component, column, and whether there is a jet, of each factor.
Layout = list[tuple[int, int, bool]]


class RecordedFactors:
    """Writes the rows of laws into a residual and a Jacobian.

    Args:
        workers: the threads; not those that record other functions.
    """

    def __init__(self, workers: Workers) -> None:
        self._workers = workers
        # By the identity of a plan; written whenever the function itself runs.
        self._layouts: dict[int, Layout] = {}

    def put(
        self,
        blocks: Sequence[Block],
        chunk: int | None,
        theta: Tensor,
        residual: Tensor,
        assembly: Assembly,
    ) -> list[Block]:
        """Write what can be had in this way.

        Args:
            blocks: the laws.
            chunk: number of points that are evaluated at once; None for what is best.
            theta: shape (P,).
            residual: shape (N,), to be filled in.
            assembly: of all of the Jacobian.

        Returns:
            The blocks that are left.
        """
        theta = theta.detach()
        work = partial(self._work, theta, residual, assembly)
        return self._workers.map(work, blocks, chunk, theta)[1]

    def _work(
        self,
        theta: Tensor,
        residual: Tensor,
        assembly: Assembly,
        worker: Worker,
        tasks: Sequence[Task],
    ) -> None:
        for task in tasks:
            block, stop = task.block, task.start + len(task.rows)
            entries = block.map.entries(task.start, stop, theta)
            found = worker.evaluate(self._function(task), task, theta, entries)
            tops = block.first_rows(task.start)
            with torch.no_grad():
                for row, result in zip(tops, found, strict=False):
                    residual[row : row + len(result)] = result
                left = iter(found[len(tops) :])
                for k, column, outer in self._layouts[id(block.plan)]:
                    delta = next(left)
                    assembly.add(Factor(tops[k], column, delta, next(left) if outer else None))

    def _function(self, task: Task) -> Callable[..., Sequence[Tensor]]:
        """The results at rows of the form of those of a task, and the tensors of the factors."""

        def function(theta: Tensor, entries: Tensor, *values: Tensor) -> list[Tensor]:
            plan = task.block.plan
            made = Pass(self._workers.setting, theta, record=True)
            with recording():
                results = [entries * r for r in made.run(plan, rows_with(task.rows, values))]
            # The number of the component takes the place of the row, which is another each time.
            found = list(factors(made.tapes, results, range(len(results))))
            self._layouts[id(plan)] = [(f.row, f.column, f.jet is not None) for f in found]
            tensors = [t for f in found for t in (f.delta, f.jet) if t is not None]
            return [*(r.detach() for r in results), *(t.detach() for t in tensors)]

        return function
