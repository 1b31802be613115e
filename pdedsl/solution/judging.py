"""What is said of a result once the training has ended: estimate, bound, checks and errors."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from pdedsl.models.runtime.deadline import ending_within

from .checks.beyond_time import beyond_time
from .checks.spec_doubts import doubts
from .corrections.polish import polish
from .estimating import estimate_errors
from .relative import data_misfits

if TYPE_CHECKING:
    from .planning import Plan
    from .solution import Solution

_NO_ONE_SOLUTION = ("no solution", "not unique")
AFTER_TRAINING = 0.1
"""Share of the budget that is kept for the estimate of the error; a choice."""
# Share of it that the estimate may foresee of work, and seconds where there is none; choices.
_WORK, _WITHOUT_BUDGET = 0.15, 2.0
# All that follows the training ends by this part of the budget, or by so many seconds; parts of
# what is left until then for the estimate, and then for whether there is one solution. Choices.
_LATEST, _ALWAYS, _TO_ESTIMATE, _TO_SOLVABILITY = 1.2, 5.0, 0.6, 0.7
_LEAST_LEFT = 0.5  # seconds, whatever the training took; a choice


def judged(
    solution: Solution, chosen: Plan, tell: Callable[[str], None], polished: bool
) -> tuple[Solution, float]:
    """The solution with all that is said of it, and the seconds that its estimate took.

    Args:
        solution: as the training left it.
        chosen: the plan, whose budget also bounds what follows the training.
        tell: called with the name of every phase as it begins.
        polished: add the estimated error to the solution where that makes it better.
    """
    began = time.monotonic()
    if solution.finite and solution.outcome.status != "interrupted":
        tell("estimating the error")
        with ending_within(_TO_ESTIMATE * _left(chosen)):
            solution = _estimated(solution, _time_to_estimate(chosen), with_polish=polished)
    seconds = time.monotonic() - began
    tell("looking at the errors")
    _look_in_time(solution, chosen)
    _add_checks(solution)
    return solution, seconds


def _estimated(solution: Solution, times: tuple[float, float], with_polish: bool) -> Solution:
    """The solution with its estimate and bound; polished before where that is asked for."""
    from pdedsl.estimates.bounds.bound_errors import bound_errors

    solution.estimate = estimate_errors(solution, *times)
    better = polish(solution) if with_polish else None
    if better is not None:
        solution = better
        solution.estimate = estimate_errors(solution, *times)
    solution.bound = bound_errors(solution.system, solution.theta)
    return solution


def _time_to_estimate(chosen: Plan) -> tuple[float, float]:
    """Seconds of foreseen work, and of computing until what is left is spent, or a twentieth."""
    whole = chosen.allowance
    if whole is None or chosen.budget is None:
        return _WITHOUT_BUDGET, math.inf
    left = max(AFTER_TRAINING / 2 * whole.seconds, whole.remaining)
    return _WORK * whole.seconds, left / whole.slowdown


def _left(chosen: Plan) -> float:
    """Seconds until all has to end."""
    whole = chosen.allowance
    if whole is None or chosen.budget is None:
        return math.inf
    return max(_LEAST_LEFT, max(_LATEST * whole.seconds, _ALWAYS) - whole.used)


def _look_in_time(solution: Solution, chosen: Plan) -> None:
    """What takes long to know of a result, as far as there is time for it."""
    if solution.finite:
        with ending_within(_TO_SOLVABILITY * _left(chosen)):
            _ = solution.solvability
        with ending_within(_left(chosen)):
            _ = solution.misfits


def _add_checks(solution: Solution) -> None:
    """Errors, outputs and estimators, part of the total time, and what they say of the end."""
    _ = solution.errors, solution.outputs
    known = {name: entry["rms"] for name, entry in solution.estimators.items()}
    rms = {name: value for name, value in known.items() if value is not None}
    rms |= _in_units_of_data(solution)
    solution.outcome = replace(solution.outcome, laws={**solution.outcome.laws, **rms})
    hopeless = solution.failure is not None and (
        doubts(solution.problem) or beyond_time(solution.problem)
    )
    finding = solution.finding
    if finding is not None and finding.status in _NO_ONE_SOLUTION:
        from pdedsl.estimates.estimate import not_estimated

        solution.estimate = not_estimated(
            f"there is no one solution to compare with: {finding.status}"
        )
    if hopeless:
        from pdedsl.training.watch import LONGER

        reason = solution.outcome.reason.removesuffix(LONGER)
        solution.outcome = replace(solution.outcome, reason=reason)


def _in_units_of_data(solution: Solution) -> dict[str, float]:
    """The rms of the fits whose rows are in units of their noise, by label."""
    noise = solution.system.sampler.lowered.noise
    if not noise or not solution.finite:
        return {}
    squares: dict[str, list[float]] = {}
    for own in data_misfits(solution.system, solution.theta):
        squares.setdefault(own.name.partition("[")[0], []).append(own.rms**2)
    return {
        label: math.sqrt(sum(own) / len(own)) for label, own in squares.items() if label in noise
    }
