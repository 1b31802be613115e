"""When the end of a training is called no solution, by hand-made histories."""

from __future__ import annotations

from dataclasses import replace

import pytest

import pdedsl
from pdedsl.solution.checks.fallen_loss import check_fallen_loss
from tests import small


@pytest.fixture(scope="module")
def solution() -> pdedsl.Solution:
    return small.solved(small.PLANE)


@pytest.mark.parametrize(
    ("before", "after", "rms", "solved"),
    [
        (1.0, 1.0, 0.1, True),
        (1.0, 1.0, 0.5, False),
        (1.0, 1000.0, 0.1, True),  # the loss has grown with the weight, though the residual fell
        (1000.0, 1.0, 0.5, False),  # it fell with the weight, the residual hardly
    ],
)
def test_losses_are_compared_with_the_same_weights(
    solution: pdedsl.Solution, before: float, after: float, rms: float, solved: bool
) -> None:
    """The loss is Σ λ rms²; the rms of every law was 1 at first."""
    outcome = solution.outcome
    labels = list(outcome.laws)
    start, end = (
        replace(outcome.history[0], loss=w * r**2 * len(labels), laws=dict.fromkeys(labels, r),
                weights=dict.fromkeys(labels, w))
        for w, r in ((before, 1.0), (after, rms))
    )  # fmt: skip
    made = replace(outcome, history=[start, end], loss=end.loss)
    ended = pdedsl.Solution(solution.problem, solution.system, made, solution.provenance)
    assert (check_fallen_loss(ended) is None) == solved
