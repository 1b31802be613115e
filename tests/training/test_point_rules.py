"""Rules that weigh points, against the formulas of their papers in numpy."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from pydantic import ValidationError

import pdedsl
from pdedsl.diagnostics import UserError
from pdedsl.models import MisfitError
from pdedsl.optimizers.protocol import Step
from pdedsl.settings.load import load_method
from pdedsl.settings.method import Method
from pdedsl.training.rules.causal import Causal, CausalOptions
from pdedsl.training.rules.rba import Rba, RbaOptions
from pdedsl.training.rules.rule import NewPoints
from pdedsl.training.rules.self_adaptive import SelfAdaptive, SelfAdaptiveOptions
from pdedsl.training.train import train
from tests.small import FLOW, HEAT, NUMBER, ODES, PLANE

from .weighed import SMALL, WEIGHTS, run, squares, system


class Adam:
    """By the formulas of Kingma and Ba."""

    def __init__(self, rate, betas, epsilon):
        self.rate, self.betas, self.epsilon = rate, betas, epsilon
        self.first = self.second = 0.0
        self.count = 0

    def step(self, gradient):
        b, c = self.betas
        self.count += 1
        self.first = b * self.first + (1 - b) * gradient
        self.second = c * self.second + (1 - c) * gradient**2
        first = self.first / (1 - b**self.count)
        second = self.second / (1 - c**self.count)
        return self.rate * first / (np.sqrt(second) + self.epsilon)


def descend(s, masks, moved, steps, rate):
    """θ after each step of Adam on Σ w mean (λ r)², with masks that ``moved`` changes."""
    adam, theta, states = Adam(rate, (0.9, 0.999), 1e-8), s.theta0.numpy().copy(), []
    for _ in range(steps):
        states.append(theta.copy())
        r, jacobian = (a.numpy() for a in s.residual_and_jacobian(torch.tensor(theta)))
        gradient = 0.0
        for block in s.blocks:
            weight = masks[block.label] ** 2 if block.label in masks else 1.0
            gradient = gradient + 2 * jacobian[block.rows].T @ (weight * r[block.rows])
        masks = moved(masks, squares(s, torch.tensor(theta)))
        theta = theta - adam.step(gradient)
    return states


def test_self_adaptive_masks_and_parameters_move_as_in_the_paper():
    """θ goes down by Adam and λ up by another one, both from the same state."""
    rule = {"kind": "self_adaptive", "masks": {"eq": 1.0, "ic": 100.0}, "rate": 0.05}
    stage = {"kind": "adam", "iterations": 12, "rate": 0.01}
    _, states, _ = run(rule, [stage])
    plain = system()
    options = SelfAdaptiveOptions.model_validate(rule)
    change = SelfAdaptive(options, plain).after(Step(plain.theta0, 1.0), 0, 1)
    first = {label: own.sqrt().numpy() for label, own in change.weights.items()}
    ascents = {label: Adam(0.05, (0.99, 0.999), 1e-7) for label in first}

    def moved(masks, r2):
        out = {}
        for label, own in masks.items():
            share = WEIGHTS[label] / len(own)
            out[label] = own + ascents[label].step(2 * own * share * r2[label])
        return out

    want = descend(plain, first, moved, 12, 0.01)
    found = [step.theta.numpy() for step in states[1:]]
    np.testing.assert_allclose(found, want, rtol=1e-9, atol=1e-11)
    assert np.abs(want[-1] - want[0]).max() > 0.05


def test_first_masks_are_drawn_up_to_their_ends_and_follow_the_seed():
    options = SelfAdaptiveOptions()
    found = []
    for seed in (0, 0, 1):
        s = system(points={"eq": 4000, "bc": 20, "ic": 3000}, seed=seed)
        change = SelfAdaptive(options, s).after(Step(s.theta0, 1.0), 0, 1)
        found.append({label: own.sqrt() for label, own in change.weights.items()})
    one, same, other = found
    assert one.keys() == {"eq", "ic"}
    assert torch.equal(one["eq"], same["eq"])
    assert not torch.equal(one["eq"], other["eq"])
    for label, end in (("eq", 1.0), ("ic", 100.0)):
        ordered = one[label].sort().values / end
        line = torch.linspace(0, 1, len(ordered), dtype=torch.float64)
        assert float((ordered - line).abs().max()) < 0.03  # U(0, 1), of thousands


def test_constant_masks():
    options = SelfAdaptiveOptions(masks={"eq": 100.0, "bc": 2.0}, draw="constant")
    s = system()
    change = SelfAdaptive(options, s).after(Step(s.theta0, 1.0), 0, 1)
    assert set(change.weights["eq"].tolist()) == {10_000.0}
    assert set(change.weights["bc"].tolist()) == {4.0}


def test_masks_stay_in_later_stages_where_a_minimum_counts():
    s = system()
    rule = SelfAdaptive(SelfAdaptiveOptions(), s)
    step = Step(s.theta0, 1.0)
    assert rule.after(step, 0, 1) is not None
    rule.begin(0)
    assert not rule.done
    assert rule.after(step, 1, 2) is not None
    rule.begin(1)
    assert rule.done
    assert rule.after(step, 1, 3) is None
    assert rule.pause(1) > 10**6


def test_residual_based_attention_as_in_the_paper():
    """λ ← γ λ + η |r|/max|r|, for a vector law by its length and each law by its own maximum."""
    s = system(FLOW, points={"eq": 24, "bc": 12, "ic": 9})
    rule = Rba(RbaOptions(laws=("momentum", "ic"), gamma=0.9, eta=0.2), s)
    masks = {"momentum": 0.0, "ic": 0.0}
    for k in range(4):
        theta = s.initial(k)
        change = rule.after(Step(theta, 1.0), k, k)
        r = s.residual(theta).numpy()
        for block in s.blocks:
            if block.label not in masks:
                continue
            size = np.linalg.norm(r[block.rows].reshape(2, -1), axis=0)
            masks[block.label] = 0.9 * masks[block.label] + 0.2 * size / size.max()
            np.testing.assert_allclose(change.weights[block.label], masks[block.label] ** 2)
    assert change.weights.keys() == masks.keys()


def test_parameters_follow_the_attention():
    rule = {"kind": "rba", "gamma": 0.9, "eta": 0.3, "first": 1.0}
    _, states, _ = run(rule, [{"kind": "adam", "iterations": 10, "rate": 0.01}])
    plain = system()
    size = np.sqrt(squares(plain, plain.theta0)["eq"])
    first = {"eq": size / size.max()}

    def moved(masks, r2):
        size = np.sqrt(r2["eq"])
        return {"eq": 0.9 * masks["eq"] + 0.3 * size / size.max()}

    want = descend(plain, first, moved, 10, 0.01)
    np.testing.assert_allclose([s.theta.numpy() for s in states[1:]], want, rtol=1e-9, atol=1e-11)


def test_attention_to_laws_that_hold_is_none():
    """No share of a residual that is zero everywhere."""

    class Exact:
        theta0 = torch.zeros(1, dtype=torch.float64)
        blocks = system().blocks

        def point_losses(self, theta):
            return {"eq": torch.zeros(5, dtype=torch.float64)}

    change = Rba(RbaOptions(), Exact()).after(Step(Exact.theta0, 0.0), 0, 1)
    assert change.weights["eq"].tolist() == [0.0] * 5


def causal_weights(s, theta, epsilon, slabs, initial=False):
    """exp(−ε Σ_{j<k} L_j), the losses of two equations added up, slab by slab."""
    times = {label: own.numpy() for label, own in s.times.items()}
    ends = min(t.min() for t in times.values()), max(t.max() for t in times.values())
    edges = np.linspace(*ends, slabs + 1)[1:-1]
    slab = {label: np.digitize(t, edges) for label, t in times.items()}
    r, losses, before = s.residual(theta).numpy(), np.zeros(slabs), 0.0
    for block in s.blocks:
        rows = (r[block.rows] ** 2).reshape(-1, len(block.points)).sum(0)
        if block.label in slab:
            for k in range(slabs):
                losses[k] += slabs * rows[slab[block.label] == k].sum()
        elif block.kind == "ic" and initial:
            before += rows.sum()
    weights = np.array([
        np.exp(-epsilon * (losses[:k].sum() + (before if k else 0.0))) for k in range(slabs)
    ])  # fmt: skip
    return {label: weights[own] for label, own in slab.items()}, weights


@pytest.mark.parametrize("initial", [False, True])
@pytest.mark.parametrize("text", [HEAT, ODES, FLOW])
def test_causal_weights_as_in_the_paper(text, initial):
    points = {"eq": 90, "bc": 20, "ic": 15}
    s = system(text, points={**points, "gauge": 5} if text == FLOW else points)
    options = CausalOptions(epsilon=(0.3,), slabs=7, initial=initial)
    theta = s.initial(4)
    change = Causal(options, s).after(Step(theta, 1.0), 0, 1)
    want, by_slab = causal_weights(s, theta, 0.3, 7, initial)
    assert by_slab[0] == 1.0
    assert by_slab[-1] < 0.9
    assert change.weights.keys() == want.keys()
    for label, own in want.items():
        np.testing.assert_allclose(change.weights[label], own, rtol=1e-12)


def test_epsilon_grows_once_the_least_weight_is_near_one():
    text = ODES.replace("a_t = b", "a_t = 0*b").replace("b_t = -a", "b_t = 0*a")
    s = system(text)
    exact = torch.zeros_like(s.theta0)  # constants, at which both equations hold
    rule = Causal(CausalOptions(epsilon=(1.0, 10.0), test_every=3), s)
    wrong = Step(s.initial(0), 1.0)
    assert rule.after(wrong, 0, 1) is not None
    notes, done = [], []
    for k in range(1, 8):
        change = rule.after(Step(exact, 0.0), k, k + 1)
        notes.append(change.note if change else None)
        done.append(rule.done)
    assert notes == ["", "causal weights: epsilon = 10", *[None] * 5]
    assert done == [False, *[True] * 6]
    rule.after(wrong, 8, 9)
    assert not rule.done


def test_weights_that_hardly_change_are_left():
    s = system()
    rule = Causal(CausalOptions(epsilon=(1e-9,)), s)
    assert rule.after(Step(s.theta0, 1.0), 0, 1) is not None
    assert rule.after(Step(s.initial(1), 1.0), 1, 2) is None
    assert rule.done


def test_fresh_points_are_weighed_at_once():
    s = system()
    rule = Causal(CausalOptions(epsilon=(0.3,), slabs=7, every=50), s)
    assert rule.after(Step(s.theta0, 1.0), 0, 1) is not None
    assert rule.after(Step(s.theta0, 1.0), 1, 2) is None
    s.resample(8)
    rule.renew(NewPoints(8))
    change = rule.after(Step(s.theta0, 1.0), 2, 3)
    want, _ = causal_weights(s, s.theta0, 0.3, 7)
    np.testing.assert_allclose(change.weights["eq"], want["eq"], rtol=1e-12)


def test_causal_weights_follow_points_that_are_drawn_anew():
    rule = {"kind": "causal", "epsilon": [0.3], "slabs": 7, "every": 50}
    given = {"sampling": {"resample": 4, "adaptive": True}}
    seen = []

    class Spy(Causal):
        def after(self, step, iteration, total):
            change = super().after(step, iteration, total)
            if change is not None:
                seen.append(iteration)
            return change

    s = system()
    method = Method.model_validate({
        "schedule": {"rules": [rule], "stages": [{"kind": "adam", "iterations": 9}]}, **given,
    })  # fmt: skip
    from pdedsl.training import train as module

    before = module.BUILDERS[CausalOptions]
    module.BUILDERS[CausalOptions] = Spy
    try:
        train(s, method)
    finally:
        module.BUILDERS[CausalOptions] = before
    assert seen == [0, 4, 8]


def test_windows_are_weighed_one_by_one():
    model = {"kind": "windows", "count": 2, "pieces": [SMALL]}
    given = {
        "model": model,
        "optimizer": {"kind": "lm", "iterations": 12},
        "schedule": {"rules": [{"kind": "causal", "test_every": 2}]},
    }
    s = pdedsl.compile(pdedsl.parse(HEAT), model, {"eq": 120, "bc": 40, "ic": 40})
    outcome = train(s, Method.model_validate(given))
    assert outcome.loss < 1e-2 * float(s.loss(s.theta0))


@pytest.mark.parametrize(
    ("text", "rule", "words"),
    [
        (PLANE, {"kind": "causal"}, "no equation holds at points of a time here.*take rba"),
        (PLANE, {"kind": "self_adaptive", "masks": {"ic": 1.0}}, "names ic, of which.*eq, bc"),
        (NUMBER, {"kind": "rba", "laws": ["ic"]}, "laws of rba names ic"),
    ],
)
def test_rules_that_can_do_nothing_are_refused(text, rule, words):
    method = Method.model_validate({"schedule": {"rules": [rule]}})
    with pytest.raises(UserError, match=words) as caught:
        pdedsl.solve(pdedsl.parse(text), method)
    assert [d.code for d in caught.value.diagnostics] == ["E803"]
    with pytest.raises(MisfitError):
        train(pdedsl.compile(pdedsl.parse(text)), method)


@pytest.mark.parametrize(
    "rule", [{"kind": "rba", "laws": ["eqq"]}, {"kind": "self_adaptive", "masks": {"eqq": 1.0}}]
)
def test_a_law_that_is_not_there_is_named(rule):
    with pytest.raises(UserError, match="no law eqq") as caught:
        pdedsl.solve(pdedsl.parse(PLANE), Method.model_validate({"schedule": {"rules": [rule]}}))
    assert [d.code for d in caught.value.diagnostics] == ["E802"]


@pytest.mark.parametrize("kind", ["rba", "self_adaptive"])
def test_weights_that_belong_to_points_want_them_to_stay(kind):
    given = {"schedule": {"rules": [{"kind": kind}]}, "sampling": {"resample": 50}}
    with pytest.raises(ValidationError, match="belong to points, which resample replaces"):
        Method.model_validate(given)
    Method.model_validate(given | {"schedule": {"rules": [{"kind": "causal"}]}})


@pytest.mark.parametrize("preset", ["sa_pinn", "rba", "causal"])
@pytest.mark.parametrize("text", [HEAT, ODES], ids=["heat", "odes"])
def test_presets_run(preset, text):
    method, _ = load_method(preset)
    stages = [own.model_copy(update={"iterations": 2}) for own in method.stages]
    method = method.model_copy(update={"schedule": method.schedule.model_copy(
        update={"stages": tuple(stages)}
    )})  # fmt: skip
    outcome = pdedsl.solve(pdedsl.parse(text), method).outcome
    assert outcome.iterations == 1 + 2 * len(stages)
    assert "without the weights of its points the loss is" in outcome.reason


def test_two_rules_do_not_weigh_the_same_points():
    rules = [{"kind": "rba"}, {"kind": "causal"}]
    with pytest.raises(ValidationError, match="rba and causal both weigh points"):
        Method.model_validate({"schedule": {"rules": rules}})


def test_weights_that_change_at_every_iteration_are_not_for_lbfgs():
    stages = [{"kind": "adam"}, {"kind": "lbfgs"}]
    rule = {"kind": "rba"}
    method = {"schedule": {"rules": [rule], "stages": stages}}
    Method.model_validate(method)
    rule["stages"] = 2
    with pytest.raises(ValidationError, match="lbfgs forgets its pairs"):
        Method.model_validate(method)
    rule["every"] = 50
    Method.model_validate(method)
