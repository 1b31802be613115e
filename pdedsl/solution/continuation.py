"""Continuation: training at easier values of a parameter first."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from pdedsl.ir import Problem
from pdedsl.transforms.continuation import easier_problems

from .building import build_system
from .option_errors import refuse_option
from .planning import Plan

if TYPE_CHECKING:
    from pdedsl.training.outcome import Progress
    from pdedsl.training.watch import Listener


def check_continuation(problem: Problem, chosen: Plan) -> None:
    """Refuse a continuation in what is not a parameter of the problem.

    Raises:
        UserError: E803.
    """
    wanted = chosen.method.schedule.continuation
    names = [parameter.symbol.name for parameter in problem.parameters]
    if wanted is None or wanted.parameter in names:
        return
    mend = f"one of {', '.join(names)}" if names else "leave the continuation out"
    refuse_option(f"the continuation is in {wanted.parameter!r}, which is no parameter", mend)


def plan_after_continuation(
    problem: Problem,
    chosen: Plan,
    *,
    on_progress: Callable[[Progress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Plan:
    """Train at the values of the continuation, each from the end of the one before.

    All values, and that of the problem itself after them, have even parts of the budget that is
    left. Short starts are made at the first value alone.

    Returns:
        The plan that is left: it starts at the end of the last value, without short starts and
        with the budget that is left. The plan itself where it has no continuation.
    """
    wanted = chosen.method.schedule.continuation
    if wanted is None:
        return chosen
    from pdedsl.training.train import train

    began, start, method = time.monotonic(), chosen.start, chosen.method
    easier = easier_problems(problem, wanted.parameter, wanted.values)
    for number, (value, own) in enumerate(zip(wanted.values, easier, strict=True)):
        left = None
        if chosen.budget is not None:
            spent = time.monotonic() - began
            left = (chosen.budget - spent) / (len(wanted.values) + 1 - number)
        note = f"continuation: {wanted.parameter} = {value:g}"
        system = build_system(own, method, chosen.provenance.seed)
        outcome = train(
            system, method, budget=left, should_stop=should_stop,
            on_progress=_with_note(on_progress, note), seed=chosen.provenance.seed, start=start,
        )  # fmt: skip
        start = outcome.theta
        method = method.without_starts()
        if outcome.status == "interrupted":
            break
    budget = chosen.budget and max(chosen.budget - (time.monotonic() - began), 0.0)
    return replace(chosen, method=method, start=start, budget=budget)


def _with_note(listener: Callable[[Progress], None] | None, note: str) -> Listener | None:
    if listener is None:
        return None

    def listen(progress: Progress) -> None:
        both = f"{note}: {progress.note}" if progress.note else note
        listener(replace(progress, note=both))

    return listen
