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
from pdedsl.solution.failures import failure
from pdedsl.training.rules.causal import Causal, CausalOptions
from pdedsl.training.rules.held_out import Fresh, HeldOut
from pdedsl.training.rules.rba import Rba, RbaOptions
from pdedsl.training.rules.rule import NewPoints, NewPointWeights
from pdedsl.training.rules.self_adaptive import SelfAdaptive, SelfAdaptiveOptions
from pdedsl.training.train import train
from pdedsl.training.watch import Watch
from tests.small import FLOW, HEAT, NUMBER, ODES, PLANE

POINTS = {"eq": 60, "bc": 20, "ic": 15}
WEIGHTS = {"eq": 0.5, "bc": 2.0, "ic": 3.0}
SMALL = {"kind": "mlp", "width": 8, "depth": 2}


def system(text: str = HEAT, **options):
    known = {"model": SMALL, "points": POINTS, "weights": WEIGHTS} | options
    return pdedsl.compile(pdedsl.parse(text), **known)


def run(rule, stages, text=HEAT, **more):
    """Train and keep every state that was seen."""
    states = []
    given = {"schedule": {"rules": [rule] if rule else [], "stages": stages}} | more
    own = system(text)
    method = Method.model_validate(given)
    outcome = train(own, method, on_step=lambda _, step, *rest: states.append(step))
    return outcome, states, own


def squares(s, theta):
    """|r_i|² at the points of every law of one component, without any weight, from the rows."""
    r, out = s.residual(theta).numpy(), {}
    for block in s.blocks:
        rows = r[block.rows]
        out[block.label] = rows**2 * len(rows) / block.weight
    return out


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
    problem = pdedsl.parse(HEAT)
    assert "the loss has fallen to" in failure(problem, outcome, {})
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
