"""Evaluations end when their time is spent, whichever way they take."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch

import pdedsl
from pdedsl.compiler.residual.system import ResidualSystem
from pdedsl.linalg.svd import svd
from pdedsl.models.runtime.deadline import DeadlineError, ending_within
from tests.small import LINE

MODELS = [{"kind": "mlp", "width": 8, "depth": 2}, {"kind": "basis", "modes": 6}]
WAYS: list[Callable[[ResidualSystem], object]] = [
    lambda s: s.loss(s.theta0),
    lambda s: s.residual(s.theta0),
    lambda s: s.residual_and_jacobian(s.theta0),
    lambda s: s.loss_and_grad(s.theta0),
    lambda s: s.losses_by_law(s.theta0),
]


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("way", range(len(WAYS)))
def test_an_evaluation_ends_at_the_deadline_and_is_as_before_after_it(
    model: dict[str, object], way: int
) -> None:
    system = pdedsl.compile(pdedsl.parse(LINE), model=model, seed=0)
    evaluate = WAYS[way]
    for _ in range(3):  # the second one is recorded, the third one is replayed
        whole = evaluate(system)
    with pytest.raises(DeadlineError), ending_within(-1.0):
        evaluate(system)
    assert _same(evaluate(system), whole)


def test_a_block_around_ends_before_one_inside() -> None:
    system = pdedsl.compile(pdedsl.parse(LINE), model=MODELS[1], seed=0)
    with ending_within(-1.0), pytest.raises(DeadlineError), ending_within(100.0):
        system.loss(system.theta0)
    with ending_within(100.0):
        assert torch.isfinite(system.loss(system.theta0))


@pytest.mark.parametrize("shape", [(9000, 9000), (100_000, 8000), (8000, 100_000)])
def test_a_decomposition_that_would_end_late_is_not_begun(shape: tuple[int, int]) -> None:
    """Nothing breaks it off; one of a network on 25 parts was not done after 13 minutes."""
    with pytest.raises(DeadlineError), ending_within(1.0):
        svd(torch.zeros(1, 1, dtype=torch.float64).expand(shape))
    with ending_within(100.0):
        assert svd(torch.eye(40, 30, dtype=torch.float64)).largest == pytest.approx(1.0)


def _same(one: object, other: object) -> bool:
    if isinstance(one, tuple) and isinstance(other, tuple):
        return all(map(_same, one, other))
    if isinstance(one, torch.Tensor) and isinstance(other, torch.Tensor):
        return bool(torch.allclose(one, other))
    return one == other
