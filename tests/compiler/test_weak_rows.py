"""Laws by integrals: rows against test functions are a map S like any other, and train alike."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.polynomial.legendre import leggauss

import pdedsl
from pdedsl.compiler import ResidualSystem, build
from pdedsl.compiler.residual.law_integrals import LawIntegrals
from pdedsl.ir import normal
from pdedsl.optimizers.gauss_newton.kfac import KfacOptions
from pdedsl.optimizers.gauss_newton.lm import LmOptions
from pdedsl.optimizers.gauss_newton.lstsq import LstsqOptions
from pdedsl.settings.method import Method
from pdedsl.training.train import train

POISSON = """
domain O: x in [0, 1]
unknown u(x)
let us = sin(2*x)*exp(x)
eq: -u_xx = -lap(us)
bc: u = us  on boundary
exact u = us
"""
PROBLEM = pdedsl.parse(POISSON)
NETWORK = {"kind": "mlp", "width": 12, "depth": 1, "activation": "sin", "bandwidth": 2.0}
BASIS = {"kind": "basis", "family": "legendre", "modes": 14}


def weak(tests: int, nodes: int = 40) -> LawIntegrals:
    """−u″ = f against v_i = sin(iπx), i ≤ tests, with the flux u′ and the load f as integrands."""
    unit, weights = leggauss(nodes)
    x, w = (unit + 1) / 2, weights / 2
    waves = np.pi * np.arange(1, tests + 1)[:, None]
    matrix = np.concatenate((w * waves * np.cos(waves * x), -w * np.sin(waves * x)), axis=1)
    (symbol,), (field,) = PROBLEM.inputs, PROBLEM.components
    (load,) = PROBLEM.law("eq").residuals  # −u″ − f
    load = -(load + field.diff(symbol, 2)).doit()
    return LawIntegrals((field.diff(symbol), load), x[:, None], matrix)


def system(model: object, tests: int, **more: object) -> ResidualSystem:
    return build(PROBLEM, model, weights={"bc": 100}, integrals={"eq": weak(tests)}, **more)


def error(made: ResidualSystem, theta: torch.Tensor) -> float:
    x = torch.linspace(0, 1, 101, dtype=torch.float64)
    want = torch.sin(2 * x) * torch.exp(x)
    return float((made.fields(theta, x[:, None])["u"] - want).norm() / want.norm())


@pytest.mark.parametrize("model", [NETWORK, BASIS])
@pytest.mark.parametrize("tests", [1, 7])
def test_rows_are_the_weak_form(model: object, tests: int) -> None:
    made = system(model, tests, seed=3)
    theta, own = made.theta0 + 0.1, weak(tests)
    x = torch.from_numpy(own.points)
    values = [made.derivative(theta, e, x) for e in own.integrands]
    want = torch.from_numpy(own.matrix) @ torch.cat(values) / np.sqrt(tests)
    rows = made.residual(theta)[made.blocks[0].rows]
    torch.testing.assert_close(rows, want, rtol=1e-12, atol=1e-13)
    assert made.losses_by_law(theta)["eq"] == pytest.approx(float(rows.norm()), rel=1e-12)


@pytest.mark.parametrize("model", [NETWORK, BASIS])
def test_derivatives_of_weak_rows(model: object) -> None:
    made = system(model, 5, seed=1)
    theta = made.theta0 + 0.1
    residual, jacobian = made.residual_and_jacobian(theta)
    generator = torch.Generator().manual_seed(0)
    v = torch.randn(len(theta), dtype=torch.float64, generator=generator)
    w = torch.randn(len(residual), dtype=torch.float64, generator=generator)
    close = {"rtol": 1e-11, "atol": 1e-11 * float(jacobian.abs().max())}
    torch.testing.assert_close(residual, made.residual(theta), rtol=1e-12, atol=1e-13)
    torch.testing.assert_close(made.jvp(theta, v), jacobian @ v, **close)
    torch.testing.assert_close(made.vjp(theta, w), jacobian.T @ w, **close)
    torch.testing.assert_close(made.gram(theta), jacobian.T @ jacobian, rtol=1e-10, atol=1e-10)
    torch.testing.assert_close(made.kernel(theta), jacobian @ jacobian.T, rtol=1e-10, atol=1e-10)
    loss, gradient = made.loss_and_grad(theta)
    assert float(loss) == pytest.approx(float(residual @ residual), rel=1e-12)
    torch.testing.assert_close(gradient, 2 * jacobian.T @ residual, **close)
    parts = made.gradients_by_law(theta)
    torch.testing.assert_close(sum(parts.values()), gradient, **close)
    h = 1e-5
    slopes = [made.loss_and_grad(theta + s * h * v)[1] for s in (1, -1)]
    torch.testing.assert_close(
        made.hvp(theta, v), (slopes[0] - slopes[1]) / (2 * h), rtol=1e-5, atol=1e-5
    )


@pytest.mark.parametrize("model", [NETWORK, BASIS])
def test_the_jacobian_is_the_map_of_that_at_points(model: object) -> None:
    made, own = system(model, 4), weak(4)
    theta = made.theta0 + 0.1
    at_points = made.jacobian_at(theta, own.integrands, torch.from_numpy(own.points)).flatten(0, 1)
    jacobian = made.jacobian(theta)[made.blocks[0].rows]
    torch.testing.assert_close(jacobian, torch.from_numpy(own.matrix) @ at_points / 2)
    v, h = torch.linspace(-1, 1, len(theta), dtype=torch.float64), 1e-5
    rows = [made.residual(theta + s * h * v)[made.blocks[0].rows] for s in (1, -1)]
    torch.testing.assert_close(jacobian @ v, (rows[0] - rows[1]) / (2 * h), rtol=1e-6, atol=1e-7)


def test_weights_and_fresh_points_keep_weak_rows() -> None:
    made = system(NETWORK, 5)
    theta = made.theta0
    before = made.losses_by_law(theta)["eq"]
    made.set_weights({"eq": 9.0})
    made.resample(5)
    assert made.losses_by_law(theta)["eq"] == pytest.approx(before, rel=1e-12)
    share = made.residual(theta)[made.blocks[0].rows].square().sum()
    assert float(share) == pytest.approx(9 * before**2, rel=1e-12)


@pytest.mark.parametrize(
    ("model", "tests", "optimizer", "wanted"),
    [
        (BASIS, 16, LstsqOptions(), 1e-12),
        (BASIS, 16, LmOptions(iterations=60), 1e-10),
        (NETWORK, 16, LmOptions(iterations=400), 1e-6),
    ],
)
def test_weak_rows_train(model: object, tests: int, optimizer: object, wanted: float) -> None:
    made = system(model, tests)
    outcome = train(made, Method(optimizer=optimizer))
    assert error(made, outcome.theta) < wanted


def test_one_test_function_fixes_one_number() -> None:
    """With u = u_s at both ends one row more determines the quadratic part of u alone."""
    made = build(
        PROBLEM, {"kind": "basis", "family": "legendre", "modes": 2}, weights={"bc": 1e6},
        integrals={"eq": weak(1)},
    )  # fmt: skip
    outcome = train(made, Method(optimizer=LstsqOptions()))
    assert outcome.loss < 1e-20
    # ∫ u v₁ of the quadratic is that of the solution: ∫ (u − u_s)″ v₁ = −π² ∫ (u − u_s) v₁.
    unit, weights = leggauss(60)
    x = torch.from_numpy((unit + 1) / 2)
    gap = made.fields(outcome.theta, x[:, None])["u"] - torch.sin(2 * x) * torch.exp(x)
    moment = float((torch.from_numpy(weights / 2) * torch.sin(torch.pi * x)) @ gap)
    assert abs(moment) < 1e-12
    assert float(gap.abs().max()) > 1e-3


def test_a_matrix_that_does_not_fit_is_refused() -> None:
    own = weak(3)
    with pytest.raises(ValueError, match=r"expected a matrix of shape \(rows, 80\)"):
        LawIntegrals(own.integrands, own.points, own.matrix[:, 1:])


def test_kfac_refuses_rows_that_mix_points() -> None:
    with pytest.raises(ValueError, match="kfac: eq is imposed by integrals"):
        train(system(NETWORK, 5), Method(optimizer=KfacOptions(iterations=2)))


def test_an_integrand_with_a_normal_is_refused() -> None:
    own = weak(3)
    with pytest.raises(ValueError, match="an integrand of eq has a normal"):
        integrals = LawIntegrals((normal(1), own.integrands[1]), own.points, own.matrix)
        build(PROBLEM, NETWORK, integrals={"eq": integrals})
