"""Points drawn where the residual is large."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import pdedsl
from pdedsl.compiler.residual.adaptive import Adaptive, draw, probabilities
from pdedsl.optimizers.registry import OPTIMIZERS


def _system(**options):
    problem = pdedsl.load("specs/burgers.pde")
    model = {"kind": "mlp", "width": 6, "depth": 1}
    return pdedsl.compile(problem, model=model, points={"eq": 200, "bc": 20, "ic": 20}, **options)


@given(
    sizes=st.lists(st.floats(0, 1e300), min_size=1, max_size=30),
    power=st.sampled_from([0.0, 0.5, 1.0, 2.0]),
    uniform=st.sampled_from([0.0, 1.0, 3.0]),
)
@settings(max_examples=100, deadline=None)
def test_probabilities_are_those_of_the_formula(sizes, power, uniform):
    sizes = np.array(sizes)
    p = probabilities(sizes, power, uniform)
    assert p.sum() == pytest.approx(1.0)
    assert (p >= 0).all()
    moderate = sizes.max() < 1e100 and sizes.max() > 1e-100
    if moderate and power and (sizes**power).mean() > 0:
        raw = sizes**power / (sizes**power).mean() + uniform
        np.testing.assert_allclose(p, raw / raw.sum(), rtol=1e-12, atol=1e-150)


def test_residuals_that_are_no_numbers_count_like_the_largest():
    p = probabilities(np.array([1.0, np.nan, 3.0, np.inf]), 1.0, 0.0)
    np.testing.assert_allclose(p, np.array([1.0, 3.0, 3.0, 3.0]) / 10.0)
    assert (probabilities(np.zeros(4), 1.0, 0.0) == 0.25).all()
    assert (probabilities(np.full(4, np.nan), 1.0, 0.0) == 0.25).all()


def test_draws_have_their_probabilities():
    """One draw takes each index as often as its p says, within five deviations."""
    p = np.array([0.5, 0.3, 0.2, 0.0])
    rng = np.random.default_rng(0)
    counts = np.bincount([draw(p, 1, rng)[0] for _ in range(20_000)], minlength=4)
    deviation = np.sqrt(20_000 * p * (1 - p))
    assert (np.abs(counts - 20_000 * p) <= 5 * deviation).all()


def test_draws_are_without_replacement_and_never_short():
    p = np.array([0.5, 0.5, 0.0, 0.0, 0.0])
    chosen = draw(p, 4, np.random.default_rng(1))
    assert len(set(chosen.tolist())) == 4
    assert {0, 1} <= set(chosen.tolist())
    assert len(draw(p, 9, np.random.default_rng(1))) == 5


@pytest.mark.parametrize("sampling", ["sobol", "lhs", "uniform", "grid"])
def test_only_points_of_equations_move_to_the_residual(sampling):
    system = _system(sampling=sampling)
    rows = {b.label: b.rows for b in system.blocks}
    plain, drawn = _system(sampling=sampling), system
    plain.resample(7)
    drawn.resample(7, Adaptive(system.theta0, power=2.0, uniform=0.0))
    assert {b.label: b.rows for b in drawn.blocks} == rows
    for label, points in drawn.points_by_law.items():
        same = torch.equal(points, plain.points_by_law[label])
        assert same is (drawn.problem.law(label).kind != "eq")
    larger = drawn.losses_by_law(drawn.theta0)["eq"]
    assert larger > 1.2 * plain.losses_by_law(plain.theta0)["eq"]


def test_the_rows_belong_to_the_points():
    """The Jacobian and the residual at the drawn points are those of the law there."""
    system = _system()
    system.resample(3, Adaptive(system.theta0))
    residual, jacobian = system.residual_and_jacobian(system.theta0)
    v = torch.linspace(-1, 1, system.parameters, dtype=torch.float64)
    ahead, behind = (system.residual(system.theta0 + h * v) for h in (1e-5, -1e-5))
    torch.testing.assert_close(residual, system.residual(system.theta0))
    torch.testing.assert_close(jacobian @ v, (ahead - behind) / 2e-5, rtol=1e-6, atol=1e-8)


def test_draws_are_the_same_for_a_seed_and_state():
    first, second, other = _system(), _system(), _system()
    first.resample(5, Adaptive(first.theta0))
    second.resample(5, Adaptive(second.theta0))
    other.resample(6, Adaptive(other.theta0))
    assert torch.equal(first.points_by_law["eq"], second.points_by_law["eq"])
    assert not torch.equal(first.points_by_law["eq"], other.points_by_law["eq"])


def test_no_power_draws_uniformly():
    """The mean of x over [−1, 1] within five deviations of 0."""
    system = _system()
    system.resample(2, Adaptive(system.theta0, power=0.0))
    x = system.points_by_law["eq"][:, 0]
    assert abs(float(x.mean())) < 5 * (1 / 3 / len(x)) ** 0.5


def test_a_quadrature_keeps_its_nodes():
    system = _system(sampling="gauss")
    with pytest.raises(ValueError, match="gauss"):
        system.resample(1, Adaptive(system.theta0))


GROWTH = {"power": 2.0, "uniform": 0.0, "candidates": 20, "added": 30, "most": 250}


def test_points_are_added_behind_those_before_up_to_a_number():
    """200, 230, 250, 250: those that are there stay, of conditions all of them."""
    system = _system()
    counts = []
    for seed in (3, 4, 5):
        before = system.points_by_law
        system.resample(seed, Adaptive(system.theta0, **GROWTH))
        after = system.points_by_law
        counts.append(len(after["eq"]))
        for label, points in before.items():
            assert torch.equal(after[label][: len(points)], points)
        assert {k: len(v) for k, v in after.items() if k != "eq"} == {"ic": 20, "bc": 20}
    assert counts == [230, 250, 250]
    stops = [block.rows for block in system.blocks]
    assert [s.start for s in stops] == [0, *(s.stop for s in stops[:-1])]
    assert system.rows == 290


def test_the_loss_is_the_mean_over_old_and_new_points():
    """By numbers of both: (N r̄² + n s̄²)/(N + n) with the mean squares r̄² and s̄² of each."""
    system = _system(weights={"eq": 3.0})
    old = float(system.losses_by_law(system.theta0)["eq"])
    system.resample(3, Adaptive(system.theta0, **GROWTH))
    (eq,) = (block for block in system.blocks if block.label == "eq")
    rows = system.residual(system.theta0)[eq.rows]
    new = float((rows[200:] ** 2).sum()) * 230 / (3.0 * 30)
    expected = (200 * old**2 + 30 * new) / 230
    assert float(system.losses_by_law(system.theta0)["eq"]) ** 2 == pytest.approx(expected)
    assert float((rows**2).sum()) == pytest.approx(3.0 * expected)
    assert new > 2.0 * old**2  # drawn where r is large


def test_rows_of_added_points_are_those_of_the_law_in_all_products():
    system = _system()
    theta = system.theta0
    system.residual_and_jacobian(theta), system.loss_and_grad(theta)  # recorded for fewer points
    system.resample(3, Adaptive(theta, **GROWTH))
    residual, jacobian = system.residual_and_jacobian(theta)
    assert jacobian.shape == (270, system.parameters)
    v = torch.linspace(-1, 1, system.parameters, dtype=torch.float64)
    ahead, behind = (system.residual(theta + h * v) for h in (1e-5, -1e-5))
    torch.testing.assert_close(jacobian @ v, (ahead - behind) / 2e-5, rtol=1e-6, atol=1e-8)
    torch.testing.assert_close(system.gram(theta), jacobian.T @ jacobian)
    torch.testing.assert_close(system.kernel(theta), jacobian @ jacobian.T)
    loss, gradient = system.loss_and_grad(theta)
    assert float(loss) == pytest.approx(float(residual @ residual))
    torch.testing.assert_close(gradient, 2 * jacobian.T @ residual)


@pytest.mark.parametrize("optimizer", sorted(OPTIMIZERS))
def test_every_optimizer_goes_on_when_points_are_added(optimizer):
    """Its last loss is that of its state on all points, and less than the first on them."""
    problem = pdedsl.load("specs/heat.pde")
    options = {"kind": optimizer, "iterations": 12}
    network, basis = {"kind": "mlp", "width": 8, "depth": 1}, {"kind": "basis", "modes": 3}
    method = pdedsl.Method.model_validate({
        "model": basis if optimizer == "lstsq" else network,
        "optimizer": options | ({"columns": 10} if optimizer == "sketched_lm" else {}),
        "sampling": {
            "points": {"eq": 40, "bc": 10, "ic": 10},
            "resample": 1,
            "adaptive": {"kind": "rar_d", "added": 25, "most": 100},
        },
    })  # fmt: skip
    system = pdedsl.compile(problem, model=method.model, points=method.sampling.points)
    outcome = pdedsl.train(system, method)
    assert len(system.points_by_law["eq"]) == 100
    assert outcome.loss == pytest.approx(float(system.loss(outcome.theta)), rel=1e-9)
    assert outcome.loss < float(system.loss(system.theta0))
