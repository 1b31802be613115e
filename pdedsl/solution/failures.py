"""When the end of a training is no solution."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from .doubts import doubts

if TYPE_CHECKING:
    from pdedsl.ir import Problem
    from pdedsl.training.outcome import Outcome, Progress

WORST_ERROR = 0.5
"""Relative L2 error of a field from which on it is not called a solution."""
WORST_LOSS = 0.1
"""Part of the first loss below which the last must be, unless it is at rounding level."""
ROUNDING = 1e-20
MEND = "try a longer --budget, another --seed, or another --method (pdedsl list presets)"


def failure(
    problem: Problem,
    outcome: Outcome,
    errors: Mapping[str, Mapping[str, float]],
    untrained: float = 0.0,
) -> str | None:
    """Why a training that ended with finite numbers gave no solution, in a sentence, or None.

    It ends in what to do: mend the spec where its checks found fault, since no budget makes up
    for a condition that is missing, else train differently.

    Args:
        problem: what was solved.
        outcome: the end of the training.
        errors: ``rel_l2`` by field, where the solution is known.
        untrained: the loss of a fresh state, where the training began at a better one, such as that
            of an easier problem: little may be left to be won from there.
    """
    found = doubts(problem)
    mend = f"mend the spec first: {'; '.join(found)}" if found else MEND
    for name, error in errors.items():
        if not error["rel_l2"] < WORST_ERROR:
            return f"{name} is wrong by {error['rel_l2']:.2g} of its size; {mend}"
    first = max(_first_loss(outcome.history), untrained) if outcome.history else math.inf
    if outcome.loss > max(WORST_LOSS * first, ROUNDING):
        part = outcome.loss / first
        return f"the loss has fallen to {part:.2g} of the first only; {mend}"
    return None


def _first_loss(history: Sequence[Progress]) -> float:
    """The loss at first, with the weights at last where they are others then."""
    first, last = history[0], history[-1]
    if first.weights == last.weights or first.laws.keys() != last.weights.keys():
        return first.loss
    return sum(last.weights[label] * rms**2 for label, rms in first.laws.items())
