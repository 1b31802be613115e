"""Chunks of rows whose evaluation is recorded, and the threads that share them.

The operations for a chunk of points, from the jets to the gradient, are the same in every
iteration; `Recording` takes them down once for each law and size of chunk, and each thread has
recordings of its own. Networks of layers with rules qualify; what else there may be (modules of
torch that run Python's code, functions that remember points, compiled steps, devices) is left to
whoever asked, and a chunk that is seen for the first time is not recorded yet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from threading import Lock
from typing import TypeVar

from torch import Tensor

from pdedsl.compiler.lowering.plan import Plan
from pdedsl.models import Model
from pdedsl.models.inputs import Embedding
from pdedsl.models.networks.layered import Layered
from pdedsl.models.networks.module import SequentialModule
from pdedsl.models.runtime.replay import Arena, Recording
from pdedsl.models.runtime.threads import count, together

from .blocks import Block
from .chunks import recorded_parts
from .program import PointBatch, Setting

T = TypeVar("T")
Function = Callable[..., Sequence[Tensor]]

# Recordings that a thread keeps, and bytes of their memory.
_MOST, _ARENA = 64, 1 << 29


@dataclass(frozen=True)
class Task:
    """A chunk of a block.

    Args:
        number: of the block.
        block: the block.
        start: its first point.
        rows: the points.
    """

    number: int
    block: Block
    start: int
    rows: PointBatch


@dataclass
class _Known:
    """A plan, which is known by its identity, with its recording from the second sight on."""

    plan: Plan
    recording: Recording | None = None


class Worker:
    """What one thread remembers."""

    def __init__(self) -> None:
        self.refused: dict[int, Plan] = {}
        self._arena = Arena()
        self._known: dict[tuple[object, ...], _Known] = {}

    @property
    def recordings(self) -> int:
        """How many there are."""
        return sum(known.recording is not None for known in self._known.values())

    def evaluate(self, function: Function, task: Task, *inputs: Tensor) -> Sequence[Tensor]:
        """What a function makes of the inputs and the tensors of a task's rows.

        They are valid until the next evaluation. The function must be the same one for all tasks
        with the same plan and the same form of rows.
        """
        plan, rows = task.block.plan, task.rows
        inputs = (*inputs, *tensors_of(rows))
        form = rows.normals is None, len(rows.targets)
        key = id(plan), form, *((tuple(value.shape), value.dtype) for value in inputs)
        if key not in self._known:
            if len(self._known) >= _MOST:
                self._known, self._arena = {}, Arena()
            self._known[key] = _Known(plan)
            return function(*inputs)
        known = self._known[key]
        if known.recording is None and id(plan) not in self.refused:
            try:
                known.recording = Recording(function, inputs, self._arena)
            except RuntimeError:  # refused, or torch cannot do it below differentiation
                self.refused[id(plan)] = plan
            if self._arena.bytes > _ARENA:
                self.refused[id(plan)] = plan
                self._known, self._arena = {}, Arena()
                return function(*inputs)
        return (known.recording or function)(*inputs)


class Workers:
    """The threads of one system, each with what it remembers.

    Args:
        setting: the models.
    """

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.all: list[Worker] = []
        self._lock = Lock()

    def map(
        self,
        work: Callable[[Worker, Sequence[Task]], T],
        blocks: Sequence[Block],
        chunk: int | None,
        theta: Tensor,
    ) -> tuple[list[T], list[Block]]:
        """Share the chunks of blocks.

        Args:
            work: done in every thread, with its share of the chunks.
            blocks: the blocks; a task has the place of its block among them.
            chunk: number of points that are evaluated at once; None for what is best.
            theta: shape (P,); its precision and device count.

        Returns:
            What the threads give, and the blocks that were left out.
        """
        if not self._lock.acquire(blocking=False):  # another thread is at the recordings
            return [], list(blocks)
        try:
            threads = count()
            self.all += [Worker() for _ in range(threads - len(self.all))]
            shares: list[list[Task]] = [[] for _ in range(threads)]
            rest: list[Block] = []
            for number, block in enumerate(blocks):
                if self._fits(block, theta):
                    for k, task in enumerate(self._tasks(number, block, chunk, theta, threads)):
                        shares[k % threads].append(task)
                else:
                    rest.append(block)
            pairs = zip(self.all, shares, strict=False)
            return together([partial(work, worker, own) for worker, own in pairs if own]), rest
        finally:
            self._lock.release()

    def _tasks(
        self, number: int, block: Block, chunk: int | None, theta: Tensor, threads: int
    ) -> Iterable[Task]:
        n = len(block.data)
        step = chunk or recorded_parts(block.plan, self.setting, theta, n, threads)
        for start in range(0, n, step):
            yield Task(number, block, start, block.data.part(start, start + step))

    def _fits(self, block: Block, theta: Tensor) -> bool:
        if theta.device.type != "cpu" or self.setting.compiled:
            return False
        if not block.map.diagonal:
            return False
        refused = any(id(block.plan) in worker.refused for worker in self.all)
        return not refused and _of_layers(block.plan, self.setting)


def _of_layers(plan: Plan, setting: Setting) -> bool:
    """Whether all that a plan evaluates is made of layers with rules, and remembers nothing."""
    models = [setting.networks[site.group].model for site, _ in plan.sites]
    return all(map(_has_layers, models)) and all(_of_layers(p, setting) for p in plan.integrands)


def _has_layers(model: Model) -> bool:
    return isinstance(model, Layered | SequentialModule) and type(model.embedding) is Embedding


def tensors_of(rows: PointBatch) -> list[Tensor]:
    """All tensors of rows, in an order that their form gives."""
    normals = [] if rows.normals is None else [rows.normals]
    draws = [value for values in rows.draws.values() for value in values]
    return [rows.points, *normals, *rows.columns.values(), *draws, *rows.targets]


def rows_with(rows: PointBatch, tensors: Sequence[Tensor]) -> PointBatch:
    """Rows of the same form with other tensors, in the order of `tensors_of`."""
    left = iter(tensors)
    points = next(left)
    normals = None if rows.normals is None else next(left)
    columns = {column: next(left) for column in rows.columns}
    draws = {site: tuple(next(left) for _ in values) for site, values in rows.draws.items()}
    return PointBatch(points, normals, columns, draws, tuple(left))
