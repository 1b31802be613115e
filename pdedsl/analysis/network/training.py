"""A training whose states are kept at a few iterations."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING

import numpy as np

from pdedsl.solution.building import build_system
from pdedsl.solution.planning import Plan, as_settings

if TYPE_CHECKING:
    from torch import Tensor

    from pdedsl.optimizers.problem import LeastSquaresProblem
    from pdedsl.optimizers.protocol import Step
    from pdedsl.settings.method import Method
    from pdedsl.training.outcome import Outcome, Progress

MOST_STATES = 12
_MANTISSAS = (1, 2, 5)


@dataclass(frozen=True, eq=False)
class State:
    """A state of the training.

    Args:
        iteration: 0 for the start.
        loss: ‖r‖² on the points of that moment.
        theta: shape (P,).
    """

    iteration: int
    loss: float
    theta: Tensor


@dataclass(frozen=True, eq=False)
class Course:
    """A training as it went.

    Args:
        plan: the method as it was used.
        states: first and last among them, at most `MOST_STATES`.
        outcome: how it ended.
        notes: what differs from a solve by the same method.
    """

    plan: Plan
    states: tuple[State, ...]
    outcome: Outcome
    notes: tuple[str, ...]


def train_keeping_states(
    chosen: Plan,
    on_progress: Callable[[Progress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Course:
    """Train by a plan and keep states at iterations 0, 1, 2, 5, 10, 20, 50, ….

    Args:
        chosen: by `pdedsl.solution.planning.plan`. Of several starts only the first is made:
            states of different starts are no course, nor are those of other problems.
        on_progress: called with every report.
        should_stop: asked in every iteration.
    """
    from pdedsl.training.train import train

    single, notes = _single_start(chosen)
    keeper = _Keeper()
    outcome = train(
        build_system(single.lowered, single.method, single.provenance.seed),
        single.method,
        budget=single.budget,
        on_progress=on_progress,
        should_stop=should_stop,
        seed=single.provenance.seed,
        on_step=keeper.see,
    )
    return Course(single, keeper.states(), outcome, notes)


def _single_start(chosen: Plan) -> tuple[Plan, tuple[str, ...]]:
    """The plan from the first of its starts, at the values of the spec alone."""
    method, notes = chosen.method, []
    starts, continuation = method.schedule.starts, method.schedule.continuation
    if starts is None and continuation is None:
        return chosen, ()
    model = method.model
    if starts is not None:
        note = "of the starts that the method tries, only the first is made"
        if starts.bandwidths:
            model = model.model_copy(update={"bandwidth": starts.bandwidths[0]})
            note += f", with the bandwidth {starts.bandwidths[0]:g}"
        notes.append(note)
    if continuation is not None:
        notes.append(f"the easier values of {continuation.parameter} are left out")
    alone = {"starts": None, "continuation": None}
    single: Method = method.model_copy(
        update={"model": model, "schedule": method.schedule.model_copy(update=alone)}
    )
    how = replace(chosen.provenance, settings=as_settings(single))
    return Plan(chosen.lowered, single, chosen.budget, how), tuple(notes)


class _Keeper:
    """Keeps the states that are first at or after each of 0, 1, 2, 5, 10, 20, 50, …."""

    def __init__(self) -> None:
        self._kept: list[State] = []
        self._last: State | None = None
        self._next = 0

    def see(self, iteration: int, step: Step, system: LeastSquaresProblem) -> None:
        """Take a step; steps that are made several at once may pass over a mark."""
        self._last = State(iteration, step.loss, step.theta)
        if iteration >= self._next:
            self._kept.append(self._last)
            self._next = _mark_after(iteration)

    def states(self) -> tuple[State, ...]:
        """Those kept and the last one, thinned where there are too many."""
        found = list(self._kept)
        if self._last is not None and found[-1].iteration < self._last.iteration:
            found.append(self._last)
        return thin_out(found, MOST_STATES)


def thin_out(states: list[State], most: int) -> tuple[State, ...]:
    """At most so many of the states, evenly spread, first and last among them."""
    if len(states) <= most:
        return tuple(states)
    places = np.linspace(0, len(states) - 1, most).round().astype(int)
    return tuple(states[i] for i in places)


def _mark_after(iteration: int) -> int:
    """The least of 1, 2, 5, 10, 20, 50, … above a number."""
    marks = (mantissa * 10**decade for decade in count() for mantissa in _MANTISSAS)
    return next(mark for mark in marks if mark > iteration)
