"""Operations for chunks of points, recorded once and replayed, and the threads that share them.

The operations for a chunk, from the jets to the gradient, are the same in every iteration;
`Replay` takes them down once for each law and size of chunk, and each thread has replays of
its own. Networks of layers with rules qualify; what else there may be (modules of torch that run
Python's code, functions that remember points, compiled steps, devices, rows that mix points) is
left to whoever asked, and a chunk that is seen for the first time is not recorded yet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from threading import Lock
from typing import TypeVar

from torch import Tensor

from pdedsl.compiler.evaluation.ansatz import Ansatz
from pdedsl.compiler.evaluation.chunk_sizes import replayed_points
from pdedsl.compiler.lowering.plan import Plan
from pdedsl.models.inputs import Embedding
from pdedsl.models.networks.fourier_features import FourierFeatures
from pdedsl.models.networks.layered import Layered
from pdedsl.models.networks.module import SequentialModule
from pdedsl.models.runtime.deadline import deadline, until
from pdedsl.models.runtime.replay import Arena, Replay
from pdedsl.models.runtime.threads import count, together

from .block import Block, Chunk

T = TypeVar("T")
Function = Callable[..., Sequence[Tensor]]

# Replays that a thread keeps, and bytes of their memory.
_MOST, _ARENA = 64, 1 << 29
# Fourier features for each neuron, up to which it pays to make them anew in every replay. Of fourth
# order at 1,000 points that stay, 0.7 take half the time of those remembered, 12 take 1.5 times it.
_FEATURES = 4


@dataclass
class _Known:
    """A plan, which is known by its identity, with its replay from the second sight on."""

    plan: Plan
    replay: Replay | None = None


class Worker:
    """The replays of one thread."""

    def __init__(self) -> None:
        self.refused: dict[int, Plan] = {}
        self._arena = Arena()
        self._known: dict[tuple[object, ...], _Known] = {}

    @property
    def replays(self) -> int:
        """How many there are."""
        return sum(known.replay is not None for known in self._known.values())

    @property
    def bytes(self) -> int:
        """Memory of the replays."""
        return self._arena.bytes

    def evaluate(self, function: Function, chunk: Chunk, *inputs: Tensor) -> Sequence[Tensor]:
        """What a function makes of the inputs and the tensors of a chunk.

        They are valid until the next evaluation. The function must be the same one for all chunks
        with the same plan and batches of the same form.
        """
        plan, batch = chunk.block.plan, chunk.batch
        inputs = (*inputs, *batch.tensors)
        form = batch.normals is None, len(batch.targets)
        key = id(plan), form, *((tuple(value.shape), value.dtype) for value in inputs)
        if key not in self._known:
            if len(self._known) >= _MOST:
                self._known, self._arena = {}, Arena()
            self._known[key] = _Known(plan)
            return function(*inputs)
        known = self._known[key]
        if known.replay is None and id(plan) not in self.refused:
            try:
                known.replay = Replay(function, inputs, self._arena)
            except RuntimeError:  # refused, or torch cannot do it below differentiation
                self.refused[id(plan)] = plan
            if self._arena.bytes > _ARENA:
                self.refused[id(plan)] = plan
                self._known, self._arena = {}, Arena()
                return function(*inputs)
        return (known.replay or function)(*inputs)


class Workers:
    """The threads of one system, each with its replays."""

    def __init__(self, ansatz: Ansatz) -> None:
        self.ansatz = ansatz
        self.all: list[Worker] = []
        self._lock = Lock()

    @property
    def replays(self) -> int:
        """How many there are in all threads."""
        return sum(worker.replays for worker in self.all)

    def map(
        self,
        work: Callable[[Worker, Iterable[Chunk]], T],
        blocks: Sequence[Block],
        most: int | None,
        theta: Tensor,
    ) -> tuple[list[T], list[Block]]:
        """Share the points of blocks.

        Args:
            work: done in every thread, with its share of the chunks.
            blocks: the blocks.
            most: number of points that are evaluated at once; None for what is best.
            theta: gives precision and device.

        Returns:
            What the threads give, and the blocks that were left out.

        Raises:
            DeadlineError: see `pdedsl.models.runtime.deadline`.
        """
        if not self._lock.acquire(blocking=False):  # another thread is at the replays
            return [], list(blocks)
        try:
            threads = count()
            self.all += [Worker() for _ in range(threads - len(self.all))]
            shares: list[list[Chunk]] = [[] for _ in range(threads)]
            rest: list[Block] = []
            for block in blocks:
                if not self._fits(block, theta):
                    rest.append(block)
                    continue
                n = len(block.data)
                step = most or replayed_points(block.plan, self.ansatz, theta, n, threads)
                for k, chunk in enumerate(block.chunks(step)):
                    shares[k % threads].append(chunk)
            pairs, end = zip(self.all, shares, strict=False), deadline()
            tasks = [partial(work, worker, until(end, own)) for worker, own in pairs if own]
            return together(tasks), rest
        finally:
            self._lock.release()

    def _fits(self, block: Block, theta: Tensor) -> bool:
        if theta.device.type != "cpu" or self.ansatz.compiled or not block.map.diagonal:
            return False
        refused = any(id(block.plan) in worker.refused for worker in self.all)
        return not refused and _of_layers(block.plan, self.ansatz)


def _of_layers(plan: Plan, ansatz: Ansatz) -> bool:
    """Whether all that a plan evaluates is made of layers with rules on recorded features."""
    models = [ansatz.networks[site.group].model for site, _ in plan.sites]
    return all(_of_layers(part, ansatz) for part in plan.integrands) and all(map(_fit, models))


def _fit(model: object) -> bool:
    if isinstance(model, Layered) and isinstance(model.embedding, FourierFeatures):
        neurons = sum(layer.out for layer in model.layers)
        return model.embedding.features <= _FEATURES * neurons
    return isinstance(model, Layered | SequentialModule) and isinstance(model.embedding, Embedding)
