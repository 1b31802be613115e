"""From a plan to a solution: build, train, keep the run folder up to date, look at the errors."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pdedsl.ir import Problem
from pdedsl.runs import Recorder, RunFolder

from .building import build_system
from .checks.acceptance import ACCEPT, check_accept
from .checks.spec_doubts import doubts
from .continuation import train_easier
from .corrections.kept import Kept
from .corrections.polish import polish
from .errors import field_errors
from .estimating import estimate_errors
from .known import known_values
from .planning import LEAST_TRAINING, Plan
from .sampled import sampler
from .solution import Solution
from .storage import record, recorder
from .watching import Observer

if TYPE_CHECKING:
    from pdedsl.compiler.residual.system import ResidualSystem
    from pdedsl.training.outcome import Outcome, Progress

Errors = dict[str, dict[str, float]]

# Shares of the budget for the estimate of the error, and seconds where there is none; choices.
_WORK, _CLOCK, _WITHOUT_BUDGET = 0.15, 0.1, 2.0


def solve_with(
    chosen: Plan,
    *,
    folder: RunFolder | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    watch: float = 0.0,
    notify: Callable[[str], None] | None = None,
    polished: bool = False,
    accept: float = ACCEPT,
) -> Solution:
    """Carry out a plan.

    Args:
        chosen: by `planning.plan`.
        on_progress: called with every report.
        should_stop: asked in every iteration.
        notify: called with the name of every phase as it begins; empty where reports come.
        folder: where to keep the run, already made; None to write nothing.
        watch: share of the time that measuring the training may take; see `watching`.
        polished: add the estimated error to the solution where that makes it better.
        accept: relative error up to which the solution is accepted; see `checks.acceptance`.

    Returns:
        The solution; ``solution.unsaved`` says which files could not be written.

    Raises:
        ValueError: ``accept`` is not between 0 and 1.
        UnwritableError: the first files of the run folder cannot be written.
    """
    start, problem = time.monotonic(), chosen.lowered.problem
    tell = notify or _say_nothing
    tell("building the residual")
    system = build_system(chosen.lowered, chosen.method, chosen.provenance.seed)
    compiled, chosen = time.monotonic(), _in_time(chosen)
    writer = recorder(problem, chosen.provenance, folder) if folder else None
    chosen = train_easier(problem, system, chosen, on_progress=on_progress, should_stop=should_stop)
    observer = _observer(problem, chosen, watch, writer) if watch else None
    tell("")
    outcome = _train(problem, system, chosen, writer, on_progress, should_stop, observer)
    outcome = replace(outcome, iterations=chosen.iterations + outcome.iterations)
    moments = observer.finish() if observer else ()
    trained = time.monotonic()
    how = chosen.provenance
    solution = Solution(problem, system, outcome, how, folder.path if folder else None)
    solution.moments, solution.accept = moments, check_accept(accept)
    if solution.finite and outcome.status != "interrupted":
        tell("estimating the error")
        times = _time_to_estimate(chosen)
        solution = _estimated(solution, times, with_polish=polished)
    estimated = time.monotonic()
    tell("looking at the errors")
    _add_checks(solution)
    if should_stop is not None and should_stop() and solution.finite:
        solution.outcome = _interrupted(solution.outcome)
    solution.provenance = replace(how, seconds={
        "total": chosen.seconds + time.monotonic() - start,
        "choose": chosen.seconds,
        "compile": compiled - start,
        "train": trained - compiled,
        "estimate": estimated - trained,
    })  # fmt: skip
    if writer is not None:
        writer.finish(record(solution), Kept.of(solution), outcome.history)
        solution.unsaved += writer.failures.values()
    return solution


def _estimated(solution: Solution, times: tuple[float, float], with_polish: bool) -> Solution:
    """The solution with its estimate; polished, and estimated anew, where that is asked for."""
    solution.estimate = estimate_errors(solution, *times)
    better = polish(solution) if with_polish else None
    if better is None:
        return solution
    better.estimate = estimate_errors(better, *times)
    return better


def _say_nothing(text: str) -> None:
    """Nobody wants to know."""


def _in_time(chosen: Plan) -> Plan:
    """The plan with what is left of the budget, less the share of what follows the training."""
    whole = chosen.allowance
    if whole is None or chosen.budget is None:
        return chosen
    left = whole.remaining - _CLOCK * whole.seconds
    return replace(chosen, budget=max(left, LEAST_TRAINING * whole.seconds))


def _interrupted(outcome: Outcome) -> Outcome:
    """The end of a training, where what follows it was stopped."""
    if outcome.status == "interrupted":
        return outcome
    reason = f"stopped on request while the result was measured; before, {outcome.reason}"
    return replace(outcome, status="interrupted", reason=reason)


def _time_to_estimate(chosen: Plan) -> tuple[float, float]:
    """Seconds of foreseen work, and of computing until what is left is spent, or a twentieth."""
    whole = chosen.allowance
    if whole is None or chosen.budget is None:
        return _WITHOUT_BUDGET, math.inf
    left = max(_CLOCK / 2 * whole.seconds, whole.remaining)
    return _WORK * whole.seconds, left / whole.slowdown


def _add_checks(solution: Solution) -> None:
    """Errors, outputs and estimators, part of the total time, and what they say of the end."""
    _ = solution.errors, solution.outputs
    known = {name: entry["rms"] for name, entry in solution.estimators.items()}
    rms = {name: value for name, value in known.items() if value is not None}
    solution.outcome = replace(solution.outcome, laws={**solution.outcome.laws, **rms})
    if solution.failure is not None and doubts(solution.problem):
        from pdedsl.training.watch import LONGER

        reason = solution.outcome.reason.removesuffix(LONGER)
        solution.outcome = replace(solution.outcome, reason=reason)


def _observer(problem: Problem, chosen: Plan, share: float, writer: Recorder | None) -> Observer:
    keep = None if writer is None else lambda moment: writer.moment(moment.line())
    return Observer(problem, chosen.budget, share, keep)


def _train(
    problem: Problem,
    system: ResidualSystem,
    chosen: Plan,
    writer: Recorder | None,
    on_progress: Callable[[Progress], None] | None,
    should_stop: Callable[[], bool] | None,
    observer: Observer | None,
) -> Outcome:
    from pdedsl.training.train import train

    measure = running_errors(problem, system)
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
