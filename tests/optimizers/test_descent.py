"""The loop around an optimizer: each way to end, and what a change of the loss does to it."""

from __future__ import annotations

import math

import pytest

from pdedsl.optimizers.descent import Descent, Limits
from pdedsl.optimizers.gauss_newton.lm import LevenbergMarquardt, LmOptions
from pdedsl.optimizers.protocol import Ended, Step

from .systems import linear, rosenbrock, vector


class Scripted:
    """Steps with these losses at the states 1, 2, …"""

    def __init__(self, losses, ended=None, at_once=1):
        self.theta, self.loss = vector(0.0), math.inf
        self._losses, self._ended, self._at_once = list(losses), ended, at_once
        self.made = 0

    def steps(self, most):
        count = min(most, self._at_once)
        self.made += count
        loss = self._losses[self.made - 1]
        last = self.made == len(self._losses)
        return Step(vector(float(self.made)), loss, "", self._ended if last else None, count)

    def step(self):
        return self.steps(1)

    def renew(self, loss):
        self.loss = loss


def run(losses, ended=None, **limits):
    descent = Descent(Scripted(losses, ended), Limits(**{"iterations": len(losses)} | limits))
    steps = list(descent)
    return len(steps), descent


@pytest.mark.parametrize(
    ("losses", "limits", "ended", "count"),
    [
        ([3.0, 2.0, 1.0], {}, Ended.ITERATIONS, 3),
        ([3.0, 2.0, 1.0, 0.5], {"iterations": 2}, Ended.ITERATIONS, 2),
        ([3.0, 2.0, 1.0], {"tolerance": 2.0}, Ended.TOLERANCE, 2),
        ([3.0, 2.0, 2.5, 1.0], {}, Ended.NO_PROGRESS, 3),
        ([3.0, 2.0, 2.0, 2.0, 1.0], {"patience": 2}, Ended.NO_PROGRESS, 4),
        ([8.0, 7.0, 1.0, 0.5], {"progress": 0.5}, Ended.NO_PROGRESS, 2),
        ([8.0, 3.0, 1.0], {"progress": 0.5}, Ended.ITERATIONS, 3),
        ([3.0, math.nan, 1.0], {"patience": 9}, Ended.NOT_FINITE, 2),
        # At the level of rounding, five losses that are not halved end it.
        ([8.0, 1, 0.4, 0.2, 0.1, 0.05, 0.04, 0.04, 0.04, 0.04, 0.04, 0.01],
         {"rounding": 0.1, "patience": 99}, Ended.ROUNDING, 11),
    ],
)  # fmt: skip
def test_ends(losses, limits, ended, count):
    steps, descent = run(losses, **limits)
    assert (descent.ended, steps) == (ended, count)
    assert descent.best.loss == min(losses[:count])


@pytest.mark.parametrize("ended", [Ended.MINIMUM, Ended.STALLED])
def test_what_the_optimizer_says_itself(ended):
    steps, descent = run([3.0, 2.0, 1.0], ended, iterations=9)
    assert (descent.ended, steps) == (ended, 3)


def test_a_loss_that_is_known_already_is_to_be_lowered():
    descent = Descent(Scripted([5.0, 4.0, 3.0, 2.0, 0.5]), Limits(9, patience=3), lowest=1.0)
    assert len(list(descent)) == 4
    assert (descent.ended, descent.best.loss) == (Ended.NO_PROGRESS, 1.0)


def test_several_at_once_stop_where_they_are_asked_to():
    descent = Descent(Scripted([1.0 / k for k in range(1, 12)], at_once=4), Limits(9))
    counts = [descent.advance(most).iterations for most in (3, 9, 9)]
    assert counts == [3, 4, 2]
    assert descent.ended is Ended.ITERATIONS


def test_a_loss_of_another_size_begins_anew():
    losses = [3.0, 3.0, 27.0, 27.0, 20.0]
    limits = Limits(5, progress=0.9, patience=2)
    alike, other = Descent(Scripted(losses), limits), Descent(Scripted(losses), limits)
    for descent, rounding in ((alike, None), (other, 0.0)):
        for _ in range(2):
            descent.advance(1)
        descent.renew(31.0, rounding)
        list(descent)
    assert (alike.ended, alike.iterations) == (Ended.NO_PROGRESS, 3)
    assert (other.ended, other.iterations) == (Ended.ITERATIONS, 5)


def test_a_small_rise_by_other_points_is_not_the_end_of_progress():
    descent = Descent(Scripted([3.0, 3.5, 2.9, 2.8]), Limits(4, patience=1))
    descent.advance(1)
    descent.renew(4.0)
    assert list(descent)[-1].loss == 2.8


@pytest.mark.parametrize("then, idle", [([27.0, 27.0], 3), ([27.0, 20.0], 0)])
def test_progress_is_measured_by_the_loss_under_the_new_weights(then, idle):
    """Nine times the loss at the same state is no rise, and a part of that is progress."""
    descent = Descent(Scripted([3.0, 3.0, *then]), Limits(4, progress=0.9, patience=9))
    for _ in range(2):
        descent.advance(1)
    descent.renew(27.0, None, 9.0)
    list(descent)
    assert descent.idle == idle


def test_to_a_minimum():
    descent = Descent(
        LevenbergMarquardt(rosenbrock(), LmOptions(), rosenbrock().theta0), Limits(60, patience=9)
    )
    list(descent)
    assert descent.best.loss < 1e-28
    system = linear()[0]
    descent = Descent(
        LevenbergMarquardt(system, LmOptions(), system.theta0), Limits(60, patience=5)
    )
    list(descent)
    assert descent.ended is Ended.MINIMUM
