"""Gauss–Newton in the space of the rows: its formulas, minimisers, failures, odd shapes."""

from __future__ import annotations

import math

import pytest
import torch
from pydantic import ValidationError

import pdedsl
from pdedsl.linalg.factorisation import Rank
from pdedsl.linalg.kernel import Kernel
from pdedsl.optimizers.gauss_newton import spring
from pdedsl.optimizers.gauss_newton.spring import Spring, SpringOptions
from pdedsl.optimizers.protocol import Ended
from pdedsl.settings.method import Method
from pdedsl.training.train import train

from .systems import Small, bad, linear, rosenbrock, shallow, stepped, vector


def _steps(system, count, **options):
    optimizer = Spring(system, SpringOptions(**options), system.theta0)
    return stepped(optimizer, count), optimizer


def _wide(rows=5, columns=12, seed=0):
    """A consistent linear problem and its solution of least norm."""
    system, matrix, right = linear(rows, columns, seed)
    return system, torch.linalg.pinv(matrix) @ right


def _reference(system, options, count):
    """The recursion as printed, with dense matrices and a fixed rate."""
    theta, before = system.theta0, torch.zeros_like(system.theta0)
    mu = options["momentum"]
    for k in range(1, count + 1):
        r, j = system.residual_and_jacobian(theta)
        kernel = j @ j.T
        mean = kernel.diagonal().mean()
        size = kernel.diagonal() if options["scaling"] else mean * torch.ones_like(r)
        shifted = kernel + options["damping"] * torch.diag(size)
        d = mu * before + j.T @ torch.linalg.solve(shifted, r - mu * (j @ before))
        if options["correction"]:
            d = d / math.sqrt(1 - mu ** (2 * k))
        theta, before = theta - min(options["rate"], options["longest"] / float(d.norm())) * d, d
    return theta


@pytest.mark.parametrize("momentum", [0.0, 0.7])
@pytest.mark.parametrize("scaling", [False, True])
@pytest.mark.parametrize("correction", [False, True])
def test_the_printed_recursion(momentum, scaling, correction):
    options = {
        "momentum": momentum,
        "scaling": scaling,
        "correction": correction,
        "damping": 1e-3,
        "rate": 0.3,
        "longest": 0.5,
        "adaptive": False,
    }
    system = shallow(20)
    steps, _ = _steps(system, 6, **options)
    assert torch.allclose(steps[-1].theta, _reference(system, options, 6), rtol=1e-8, atol=1e-10)


def test_one_step_to_the_solution_of_least_norm():
    system, best = _wide()
    (step,), _ = _steps(system, 1, momentum=0.0, damping=1e-14)
    assert torch.allclose(step.theta, best, rtol=1e-12, atol=1e-13)
    assert step.loss < 1e-26


def test_refinement_wins_back_what_the_kernel_loses():
    """κ(J) = 1e6, κ(JJᵀ) = 1e12: without J, a is wrong by more than 1e-7."""
    generator = torch.Generator().manual_seed(4)
    left = torch.linalg.qr(torch.randn(20, 20, dtype=torch.float64, generator=generator))[0]
    right = torch.linalg.qr(torch.randn(40, 20, dtype=torch.float64, generator=generator))[0]
    sigma = torch.logspace(0, -6, 20, dtype=torch.float64)
    matrix = (left * sigma) @ right.T
    theta = right @ torch.ones(20, dtype=torch.float64)
    b = matrix @ theta
    kernel = matrix @ matrix.T
    shift = 1e-14 * float(kernel.diagonal().mean())
    exact = right @ (sigma**2 / (sigma**2 + shift))
    shifted = kernel + shift * torch.eye(20, dtype=torch.float64)
    plain = matrix.T @ torch.cholesky_solve(b[:, None], torch.linalg.cholesky(shifted))[:, 0]
    x = Kernel(matrix.mv, matrix.T.mv, kernel).solve(b, shift)
    assert float((x - exact).norm()) < 1e-9 * float(exact.norm())
    assert float((plain - exact).norm()) > 10 * float((x - exact).norm())


def test_an_ill_conditioned_kernel_is_no_obstacle():
    """κ(JJᵀ) = 1e24: the smallest directions are left to the damping."""
    matrix = torch.diag(torch.logspace(0, -12, 13, dtype=torch.float64))
    matrix = torch.cat((matrix, matrix), dim=1)
    b = matrix @ torch.ones(26, dtype=torch.float64)
    system = Small(lambda t: matrix @ t - b, torch.zeros(26, dtype=torch.float64), linear=True)
    for scaling in (False, True):
        steps, _ = _steps(system, 5, momentum=0.0, damping=1e-15, scaling=scaling)
        assert steps[-1].loss < 1e-16 * float(system.loss(system.theta0))


def test_scaling_makes_the_magnitude_of_rows_irrelevant():
    _, matrix, right = linear(5, 12)
    scale = torch.logspace(0, 8, 5, dtype=torch.float64)

    def solve(matrix, right, scaled):
        kernel = Kernel(matrix.mv, matrix.T.mv, matrix @ matrix.T, scaled)
        return kernel.solve(right, 1e-2 * kernel.mean)

    for scaled in (True, False):
        plain = solve(matrix, right, scaled)
        other = solve(scale[:, None] * matrix, scale * right, scaled)
        assert torch.allclose(plain, other, rtol=1e-9 if scaled else 1e-2) is scaled


def test_products_with_j_take_the_place_of_a_large_jacobian(monkeypatch):
    with_j = _steps(shallow(20), 5, damping=1e-4)[0]
    monkeypatch.setattr(spring, "_MOST_BYTES", 0)
    without = _steps(shallow(20), 5, damping=1e-4)[0]
    assert [s.loss for s in without] == pytest.approx([s.loss for s in with_j], rel=1e-7)


@pytest.mark.parametrize("options", [{"momentum": 0.0}, {"momentum": 0.0, "adaptive": True}, {}])
def test_rosenbrock(options):
    steps, _ = _steps(rosenbrock(), 200, **options)
    assert min(s.loss for s in steps) < 1e-20


@pytest.mark.parametrize("momentum", [0.0, 0.8])
def test_a_network_with_fewer_parameters_than_rows(momentum):
    steps, _ = _steps(shallow(), 200, momentum=momentum, damping=1e-6)
    assert steps[-1].loss < 1e-5


@pytest.mark.parametrize("scaling", [False, True])
def test_more_rows_than_parameters_to_the_minimum(scaling):
    """With scaling by the plain steps after the first failure."""
    system, matrix, right = linear(12, 5)
    best = torch.linalg.lstsq(matrix, right.unsqueeze(1)).solution.squeeze(1)
    steps, _ = _steps(system, 20, momentum=0.0, damping=1e-8, scaling=scaling)
    assert torch.allclose(steps[-1].theta, best, atol=1e-6)
    assert steps[-1].loss == pytest.approx(float(system.loss(best)), rel=1e-12)
    assert steps[-1].ended in (Ended.MINIMUM, Ended.STALLED)


def test_momentum_that_leads_uphill_is_dropped():
    """The target jumps to the other side, and the last direction leads away from it."""
    generator = torch.Generator().manual_seed(0)
    matrix = torch.randn(5, 12, dtype=torch.float64, generator=generator)
    target = [torch.ones(5, dtype=torch.float64)]
    system = Small(lambda t: matrix @ t - target[0], torch.zeros(12, dtype=torch.float64))
    options = SpringOptions(damping=1e4, momentum=0.999, correction=False, rate=1e-3)
    carrying = Spring(system, options, system.theta0)
    carrying.step()
    target[0] = -0.1 * target[0]
    plain = Spring(system, options.model_copy(update={"momentum": 0.0}), carrying.theta)
    assert torch.allclose(carrying.step().theta, plain.step().theta, rtol=1e-12, atol=1e-15)


def test_damping_grows_until_there_is_a_factor():
    """A kernel of rank 1 with no damping to speak of."""
    matrix = torch.ones(40, 60, dtype=torch.float64)
    kernel = Kernel(matrix.mv, matrix.T.mv, matrix @ matrix.T, scaled=True)
    kernel.solve(torch.ones(40, dtype=torch.float64), 1e-30)
    assert 1e-17 < kernel.damping / kernel.mean < 1e-10
    assert kernel.rank is Rank.DEFICIENT
    system = Small(lambda t: matrix @ t - 1.0, torch.zeros(60, dtype=torch.float64), linear=True)
    assert _steps(system, 3, momentum=0.0)[0][-1].loss < 1e-12


def _dampings(system, count, damping, **options):
    """λ of the steps by the residual that each leaves of a scalar linear model."""
    steps, _ = _steps(system, count, momentum=0.0, damping=damping, adaptive=True, **options)
    return steps


def test_adaptive_damping_follows_the_ratio():
    """One row with the slope 1: a step leaves λ/(1 + λ) of the residual of a linear model."""
    linear_row = Small(lambda t: t - 1.0, vector(0.0))
    steps = _dampings(linear_row, 2, 0.1, rate=1.0)
    left = [abs(float(step.theta) - 1.0) for step in steps]
    assert left[0] == pytest.approx(0.1 / 1.1, rel=1e-6)
    second = left[1] / left[0]
    assert second / (1 - second) == pytest.approx(0.1 / 3, rel=1e-6)
    # Steps that the model overrates, of atan from far away: λ grows.
    curved = Small(torch.atan, vector(1.3))
    first, after = _dampings(curved, 2, 1e-2, rate=1.0)
    slope = 1 / (1 + float(first.theta) ** 2)
    newton = math.atan(float(first.theta)) / slope
    part = float(first.theta - after.theta) / newton  # 1/(1 + λ), λ relative to the slope's square
    assert 1 / part - 1 == pytest.approx(3e-2, rel=1e-6)


def test_stalls_in_the_end_where_no_length_helps():
    """The Jacobian is wrong: no step along it lowers the loss."""

    class Wrong(Small):
        def residual_and_jacobian(self, theta):
            r, j = super().residual_and_jacobian(theta)
            return r, -j

    system = Wrong(lambda t: t - 2.0, vector(0.0, 1.0))
    steps, _ = _steps(system, 30)
    assert steps[-1].ended is Ended.STALLED
    assert len(steps) < 15
    assert all(s.loss == steps[0].loss for s in steps)


def test_ends_at_a_zero_residual_and_without_a_slope():
    start = torch.ones(4, dtype=torch.float64)
    for system in (Small(lambda t: t - 1.0, start), Small(lambda t: 0 * t + 1.0, start)):
        assert _steps(system, 1)[0][0].ended is Ended.MINIMUM


def test_a_row_without_slope_does_no_harm():
    system = Small(lambda t: torch.stack((t[0] * 0 + 1.0, t.sum() - 3.0)), torch.zeros(4).double())
    steps, _ = _steps(system, 5, momentum=0.0)
    assert steps[-1].loss == pytest.approx(1.0, abs=1e-14)


def test_no_number_is_passed_on():
    assert math.isnan(_steps(bad(), 1)[0][0].loss)
    steep = Small(lambda t: t.abs().sqrt(), vector(0.0))
    assert math.isnan(_steps(steep, 1)[0][0].loss)


def test_one_parameter():
    assert _steps(Small(lambda t: t**2 - 4.0, vector(1.0)), 60)[0][-1].loss < 1e-20


def test_single_precision():
    system = shallow(20)
    start = system.theta0.float()
    rounded = Small(lambda t: system.function(t.double()).float(), start)
    steps, _ = _steps(rounded, 40)
    assert steps[-1].theta.dtype == torch.float32
    assert min(s.loss for s in steps) < 1e-3 * float(rounded.loss(start))


def test_a_bound_without_a_rate_is_refused():
    with pytest.raises(ValidationError, match="longest bounds the steps of a rate; write rate"):
        SpringOptions(longest=0.1)


@pytest.mark.parametrize("resample", [0, 1])
def test_poisson(resample):
    problem = pdedsl.load("specs/poisson_2d.pde")
    method = Method.model_validate(
        {
            "model": {"kind": "mlp", "width": 24, "depth": 2},
            "optimizer": {"kind": "spring", "iterations": 30},
            "weights": {"bc": 10},
            "sampling": {"points": {"eq": 150, "bc": 60}, "resample": resample},
        }
    )
    system = pdedsl.compile(problem, method.model, method.sampling.points, weights=method.weights)
    assert system.parameters > system.rows
    first = float(system.loss(system.theta0))
    outcome = train(system, method)
    assert outcome.loss < 1e-6 * first
