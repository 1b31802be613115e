"""Changes of weights and points while training goes on, and who has to know of them."""

from __future__ import annotations

import math

import pytest
import torch
from pydantic import ValidationError

import pdedsl
from pdedsl.diagnostics import UserError
from pdedsl.optimizers.protocol import Step
from pdedsl.settings.labels import check_labels
from pdedsl.settings.method import Method
from pdedsl.training.rules.held_out import Fresh, HeldOut
from pdedsl.training.rules.ramp import Ramp, RampOptions
from pdedsl.training.rules.rule import NewPoints, NewWeights
from pdedsl.training.train import train
from pdedsl.training.watch import Watch
from tests.optimizers.systems import Small, vector
from tests.small import PLANE


class Weighted(Small):
    """(θ − 1, √w (θ + 1)): large weights pull θ from 1 towards −1."""

    def __init__(self) -> None:
        self.weight = 1.0
        super().__init__(
            lambda t: torch.cat((t - 1.0, self.weight**0.5 * (t + 1.0))), vector(5.0), linear=True
        )

    def set_weights(self, weights):
        self.weight = weights["bc"]

    def at_other_points(self, seed):
        other = Weighted()
        other.weight = self.weight
        return other


def test_the_best_state_is_measured_anew_under_other_weights():
    """θ = 1 is the better of two states with a small weight, θ = −1 with a large one."""
    system = Weighted()
    system.set_weights({"bc": 0.1})
    watch = Watch(system, None)
    for state in (vector(1.0), vector(-1.0)):
        watch.observe(Step(state, float(system.loss(state))))
    assert (float(watch.best), watch.best_loss) == (1.0, pytest.approx(0.4))
    loss = watch.apply(NewWeights({"bc": 100.0}), vector(-1.0))
    assert loss == pytest.approx(4.0)
    assert (float(watch.best), watch.best_loss) == (-1.0, pytest.approx(4.0))


def test_divergence_and_rounding_are_measured_by_the_first_state_under_the_new_weights():
    system = Weighted()
    watch = Watch(system, None)
    watch.observe(Step(system.theta0, float(system.loss(system.theta0))))
    floor = watch.floor
    watch.apply(NewWeights({"bc": 1e12}), system.theta0)
    step = Step(vector(4.9), float(system.loss(vector(4.9))))
    assert watch.observe(step) is None  # 1e12 times the loss before, but less than now
    assert watch.floor == pytest.approx(floor * float(system.loss(system.theta0)) / 52.0)


def test_the_state_with_the_least_loss_on_held_out_points_has_another_loss():
    system = Weighted()
    held = HeldOut(system, Fresh(every=1, patience=2), 0)
    held.take(vector(1.0), 4.0)
    held.renew(NewPoints(3))
    assert held.loss == pytest.approx(4.0)
    held.renew(NewWeights({"bc": 100.0}))
    assert held.loss == pytest.approx(400.0)
    assert held.after(Step(vector(-1.0), 4.0), 1, 1) is None
    assert (float(held.best), held.loss) == (-1.0, pytest.approx(4.0))


def test_a_minimum_under_weights_that_are_still_to_grow_is_not_the_end():
    """Two steps of lm find each of them."""
    options = {"kind": "lm", "iterations": 60, "patience": 8}
    ramp = {"kind": "ramp", "weights": {"bc": 100.0}, "start": 1e-4, "iterations": 35, "every": 5}
    method = Method.model_validate({"optimizer": options, "schedule": {"rules": [ramp]}})

    class Curved(Weighted):
        def __init__(self) -> None:
            super().__init__()
            plain = self.function
            self.function = lambda t: plain(t + 0.3 * torch.sin(t))

    system = Curved()
    outcome = train(system, method)
    assert system.weight == 100.0
    assert outcome.status == "converged"
    least = min(float(system.loss(vector(-1.0 + k / 1e3))) for k in range(2001))
    assert outcome.loss == pytest.approx(least, rel=1e-3)


def _weights(options, totals):
    rule, found = Ramp(options, Weighted()), []
    for iteration, total in enumerate(totals):
        change = rule.after(Step(vector(0.0), 1.0), iteration, total)
        found.append(None if change is None else change.weights["bc"])
    return found


def test_a_ramp_is_geometric_and_ends_at_the_weight():
    options = RampOptions(weights={"bc": 100.0}, start=1e-4, iterations=4, every=1)
    assert _weights(options, range(7)) == [
        pytest.approx(0.01), pytest.approx(0.1), pytest.approx(1.0), pytest.approx(10.0),
        100.0, None, None,
    ]  # fmt: skip


def test_a_ramp_changes_the_weights_every_so_many_iterations():
    options = RampOptions(weights={"bc": 2.0}, start=0.25, iterations=4, every=2)
    assert _weights(options, range(6)) == [0.5, None, pytest.approx(1.0), None, 2.0, None]


def _system(weights):
    model = {"kind": "mlp", "width": 20, "depth": 1}
    return pdedsl.compile(
        pdedsl.parse(PLANE), model=model, points={"eq": 200, "bc": 80}, weights=weights
    )


def test_training_ends_with_the_loss_under_the_last_weights():
    ramp = {"kind": "ramp", "weights": {"bc": 50.0}, "iterations": 20, "every": 4}
    given = {
        "optimizer": {"kind": "lm", "iterations": 40},
        "schedule": {"rules": [ramp], "fresh": {"every": 3, "patience": 50}},
        "sampling": {"resample": 7},
    }
    system = _system({"bc": 50.0})
    outcome = train(system, Method.model_validate(given))
    # Those of another system, which never had other weights, at the same points.
    other = _system({"bc": 50.0})
    other.resample(1 + 35)
    assert outcome.loss == pytest.approx(float(other.loss(outcome.theta)), rel=1e-10)
    assert outcome.loss < 1e-3 * float(other.loss(other.theta0))
    notes = [p.note for p in outcome.history if p.note.startswith("weights bc")]
    assert notes[0] == "weights bc = 0.5"
    assert notes[-1] == "weights bc = 50"
    assert len(notes) == 6
    losses = [p.loss for p in outcome.history]
    assert all(math.isfinite(loss) for loss in losses)


def test_a_law_that_is_not_there_is_named():
    given = {"schedule": {"rules": [{"kind": "ramp", "weights": {"bx": 5.0}}]}}
    with pytest.raises(UserError, match="no law bx"):
        check_labels(Method.model_validate(given), pdedsl.parse(PLANE))


@pytest.mark.parametrize("weights", [{}, {"bc": 0.0}, {"bc": -1.0}])
def test_weights_of_a_ramp_are_positive(weights):
    with pytest.raises(ValidationError):
        RampOptions(weights=weights)


def test_held_out_points_do_not_end_a_run_whose_weights_are_still_to_grow():
    method = Method.model_validate({
        "model": {"kind": "mlp", "width": 10, "depth": 1},
        "optimizer": {"kind": "lm", "iterations": 60},
        "sampling": {"points": {"eq": 6, "bc": 8}},
        "schedule": {
            "fresh": {"every": 1, "patience": 1},
            "rules": [{"kind": "ramp", "weights": {"bc": 50.0}, "iterations": 30}],
        },
    })  # fmt: skip
    system = pdedsl.compile(pdedsl.parse(PLANE), method.model, method.sampling.points)
    train(system, method)
    assert {b.weight for b in system.blocks if b.kind == "bc"} == {50.0}


def test_rules_of_weights_and_collocation_are_refused_together():
    with pytest.raises(ValidationError, match="collocation has weights of its own"):
        Method.model_validate({
            "sampling": {"kind": "collocation"},
            "schedule": {"rules": [{"kind": "ramp", "weights": {"bc": 50.0}}]},
        })  # fmt: skip
