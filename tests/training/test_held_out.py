"""The loss on fresh points: what is reported, and the end that it makes."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from pydantic import ValidationError

import pdedsl
from pdedsl.cli.result import comparison, rows
from pdedsl.optimizers.protocol import Step
from pdedsl.optimizers.quasi_newton.lbfgs import LbfgsOptions
from pdedsl.settings.method import Method, Sampling
from pdedsl.training.outcome import Outcome, Progress, rounding_level
from pdedsl.training.rules.held_out import Fresh, HeldOut, fresh_loss
from pdedsl.training.train import train
from tests.optimizers.systems import Small
from tests.small import LINE, PLANE

# Eight rows of the equation for sixty-one parameters.
FEW = {
    "model": {"width": 20, "depth": 1, "activation": "sin", "bandwidth": 6.0},
    "optimizer": {"kind": "lm", "iterations": 60},
    "sampling": {"kind": "uniform", "points": {"eq": 8}},
}


def _system(text=LINE, **changes):
    method = Method.model_validate(FEW | changes)
    system = pdedsl.compile(
        pdedsl.parse(text),
        model=method.model,
        points=method.sampling.points,
        sampling=method.sampling.kind,
    )
    return system, method


def _copies(system):
    return {name: points.clone() for name, points in system.points_by_law.items()}


def test_the_fresh_loss_is_that_of_another_draw_and_the_points_stay():
    system, _ = _system(PLANE)
    before, theta = _copies(system), system.theta0
    own = float(system.loss(theta))
    found = fresh_loss(system, theta, 0)
    assert all(torch.equal(system.points_by_law[k], before[k]) for k in before)
    assert float(system.loss(theta)) == own != found
    # An independent estimate of the same mean from many points.
    many, _ = _system(PLANE, sampling={"kind": "uniform", "points": {"eq": 50_000, "bc": 20_000}})
    assert 0.2 < found / float(many.loss(theta)) < 5.0


def test_other_seeds_draw_other_fresh_points():
    system, _ = _system(PLANE)
    found = {fresh_loss(system, system.theta0, seed) for seed in range(4)}
    assert len(found) == 4


def test_a_grid_has_no_other_draw():
    system, method = _system(sampling={"kind": "grid", "points": {"eq": 8}})
    outcome = train(system, method)
    assert outcome.fresh_loss is None
    assert not outcome.overfitted


def test_few_points_are_overfitted_and_that_is_said():
    solution = pdedsl.solve(pdedsl.parse(LINE), Method.model_validate(FEW))
    data = solution.summary()
    assert data["fresh_loss"] > 1e3 * data["loss"]
    assert data["overfitted"]
    text = dict(rows(data))["loss"]
    assert "overfitted" in text
    assert "sampling.resample" in text


def test_many_points_are_not_overfitted():
    sampling = {"kind": "sobol", "points": {"eq": 400}}
    data = pdedsl.solve(pdedsl.parse(LINE), Method.model_validate(FEW | {"sampling": sampling}))
    found = data.summary()
    assert not found["overfitted"]
    text = dict(rows(found))["loss"]
    assert text.endswith("on fresh points")
    assert ("loss on fresh points", [text.split(", ")[1].split()[0]] * 2) in comparison([found] * 2)


def test_the_fresh_loss_is_saved_and_read(tmp_path):
    solution = pdedsl.solve(pdedsl.parse(LINE), Method.model_validate(FEW))
    again = pdedsl.Solution.load(solution.save(tmp_path / "run"))
    assert again.outcome.fresh_loss == solution.outcome.fresh_loss
    assert again.outcome.overfitted


@pytest.mark.parametrize(
    ("loss", "fresh", "expected"),
    [
        (1e-6, 9.9e-6, False),
        (1e-6, 1.1e-5, True),
        (1e-6, math.nan, True),
        (0.0, 1e-29, False),  # both at the level of rounding of a first loss of 1
        (0.0, 1e-20, True),
        (1e-6, None, False),
    ],
)
def test_overfitted_is_a_factor_of_ten_above_rounding(loss, fresh, expected):
    history = [Progress(1, 0.0, 1.0, {})]
    theta = torch.zeros(1, dtype=torch.float64)
    outcome = Outcome(theta, loss, {}, 1, 0.0, "converged", "", history, fresh)
    assert outcome.overfitted is expected
    assert rounding_level(theta.dtype, 1.0) < 1e-20


# Early stopping.


class _Noisy(Small):
    """Sixteen coefficients of a polynomial fitted to twenty values with noise of variance 0.04."""

    def __init__(self, seed: int) -> None:
        super().__init__(lambda t: t, torch.zeros(16, dtype=torch.float64), linear=True)
        self.resample(seed)

    def resample(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        x = rng.uniform(-1, 1, 20)
        values = np.sin(3 * x) + 0.2 * rng.standard_normal(20)
        matrix = torch.from_numpy(np.polynomial.legendre.legvander(x, 15)) / 20**0.5
        right = torch.from_numpy(values) / 20**0.5
        self.function = lambda t: matrix @ t - right


@pytest.mark.parametrize("seed", range(4))
def test_stops_on_held_out_points_and_keeps_their_best(seed):
    """An early state comes near the variance of the noise, a late one does not."""
    optimizer = {"kind": "lbfgs", "iterations": 300}
    fresh = {"schedule": {"fresh": {"every": 1, "patience": 3}}, "optimizer": optimizer}
    system = _Noisy(seed)
    own = float(system.loss(system.theta0))
    outcome = train(system, Method.model_validate(fresh), seed=seed)
    plain = train(_Noisy(seed), Method(optimizer=LbfgsOptions(iterations=300)), seed=seed)
    assert outcome.status == "stagnated"
    assert "has not fallen" in outcome.reason
    assert outcome.iterations < plain.iterations
    assert outcome.loss == float(system.loss(outcome.theta)) > plain.loss
    assert float(system.loss(system.theta0)) == own
    # The third set of points chose nothing.
    assert outcome.fresh_loss < 0.1 < 100 < plain.fresh_loss
    assert plain.overfitted


def test_ends_the_run_and_not_the_stage_alone():
    stages = [{"kind": "lbfgs", "iterations": 100}, {"kind": "lm", "iterations": 5}]
    schedule = {"stages": stages, "fresh": {"every": 1, "patience": 3}}
    outcome = train(_Noisy(0), Method.model_validate({"schedule": schedule}))
    assert "fresh points" in outcome.reason
    assert "stage lm" not in [p.note for p in outcome.history]


def test_many_points_go_on_to_the_usual_end():
    sampling = {"kind": "sobol", "points": {"eq": 400}}
    system, method = _system(sampling=sampling, schedule={"fresh": True})
    outcome = train(system, method)
    assert "fresh points" not in outcome.reason
    assert outcome.loss < 1e-12


class _Given:
    """A system whose loss on the held-out points is the square of the state."""

    def __init__(self):
        self.theta0 = torch.ones(1, dtype=torch.float64)

    def at_other_points(self, seed):
        return self

    def loss(self, theta):
        return theta.square().sum()


def _looks(losses, training, **options):
    held = HeldOut(_Given(), Fresh(**options), 0)
    stops = []
    for k, (value, loss) in enumerate(zip(losses, training, strict=True), start=1):
        theta = torch.tensor([value], dtype=torch.float64)
        stops.append(held.after(Step(theta, loss), k, k))
    return held, stops


def test_waits_for_its_patience():
    held, stops = _looks([3.0, 2.0, 2.5, 2.1, 2.2], [5.0, 4.0, 3.0, 2.0, 1.0], every=1, patience=3)
    assert [stop is not None for stop in stops] == [False] * 4 + [True]
    assert stops[-1].final
    assert (float(held.best), held.loss) == (2.0, 4.0)


def test_a_lower_loss_starts_the_count_again():
    _, stops = _looks([3.0, 3.1, 2.0, 2.1, 1.0], [5.0, 4.0, 3.0, 2.0, 1.0], every=1, patience=2)
    assert stops == [None] * 5


def test_no_stop_where_the_training_loss_does_not_fall_either():
    _, stops = _looks([2.0, 3.0, 3.0, 3.0], [5.0, 5.0, 6.0, 5.0], every=1, patience=2)
    assert stops == [None] * 4


def test_looks_are_made_every_so_many_iterations():
    held, _ = _looks([3.0, 1.0, 2.0, 2.0], [4.0, 3.0, 2.0, 1.0], every=3, patience=5)
    assert float(held.best) == 2.0


def test_a_loss_that_is_no_number_is_not_the_best():
    held, stops = _looks([2.0, math.nan], [5.0, 4.0], every=1, patience=1)
    assert float(held.best) == 2.0
    assert stops[1] is not None


def test_several_iterations_at_once_stop_for_a_look(monkeypatch):
    """``gd`` on a linear residual makes up to 100 at once."""
    linear = pdedsl.compile(
        pdedsl.parse(LINE),
        model={"kind": "basis", "family": "legendre", "modes": 6},
        points={"eq": 9},
    )
    seen = []
    look = HeldOut.after

    def watched(self, step, iteration, total):
        seen.append(iteration)
        return look(self, step, iteration, total)

    monkeypatch.setattr(HeldOut, "after", watched)
    given = {
        "optimizer": {"kind": "gd", "iterations": 90},
        "sampling": {"resample": 40},
        "schedule": {"fresh": {"every": 30, "patience": 9}},
    }
    train(linear, Method.model_validate(given))
    assert {30, 40, 60, 80, 90} <= set(seen)


def test_options():
    def read(schedule, **sampling):
        return Method.model_validate({"schedule": schedule, "sampling": sampling}).schedule.fresh

    assert read({"fresh": True}) == Fresh()
    assert read({"fresh": False}) is None
    assert read({"fresh": {"every": 7}}).every == 7
    for kind in ("grid", "gauss"):
        with pytest.raises(ValidationError, match="same in every draw"):
            read({"fresh": True}, kind=kind)
    with pytest.raises(ValidationError):
        read({"fresh": {"every": 0}})


def test_sampling_kinds_that_another_seed_replaces():
    for kind in ("sobol", "lhs", "uniform", "grid", "gauss"):
        first, _ = _system(PLANE, sampling={"kind": kind, "points": {"eq": 16, "bc": 8}})
        before = _copies(first)
        first.resample(1)
        same = all(torch.equal(before[k], first.points_by_law[k]) for k in before)
        assert same is not Sampling(kind=kind).drawn


def test_a_loss_that_is_no_number_is_not_overfitted():
    theta = torch.zeros(1, dtype=torch.float64)
    outcome = Outcome(theta, math.nan, {}, 1, 0.0, "diverged", "", [], fresh_loss=1.0)
    assert not outcome.overfitted
