"""The race of short starts, with optimizers whose losses are written down."""

from __future__ import annotations

from itertools import repeat

import pytest
import torch

from pdedsl.models import MlpOptions
from pdedsl.optimizers.gauss_newton.lm import LmOptions
from pdedsl.optimizers.protocol import Optimizer, Step
from pdedsl.optimizers.registry import BUILDERS
from pdedsl.settings.method import Starts
from pdedsl.training.starts import best_start
from pdedsl.training.watch import Watch
from tests.optimizers.systems import Small

SLOW = [9.0, 8.0, 7.0, 6.5, 6.0, 5.5]
STEEP = [9.0, 5.0, 4.0, 3.0, 1.0, 0.1, 1e-3, 1e-5, 1e-6, 9e-7, 8e-7]
SOLVED = [9.0, 5.0, 1.0, 1e-3, 1e-6, 1e-9, 1e-15, 1e-22, 9e-23]


class Written(Optimizer):
    """An optimizer with given losses, the last one for ever."""

    def __init__(self, number: int, losses: list[float], order: list[int]) -> None:
        self.theta, self.loss = torch.zeros(1, dtype=torch.float64), 10.0
        self._number, self._order = number, order
        self._losses = iter([*losses, *repeat(losses[-1], 200)])

    def step(self) -> Step:
        self.loss = next(self._losses)
        self._order.append(self._number)
        return Step(self.theta, self.loss)


def race(*written: list[float], iterations: int = 5) -> tuple[list[int], str]:
    """The numbers of the starts in the order of their iterations, and the winner's note."""
    system = Small(lambda theta: theta, torch.ones(1, dtype=torch.float64))
    system.initial = lambda seed, model=None: torch.full((1,), float(seed))  # type: ignore[attr-defined]
    watch, order = Watch(system, None), []  # type: ignore[arg-type, var-annotated]
    watch.observe(Step(torch.ones(1, dtype=torch.float64), 10.0))
    numbers = iter(range(len(written)))

    def build(system: object, options: object, theta: torch.Tensor) -> Written:
        number = next(numbers)
        return Written(number, written[number], order)

    starts = Starts(seeds=len(written), iterations=iterations)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(BUILDERS, LmOptions, build)
        best_start(watch, LmOptions(), starts, MlpOptions(), 0)
    return order, watch.history[-1].note


def test_all_starts_get_the_same_iterations_and_the_better_half_twice_as_many() -> None:
    slower = [loss + 1 for loss in SLOW]
    order, note = race(slower, SLOW, [*slower, 3.0])
    assert order == [0] * 5 + [1] * 5 + [2] * 5 + [1] * 10 + [0] * 10
    assert note == "continue with seed 1"


def test_a_start_goes_on_while_its_loss_falls_steeply() -> None:
    """1 to 1e-6 in the four iterations after its five, then hardly any more."""
    order, note = race(STEEP, SLOW)
    assert order[:14] == [0] * 9 + [0] * 4 + [1]
    assert note == "continue with seed 0"


def test_a_loss_at_the_level_of_rounding_ends_the_race() -> None:
    order, note = race(SLOW, SOLVED, SLOW)
    assert order == [0] * 5 + [1] * 9 + [1] * 4
    assert note == "continue with seed 1"


def test_a_slow_fall_is_no_steep_one() -> None:
    order, _ = race([10.0, 9.0, 8.0, 7.0, 2.6], SLOW)  # 0.26 of that four iterations before
    assert order[:6] == [0] * 5 + [1]
