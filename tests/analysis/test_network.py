"""The analysis of a network: identities of linear models, sums of gradients, states, pictures."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch

import pdedsl
from pdedsl.analysis.network import DEFAULT_BUDGET, NoStateError, plan_training
from pdedsl.analysis.network.green import obstacle
from pdedsl.analysis.network.measures import tangent
from pdedsl.analysis.network.system import (
    MOST_ENTRIES,
    MOST_WORK,
    fewer,
    kept_share,
    measuring_system,
)
from pdedsl.analysis.network.training import MOST_STATES, State, thin_out, train_keeping_states
from pdedsl.analysis.network.words import drift_verdict
from pdedsl.diagnostics import UserError
from pdedsl.runs import FolderTakenError, dumps
from tests import small

TINY = {"model": {"width": 6, "depth": 2}, "sampling": {"points": {"eq": 40}}}
POISSON = "specs/poisson_1d.pde"


def method(**more):
    return small.method(12, **(TINY | more))


BASIS = {"kind": "basis", "family": "legendre", "modes": 8}
DESCENT = {"kind": "gd", "iterations": 40, "inner": 3}


@pytest.fixture(scope="module")
def report():
    return pdedsl.analyze_network(pdedsl.load(POISSON), method(), iterations=12)


@pytest.fixture(scope="module")
def linear():
    made = small.method(40, model=BASIS, optimizer=DESCENT)
    return pdedsl.analyze_network(pdedsl.parse(small.LINE), made, iterations=40)


def test_states_are_kept_at_one_two_five_ten(report):
    assert report.iterations == (0, 1, 2, 5, 10, 12)
    losses = [state.loss for state in report.states]
    assert losses[-1] < 1e-2 * losses[0]
    for state in report.states:
        assert float(report.system.loss(state.theta)) == pytest.approx(state.loss, rel=1e-9)


def test_long_trainings_are_thinned():
    theta = torch.zeros(1)
    many = [State(i, 1.0, theta) for i in range(30)]
    kept = thin_out(many, MOST_STATES)
    assert len(kept) == MOST_STATES
    assert (kept[0].iteration, kept[-1].iteration) == (0, 29)
    steps = np.diff([s.iteration for s in kept])
    assert steps.min() >= 2 and steps.max() <= 3


def test_steps_made_several_at_once_pass_over_marks(linear):
    assert linear.iterations[0] == 0
    assert linear.iterations[-1] == 40
    assert list(linear.iterations) == sorted(set(linear.iterations))
    assert linear.iterations[1] > 0
    assert 2 < len(linear.iterations) <= 7


def test_the_kernel_of_a_basis_does_not_move(linear):
    assert linear.drift.kernel.max() <= 1e-12
    assert drift_verdict(float(linear.drift.kernel.max())) == "none"
    first, last = linear.start.spectrum, linear.end.spectrum
    assert last.values == pytest.approx(first.values, rel=1e-12, abs=1e-12 * first.values[0])
    assert "does not move" in str(linear)


def test_the_hessian_of_a_basis_is_twice_its_gram_matrix(linear):
    largest = 2 * float(np.linalg.eigvalsh(linear.system.gram(linear.system.theta0).numpy())[-1])
    for bent in linear.curvature:
        assert bent.largest == pytest.approx(largest, rel=1e-4)
        assert bent.linearised == pytest.approx(largest, rel=1e-10)
    assert linear.curvature[0].smallest >= -1e-9 * largest
    assert [c.smallest is None for c in linear.curvature[1:-1]] == [True] * (
        len(linear.curvature) - 2
    )


def test_the_loss_left_by_descent_is_what_descent_leaves(linear):
    system, theta = linear.system, linear.states[0].theta
    predicted = tangent(system, theta).left
    rate = 1 / float(torch.linalg.matrix_norm(system.jacobian(theta), 2) ** 2)
    first = float(system.loss(theta))
    for _ in range(100):
        theta = theta - rate * system.vjp(theta, system.residual(theta))
    assert float(system.loss(theta)) / first == pytest.approx(predicted[100], rel=1e-9)
    assert predicted[100] >= predicted[10_000] >= predicted[1_000_000] > 0


def test_gradients_of_the_laws_sum_to_the_gradient(report):
    for found, state in zip(report.gradients, (report.states[0], report.states[-1]), strict=True):
        _, whole = report.system.loss_and_grad(state.theta)
        total = sum(found.of_law(label) for label in found.labels)
        scale = float(whole.abs().max())
        assert total == pytest.approx(whole.numpy(), abs=1e-12 * max(scale, 1.0))
        assert list(found.entries) == list(report.system.parts)


def test_leveling_weights_are_ratios_of_gradients(report):
    found = report.gradients[0]
    weight = next(b.weight for b in report.system.blocks if b.label == "bc")
    inside, condition = found.of_law("eq"), found.of_law("bc") / weight
    want = np.abs(inside).max() / np.abs(condition).mean()
    assert found.leveling == {"bc": pytest.approx(want, rel=1e-12)}


def test_the_spectrum_is_that_of_the_gram_matrix(report):
    gram = report.system.gram(report.states[-1].theta).numpy()
    values = np.linalg.eigvalsh(gram)[::-1]
    found = report.end
    assert found.spectrum.values == pytest.approx(values, abs=1e-12 * values[0])
    assert found.counts[1e-4] == int((values > 1e-4 * values[0]).sum())
    assert found.parameters == len(gram)
    assert report.drift.eigenvalues[-1, 0] == pytest.approx(values[0], rel=1e-10)


def test_the_page_and_the_data_agree(report):
    data = json.loads(dumps(report.as_data()))
    assert set(data) >= {
        "problem", "spec_sha256", "params", "method", "settings", "seed", "parameters", "rows",
        "weights", "notes", "training", "states", "spectrum", "hessian", "gradients", "drift",
        "comparison",
    }  # fmt: skip
    assert data["rows"]["total"] == sum(data["rows"]["by_law"].values()) == report.system.rows
    for end in ("start", "end"):
        assert set(data["spectrum"][end]) == {
            "largest", "kappa", "rank", "above", "effective_rank", "participation_ratio",
            "decades", "loss_left", "eigenvalues",
        }  # fmt: skip
        assert len(data["spectrum"][end]["eigenvalues"]) == data["parameters"]
        assert set(data["gradients"][end]) == {"by_law", "by_part", "leveling_weights"}
    assert [h["iteration"] for h in data["hessian"]] == list(report.iterations)
    assert set(data["hessian"][0]) == {"iteration", "largest", "smallest", "linearised"}
    assert data["drift"]["text"].split(":")[0] in str(report)
    assert len(data["drift"]["kernel"]) == len(data["states"])
    page = str(report)
    assert f"{data['parameters']} parameters" in page
    assert max(map(len, page.splitlines())) <= 100
    assert page.count("\n") < 70


def test_comparison_has_networks_on_the_same_points(report):
    plain, fourier, better = report.comparison
    assert plain.tangent is not None and fourier.tangent is not None and better.tangent is not None
    assert plain.tangent.parameters == report.system.parameters
    assert {c.rows for c in report.comparison} == {report.system.rows}
    assert fourier.tangent.parameters == better.tangent.parameters
    assert fourier.tangent.largest != better.tangent.largest


def test_several_networks_have_no_preconditioned_features():
    two = """problem "two"
domain  Omega: x in [0, 1]
time    t in [0, 1]
unknown u(x, t), w(x)
eq one: u_t = u_xx + w
eq two: w_xx = 0
ic:     u = 0  at t = 0
bc:     u = 0, w = 0  on boundary
"""
    found = pdedsl.analyze_network(pdedsl.parse(two), method(), iterations=2)
    plain, fourier, better = found.comparison
    assert plain.tangent is not None and fourier.tangent is not None
    assert better.tangent is None and "differ in these" in better.reason
    assert "left out" in str(found)
    assert "one scalar equation" in found.no_green


def test_the_same_iterations_give_the_same_numbers(report):
    again = pdedsl.analyze_network(pdedsl.load(POISSON), method(), iterations=12)
    one, two = report.as_data(), again.as_data()
    for data in (one, two):
        del data["training"]["seconds"]
    assert dumps(one) == dumps(two)


def test_of_several_starts_only_the_first_is_made():
    made = small.method(
        6, **TINY | {"schedule": {"starts": {"bandwidths": [3.0, 9.0], "seeds": 2}}}
    )
    problem = pdedsl.parse(small.LINE)
    course = train_keeping_states(plan_training(problem, made, 6, None))
    assert course.plan.method.model.bandwidth == 3.0
    assert course.plan.provenance.settings["model"]["bandwidth"] == 3.0
    assert course.states[-1].iteration == 6
    assert "bandwidth 3" in course.notes[0]
    start = pdedsl.compile(problem, {"width": 6, "depth": 2, "bandwidth": 3.0}, seed=0).theta0
    assert torch.equal(course.states[0].theta, start)


def test_a_training_that_is_stopped_is_reported_so_far():
    problem = pdedsl.parse(small.LINE)
    asked = iter([False] * 4 + [True] * 100)
    found = pdedsl.analyze_network(problem, method(), should_stop=lambda: next(asked))
    assert found.status == "interrupted"
    assert found.iterations[-1] == 4
    alone = pdedsl.analyze_network(problem, method(), should_stop=lambda: True)
    assert alone.iterations == (0,)
    assert alone.drift.kernel.tolist() == [0.0]
    assert "loss" in str(alone)


def test_the_budget_where_nothing_is_said():
    problem = pdedsl.parse(small.LINE)
    assert plan_training(problem, "lm", None, None).budget == DEFAULT_BUDGET
    auto = plan_training(problem, "auto", None, None)
    assert auto.budget == pytest.approx(DEFAULT_BUDGET - auto.seconds)
    assert plan_training(problem, "lm", 5, None).budget is None
    assert plan_training(problem, "lm", 5, 3.0).budget == 3.0


@pytest.mark.parametrize("parameters", [100, 2_000, 8_000, 100_000])
@pytest.mark.parametrize("rows", [500, 5_000, 100_000, 10_000_000])
def test_the_rows_that_are_kept_are_within_the_limits(rows, parameters):
    share = kept_share(rows, parameters)
    kept = share * rows
    assert 0 < share <= 1
    assert kept * parameters <= MOST_ENTRIES * (1 + 1e-9)
    assert kept * parameters * min(kept, parameters) <= MOST_WORK * (1 + 1e-9)
    if share < 1:
        more = 1.01 * kept
        over = more * parameters * min(more, parameters) > MOST_WORK
        assert over or more * parameters > MOST_ENTRIES


def test_fewer_points_are_said_to_be_fewer(monkeypatch):
    monkeypatch.setattr("pdedsl.analysis.network.system.MOST_WORK", 150 * 49 * 49)
    problem = pdedsl.parse(small.LINE)
    chosen = plan_training(problem, method(sampling={"points": {"eq": 400}}), 1, None)
    made, notes = measuring_system(chosen)
    assert made.parameters == 61
    assert 90 <= made.rows <= 130
    assert made.problem.law("bc") and len(made.points_by_law["bc"]) == 2
    assert "where the method has 402" in notes[0]
    assert fewer(made, 1.0) == {"eq": made.rows - 2, "bc": 2}


def test_fresh_points_and_single_precision_are_measured_on_the_first_points():
    made = method(sampling={"points": {"eq": 40}, "resample": 1}, precision={"dtype": "float32"})
    found = pdedsl.analyze_network(pdedsl.parse(small.LINE), made, iterations=3)
    assert found.system.dtype == torch.float64
    assert any("fresh points" in note for note in found.notes)
    assert found.states[0].theta.dtype == torch.float32


def test_a_jacobian_that_is_zero_says_so():
    weightless = method(weights={"eq": 0.0, "bc": 0.0})
    with pytest.raises(NoStateError, match="kernel at the first state is zero"):
        pdedsl.analyze_network(pdedsl.parse(small.LINE), weightless, iterations=1)


def test_a_residual_that_is_not_finite_says_so():
    text = """problem "root"
domain  Omega: x in [0, 1]
unknown u(x)
eq: u_x = sqrt(-1 - u^2)
bc: u = 0  on x = 0
"""
    with pytest.raises(NoStateError, match="not a finite number"):
        pdedsl.analyze_network(pdedsl.parse(text), method(), iterations=2)


def test_unknown_methods_are_refused():
    with pytest.raises(UserError) as refused:
        pdedsl.analyze_network(pdedsl.parse(small.LINE), "lmm")
    assert refused.value.diagnostics[0].code == "E801"


def test_a_problem_that_cannot_be_compiled_is_refused():
    text = "domain A: x in [0, 1]\ndomain B: y in [0, 1]\nunknown u(x) in A, v(y) in B\n"
    text += "eq: u_xx = 0  in A\neq: v_yy = 0  in B\n"
    with pytest.raises(UserError) as refused:
        pdedsl.analyze_network(pdedsl.parse(text), "lm", iterations=1)
    assert {d.code for d in refused.value.diagnostics} == {"E901"}


@pytest.fixture(autouse=True)
def _coarse(monkeypatch):
    monkeypatch.setattr("pdedsl.plots.style._DPI", 30)


NAMES = [
    "drift", "gradients_end", "gradients_start", "green", "hessian", "kernels_end",
    "kernels_start", "models", "spectra",
]  # fmt: skip


def test_pictures_of_one_input(report, tmp_path):
    written = report.plot(tmp_path / "new")
    assert sorted(path.stem for path in written) == NAMES
    for path in written:
        assert path.read_bytes()[:4] == b"\x89PNG"
    with pytest.raises(FolderTakenError):
        report.plot(tmp_path / "new")


def test_pictures_of_two_inputs(tmp_path):
    found = pdedsl.analyze_network(pdedsl.parse(small.HEAT), method(), iterations=3)
    assert sorted(path.stem for path in found.plot(tmp_path)) == NAMES


def test_the_greens_function_needs_one_equation_and_few_inputs(report, monkeypatch, tmp_path):
    assert report.no_green == ""
    cube = pdedsl.compile(pdedsl.parse(small.CUBE), {"width": 3, "depth": 1}, {"eq": 5, "bc": 10})
    assert "5 inputs" in obstacle(cube)
    unweighted = pdedsl.compile(pdedsl.parse(small.LINE), weights={"eq": 0.0})
    assert obstacle(unweighted) == "eq has the weight 0"
    monkeypatch.setattr("pdedsl.analysis.network.green.MOST_PARAMETERS", 5)
    assert "at most 5" in report.no_green
    assert {path.stem for path in report.plot(tmp_path)} == set(NAMES) - {"green"}


@pytest.mark.parametrize(
    ("model", "words"),
    [
        ({"kind": "modified_mlp", "width": 6, "depth": 2}, "modified network 2 x 6 tanh"),
        ({"kind": "residual_mlp", "width": 6, "depth": 2}, "residual network 2 x 6 tanh"),
        ({"kind": "basis", "family": "random_tanh", "features": 9}, "9 random tanh features"),
    ],
)
def test_the_page_names_the_model(model, words):
    made = pdedsl.analyze_network(pdedsl.parse(small.LINE), method(model=model), iterations=1)
    assert f"seed 0: {words}\n" in str(made)


def test_windows_have_no_course_to_be_measured():
    windows = {"kind": "windows", "count": 2, "pieces": [{"kind": "mlp", "width": 6, "depth": 2}]}
    with pytest.raises(UserError, match="windows are trained one after another"):
        plan_training(pdedsl.load("specs/heat.pde"), method(model=windows), 3, None)
