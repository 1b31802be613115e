"""The damped linear problem against its own equations and a dense solve."""

from __future__ import annotations

import itertools

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from pdedsl.linalg.damping import NormalEquations, spectrum
from tests.optimizers.systems import linear

SHAPES = [(12, 5), (5, 5), (4, 9)]


def _problem(shape, seed=0):
    generator = torch.Generator().manual_seed(seed)
    jacobian = torch.randn(*shape, dtype=torch.float64, generator=generator)
    return jacobian, torch.randn(shape[0], dtype=torch.float64, generator=generator)


def _decompositions(jacobian, residual):
    found = [spectrum(jacobian, residual)]
    if jacobian.shape[0] >= jacobian.shape[1]:
        found.append(NormalEquations(jacobian, residual))
    return found


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("damping", [1e-3, 0.7, 50.0])
def test_step_satisfies_the_normal_equations(shape, damping):
    jacobian, residual = _problem(shape)
    for model in _decompositions(jacobian, residual):
        step = model.step(damping)
        left = jacobian.T @ (jacobian @ step) + damping * step
        assert torch.allclose(left, -jacobian.T @ residual, rtol=0, atol=1e-11)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.sampled_from(SHAPES), st.floats(1e-4, 1e3), st.integers(0, 99))
def test_predicted_decrease_is_that_of_the_quadratic_model(shape, damping, seed):
    jacobian, residual = _problem(shape, seed)
    for model in _decompositions(jacobian, residual):
        after = residual + jacobian @ model.step(damping)
        expected = float(residual @ residual - after @ after)
        assert model.predicted(damping) == pytest.approx(expected, rel=1e-9, abs=1e-12)


def test_length_of_the_step_falls_with_the_damping():
    model = spectrum(*_problem((12, 5)))
    lengths = [float(model.step(10.0**k).norm()) for k in range(-6, 4)]
    assert all(a > b for a, b in itertools.pairwise(lengths))


def test_solve_is_the_inverse():
    jacobian, residual = _problem((12, 5))
    right = jacobian.T @ residual
    dense = torch.linalg.solve(jacobian.T @ jacobian + 0.3 * torch.eye(5), right)
    for model in _decompositions(jacobian, residual):
        assert torch.allclose(model.solve(right, 0.3), dense, rtol=1e-12)


def test_small_singular_values_survive():
    """Singular values of 1 and 1e-11: the square of the second is lost in JᵀJ."""
    jacobian = torch.zeros(6, 2, dtype=torch.float64)
    jacobian[0, 0], jacobian[1, 1] = 1.0, 1e-11
    residual = torch.ones(6, dtype=torch.float64)
    step = spectrum(jacobian, residual).step(1e-30)
    assert torch.allclose(step, torch.tensor([-1.0, -1e11], dtype=torch.float64), rtol=1e-7)


def test_largest_singular_value():
    jacobian, residual = _problem((40, 6))
    exact = float(torch.linalg.svdvals(jacobian)[0] ** 2)
    assert spectrum(jacobian, residual).largest == pytest.approx(exact, rel=1e-12)
    assert NormalEquations(jacobian, residual).largest == pytest.approx(exact, rel=0.05)


def test_reachable_is_the_decrease_of_a_least_squares_solve():
    system, matrix, right = linear()
    best = torch.linalg.lstsq(matrix, right.unsqueeze(1)).solution.squeeze(1)
    expected = float(right @ right - (matrix @ best - right).square().sum())
    model = spectrum(matrix, system.residual(system.theta0))
    assert model.reachable() == pytest.approx(expected, rel=1e-12)
