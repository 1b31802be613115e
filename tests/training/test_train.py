"""The loop: best state, ends, starts, stages, fresh points."""

from __future__ import annotations

import itertools
import math
import time

import pytest
import torch

import pdedsl
from pdedsl.optimizers.first_order.adam import AdamOptions
from pdedsl.optimizers.gauss_newton.lm import LmOptions
from pdedsl.optimizers.protocol import Optimizer, Step
from pdedsl.optimizers.registry import BUILDERS, OPTIMIZERS
from pdedsl.settings.method import Method, Sampling, Schedule, Starts
from pdedsl.training.train import train
from tests.optimizers.systems import Small, bad, linear, rosenbrock, shallow, vector
from tests.small import PLANE


def _scripted(monkeypatch, losses):
    """Replace lm by a sequence of losses at the states 0, 1, 2, …"""

    class Script(Optimizer):
        def __init__(self, system, options, theta):
            super().__init__(system, options, theta)
            self._steps = (Step(vector(float(k)), loss) for k, loss in enumerate(losses))

        def step(self):
            step = next(self._steps)
            self.theta, self.loss = step.theta, step.loss
            return step

    monkeypatch.setitem(BUILDERS, LmOptions, Script)
    return Small(lambda t: t + 10.0, vector(0.0))


def _lm(**options):
    return Method(optimizer=LmOptions(**options))


@pytest.mark.parametrize("kind", sorted(OPTIMIZERS))
def test_never_worse_than_the_start(kind):
    system = shallow()
    method = Method.model_validate({"optimizer": {"kind": kind, "iterations": 20}})
    outcome = train(system, method)
    start = float(system.loss(system.theta0))
    # Newton's steps without damping end where even short ones do not lower the loss, which may be
    # the first of them: to rounding J has the rank 19 here, with 24 columns.
    assert outcome.loss < start or (kind == "lstsq" and outcome.loss == start)
    assert outcome.loss == pytest.approx(float(system.loss(outcome.theta)), rel=1e-12)
    status, words = (
        ("stagnated", "no step") if kind == "lstsq" else ("iterations", "more iterations")
    )
    assert outcome.status == status
    assert words in outcome.reason


def test_the_best_state_is_kept_when_a_later_one_is_worse(monkeypatch):
    system = _scripted(monkeypatch, [50.0, 3.0, 40.0, 60.0])
    outcome = train(system, _lm(iterations=4))
    assert (float(outcome.theta), outcome.loss) == (1.0, 3.0)


def test_the_first_state_is_kept_when_all_later_ones_are_worse(monkeypatch):
    system = _scripted(monkeypatch, [500.0, 300.0])
    outcome = train(system, _lm(iterations=2))
    assert torch.equal(outcome.theta, system.theta0)
    assert outcome.loss == 100.0


def test_not_a_number_at_the_start_is_divergence_with_a_reason():
    outcome = train(bad(), _lm())
    assert outcome.status == "diverged"
    assert "residual of eq is not a finite number at the first state" in outcome.reason
    assert torch.equal(outcome.theta, bad().theta0)


def test_not_a_number_later_keeps_the_best(monkeypatch):
    system = _scripted(monkeypatch, [5.0, math.nan, 1.0])
    outcome = train(system, _lm(iterations=3))
    assert (outcome.status, outcome.loss) == ("diverged", 5.0)
    assert "during training" in outcome.reason


def test_growth_is_divergence(monkeypatch):
    system = _scripted(monkeypatch, [5.0, 1e12])
    outcome = train(system, _lm(iterations=2))
    assert (outcome.status, outcome.loss) == ("diverged", 5.0)
    assert "smaller rate" in outcome.reason


def test_should_stop_interrupts():
    answers = itertools.chain([False] * 4, itertools.repeat(True))
    outcome = train(shallow(), _lm(), should_stop=lambda: next(answers))
    assert outcome.status == "interrupted"
    assert outcome.iterations == 5


def test_budget():
    outcome = train(shallow(), Method(optimizer=AdamOptions()), budget=0.3)
    assert outcome.status == "budget"
    assert "0.3 s" in outcome.reason
    assert outcome.reason.endswith("a longer budget may lower it")


def test_converged_at_rounding():
    outcome = train(rosenbrock(), _lm())
    assert outcome.status == "converged"
    assert outcome.loss < 1e-26


def test_converged_at_a_minimum_that_is_not_zero():
    outcome = train(linear()[0], _lm())
    assert outcome.status == "converged"
    assert "minimum" in outcome.reason


def test_tolerance_ends():
    outcome = train(shallow(), _lm(tolerance=1e-4))
    assert outcome.status == "converged"
    assert 1e-12 < outcome.loss <= 1e-4


def test_no_progress_is_stagnation(monkeypatch):
    system = _scripted(monkeypatch, [7.0] * 50)
    outcome = train(system, _lm(iterations=50, patience=12))
    assert outcome.status == "stagnated"
    assert outcome.iterations == 1 + 13
    assert "another seed" in outcome.reason


def test_same_seed_same_numbers():
    method = Method(optimizer=LmOptions(iterations=12), schedule=Schedule(starts=Starts(seeds=3)))
    first, second = train(shallow(), method, seed=4), train(shallow(), method, seed=4)
    assert torch.equal(first.theta, second.theta)
    assert first.iterations == second.iterations


def test_stages_follow_each_other_and_keep_what_is_reached():
    method = Method.model_validate(
        {
            "schedule": {
                "stages": [
                    {"kind": "adam", "iterations": 30, "rate": 0.05},
                    {"kind": "lbfgs", "iterations": 40},
                ]
            }
        }
    )
    outcome = train(shallow(), method)
    notes = [p.note for p in outcome.history if p.note]
    assert notes == ["stage adam", "stage lbfgs", "iterations"]
    assert outcome.iterations == 1 + 30 + 40


def test_until_ends_a_stage_early():
    method = Method.model_validate(
        {
            "schedule": {
                "stages": [
                    {"kind": "lm", "iterations": 100, "until": 1e-3},
                    {"kind": "lm", "iterations": 2},
                ]
            }
        }
    )
    assert train(shallow(), method).iterations < 60


def test_starts_continue_the_best():
    """Bandwidths of 1e-3 and 3: the first cannot bend, so the second must win."""
    starts = Starts(bandwidths=(1e-3, 3.0), iterations=6)
    system = shallow()
    outcome = train(
        system, Method(optimizer=LmOptions(iterations=30), schedule=Schedule(starts=starts))
    )
    assert "continue with seed 0, bandwidth 3" in [p.note for p in outcome.history]
    assert outcome.iterations <= 1 + 2 * 5 * 6 + 4 + 30


def test_a_start_that_diverges_does_not_end_the_race():
    def residual(theta):
        return torch.log(theta) - 0.2

    system = Small(residual, vector(1.0, 1.0))
    system.initial = lambda seed, model=None: vector(-1.0, -1.0) if seed == 0 else vector(1.0, 2.0)
    method = Method(optimizer=LmOptions(), schedule=Schedule(starts=Starts(seeds=2, iterations=2)))
    outcome = train(system, method)
    assert outcome.status == "converged"
    assert outcome.theta == pytest.approx(math.exp(0.2), rel=1e-12)


def test_fresh_points_every_n_iterations():
    system = shallow()
    method = Method(optimizer=LmOptions(iterations=25), sampling=Sampling(resample=10))
    outcome = train(system, method, seed=5)
    assert system.seeds == [5 + 11, 5 + 21]
    assert sum("fresh points" in p.note for p in outcome.history) == 2


def test_losses_on_other_points_are_compared_on_the_same_points(monkeypatch):
    """After a draw the old best is worth what it is on the new points."""

    class Moving(Small):
        shift = 10.0

        def resample(self, seed, adaptive=None):
            self.shift = -1.0

    system = Moving(lambda t: t + system.shift, vector(0.0))
    _scripted(monkeypatch, [81.0, 4.0, 9.0, 9.0])
    method = Method(optimizer=LmOptions(iterations=2), sampling=Sampling(resample=2))
    outcome = train(system, method)
    assert outcome.loss == pytest.approx(float(system.loss(outcome.theta)))


def test_reports():
    seen = []
    outcome = train(
        shallow(),
        _lm(iterations=15),
        on_progress=seen.append,
        errors=lambda theta: {"u": {"rel_l2": float(theta.norm()), "linf": 0.0}},
    )
    assert seen == outcome.history
    last = outcome.history[-1]
    assert last.rel_l2 == float(outcome.theta.norm())
    assert last.laws == outcome.laws
    assert last.iteration == outcome.iterations == 16


def test_a_field_without_a_relative_error_does_not_hide_the_others():
    errors = {"p": {"rel_l2": math.nan, "linf": 0.1}, "u": {"rel_l2": 0.5, "linf": 0.1}}
    outcome = train(shallow(), _lm(iterations=2), errors=lambda theta: errors)
    assert outcome.history[-1].rel_l2 == 0.5


def test_reports_and_errors_take_a_small_part_of_the_time():
    calls = []

    def slow(theta):
        time.sleep(0.02)
        calls.append(1)
        return {"u": {"rel_l2": 1.0, "linf": 1.0}}

    train(shallow(), Method(optimizer=AdamOptions()), budget=0.6, errors=slow)
    assert 1 <= len(calls) <= 5


def test_a_step_that_takes_more_than_the_budget_is_broken_off() -> None:
    """Of a first step nobody knows how long it takes: here some twenty times the budget."""
    method = Method.model_validate({
        "model": {"kind": "mlp", "width": 40, "depth": 3},
        "optimizer": {"kind": "lm"},
        "sampling": {"points": {"eq": 20_000}},
    })  # fmt: skip
    solution = pdedsl.solve(pdedsl.parse(PLANE), method=method, budget=0.3)
    assert solution.outcome.status == "budget"
    assert solution.outcome.iterations == 1  # the first state
    assert math.isfinite(solution.outcome.loss)
    assert solution.outcome.laws.keys() == {"eq", "bc"}
