"""Estimated Laplacians against exact ones, and their variances against formulas and samples."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import sympy as sp
import torch
from torch import Tensor

import pdedsl
from pdedsl.compiler.lowering.random_directions import Estimate, Stratum
from pdedsl.compiler.residual.build import build
from pdedsl.compiler.residual.system import ResidualSystem
from pdedsl.diagnostics import UserError
from pdedsl.models import Axis, Reader, jet_table, model_options
from pdedsl.models.jets.lines import features_along, jet_along
from tests import small
from tests.conftest import ROOT

F = torch.float64
MODEL = {"kind": "mlp", "width": 9, "depth": 2}
KINDS = ("hutchinson", "sparse")


def problem_of(dimension: int, law: str, time: bool = False):
    return pdedsl.parse(
        f'problem "p"\ndomain Omega: x in [0, 1]^{dimension}\n'
        + ("time t in [0, 1]\n" if time else "")
        + f"unknown u(x{', t' if time else ''})\neq: {law}\n"
    )


def systems(problem, n: int = 60, model=MODEL, seed: int = 0, **how: object):
    """The system with estimate and without, with the same points."""
    one = build(problem, model, points={"eq": n}, seed=seed, derivatives=how)
    other = build(problem, model, points={"eq": n}, seed=seed)
    return one, other


def unscaled(system: ResidualSystem, theta: Tensor) -> Tensor:
    return system.residual(theta) / system.blocks[0].map.scale


def plain(model, theta: Tensor, x: Tensor) -> Tensor:
    """A network of tanh on features that are x scaled from [0, 1] to [−1, 1], at one point."""
    state = 2 * x - 1
    for layer in model.layers[:-1]:
        weight = theta[layer.weight : layer.weight + layer.out * layer.width]
        bias = theta[layer.bias : layer.bias + layer.out]
        state = torch.tanh(weight.view(layer.out, layer.width) @ state + bias)
    last = model.layers[-1]
    return theta[last.weight : last.weight + last.width] @ state + theta[last.bias]


def network(dimension: int, seed: int = 0):
    axes = tuple(Axis(0.0, 1.0) for _ in range(dimension))
    model = model_options({"kind": "mlp"} | {"width": 9, "depth": 2}).build(axes, 1)
    return model, model.initial(torch.Generator().manual_seed(seed))


def single(kind: str, dimension: int, k: int, coefficients=None) -> Estimate:
    """An estimate of Σ c_i ∂_ii u, with all c_i of one sign."""
    c = np.ones(dimension) if coefficients is None else np.asarray(coefficients)
    sign = 1 if c[0] > 0 else -1
    stratum = Stratum(kind, tuple(range(dimension)), tuple(sign * c), sign, k)
    zero = (0,) * dimension
    return Estimate(dimension, (stratum,), (), frozenset({zero}), jet_table(dimension, frozenset()))


def samples(model, theta: Tensor, x: Tensor, estimate: Estimate, n: int, seed: int = 0) -> Tensor:
    """n independent estimates at one point."""
    points = x.expand(n, -1)
    lines = estimate.lines(estimate.draw(n, seed, "eq"), points)
    table = estimate.table
    jet = jet_along(model, Reader(theta), points, lines, table)
    return jet[table.sum_channel(table.sums[0]), :, 0]


def hessian(model, theta: Tensor, x: Tensor) -> Tensor:
    return torch.autograd.functional.hessian(lambda p: plain(model, theta, p), x)


def within(values: Tensor, expected: float, errors: float = 4) -> bool:
    """Whether a mean is within some standard errors of what is expected."""
    return abs(values.mean() - expected) < errors * values.std() / len(values) ** 0.5


@pytest.mark.parametrize(
    ("kind", "options"),
    [("mlp", {"harmonics": 2}), ("modified_mlp", {}), ("fourier", {"modes": 2})],
)
def test_along_unit_vectors_the_jet_is_that_along_the_axes(kind: str, options: dict) -> None:
    axes = (Axis(-1.0, 2.0), Axis(0.0, 2.0, 2.0), Axis(3.0, 4.0))
    model = model_options({"kind": kind} | {"width": 5, "depth": 2} | options).build(axes, 2)
    theta = model.initial(torch.Generator().manual_seed(1))
    points = torch.rand(4, 3, dtype=F, generator=torch.Generator().manual_seed(2))
    indices = [a for a in itertools.product(range(4), repeat=3) if sum(a) <= 3]
    table = jet_table(3, frozenset(indices))
    unit = torch.eye(3, dtype=F).expand(4, 3, 3)
    expected = model.jet(Reader(theta), points, table)
    found = jet_along(model, Reader(theta), points, unit, table)
    torch.testing.assert_close(found, expected, rtol=1e-12, atol=1e-12 * expected.abs().max())
    # A rotation and a stretch of the lines are those of the second derivatives.
    lines = torch.randn(4, 2, 3, dtype=F, generator=torch.Generator().manual_seed(3))
    table = jet_table(2, frozenset({(2, 0), (1, 1), (0, 2)}))
    second = jet_table(3, frozenset(a for a in indices if sum(a) == 2))
    jet = model.jet(Reader(theta), points, second)
    h = torch.empty(4, 3, 3, 2, dtype=F)
    for i, j in itertools.product(range(3), repeat=2):
        index = tuple((a == i) + (a == j) for a in range(3))
        h[:, i, j] = jet[second.channel(index)] * (2 if i == j else 1)
    found = jet_along(model, Reader(theta), points, lines, table)
    for i, j in ((0, 0), (0, 1), (1, 1)):
        value = torch.einsum("na,nabc,nb->nc", lines[:, i], h, lines[:, j])
        index = tuple((a == i) + (a == j) for a in range(2))
        got = found[table.channel(index)] * (2 if i == j else 1)
        torch.testing.assert_close(got, value, rtol=1e-11, atol=1e-11 * h.abs().max())


def test_features_that_are_affine_have_no_second_channel() -> None:
    model, _ = network(3)
    lines = torch.ones(2, 1, 3, dtype=F)
    table = jet_table(1, frozenset({(2,)}))
    found = features_along(model.embedding, torch.rand(2, 3, dtype=F), lines, table)
    assert found[1].eq(2).all()
    assert found[2].eq(0).all()


@pytest.mark.parametrize("dimension", [5, 11, 20])
@pytest.mark.parametrize("kind", KINDS)
def test_estimates_are_unbiased_with_the_known_variance(kind: str, dimension: int) -> None:
    model, theta = network(dimension, dimension)
    x = torch.rand(dimension, dtype=F, generator=torch.Generator().manual_seed(dimension))
    c = -np.linspace(1, 3, dimension)
    root = torch.as_tensor(np.sqrt(-c))
    h = root[:, None] * hessian(model, theta, x) * root
    for k in (1, 3):
        found = samples(model, theta, x, single(kind, dimension, k, c), 20_000, k)
        assert within(found, -float(h.trace()))
        diagonal = h.diagonal()
        if kind == "hutchinson":
            variance = 2 * (h.square().sum() - diagonal.square().sum()) / k
        else:
            spread = dimension**2 * diagonal.var()
            variance = spread / k * (1 - k / dimension)
        assert within((found + h.trace()).square(), float(variance))


def test_all_axes_are_exact() -> None:
    model, theta = network(13)
    x = torch.rand(13, dtype=F, generator=torch.Generator().manual_seed(4))
    c = np.linspace(0.5, 2, 13)
    found = samples(model, theta, x, single("sparse", 13, 13, c), 5)
    expected = torch.as_tensor(c) @ hessian(model, theta, x).diagonal()
    torch.testing.assert_close(found, expected.expand(5), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("law", "time"),
    [
        ("lap(u) + u^3 = 1", False),
        ("u_t = 0.3*lap(u) + sum(i*x[i]*d(u, x[1]) for i in 1..3)", True),
        ("u_tt = 2*lap(u) - 3*d(u, x[2], 2)", True),
        ("exp(u)*lap(u) = d(u, x[1])*d(u, x[4])", False),
        ("u*lap(u) = 1", False),
        ("(1 + lap(u))^2 - lap(u)^2 = u", False),
    ],
)
def test_residuals_of_systems_are_unbiased(kind: str, law: str, time: bool) -> None:
    # Residuals are affine in the sum, so that they are unbiased with it.
    one, other = systems(problem_of(9, law, time), 80, laplacian=kind, directions=5)
    table = one.blocks[0].plan.sites[0][1]
    assert table.channels < other.blocks[0].plan.sites[0][1].channels
    theta = one.initial(3)
    means = []
    for seed in range(40):
        one.resample(seed)
        other.resample(seed)
        gap = unscaled(one, theta) - unscaled(other, theta)
        assert gap.abs().max() > 1e-3
        means.append(gap.mean())
    assert within(torch.stack(means), 0)
    assert torch.equal(one.theta0, other.theta0)


def test_the_cost_is_that_of_the_directions() -> None:
    problem = problem_of(40, "u_t = lap(u) - d(u, x[3])", True)
    one, other = systems(problem, laplacian="sparse", directions=6)
    assert other.blocks[0].plan.sites[0][1].channels == 41 + 2
    # Value, 6 directions, t and x[3], the sum.
    assert one.blocks[0].plan.sites[0][1].channels == 1 + 6 + 2 + 1


@pytest.mark.parametrize("kind", KINDS)
def test_single_derivatives_beside_the_sum_are_exact(kind: str) -> None:
    """With the sum taken out of both residuals the same is left."""
    problem = problem_of(8, "0*u + d(u, x[2])*d(u, x[7]) + u_t + t*lap(u) = 0", True)
    one, other = systems(problem, 30, laplacian=kind, directions=3)
    rest = []
    for system in (one, other):
        system.blocks[0].points[:, problem.inputs.index(sp.Symbol("t", real=True))] = 0
        rest.append(system.residual(system.theta0))
    torch.testing.assert_close(*rest, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("kind", KINDS)
def test_derivatives_in_the_parameters(kind: str) -> None:
    problem = problem_of(7, "u_t = lap(u) - u^3", True)
    system, _ = systems(problem, 12, laplacian=kind, directions=3)
    theta = system.initial(5)
    residual, jacobian = system.residual_and_jacobian(theta)
    assert torch.equal(residual, system.residual(theta))
    generator = torch.Generator().manual_seed(0)
    v = torch.randn(system.parameters, dtype=F, generator=generator)
    w = torch.randn(system.rows, dtype=F, generator=generator)
    step = 1e-5
    slope = (system.residual(theta + step * v) - system.residual(theta - step * v)) / (2 * step)
    size = slope.abs().max()
    torch.testing.assert_close(jacobian @ v, slope, rtol=0, atol=1e-8 * float(size))
    torch.testing.assert_close(system.jvp(theta, v), jacobian @ v, rtol=1e-10, atol=1e-12)
    torch.testing.assert_close(system.vjp(theta, w), jacobian.T @ w, rtol=1e-10, atol=1e-12)
    loss, gradient = system.loss_and_grad(theta)
    torch.testing.assert_close(loss, residual.square().sum())
    torch.testing.assert_close(gradient, 2 * jacobian.T @ residual, rtol=1e-9, atol=1e-11)
    ahead, behind = (system.loss_and_grad(theta + s * step * v)[1] for s in (1, -1))
    product = system.hvp(theta, v)
    size = float(product.abs().max())
    torch.testing.assert_close(product, (ahead - behind) / (2 * step), rtol=0, atol=1e-7 * size)


@pytest.mark.parametrize("kind", KINDS)
def test_directions_stay_until_the_next_draw_and_follow_the_seed(kind: str) -> None:
    problem = problem_of(12, "lap(u) = 1")
    how = {"laplacian": kind, "directions": 4}
    one, two = (build(problem, MODEL, points={"eq": 50}, seed=7, derivatives=how) for _ in range(2))
    theta = one.theta0
    first = one.residual(theta)
    assert torch.equal(first, one.residual(theta))
    assert torch.equal(first, two.residual(theta))
    one.resample(8)
    assert not torch.equal(first, one.residual(theta))
    one.resample(7)
    assert torch.equal(first, one.residual(theta))
    # Chunks take their own part of the directions.
    one.chunk = 7
    torch.testing.assert_close(one.residual(theta), first, rtol=1e-13, atol=1e-14)
    # Points and directions are drawn apart: rows differ from each other.
    (draw,) = one.blocks[0].data.draws.values()
    assert len(torch.unique(draw[0].flatten(1), dim=0)) > 25


@pytest.mark.parametrize("kind", KINDS)
def test_reported_errors_are_those_of_the_estimates(kind: str) -> None:
    problem = problem_of(10, "u_tt = 2*lap(u)", True)
    one, other = systems(problem, 100, laplacian=kind, directions=6)
    theta = one.initial(2)
    variances, squares = [], []
    for seed in range(40):
        one.resample(seed)
        other.resample(seed)
        report = one.estimator_report(theta)["eq"]
        variances.append(report["standard_error"] ** 2)
        # The residual is a multiple of the sum, whose first coefficient is 1.
        weights = [w for _, e in one.blocks[0].plan.estimates for t in e.strata for w in t.weights]
        scale = 2 / max(weights)
        squares.append(((unscaled(one, theta) - unscaled(other, theta)) / scale).square().mean())
        expected = other.losses_by_law(theta)["eq"]
        assert report["rms"] == pytest.approx(expected, rel=1e-12)
    gap = torch.tensor(variances) - torch.stack(squares)
    assert within(gap, 0)
    assert report["kind"] == kind
    assert (report["directions"], report["derivatives"]) == (6, 11)
    assert report["relative"] > 0


def test_one_direction_has_no_known_error() -> None:
    one, _ = systems(problem_of(6, "lap(u) = 1"), 20, laplacian="sparse", directions=1)
    report = one.estimator_report(one.theta0)["eq"]
    assert report["standard_error"] is None
    assert "one direction" in report["reason"]


@pytest.mark.parametrize(
    ("dimension", "law", "part"),
    [
        (4, "lap(u) = 1", "not more than the 8 directions"),
        (9, "lap(u) = sum(d(u, x[i])^2 for i in 1..9)", "save nothing"),
        (9, "lap(u) + d(d(u, x[1]), x[2]) = 0", "not one of pure second"),
        (9, "sum(x[i]*d(u, x[i], 2) for i in 1..9) = 0", "no sum"),
        (3, "lap(lap(u)) = 1", "not one of pure second"),
        (9, "lap(u)^2 = 1", "not affine in its sums"),
        (9, "sin(lap(u)) + u = 1", "not affine in its sums"),
        (9, "lap(u)/(1 + u^2 + lap(u)) = 1", "not affine in its sums"),
        (9, "max(lap(u), u) = 1", "not affine in its sums"),
        (9, "u + integral(lap(u)^2, Omega) = 1", "under an integral"),
    ],
)
def test_other_laws_stay_exact_and_say_why(dimension: int, law: str, part: str) -> None:
    k = 8 if dimension == 4 else 3
    one, other = systems(problem_of(dimension, law), 10, laplacian="sparse", directions=k)
    assert torch.equal(one.residual(one.theta0), other.residual(one.theta0))
    report = one.estimator_report(one.theta0)["eq"]
    assert report["kind"] == "exact"
    assert part in report["reason"]
    assert one.blocks[0].plan.sites == other.blocks[0].plan.sites
    assert other.estimator_report(one.theta0) == {}


def test_products_of_sums_of_several_outputs_stay_exact() -> None:
    # Both are estimated along the same directions, so that their product has a covariance in it.
    text = (
        'problem "p"\ndomain Omega: x in [0, 1]^9\nunknown v(x) in R^2\n'
        "eq product: lap(v[1])*lap(v[2]) = 1\neq sum: lap(v[1]) + v[1]*lap(v[2]) = 1\n"
    )
    how = {"laplacian": "sparse", "directions": 3}
    system = build(pdedsl.parse(text), MODEL, points={"eq": 20}, derivatives=how)
    report = system.estimator_report(system.theta0)
    assert report["product"]["kind"] == "exact"
    assert "not affine in its sums" in report["product"]["reason"]
    assert report["sum"]["kind"] == "sparse"


def test_what_has_no_lines_is_refused() -> None:
    problem = problem_of(6, "lap(u) = 1")
    model = {"kind": "basis", "family": "legendre", "modes": 1}
    with pytest.raises(ValueError, match="a basis, as here for u, has its derivatives along"):
        build(problem, model, derivatives={"laplacian": "sparse", "directions": 2})
    with pytest.raises(UserError, match="a basis, as here for u"):
        pdedsl.compile(problem, model, derivatives={"laplacian": "sparse", "directions": 2})
    build(problem, model, derivatives={"laplacian": "sparse", "directions": 6})


def test_hard_conditions_are_refused() -> None:
    problem = pdedsl.parse(small.CUBE)
    model = MODEL | {"hard": True}
    with pytest.raises(ValueError, match="a model with hard conditions, as here for u"):
        build(problem, model, derivatives={"laplacian": "hutchinson", "directions": 2})


def test_modules_with_rules_have_lines() -> None:
    problem = problem_of(9, "lap(u) = 1")
    layers = torch.nn.Sequential(torch.nn.Linear(9, 5), torch.nn.Tanh(), torch.nn.Linear(5, 1))
    one, other = systems(problem, 50, layers.double(), laplacian="sparse", directions=4)
    gaps = []
    for seed in range(40):
        one.resample(seed)
        other.resample(seed)
        gaps.append((unscaled(one, one.theta0) - unscaled(other, one.theta0)).mean())
    assert within(torch.stack(gaps), 0)


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"laplacian": "hutch"}, "laplacian takes exact, hutchinson or sparse"),
        ({"directions": 0}, "directions must be a number of at least 1, but here it is 0"),
        ({"compile": 1}, "compile must be true or false, but here it is 1"),
        ({"direction": 3}, "did you mean directions"),
    ],
)
def test_wrong_options(options: dict, text: str) -> None:
    with pytest.raises(ValueError, match=text):
        build(pdedsl.parse(small.LINE), derivatives=options)


def test_ten_dimensions_are_learned_from_four_directions() -> None:
    # At the solution, a sum of x_i x_j, every ∂_ii u is zero: the variance ends with the residual.
    problem = pdedsl.load(ROOT / "specs" / "poisson_10d.pde")
    settings = {
        "model": {"width": 24, "depth": 1},
        "optimizer": {"kind": "lm", "iterations": 80},
        "sampling": {"points": {"eq": 300, "bc": 600}, "resample": 5},
        "derivatives": {"laplacian": "sparse", "directions": 4},
    }
    solution = pdedsl.solve(problem, small.Method.model_validate(settings))
    assert solution.errors["u"]["rel_l2"] < 0.03
    data = solution.summary()
    entry = data["estimators"]["eq"]
    assert set(data["estimators"]) == {"eq"}
    assert entry["rms"] == data["laws"]["eq"]
    assert entry["standard_error"] < 0.2
