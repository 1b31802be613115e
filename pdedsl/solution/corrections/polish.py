"""A solution with its estimated error added, as a solution again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pdedsl.estimates.correction import State
    from pdedsl.solution.solution import Solution


def polish(solution: Solution) -> Solution | None:
    """u_h + e where it is better on independent points; None where it is not, or e is not known.

    The residual at points that took part in neither decides, not the estimate of the error: what
    lowers it is better even where too much of it is left for an estimate.
    """
    estimate, corrected = solution.estimate, solution.correction
    if estimate is None or corrected is None or not estimate.left < 1 or estimate.at_rounding:
        return None
    made = with_correction(solution, corrected)
    laws = corrected.system.losses_by_law(corrected.theta)
    solved = solution.system
    weights = {law.label: solved.sampler.weight(law) for law in solved.problem.laws}
    made.outcome = replace(
        solution.outcome,
        theta=corrected.theta,
        laws=laws,
        loss=sum(weights[label] * rms**2 for label, rms in laws.items()),
        fresh_loss=None,
        reason=(
            f"{solution.outcome.reason}; polished by its estimated error, which leaves "
            f"{estimate.left:.2g} of the residual"
        ),
    )
    return made


def with_correction(solution: Solution, corrected: State) -> Solution:
    """The solution whose fields are those of the corrected state."""
    from pdedsl.estimates.correction import State

    outcome = replace(solution.outcome, theta=corrected.theta)
    made = type(solution)(
        solution.problem, corrected.system, outcome, solution.provenance, solution.run
    )
    made.moments, made.accept = solution.moments, solution.accept
    made.polished_from = State(solution.system, solution.theta)
    return made
