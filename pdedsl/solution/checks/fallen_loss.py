"""The fall of the loss from the first state to the last."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from .finding import Finding
from .spec_doubts import advice

if TYPE_CHECKING:
    from pdedsl.solution.solution import Solution
    from pdedsl.training.outcome import Progress

WORST_LOSS = 0.1
"""Part of the first loss below which the last must be, unless it is at rounding level."""
ROUNDING = 1e-20


def check_fallen_loss(solution: Solution) -> Finding | None:
    """Whether the loss has hardly fallen."""
    outcome = solution.outcome
    # Little may be left to be won from a start that is better than a fresh state.
    first = max(_first_loss(outcome.history), _untrained(solution)) if outcome.history else math.inf
    if outcome.loss <= max(WORST_LOSS * first, ROUNDING):
        return None
    reason = f"the loss has fallen to {outcome.loss / first:.2g} of the first only"
    return Finding("inaccurate", reason, advice(solution.problem))


def _first_loss(history: Sequence[Progress]) -> float:
    """The loss at first, with the weights at last where they are others then."""
    first, last = history[0], history[-1]
    if first.weights == last.weights or first.laws.keys() != last.weights.keys():
        return first.loss
    return sum(last.weights[label] * rms**2 for label, rms in first.laws.items())


def _untrained(solution: Solution) -> float:
    """The loss of a fresh state, where the training began at a better one; else 0."""
    schedule = solution.provenance.settings.get("schedule", {})
    if not (schedule.get("continuation") or schedule.get("last_layer")):
        return 0.0
    return float(solution.system.loss(solution.system.initial(solution.provenance.seed)))
