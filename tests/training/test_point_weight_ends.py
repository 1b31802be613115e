"""How runs compare states and end where weights of points change."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import pdedsl
from pdedsl.optimizers.protocol import Step
from pdedsl.settings.method import Method
from pdedsl.training.rules.held_out import Fresh, HeldOut
from pdedsl.training.rules.rule import NewPoints, NewPointWeights
from pdedsl.training.train import train
from pdedsl.training.watch import Watch
from tests.small import HEAT

from .weighed import POINTS, SMALL, run, system


def test_states_compare_under_the_weights_of_now():
    """Without evaluating them again."""
    s = system()
    watch = Watch(s, None)
    states = [s.initial(k) for k in range(4)]
    rng = np.random.default_rng(1)
    for state in states:
        watch.observe(Step(state, float(s.loss(state))))
        parts = s.point_losses(state)
        weights = {"eq": torch.tensor(rng.exponential(size=60) ** 4)}
        loss = watch.apply(NewPointWeights(weights, parts), state)
        assert loss == pytest.approx(float(s.loss(state)), rel=1e-12)
        assert watch.best_loss == pytest.approx(float(s.loss(watch.best)), rel=1e-12)
        assert watch.first_loss == pytest.approx(float(s.loss(states[0])), rel=1e-12)
        assert watch.best_loss <= loss
    s.resample(5)
    before = float(s.loss(watch.best))
    watch.apply(NewPoints(5), states[-1])
    ones = {"eq": torch.ones(60, dtype=torch.float64)}
    watch.apply(NewPointWeights(ones, s.point_losses(states[-1])), states[-1])
    assert watch.best_loss == pytest.approx(min(before, float(s.loss(states[-1]))), rel=1e-12)


@pytest.mark.parametrize("kind", ["self_adaptive", "rba", "causal"])
@pytest.mark.parametrize(
    "stages",
    [
        [{"kind": "adam", "iterations": 30}, {"kind": "lbfgs", "iterations": 10}],
        [{"kind": "lm", "iterations": 8}],
        [{"kind": "ssbroyden", "iterations": 15}],
        [{"kind": "kfac", "iterations": 8}],
        [{"kind": "spring", "iterations": 8}],
    ],
    ids=lambda stages: stages[0]["kind"],
)
def test_the_loss_at_the_end_has_no_weights_of_points(kind, stages):
    rule = {"kind": kind, "every": 10 if kind == "causal" else 1}
    outcome, _, own = run(rule, stages)
    plain = system()
    want = float(plain.loss(outcome.theta))
    assert outcome.loss == pytest.approx(want, rel=1e-10)
    assert outcome.history[-1].loss == outcome.loss
    assert float(own.loss(outcome.theta)) == pytest.approx(want, rel=1e-10)
    assert outcome.fresh_loss == pytest.approx(
        float(plain.at_other_points(2**40).loss(outcome.theta)), rel=1e-10
    )
    assert f"without the weights of its points the loss is {want:.2g}" in outcome.reason
    assert outcome.status == "iterations"


def test_the_loss_after_a_budget_is_told_before_what_may_lower_it():
    s = system()
    rule = {"kind": "rba"}
    given = {"schedule": {"rules": [rule], "stages": [{"kind": "adam", "iterations": 10**6}]}}
    outcome = train(s, Method.model_validate(given), budget=0.2)
    assert outcome.status == "budget"
    assert outcome.reason.endswith(
        f"; without the weights of its points the loss is {outcome.loss:.2g}; "
        "a longer budget may lower it"
    )


def test_late_times_that_do_not_count_yet_are_no_solution():
    """The weighted loss is tiny where only the first slab counts, and no success is claimed."""
    rule = {"kind": "causal", "epsilon": [1e6], "slabs": 20}
    outcome, states, _ = run(rule, [{"kind": "lm", "iterations": 12}])
    assert states[-1].loss < 1e-3 * states[0].loss
    assert outcome.loss > 0.1 * states[0].loss
    assert outcome.status == "iterations"


def test_a_minimum_that_leaves_late_times_out_is_no_convergence():
    """The weights stay before the late times count, and a basis is at its minimum at once."""
    basis = {"kind": "basis", "family": "mixed", "modes": [8, 8]}
    stages = [{"kind": "adam", "iterations": 5}, {"kind": "lm", "iterations": 60}]
    for epsilon, status in (1.0, "stagnated"), (1e-9, "converged"):
        rule = {"kind": "causal", "stages": 1, "epsilon": [epsilon]}
        s = pdedsl.compile(pdedsl.parse(HEAT), basis, {"eq": 120, "bc": 40, "ic": 40})
        outcome = train(s, Method.model_validate({
            "model": basis, "schedule": {"rules": [rule], "stages": stages},
        }))  # fmt: skip
        assert outcome.status == status
        assert outcome.iterations < 60
        assert (outcome.loss > 1.0) == (status == "stagnated")
        assert ("causal left the last times the weight" in outcome.reason) == (epsilon == 1.0)


@pytest.mark.parametrize("key", ["tolerance", "until"])
def test_the_loss_that_is_asked_for_is_that_without_weights_of_points(key):
    """That with the weights of one step of rba is a millionth of it from the first state on."""
    model = SMALL | {"hard": True}
    s = pdedsl.compile(pdedsl.parse(HEAT), model, POINTS)
    first = float(s.loss(s.theta0))
    wanted = 1e-2 * first
    stages = [{"kind": "adam", "iterations": 1}, {"kind": "lm", "iterations": 100, key: wanted}]
    if key == "until":
        stages.append({"kind": "adam", "iterations": 1, "rate": 1e-300})
    rule = {"kind": "rba", "eta": 1e-3}
    outcome = train(s, Method.model_validate({
        "model": model, "schedule": {"rules": [rule], "stages": stages},
    }))  # fmt: skip
    assert 1e-4 * first < outcome.loss <= wanted
    assert 3 < outcome.iterations < 100
    assert (outcome.status == "converged") == (key == "tolerance")


@pytest.mark.parametrize(
    ("rule", "bound"),
    [
        ({"kind": "self_adaptive", "masks": {"eq": 1.0}}, 1e-3),
        ({"kind": "rba", "eta": 0.1, "gamma": 0.9, "first": 1.0}, 1e-3),
        ({"kind": "causal", "test_every": 3}, 1e-3),
    ],
    ids=lambda value: value["kind"] if isinstance(value, dict) else "",
)
def test_gauss_newton_under_weights_of_points_solves_heat(rule, bound):
    points = {"eq": 250, "bc": 40, "ic": 40}
    solution = pdedsl.solve(
        pdedsl.parse(HEAT),
        Method.model_validate({
            "model": {"kind": "mlp", "width": 12, "depth": 2},
            "optimizer": {"kind": "lm", "iterations": 30},
            "weights": {"bc": 10, "ic": 10},
            "sampling": {"points": points},
            "schedule": {"rules": [rule]},
        }),
    )  # fmt: skip
    assert solution.usable
    assert solution.errors["u"]["rel_l2"] < bound


def test_a_minimum_under_causal_weights_that_hold_is_the_end():
    """A basis is at its minimum within a few steps, which counts once all times do."""
    rule = {"kind": "causal", "epsilon": [1e-3, 1e-2], "test_every": 2}
    basis = {"kind": "basis", "family": "mixed", "modes": [8, 8]}
    s = pdedsl.compile(pdedsl.parse(HEAT), basis, {"eq": 200, "bc": 40, "ic": 40})
    outcome = train(s, Method.model_validate({
        "model": basis, "optimizer": {"kind": "lm", "iterations": 60},
        "schedule": {"rules": [rule]},
    }))  # fmt: skip
    assert outcome.status == "converged"
    assert outcome.iterations < 40


def test_held_out_points_have_no_weights():
    s = system()
    held = HeldOut(s, Fresh(every=1, patience=2), 0)
    held.take(s.theta0, 4.0)
    before = held.loss
    held.renew(NewPointWeights({"eq": torch.full((60,), 9.0)}, s.point_losses(s.theta0)))
    assert held.loss == before
    held.take(s.theta0, 1e-9)  # the loss under other weights does not compare with 4
    assert held.after(Step(s.theta0, 1e-9), 1, 1) is None
