"""The training of a run from its first value of a continuation to its end, kept along the way."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from pdedsl.solution.continuation import train_easier

if TYPE_CHECKING:
    from pdedsl.compiler.residual.system import ResidualSystem
    from pdedsl.ir import Problem
    from pdedsl.optimizers.state import State
    from pdedsl.runs import Recorder
    from pdedsl.solution.planning import Plan
    from pdedsl.training.keeping import Keeper
    from pdedsl.training.outcome import Outcome, Progress

    from .resuming import Resumed

OPEN = ("budget", "iterations", "interrupted")
"""How a training ends that may go on."""


class Course:
    """Where a training stands, for whoever goes on with it.

    Nothing is kept of a training that begins when the choice of its method was stopped: without
    the stop it would have another method.

    Args:
        plan: what is to be done.
        writer: of the run folder; None to keep nothing.
        resumed: where a run that was broken off goes on.
        should_stop: whether the run is to end.

    Attributes:
        plan: what is left to do.
        training: the state from which the training of the problem itself goes on, or None.
    """

    def __init__(
        self,
        plan: Plan,
        writer: Recorder | None,
        resumed: Resumed | None,
        should_stop: Callable[[], bool] | None,
    ) -> None:
        self.plan, self._writer = plan, writer
        self._start = plan.start
        self._easier: State | None = resumed.state["easier"] if resumed else None
        self.training: State | None = resumed.state["training"] if resumed else None
        stopped = resumed is None and should_stop is not None and should_stop()
        self._file = None if writer is None or stopped else writer.training
        if self._file is not None and resumed is None:
            self._file.keep(self._state(None, None), 0)

    def train_easier(
        self,
        problem: Problem,
        system: ResidualSystem,
        on_progress: Callable[[Progress], None] | None,
        should_stop: Callable[[], bool] | None,
    ) -> Plan:
        """Train at the easier values of a continuation; the plan that is left."""
        done = train_easier(
            problem, system, self.plan, on_progress=on_progress, should_stop=should_stop,
            keeper=self._within(lambda state: self._state(state, None)), resumed=self._easier,
        )  # fmt: skip
        self.plan, self._easier = done.plan, done.state
        if done.broken_off:
            self._file = None  # the training that follows is not the one to go on with
        return self.plan

    @property
    def keeper(self) -> Keeper | None:
        """For the training of the problem itself."""
        return self._within(lambda state: self._state(self._easier, state), self.plan.iterations)

    def end(self, outcome: Outcome) -> None:
        """Remove the file of a training that is at its end, once all else is written."""
        writer = self._writer
        if outcome.status in OPEN or writer is None or writer.training is None:
            return
        writer.failures.pop(writer.folder.training.name, None)
        if not writer.failures:
            writer.training.remove()

    def _state(self, easier: State | None, training: State | None) -> State:
        return {"start": self._start, "easier": easier, "training": training}

    def _within(self, around: Callable[[State | None], State], before: int = 0) -> Keeper | None:
        if self._file is None:
            return None
        from pdedsl.training.keeping import Within

        return Within(self._file, around, before)
