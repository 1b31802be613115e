"""The best of a grid of step sizes, against all of them."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from pdedsl.linalg.svd import svd
from pdedsl.optimizers.gauss_newton.grid_search import STEP_SIZES, Point, grid_search

from .systems import Small, linear, rosenbrock, shallow, vector


class Counting(Small):
    """Counts the residuals that are asked for."""

    asked = 0

    def losses(self, thetas):
        self.asked += len(thetas)
        return super().losses(thetas)


def _search(system, theta, step):
    loss, gradient = system.loss_and_grad(theta)
    start = Point(theta, float(loss))
    return start, grid_search(system, start, step, abs(float(gradient @ step)), start)


def test_the_grid():
    assert (len(STEP_SIZES), STEP_SIZES[0], STEP_SIZES[-1]) == (31, 1.0, 2.0**-30)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.integers(0, 10_000), st.floats(-3.0, 3.0))
def test_finds_the_lowest_of_all_step_sizes_on_convex_lines(seed, factor):
    """Least squares, along multiples 10^f of the way to the minimum with a random part."""
    system, matrix, right = linear(seed=seed)
    generator = torch.Generator().manual_seed(seed)
    way = torch.linalg.lstsq(matrix, right.unsqueeze(1)).solution.squeeze(1)
    noise = 0.1 * torch.randn(len(way), dtype=torch.float64, generator=generator)
    _exact(system, system.theta0, 10.0**factor * (way + noise * way.norm()))


def test_finds_it_on_nearly_all_other_lines():
    lines = [
        _exact(system, theta, svd(jacobian).truncated(-residual, kept), strictly=False)
        for seed in range(100)
        for system in (rosenbrock(), shallow())
        for theta in (system.initial(seed),)
        for residual, jacobian in (system.residual_and_jacobian(theta),)
        for kept in (1, len(theta) // 2 + 1)
    ]
    assert sum(lines) >= 0.99 * len(lines)


def _exact(system, theta, step, strictly=True):
    start, found = _search(system, theta, step)
    lowest = min(start.loss, *(float(system.loss(theta + a * step)) for a in STEP_SIZES))
    assert not strictly or found.loss == lowest
    return found.loss == lowest


def test_a_full_step_costs_eight_residuals():
    system = Counting(lambda t: t - 1.0, vector(3.0, -2.0))
    _, found = _search(system, system.theta0, vector(-2.0, 3.0))
    assert (found.loss, found.alpha, system.asked) == (0.0, 1.0, 8)


def test_the_last_step_size_is_reached():
    """L = (θ − 2⁻³⁰)² from 0 along 1: only the shortest step meets the minimum."""
    system = Small(lambda t: t - 2.0**-30, vector(0.0))
    _, found = _search(system, system.theta0, vector(1.0))
    assert (found.alpha, found.loss) == (2.0**-30, 0.0)


def test_an_uphill_line_keeps_the_state():
    system = Small(lambda t: t, vector(1.0))
    start, found = _search(system, system.theta0, vector(1.0))
    assert found is start


@pytest.mark.parametrize("wrong", [math.nan, math.inf])
def test_states_without_a_loss_are_passed_over(wrong):
    """θ² beyond ½ is no number, so the full step and half of it are out."""
    system = Small(lambda t: torch.where(t < 0.5, wrong, t), vector(1.0))
    _, found = _search(system, system.theta0, vector(-1.0))
    assert (found.alpha, found.loss) == (0.5, 0.25)


def test_a_lower_state_on_another_line_stays():
    system = Small(lambda t: t, vector(1.0))
    start, best = Point(vector(1.0), 1.0), Point(vector(0.001), 1e-6)
    assert grid_search(system, start, vector(-0.5), 1.0, best) is best
