"""Damped Gauss–Newton: minimisers, ratio rule, corrections, odd shapes."""

from __future__ import annotations

import itertools

import pytest
import torch

from pdedsl.optimizers.gauss_newton.lm import LevenbergMarquardt, LmOptions
from pdedsl.optimizers.protocol import Ended

from .systems import Small, linear, rosenbrock, shallow, vector


def _steps(system, count, **options):
    optimizer = LevenbergMarquardt(system, LmOptions(**options), system.theta0)
    return [optimizer.step() for _ in range(count)], optimizer


def test_one_step_to_the_minimiser_of_a_linear_problem():
    system, matrix, right = linear()
    (step,), _ = _steps(system, 1, damping=1e-14)
    best = torch.linalg.lstsq(matrix, right.unsqueeze(1)).solution.squeeze(1)
    assert torch.allclose(step.theta, best, rtol=1e-10)


def test_minimum_of_a_nonzero_loss_is_recognised():
    system, _, _ = linear()
    steps, _ = _steps(system, 4, damping=1e-14)
    assert steps[-1].ended is Ended.MINIMUM


@pytest.mark.parametrize("acceleration", [False, True])
def test_rosenbrock(acceleration):
    steps, _ = _steps(rosenbrock(), 60, acceleration=acceleration)
    assert steps[-1].loss < 1e-28
    assert torch.allclose(steps[-1].theta, vector(1.0, 1.0), atol=1e-13)


def test_the_loss_never_rises():
    steps, _ = _steps(shallow(), 60)
    losses = [step.loss for step in steps]
    assert all(b <= a for a, b in itertools.pairwise(losses))
    assert losses[-1] < 1e-8


def test_more_parameters_than_rows():
    system = Small(
        lambda t: torch.stack((t.square().sum() - 2.0, t[0] * t[1] - 1.0)),
        torch.ones(5).double() * 0.7,
    )
    steps, _ = _steps(system, 30)
    assert steps[-1].loss < 1e-28


def test_accepted_steps_meet_the_ratio():
    """Recomputed from the quadratic model at each state, without acceleration."""
    system = rosenbrock()
    optimizer = LevenbergMarquardt(system, LmOptions(acceleration=False, ratio=0.4), system.theta0)
    for _ in range(8):
        before = optimizer.theta
        after = optimizer.step().theta
        r, j = system.residual_and_jacobian(before)
        model = float((r + j @ (after - before)).square().sum())
        actual = float(system.loss(before) - system.loss(after))
        assert actual >= 0.4 * (float(r @ r) - model) * (1 - 1e-9)


def test_the_longest_acceptable_step_is_taken():
    """On a linear problem every ratio is 1, so the damping falls by the whole sweep."""
    system, matrix, right = linear()
    optimizer = LevenbergMarquardt(system, LmOptions(sweep=5, factor=10.0), system.theta0)
    step = optimizer.step()
    damping = 1e-3 * float(torch.linalg.svdvals(matrix)[0] ** 2) * 1e-5
    normal = matrix.T @ matrix + damping * torch.eye(5, dtype=torch.float64)
    expected = torch.linalg.solve(normal, matrix.T @ right)
    assert torch.allclose(step.theta, expected, rtol=1e-11)
    assert float((step.theta - torch.linalg.lstsq(matrix, right).solution).norm()) > 1e-9


def test_the_correction_shortens_the_way_through_a_curved_valley():
    def count(acceleration):
        system = rosenbrock()
        optimizer = LevenbergMarquardt(system, LmOptions(acceleration=acceleration), system.theta0)
        return next(n for n in range(200) if optimizer.step().loss < 1e-20)

    assert count(True) <= count(False)


def test_the_correction_is_the_second_order_term():
    """For r = θ² − 1 in one variable, r'' (δ, δ) = 2δ² and a = −½ J r''/(J² + λ)."""
    system = Small(lambda t: t**2 - 1.0, vector(1.2))
    step = LevenbergMarquardt(system, LmOptions(sweep=1), system.theta0).step()
    slope = 2.4
    damping = 1e-3 * slope**2 / 3  # one longer step is tried, and taken
    delta = -slope * 0.44 / (slope**2 + damping)
    correction = -0.5 * slope * 2 * delta**2 / (slope**2 + damping)
    assert float(step.theta) == pytest.approx(1.2 + delta + correction, rel=1e-12)


def test_a_vanishing_jacobian_ends():
    system = Small(lambda t: 0 * t + 1.0, vector(1.0, 2.0))
    steps, _ = _steps(system, 1)
    assert steps[0].ended is Ended.MINIMUM
