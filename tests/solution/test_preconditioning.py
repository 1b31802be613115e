"""Preconditioners of models: what they are made of, what they gain, and that they come back."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch

import pdedsl
from pdedsl.diagnostics import UserError
from pdedsl.models import model_options
from pdedsl.settings.load import load_method
from pdedsl.solution.feature_scales import feature_scales
from pdedsl.solution.preconditioning import with_preconditioner
from tests import small
from tests.conftest import ROOT

POISSON = """problem "Poisson"
domain  Omega: x in [-pi, pi]
unknown u(x)
eq: -u_xx = sin(x) + 9*sin(3*x)
bc: u = 0  on boundary
exact u = sin(x) + sin(3*x)
"""
ADVECTION = """problem "advection"
param   beta = 3
domain  Omega: x in [0, 2*pi]
time    t in [0, 1]
unknown u(x, t)
eq: u_t + beta*u_x = 0
ic: u = sin(x)  at t = 0
bc: u periodic in x
exact u = sin(x - beta*t)
"""
VARIABLE = """problem "variable"
domain  Omega: x in [0, 1]
unknown u(x)
eq: x*u_xx + u = 0
bc: u = 1  on boundary
"""
NONLINEAR = """problem "nonlinear"
domain  Omega: x in [0, 1]
unknown u(x)
eq: u_xx - u^3 = 6*x - x^9
bc: u = x^3  on boundary
exact u = x^3
"""
TWO = """problem "two periods"
domain  Omega: x in [0, 1]
time    t in [0, 1]
unknown u(x, t), v(x, t)
eq a: u_t = u_xx
eq b: v_t = v_xx
ic: u = 0, v = 0  at t = 0
bc p: u periodic in x
bc q: v = 0  on boundary
"""
BASIS = {"kind": "basis", "family": "fourier", "modes": 5}


def _kappa(problem, model, weights):
    system = pdedsl.compile(problem, model, sampling="gauss", weights=weights)
    values = np.linalg.svd(system.jacobian(system.theta0).numpy(), compute_uv=False) ** 2
    return values[0] / values[-1]


def test_the_condition_numbers_of_the_paper():
    """Poisson at K = 5: 2060 at best without, and with λ = 2π/γ² near 1 for large γ.

    The table is for the exact form, from which the regularised one differs by half a per cent.

    The loss of a system is the mean over the interval, so that its weight is λ/2π.
    """
    problem = pdedsl.parse(POISSON)
    assert _kappa(problem, BASIS, {"bc": 46.7 / (2 * np.pi)}) == pytest.approx(2060, rel=5e-3)
    for gamma, expected in ((5.0, 1.797), (10.0, 1.342), (100.0, 1.030)):
        model = BASIS | {"preconditioner": "symbol", "gamma": gamma}
        found = _kappa(problem, model, {"bc": gamma**-2})
        assert found == pytest.approx(expected, rel=5e-3)


@pytest.mark.parametrize("weights", [{"bc": 1.0}, {"bc": 0.3, "eq": 2.0}])
def test_the_full_preconditioner_makes_all_eigenvalues_equal(weights):
    model = BASIS | {"preconditioner": "full"}
    problem = pdedsl.parse(POISSON)
    system = pdedsl.compile(problem, model, sampling="gauss", weights=weights)
    gram = system.gram(system.theta0)
    assert torch.allclose(gram, torch.eye(len(gram), dtype=gram.dtype), atol=1e-9)


def test_full_for_systems_of_equations():
    """Several equations in one law: the loss is the mean over them as well."""
    problem = pdedsl.parse(small.PLANE_VECTOR)
    model = {"kind": "basis", "family": "legendre", "modes": 3, "preconditioner": "full"}
    system = pdedsl.compile(problem, model, sampling="gauss", points={"eq": 400, "bc": 200})
    values = torch.linalg.eigvalsh(system.gram(system.theta0))
    assert float(values[-1]) == pytest.approx(1.0, rel=1e-9)
    assert float(values[0]) == pytest.approx(1.0, rel=1e-9)


def test_without_a_preconditioner_the_model_is_the_same():
    problem = pdedsl.parse(POISSON)
    for model in ({"width": 3}, BASIS | {"preconditioner": "none", "gamma": 2.0}):
        options = model_options(model)
        assert with_preconditioner(problem, options, {}) is options


def test_scales_of_features_are_inverse_symbols():
    """−u'' has |σ| = k², advection |ω + βk|, to which γ⁻² is added; the largest scale is 1."""
    problem = pdedsl.parse(POISSON)
    waves = np.array([[0.5], [1.0], [2.0], [-3.0]])
    (x,) = problem.inputs
    found = np.array(feature_scales(problem, (x,), waves, 10.0))
    expected = (waves[:, 0] ** 4 + 0.01) ** -0.5
    assert found == pytest.approx(expected / expected.max(), rel=1e-12)
    problem = pdedsl.parse(ADVECTION)
    waves = np.array([[1.0, 2.0], [1.0, -3.0], [2.0, 0.0]])
    found = np.array(feature_scales(problem, tuple(problem.inputs), waves, 2.0))
    expected = ((waves[:, 1] + 3 * waves[:, 0]) ** 2 + 0.25) ** -0.5
    assert found == pytest.approx(expected / expected.max(), rel=1e-12)
    assert found[1] == 1.0


def test_scales_for_varying_coefficients_are_means():
    """|1 − x k²|² has the mean 1 − k² + k⁴/3 over [0, 1]."""
    problem = pdedsl.parse(VARIABLE)
    waves = np.array([[1.0], [2.0], [4.0]])
    found = np.array(feature_scales(problem, tuple(problem.inputs), waves, 1e6))
    squares = 1 - waves[:, 0] ** 2 + waves[:, 0] ** 4 / 3
    expected = squares**-0.5
    assert found == pytest.approx(expected / expected.max(), rel=1e-9)


def test_nonlinear_equations_are_linearised_at_the_exact_solution():
    """u'' − 3s²u with s = x³: the mean of (k² + 3x⁶)² is k⁴ + 6k²/7 + 9/13."""
    problem = pdedsl.parse(NONLINEAR)
    waves = np.array([[1.0], [3.0]])
    found = np.array(feature_scales(problem, tuple(problem.inputs), waves, 1e6))
    k = waves[:, 0]
    expected = (k**4 + 6 * k**2 / 7 + 9 / 13) ** -0.5
    assert found == pytest.approx(expected / expected.max(), rel=1e-9)


def test_features_of_the_model_bear_their_scales():
    problem = pdedsl.parse(POISSON)
    options = {"kind": "fourier", "modes": 3, "width": 4, "depth": 1, "extension": 1.0}
    model = model_options(options | {"preconditioner": "symbol", "gamma": 1e6})
    assert with_preconditioner(problem, model, {}).feature_scales == pytest.approx(
        [1.0, 1 / 4, 1 / 9], rel=1e-9
    )
    plain = pdedsl.compile(problem, options)
    scaled = pdedsl.compile(problem, options | {"preconditioner": "symbol", "gamma": 1e6})
    assert torch.equal(plain.theta0, scaled.theta0)
    assert not torch.equal(plain.residual(plain.theta0), scaled.residual(scaled.theta0))


def _loss(name, iterations, **sets):
    problem = pdedsl.load(ROOT / "specs" / "poisson_1d.pde")
    method, _ = load_method(name, {"optimizer.iterations": iterations, **sets})
    solution = pdedsl.solve(problem, method)
    return solution.outcome.loss, solution


def test_the_preset_is_ahead_of_plain_descent_by_orders():
    plain, _ = _loss("gd", 300)
    preconditioned, solution = _loss("preconditioned_gd", 300)
    assert preconditioned < 1e-25 < 1e-2 < plain
    assert solution.outcome.iterations < 150
    assert solution.errors["u"]["rel_l2"] < 1e-13


def test_features_preset_solves():
    loss, solution = _loss("preconditioned_fourier", 15, **{"model.width": 8})
    assert loss < 1e-3
    assert solution.errors["u"]["rel_l2"] < 1e-2


@pytest.mark.parametrize(
    "model",
    [
        BASIS | {"preconditioner": "symbol", "gamma": 4.0},
        BASIS | {"preconditioner": "full"},
        {"kind": "fourier", "modes": 2, "width": 4, "depth": 1, "preconditioner": "symbol"},
    ],
)
def test_a_saved_run_has_the_same_model(model, tmp_path):
    method = small.method(3, model=model, weights={"bc": 0.5}, optimizer={"kind": "gd"})
    method = method.model_copy(
        update={"optimizer": method.optimizer.model_copy(update={"iterations": 40})}
    )
    solution = pdedsl.solve(pdedsl.parse(POISSON), method)
    loaded = pdedsl.Solution.load(solution.save(tmp_path / "run"))
    x = np.linspace(-3, 3, 7)
    assert np.array_equal(loaded(x=x), solution(x=x))
    assert np.abs(solution(x=x)).max() > 1e-3
    kept = loaded.provenance.settings["model"]
    assert kept["preconditioner"] == model["preconditioner"]
    assert not {"transform", "feature_scales"} & set(kept)


@pytest.mark.parametrize(
    ("text", "model", "message"),
    [
        (POISSON, BASIS | {"preconditioner": "auto", "analysed": True}, "one of none, symbol"),
        (TWO, BASIS | {"preconditioner": "symbol"}, "but u and v differ in these"),
        (TWO, {"kind": "fourier", "preconditioner": "symbol"}, "but u and v differ in these"),
        (POISSON, BASIS | {"preconditioner": "symbol", "modes": 9000}, "cannot be set up"),
    ],
)
def test_a_preconditioner_that_does_not_fit_is_refused(text, model, message):
    with pytest.raises(UserError) as caught:
        pdedsl.compile(pdedsl.parse(text), model)
    assert caught.value.diagnostics[0].code == "E803"
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (BASIS | {"preconditioner": "simbol"}, "did you mean symbol?"),
        ({"kind": "fourier", "preconditioner": "full"}, "takes none or symbol"),
        (BASIS | {"preconditioner": "symbol", "gamma": 0.0}, "gamma must be a number above 0"),
    ],
)
def test_wrong_options_are_named(model, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        pdedsl.compile(pdedsl.parse(POISSON), model)
