"""Rules that weigh the laws as training goes on, against the formulas of their papers in numpy."""

from __future__ import annotations

import math

import numpy as np
import pytest
from pydantic import ValidationError

import pdedsl
from pdedsl.settings.method import Method
from pdedsl.training.rules.registry import BUILDERS
from pdedsl.training.rules.relobralo import Relobralo, RelobraloOptions
from pdedsl.training.train import train
from tests.small import FLOW, HEAT, LINE, ODES, PLANE

TWO_ENDS = HEAT.replace(
    "bc: u = 0          on boundary", "bc left: u = 0 on x = 0\nbc right: u = 0 on x = 1"
)


def _system(text, weights=None, model=None):
    model = model or {"kind": "mlp", "width": 8, "depth": 2}
    points = {"eq": 30, "bc": 12, "ic": 10}
    return pdedsl.compile(pdedsl.parse(text), model=model, points=points, weights=weights)


def _method(rule, optimizer=None, **more):
    optimizer = optimizer or {"kind": "adam", "iterations": 1}
    return Method.model_validate({"optimizer": optimizer, "schedule": {"rules": [rule]}, **more})


def _rows(system, theta):
    """Label to r and J of a law without its weight, so that the mean of its squares is ‖r‖²."""
    residual, jacobian = (a.numpy() for a in system.residual_and_jacobian(theta))
    root = {b.label: math.sqrt(b.weight) for b in system.blocks}
    return {
        b.label: (residual[b.rows] / root[b.label], jacobian[b.rows] / root[b.label])
        for b in system.blocks
    }


def _slopes(system, theta):
    return {label: 2 * j.T @ r for label, (r, j) in _rows(system, theta).items()}


@pytest.mark.parametrize("variant", ["paper", "code"])
def test_annealing_is_the_formula_of_the_paper_or_of_the_code(variant):
    """Equations of two laws with weights of their own; the gauge is no equation at points."""
    start = {"momentum": 2.0, "bc": 3.0, "ic": 0.5}
    system = _system(FLOW, start)
    start = dict(system.weights)
    slopes = _slopes(system, system.theta0)
    train(system, _method({"kind": "annealing", "variant": variant}))
    top = np.abs(2.0 * slopes["momentum"] + slopes["mass"]).max()
    want = dict(start)
    for label in ("bc", "ic", "gauge"):
        own = slopes[label] * (start[label] if variant == "code" else 1.0)
        want[label] = 0.9 * start[label] + 0.1 * top / np.abs(own).mean()
    assert system.weights == pytest.approx(want, rel=1e-9)


def test_the_weights_of_the_code_are_at_rest_at_the_root_of_those_of_the_paper():
    """With a rate of nothing the state stays, and the weights go on to where they rest."""
    found = {}
    for variant in ("paper", "code"):
        system = _system(HEAT)
        options = {"kind": "adam", "iterations": 60, "rate": 1e-300}
        rule = {"kind": "annealing", "variant": variant, "every": 1, "keep": 0.5}
        train(system, _method(rule, options))
        found[variant] = system.weights
    for label in ("bc", "ic"):
        assert found["code"][label] == pytest.approx(found["paper"][label] ** 0.5, rel=1e-6)


def test_one_weight_for_a_kind_is_by_the_sum_of_its_losses():
    system = _system(TWO_ENDS, {"left": 4.0})
    slopes = _slopes(system, system.theta0)
    train(system, _method({"kind": "annealing", "by": "kind", "keep": 0.0}))
    both = np.abs(slopes["left"] + slopes["right"]).mean()
    want = np.abs(slopes["eq"]).max() / both
    assert system.weights["left"] == pytest.approx(want, rel=1e-9)
    assert system.weights["right"] == pytest.approx(want, rel=1e-9)


def test_ntk_gives_every_law_the_same_mean_rate():
    system = _system(FLOW, {"bc": 7.0})
    traces = {n: (j**2).sum() for n, (_, j) in _rows(system, system.theta0).items()}
    train(system, _method({"kind": "ntk"}))
    for label, weight in system.weights.items():
        assert weight * traces[label] == pytest.approx(sum(traces.values()), rel=1e-9)


def test_ntk_does_not_depend_on_the_number_of_points_of_a_law():
    """But for which points these are."""
    found = []
    for count in (400, 1600):
        system = pdedsl.compile(
            pdedsl.parse(HEAT), model={"width": 6, "depth": 1}, points={"eq": 400, "ic": count}
        )
        train(system, _method({"kind": "ntk"}))
        found.append(system.weights["ic"])
    assert found[0] == pytest.approx(found[1], rel=0.02)


@pytest.mark.parametrize("restoring", [0.0, 1.5])
def test_grad_norm_levels_the_lengths_of_the_gradients(restoring):
    system = _system(ODES, {"ic": 2.0})
    seen = []
    rule = {"kind": "grad_norm", "every": 2, "keep": 0.25, "restoring": restoring}
    train(
        system, _method(rule, {"kind": "adam", "iterations": 4, "rate": 0.1}),
        on_step=lambda number, step, *_: seen.append(step.theta),
    )  # fmt: skip
    # The states of the looks: the first one, and those after two and four iterations.
    want = dict(_system(ODES, {"ic": 2.0}).weights)
    first = {n: r @ r for n, (r, _) in _rows(system, seen[0]).items()}
    for theta in (seen[0], seen[2], seen[4]):
        lags = {n: (r @ r) / first[n] for n, (r, _) in _rows(system, theta).items()}
        norms = {n: np.linalg.norm(s) for n, s in _slopes(system, theta).items()}
        for n in want:
            lag = (lags[n] / np.mean(list(lags.values()))) ** restoring
            want[n] = 0.25 * want[n] + 0.75 * sum(norms.values()) / norms[n] * lag
    assert system.weights == pytest.approx(want, rel=1e-9)


@pytest.mark.parametrize("recall", [0.0, 1.0])
def test_relobralo_is_the_formula_of_the_paper(recall):
    system = _system(HEAT)
    seen = []
    rule = {"kind": "relobralo", "keep": 0.9, "temperature": 0.5, "recall": recall}
    train(
        system, _method(rule, {"kind": "adam", "iterations": 5, "rate": 0.05}),
        on_step=lambda number, step, *_: seen.append(step.theta),
    )  # fmt: skip
    losses = [np.array([r @ r for r, _ in _rows(system, t).values()]) for t in seen]

    def balanced(now, then):
        powers = np.exp(now / (0.5 * then + 1e-12))
        return len(powers) * powers / powers.sum()

    want = balanced(losses[1], losses[0])
    for k in range(2, len(losses)):
        old = want if recall else balanced(losses[k], losses[0])
        want = 0.9 * old + 0.1 * balanced(losses[k], losses[k - 1])
    assert list(system.weights.values()) == pytest.approx(want, rel=1e-9)
    assert sum(want) == pytest.approx(len(want))


RULES = [
    {"kind": "annealing", "every": 1},
    {"kind": "annealing", "every": 1, "variant": "code"},
    {"kind": "ntk", "every": 1},
    {"kind": "grad_norm", "every": 1, "restoring": 1.0},
    {"kind": "relobralo"},
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule))
def test_a_law_without_residual_or_gradient_leaves_all_weights_finite(rule):
    """Sines meet the condition at both ends to rounding; a law of weight 0 is out of the loss."""
    text = LINE.replace(
        "bc: u = sin(k*x)  on boundary", "bc: u = 0 on boundary\nbc off: u = 3 on x = 0"
    )
    system = _system(text, {"off": 0.0}, {"kind": "basis", "family": "sine", "modes": 4})
    system.theta0 = system.theta0 * 0.0
    outcome = train(system, _method(rule, {"kind": "adam", "iterations": 20, "rate": 0.01}))
    assert all(1e-6 <= w <= 1e6 for label, w in system.weights.items() if label != "off")
    assert system.weights["off"] == 0.0
    assert math.isfinite(outcome.loss)


def test_a_problem_without_conditions_has_nothing_to_anneal():
    system = _system(HEAT, model={"kind": "mlp", "width": 8, "depth": 1, "hard": True})
    assert list(system.weights) == ["eq"]
    options = {"kind": "lm", "iterations": 200}
    outcome = train(system, _method({"kind": "annealing"}, options))
    assert outcome.status == "converged"
    assert system.weights == {"eq": 1.0}


@pytest.mark.parametrize("variant", ["paper", "code"])
def test_gauss_newton_ends_at_a_minimum_of_the_weights_that_are_reported(variant):
    system = _system(PLANE)
    rule = {"kind": "annealing", "variant": variant}
    outcome = train(system, _method(rule, {"kind": "lm", "iterations": 1000}))
    assert outcome.status == "converged"
    assert outcome.iterations < 900
    other = _system(PLANE, system.weights)
    assert system.weights["bc"] != 1.0
    assert outcome.loss == pytest.approx(float(other.loss(outcome.theta)), rel=1e-6)
    assert outcome.loss < 1e-8 * float(other.loss(other.theta0))


@pytest.mark.parametrize(
    "kind",
    [
        "lbfgs",
        "ssbroyden",
        "sgd",
        "soap",
        "gd",
        "kfac",
        "spring",
        "sketched_lm",
        "anagram",
        "engd",
        "nncg",
    ],
)
def test_every_descent_goes_on_under_other_weights(kind):
    system = _system(PLANE)
    options = {"kind": kind, "iterations": 12 if kind == "nncg" else 40}
    if kind == "sgd":
        options["rate"] = 1e-4
    outcome = train(system, _method({"kind": "annealing", "variant": "code", "every": 10}, options))
    other = _system(PLANE, system.weights)
    assert outcome.status in ("iterations", "converged", "stagnated")
    assert outcome.loss == pytest.approx(float(other.loss(outcome.theta)), rel=1e-9)
    assert outcome.loss < 0.7 * float(other.loss(other.theta0))


@pytest.mark.parametrize("factor, status", [(1.5, "stagnated"), (3.0, "iterations")])
def test_weights_that_only_waver_do_not_keep_a_run_alive(factor, status, monkeypatch):
    """The state does not move; the weight of the condition goes up and down."""

    class Wavering(Relobralo):
        def wanted(self, step):
            self._keep = 0.0
            now = next(b.weight for b in self._system.blocks if b.label == "ic")
            return {"eq": 1.0, "ic": 1.0 if now > 1.0 else factor}

    monkeypatch.setitem(BUILDERS, RelobraloOptions, Wavering)
    options = {"kind": "adam", "iterations": 150, "patience": 40, "rate": 1e-300}
    outcome = train(_system(HEAT), _method({"kind": "relobralo"}, options))
    assert outcome.status == status
    assert (outcome.iterations < 60) == (status == "stagnated")


def test_weights_stay_in_later_stages():
    seen = {}
    system = _system(HEAT)
    schedule = {
        "rules": [{"kind": "relobralo", "stages": 1}],
        "stages": [
            {"kind": "adam", "iterations": 12, "rate": 0.01},
            {"kind": "lbfgs", "iterations": 30},
        ],
    }
    outcome = train(
        system, Method.model_validate({"schedule": schedule}),
        on_step=lambda number, step, *_: seen.setdefault(number, dict(system.weights)),
    )  # fmt: skip
    assert seen[5] != seen[10] != seen[12]
    assert seen[13] == seen[30] == system.weights  # the first step of the second stage is the 13th
    assert outcome.loss == pytest.approx(float(_system(HEAT, system.weights).loss(outcome.theta)))


@pytest.mark.parametrize("rule", [RULES[0], RULES[4]], ids=str)
def test_weights_that_change_too_often_for_lbfgs_are_refused(rule):
    with pytest.raises(ValidationError, match="write every = 50, a stage of adam"):
        _method(rule, {"kind": "lbfgs"})
    _method({**rule, "every": 50}, {"kind": "lbfgs"})


def test_the_history_has_the_weights_where_they_have_changed_by_a_factor_of_two():
    system = _system(HEAT)
    options = {"kind": "adam", "iterations": 200, "rate": 1e-3}
    outcome = train(system, _method({"kind": "annealing"}, options))
    notes = [p.note for p in outcome.history if p.note.startswith("weights")]
    assert 2 <= len(notes) < 12
    found = [[float(part.split(" = ")[1]) for part in note.split(",")] for note in notes]
    for one, other in zip([[1.0] * 3, *found], found, strict=False):
        ratios = [max(a / b, b / a) for a, b in zip(one, other, strict=True)]
        assert max(ratios) > 1.98  # weights are written in three digits


@pytest.mark.parametrize("optimizer", [
    {"kind": "lstsq"}, {"kind": "gd", "preconditioner": "gram"},
])  # fmt: skip
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule))
def test_where_there_is_no_descent_to_follow_a_rule_is_refused_with_what_works(optimizer, rule):
    with pytest.raises(ValidationError, match=r"write numbers into \[weights\], or the optimizer"):
        _method(rule, optimizer)
    stages = [{"kind": "adam"}, optimizer]
    with pytest.raises(ValidationError, match="write numbers"):
        Method.model_validate({"schedule": {"rules": [rule], "stages": stages}})


@pytest.mark.parametrize("rule", RULES, ids=str)
def test_what_a_refusal_names_works(rule):
    plain = {"kind": "basis", "preconditioner": "none", "analysed": False}
    for more in ({"optimizer": {"kind": "lm"}}, {"optimizer": {"kind": "adam"}}, {"model": plain}):
        made = _method(rule, **more)
        assert [own.kind for own in made.schedule.rules] == [rule["kind"]]


def test_each_window_of_time_has_weights_of_its_own():
    windows = {"kind": "windows", "count": 2, "pieces": [{"kind": "mlp", "width": 6, "depth": 1}]}
    more = {"model": windows, "sampling": {"points": {"eq": 40, "bc": 10, "ic": 10}}}
    rule = {"kind": "annealing", "variant": "code"}
    method = _method(rule, {"kind": "lm", "iterations": 30}, **more)
    solution = pdedsl.solve(pdedsl.parse(HEAT), method)
    assert solution.outcome.loss < 1e-2 * solution.outcome.history[0].loss
