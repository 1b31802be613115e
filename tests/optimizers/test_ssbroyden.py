"""Self-scaled Broyden: the update by its identities, the method on known answers."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import pdedsl
from pdedsl.optimizers.protocol import Ended
from pdedsl.optimizers.quasi_newton.inverse_hessian import Curvature, InverseHessian
from pdedsl.optimizers.quasi_newton.ssbroyden import (
    RULES,
    BroydenOptions,
    DenseQuasiNewton,
    bfgs,
    ssbfgs,
    ssbroyden,
)
from pdedsl.optimizers.quasi_newton.wolfe import Move, WolfeSearch
from pdedsl.settings.method import Method, Sampling
from pdedsl.training.train import train

from .systems import Small, linear, rosenbrock, shallow, vector

CPU = torch.device("cpu")
KINDS = sorted(RULES)
sizes = st.integers(1, 9)
seeds = st.integers(0, 10_000)


def _random(size, seed):
    """H positive definite, a step along −Hg with sᵀy > 0, and the gradients at its ends."""
    rng = np.random.default_rng(seed)
    root = rng.standard_normal((size, size))
    matrix = root @ root.T + 0.1 * np.eye(size)
    hessian = rng.standard_normal((size, size))
    hessian = hessian @ hessian.T + 0.1 * np.eye(size)
    before = rng.standard_normal(size)
    length = float(rng.uniform(0.1, 2.0))
    step = -length * matrix @ before
    change = hessian @ step
    return matrix, Move(length, step, change), before


def _updated(matrix, move, before, rule):
    inverse = InverseHessian(len(matrix), 1.0, CPU)
    inverse.matrix.copy_(torch.from_numpy(matrix))
    applied = inverse.update(move, before, before + move.change, rule)
    return inverse, applied


@pytest.mark.parametrize("kind", KINDS)
@given(size=sizes, seed=seeds)
@settings(max_examples=60, deadline=None)
def test_update_meets_the_secant_equation_and_stays_definite(kind, size, seed):
    matrix, move, before = _random(size, seed)
    inverse, applied = _updated(matrix, move, before, RULES[kind])
    after = inverse.matrix.numpy()
    scale = np.abs(after).max() * np.abs(move.change).max()
    np.testing.assert_allclose(after @ move.change, move.step, rtol=0, atol=1e-11 * scale)
    np.testing.assert_allclose(applied, after @ (before + move.change), rtol=1e-12, atol=1e-12)
    assert (after == after.T).all()
    assert np.linalg.eigvalsh(after)[0] > 0.0
    assert inverse.definite()


@given(size=sizes, seed=seeds)
@settings(max_examples=30, deadline=None)
def test_bfgs_is_the_product_form(size, seed):
    """Against (I − ρsyᵀ) H (I − ρysᵀ) + ρssᵀ."""
    matrix, move, before = _random(size, seed)
    s, y = move.step, move.change
    left = np.eye(size) - np.outer(s, y) / (s @ y)
    expected = left @ matrix @ left.T + np.outer(s, s) / (s @ y)
    inverse, _ = _updated(matrix, move, before, bfgs)
    tolerance = 1e-11 * np.abs(expected).max()
    np.testing.assert_allclose(inverse.matrix.numpy(), expected, rtol=0, atol=tolerance)


@given(size=st.integers(2, 9), seed=seeds)
@settings(max_examples=30, deadline=None)
def test_update_is_the_inverse_of_the_direct_one(size, seed):
    """B⁺ = τ (B − Bs(Bs)ᵀ/sᵀBs + θ wwᵀ) + yyᵀ/sᵀy, w = √(sᵀBs) (y/sᵀy − Bs/sᵀBs)."""
    matrix, move, before = _random(size, seed)
    s, y = move.step, move.change
    b_matrix = np.linalg.inv(matrix)
    bs, sy = b_matrix @ s, s @ y
    sbs = s @ bs
    curvature = Curvature(sbs / sy, y @ matrix @ y / sy, size)
    tau, phi = ssbroyden(curvature)
    theta = (1 - phi) / (1 + curvature.a * phi)
    w = math.sqrt(sbs) * (y / sy - bs / sbs)
    direct = tau * (b_matrix - np.outer(bs, bs) / sbs + theta * np.outer(w, w))
    direct += np.outer(y, y) / sy
    inverse, _ = _updated(matrix, move, before, ssbroyden)
    product = inverse.matrix.numpy() @ direct
    condition = np.linalg.cond(direct)
    np.testing.assert_allclose(product, np.eye(size), rtol=0, atol=1e-13 * condition * size)


@pytest.mark.parametrize("kind", KINDS)
@given(size=sizes, seed=seeds, factor=st.floats(1e-6, 1e6))
@settings(max_examples=30, deadline=None)
def test_the_unit_of_the_loss_plays_no_part(kind, size, seed, factor):
    matrix, move, before = _random(size, seed)
    inverse, _ = _updated(matrix, move, before, RULES[kind])
    scaled = Move(move.length, move.step, factor * move.change)
    other, _ = _updated(matrix / factor, scaled, factor * before, RULES[kind])
    np.testing.assert_allclose(
        factor * other.matrix.numpy(),
        inverse.matrix.numpy(),
        rtol=0,
        atol=1e-9 * float(inverse.matrix.abs().max()),
    )


def _rule_as_printed(b, h, size):
    """The rule of SSBroyden with the quotients as in the paper, in extended precision."""
    import mpmath

    with mpmath.workdps(60):
        b, h = mpmath.mpf(b), mpmath.mpf(h)
        a = h * b - 1
        c = mpmath.sqrt(a / (a + 1))
        rho = min(mpmath.mpf(1), h * (1 - c))
        theta = max((rho - 1) / a, min(1 / rho, (1 - b) / b))
        sigma = 1 + a * theta
        root = sigma ** (mpmath.mpf(1) / (1 - size))
        least = min(1, 1 / b)
        tau = least * min(root, 1 / theta) if theta > 0 else min(least * root, sigma)
        return float(tau), float((1 - theta) / sigma)


@given(b=st.floats(1e-6, 1e6), excess=st.floats(1e-3, 1e12), size=st.integers(2, 3000))
@settings(max_examples=200, deadline=None)
def test_ssbroyden_takes_the_printed_values(b, excess, size):
    h = (1.0 + excess) / b
    found = ssbroyden(Curvature(b, h, size))
    assert found == pytest.approx(_rule_as_printed(b, h, size), rel=1e-9, abs=1e-12)


@given(b=st.floats(1e-6, 1e6), a=st.one_of(st.just(0.0), st.floats(1e-300, 1e250)), n=sizes)
@settings(max_examples=200, deadline=None)
def test_rules_give_usable_numbers_at_the_edges(b, a, n):
    for rule in RULES.values():
        tau, phi = rule(Curvature(b, (1.0 + a) / b, n))
        assert 0.0 < tau <= 1.0
        assert math.isfinite(phi)


def test_ssbroyden_without_a_theta_is_ssbfgs():
    """b = 1 makes θ = 0."""
    assert ssbroyden(Curvature(1.0, 3.0, 5)) == ssbfgs(Curvature(1.0, 3.0, 5)) == (1.0, 1.0)


@pytest.mark.parametrize("kind", KINDS)
@given(size=st.integers(1, 8), seed=seeds)
@settings(max_examples=20, deadline=None)
def test_exact_searches_end_on_a_quadratic(kind, size, seed):
    """½ xᵀAx − bᵀx in at most P steps: the directions are conjugate (Oren and Luenberger 1974)."""
    rng = np.random.default_rng(seed)
    rotation, _ = np.linalg.qr(rng.standard_normal((size, size)))
    matrix = rotation * np.geomspace(1.0, 30.0, size) @ rotation.T
    right, x = rng.standard_normal(size), np.zeros(size)
    inverse = InverseHessian(size, 1.0, CPU)
    gradient = matrix @ x - right
    applied = inverse.apply(gradient)
    first = float(np.linalg.norm(gradient))
    for _ in range(size):
        if np.linalg.norm(gradient) <= 1e-10 * first:
            break
        length = float(gradient @ applied / (applied @ matrix @ applied))
        step = -length * applied
        x = x + step
        after = matrix @ x - right
        applied = inverse.update(Move(length, step, after - gradient), gradient, after, RULES[kind])
        gradient = after
    assert np.linalg.norm(gradient) <= 1e-7 * first


@pytest.mark.parametrize("kind", KINDS)
def test_rosenbrock_to_rounding(kind):
    system = rosenbrock()
    optimizer = DenseQuasiNewton(system, BroydenOptions(kind=kind), system.theta0)
    losses = [optimizer.step().loss for _ in range(60)]
    assert min(losses) < 1e-24


def test_a_gram_matrix_of_condition_1e12():
    """Singular values from 1 to 1e-6: the loss falls to what the smallest ones leave."""
    rng = torch.Generator().manual_seed(0)
    left, _ = torch.linalg.qr(torch.randn(30, 10, dtype=torch.float64, generator=rng))
    right, _ = torch.linalg.qr(torch.randn(10, 10, dtype=torch.float64, generator=rng))
    matrix = left * torch.logspace(0, -6, 10, dtype=torch.float64) @ right.T
    system = Small(lambda t: matrix @ t - matrix.sum(dim=1), torch.zeros(10, dtype=torch.float64))
    optimizer = DenseQuasiNewton(system, BroydenOptions(), system.theta0)
    for _ in range(300):
        if optimizer.step().ended:
            break
    assert optimizer.loss < 1e-20 * float(system.loss(system.theta0))


@pytest.mark.parametrize("transform", ["sqrt", "log"])
def test_objectives_have_the_slope_of_their_transform(transform):
    system = shallow()
    plain = WolfeSearch(system, system.theta0, 1e-4, 0.9).place
    other = WolfeSearch(system, system.theta0, 1e-4, 0.9, transform).place
    value = {"sqrt": math.sqrt, "log": math.log}[transform]
    assert other.value == value(plain.loss)
    slope = {"sqrt": 0.5 / math.sqrt(plain.loss), "log": 1 / plain.loss}[transform]
    np.testing.assert_allclose(other.gradient, slope * plain.gradient, rtol=1e-14)


@pytest.mark.parametrize("transform", ["none", "sqrt", "log"])
def test_transforms_lower_the_loss_itself(transform):
    system = shallow()
    optimizer = DenseQuasiNewton(system, BroydenOptions(transform=transform), system.theta0)
    for _ in range(400):
        step = optimizer.step()
    assert step.loss == pytest.approx(float(system.loss(step.theta)), rel=1e-12)
    assert step.loss < 1e-7


@pytest.mark.parametrize("transform", ["none", "sqrt", "log"])
def test_a_loss_of_zero_is_a_minimum(transform):
    system = Small(lambda t: t, vector(0.0, 0.0))
    step = DenseQuasiNewton(system, BroydenOptions(transform=transform), system.theta0).step()
    assert (step.loss, step.ended) == (0.0, Ended.MINIMUM)


@pytest.mark.parametrize("kind", KINDS)
def test_one_parameter(kind):
    system = Small(lambda t: torch.cosh(t) - 1.0, vector(2.0))
    optimizer = DenseQuasiNewton(system, BroydenOptions(kind=kind), system.theta0)
    for _ in range(60):
        if optimizer.step().ended:
            break
    assert optimizer.loss < 1e-12


def test_more_parameters_than_rows():
    system, _, _ = linear(rows=3, columns=8)
    optimizer = DenseQuasiNewton(system, BroydenOptions(), system.theta0)
    for _ in range(40):
        if optimizer.step().ended:
            break
    assert optimizer.loss < 1e-20


def test_a_search_turns_back_from_where_the_residual_is_no_number():
    """√t is NaN for t < 0, which the first step along −g reaches."""
    system = Small(lambda t: torch.sqrt(t) * 30.0 - 3.0, vector(0.2))
    optimizer = DenseQuasiNewton(system, BroydenOptions(), system.theta0)
    for _ in range(40):
        if optimizer.step().ended:
            break
    assert optimizer.loss < 1e-20


def test_new_points_keep_the_matrix_unless_it_is_indefinite():
    system = shallow()
    optimizer = DenseQuasiNewton(system, BroydenOptions(), system.theta0)
    for _ in range(20):
        optimizer.step()
    before = optimizer._inverse.matrix.clone()
    optimizer.renew(optimizer.loss)
    assert torch.equal(optimizer._inverse.matrix, before)
    optimizer._inverse.matrix[0, 0] = -1.0
    optimizer.renew(optimizer.loss)
    scale = optimizer._inverse.matrix[0, 0]
    size = len(before)
    assert torch.equal(optimizer._inverse.matrix, scale * torch.eye(size, dtype=torch.float64))
    assert optimizer.step().ended is None


def test_single_precision():
    system = shallow()
    small = Small(lambda t: system.function(t.double()).float(), system.theta0.float())
    optimizer = DenseQuasiNewton(small, BroydenOptions(), small.theta0)
    for _ in range(200):
        step = optimizer.step()
        if step.ended:
            break
    assert step.theta.dtype == torch.float32
    assert step.loss < 1e-4


def test_solves_poisson_with_points_that_follow_the_residual():
    method = Method.model_validate(
        {
            "model": {"kind": "mlp", "width": 10, "depth": 2},
            "optimizer": {"kind": "ssbroyden", "iterations": 250},
            "weights": {"bc": 100},
            "sampling": {"points": {"eq": 100, "bc": 60}, "resample": 100, "adaptive": True},
        }
    )
    solution = pdedsl.solve(pdedsl.load("specs/poisson_2d.pde"), method)
    assert solution.errors["u"]["rel_l2"] < 1e-3


def test_draws_at_a_resample_by_the_residual_of_the_state():
    """The driver hands on the state and the options."""

    given = []

    class Drawn(Small):
        def resample(self, seed, adaptive=None):
            given.append((seed, adaptive))

    system = Drawn(rosenbrock().function, rosenbrock().theta0)
    sampling = Sampling(resample=4, adaptive={"power": 2.0})
    method = Method(optimizer=BroydenOptions(iterations=5), sampling=sampling)
    states = []
    train(system, method, seed=3, on_step=lambda n, step, _: states.append(step.theta))
    (seed, how), *after = given  # the loss on fresh points is taken at the end
    assert all(adaptive is None for _, adaptive in after)
    assert seed == 3 + 5
    assert (how.power, how.uniform, how.candidates) == (2.0, 1.0, 10)
    assert torch.equal(how.theta, states[4])
