"""From a plan to a solution: build, train, keep the run folder up to date, look at the errors."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pdedsl.ir import Problem
from pdedsl.runs import Recorder, RunFolder

from .building import build_system
from .checks.acceptance import check_accept
from .corrections.kept import Kept
from .errors import field_errors
from .judging import AFTER_TRAINING, judged
from .known import known_values
from .planning import LEAST_TRAINING, Plan
from .sampled import sampler
from .saved.course import Course
from .saved.request import Request
from .saved.resuming import Resumed
from .solution import Solution
from .storage import begin, go_on, record, recorder
from .watching import Observer

if TYPE_CHECKING:
    from pdedsl.compiler.residual.system import ResidualSystem
    from pdedsl.training.outcome import Outcome, Progress

Errors = dict[str, dict[str, float]]


def solve_with(
    chosen: Plan,
    request: Request | None = None,
    *,
    folder: RunFolder | None = None,
    resumed: Resumed | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    notify: Callable[[str], None] | None = None,
    tell_of_files: Callable[[str], None] | None = None,
) -> Solution:
    """Carry out a plan.

    Args:
        chosen: by `planning.plan`.
        request: what was asked for: whether to measure the training, to add the estimated error,
            and which error is accepted; None for what a request has by default.
        folder: where to keep the run, already made; None to write nothing.
        resumed: where a run that was broken off goes on; its folder is ``folder``.
        on_progress: called with every report.
        should_stop: asked in every iteration.
        notify: called with the name of every phase as it begins; empty where reports come.
        tell_of_files: called with a sentence when a file of the run cannot be written.

    Returns:
        The solution; ``solution.unsaved`` says which files could not be written.

    Raises:
        ValueError: the accepted error is not between 0 and 1.
        UnwritableError: the first files of the run folder cannot be written.
    """
    start, problem = time.monotonic(), chosen.lowered.problem
    tell, asked = notify or _say_nothing, request or Request()
    tell("building the residual")
    system = build_system(chosen.lowered, chosen.method, chosen.provenance.seed)
    compiled, chosen = time.monotonic(), _in_time(chosen)
    spent = resumed.spent if resumed else chosen.seconds
    writer = None
    if folder is not None:
        before = spent if resumed else spent + compiled - start
        writer = _writer(chosen, asked, folder, resumed, before, tell_of_files)
    with writer or nullcontext():  # which writes down that the run came to no end, where it fails
        course = Course(chosen, writer, resumed, should_stop)
        chosen = course.train_easier(problem, system, on_progress, should_stop)
        observer = None
        if asked.watch:
            observer = _observer(problem, chosen, asked.watch, writer, resumed)
        tell("")
        outcome = _train(problem, system, course, writer, on_progress, should_stop, observer)
        outcome = replace(outcome, iterations=chosen.iterations + outcome.iterations)
        moments = observer.finish() if observer else ()
        trained = time.monotonic()
        how = chosen.provenance
        solution = Solution(problem, system, outcome, how, folder.path if folder else None)
        solution.moments, solution.accept = moments, check_accept(asked.accept)
        solution, estimating = judged(solution, chosen, tell, asked.polish)
        if should_stop is not None and should_stop() and solution.finite:
            solution.outcome = _interrupted(solution.outcome)
        solution.provenance = replace(how, seconds={
            "total": spent + time.monotonic() - start,
            "choose": chosen.seconds,
            "compile": compiled - start,
            "train": (resumed.trained if resumed else 0.0) + trained - compiled,
            "estimate": estimating,
        })  # fmt: skip
        if writer is not None:
            entry = record(solution) | {"request": asked.as_data()}
            writer.finish(entry, Kept.of(solution), outcome.history)
            course.end(solution.outcome)
            solution.unsaved += writer.failures.values()
        return solution


def _writer(
    chosen: Plan,
    request: Request,
    folder: RunFolder,
    resumed: Resumed | None,
    spent: float,
    tell: Callable[[str], None] | None,
) -> Recorder:
    """The writer of a run folder that has what is known before the training."""
    problem, how = chosen.lowered.problem, chosen.provenance
    writer = recorder(
        problem, how, folder, request, choose=chosen.seconds, spent=spent, tell=tell
    )  # fmt: skip
    if resumed is None:
        begin(writer, problem, how, request)
    else:
        go_on(writer, problem, how, request, resumed.events)
    return writer


def _say_nothing(text: str) -> None:
    """Nobody wants to know."""


def _in_time(chosen: Plan) -> Plan:
    """The plan with what is left of the budget, less the share of what follows the training."""
    whole = chosen.allowance
    if whole is None or chosen.budget is None:
        return chosen
    left = whole.remaining - AFTER_TRAINING * whole.seconds
    return replace(chosen, budget=max(left, LEAST_TRAINING * whole.seconds))


def _interrupted(outcome: Outcome) -> Outcome:
    """The end of a training, where what follows it was stopped."""
    if outcome.status == "interrupted":
        return outcome
    reason = f"stopped on request while the result was measured; before, {outcome.reason}"
    return replace(outcome, status="interrupted", reason=reason)


def _observer(
    problem: Problem, chosen: Plan, share: float, writer: Recorder | None, resumed: Resumed | None
) -> Observer:
    keep = None if writer is None else lambda moment: writer.moment(moment.line())
    return Observer(problem, chosen.budget, share, keep, resumed.moments if resumed else ())


def _train(
    problem: Problem,
    system: ResidualSystem,
    course: Course,
    writer: Recorder | None,
    on_progress: Callable[[Progress], None] | None,
    should_stop: Callable[[], bool] | None,
    observer: Observer | None,
) -> Outcome:
    from pdedsl.training.train import train

    measure, chosen = running_errors(problem, system), course.plan
    best: Any = None
    if writer is not None and chosen.start is not None:
        writer.state(chosen.start.to(system.theta0))  # what the choice has found is not to be lost

    def report(progress: Progress) -> None:
        if writer is not None:
            writer.progress(progress)
        if on_progress is not None:
            on_progress(progress)

    def keep_and_measure(theta: Any) -> Errors:
        """Errors of a state; the best of these states is saved every ten seconds or so."""
        nonlocal best
        if writer is not None and writer.due():
            # Both losses are taken now, because the points may have changed since the last time.
            loss = float(system.loss(theta))
            if best is None or not loss > float(system.loss(best)):
                best = theta
            writer.state(best)
        return measure(theta) if measure else {}

    return train(
        system,
        chosen.method,
        budget=chosen.budget,
        on_progress=report,
        errors=keep_and_measure,
        should_stop=should_stop,
        seed=chosen.provenance.seed,
        on_step=None if observer is None else observer.see,
        start=chosen.start,
        keeper=course.keeper,
        resumed=course.training,
    )


def running_errors(problem: Problem, system: ResidualSystem) -> Callable[[Any], Errors] | None:
    """Errors by field of a state θ on few points; None where no solution is known."""
    known = known_values(problem, dense=False)
    if not known:
        return None

    def errors(theta: Any) -> Errors:
        found = sampler(problem, system, theta)
        return field_errors(problem, known, [found.fields(entry.points) for entry in known])

    return errors
