from __future__ import annotations

from math import log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pdedsl.conditioning.descent import decay, first_error, predicted_steps
from pdedsl.conditioning.spectrum import spectrum

from .setups import POISSON, graded, gram_of

Array = NDArray[np.float64]


def simulated(factor: Array, target: Array, start: Array, step: float, steps: int) -> list[Array]:
    """The iterates of gradient descent on ‖Rθ − y‖²/2."""
    theta, out = start, [start]
    for _ in range(steps):
        theta = theta - step * factor.T @ (factor @ theta - target)
        out.append(theta)
    return out


def problem(seed: int, decades: float = 1.0) -> tuple[Array, Array, Array]:
    rng = np.random.default_rng(seed)
    return graded(6, decades, seed), rng.normal(size=6), rng.normal(size=6)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 999), c=st.floats(0.2, 1.5), decades=st.floats(0.0, 1.5))
def test_prediction_is_the_simulation(seed: int, c: float, decades: float) -> None:
    factor, target, start = problem(seed, decades)
    found = decay(factor, first_error(factor, target, start), c)
    best = np.linalg.solve(factor, target)
    thetas = simulated(factor, target, start, found.step, 60)
    losses = [np.sum((factor @ (t - best)) ** 2) for t in thetas]
    np.testing.assert_allclose(found.excess(np.arange(61.0)), losses, rtol=1e-8, atol=1e-10)


def test_prediction_with_a_residual_that_stays() -> None:
    rng = np.random.default_rng(5)
    factor, target, start = rng.normal(size=(20, 4)), rng.normal(size=20), rng.normal(size=4)
    found = decay(factor, first_error(factor, target, start), 0.9)
    least = np.linalg.lstsq(factor, target, rcond=None)[1][0]
    losses = [
        np.sum((factor @ t - target) ** 2) - least
        for t in simulated(factor, target, start, found.step, 30)
    ]
    np.testing.assert_allclose(found.excess(np.arange(31.0)), losses, rtol=1e-10, atol=1e-10)


def test_singular_matrix_descends_to_the_nearest_minimiser() -> None:
    factor = graded(6, 1.0)[:4]
    rng = np.random.default_rng(6)
    target, start = rng.normal(size=4), rng.normal(size=6)
    error = first_error(factor, target, start)
    last = simulated(factor, target, start, 1.0, 4000)[-1]
    np.testing.assert_allclose(start - error, last, atol=1e-9)
    assert len(decay(factor, error).values) == 4


@pytest.mark.parametrize("c", [0.3, 0.7, 1.0])
@pytest.mark.parametrize("decades", [0.5, 1.2])
def test_errors_contract_at_least_as_fast_as_promised(c: float, decades: float) -> None:
    factor, target, start = problem(7, decades)
    found = spectrum(factor)
    best = np.linalg.solve(factor, target)
    thetas = simulated(factor, target, start, c / found.values[0], 200)
    errors = np.array([np.linalg.norm(t - best) for t in thetas])
    promised = (1 - c / found.kappa) ** np.arange(201) * errors[0]
    assert (errors <= promised * (1 + 1e-9) + 1e-13).all()
    steps = predicted_steps(found.kappa, 1e-3, c)
    if steps < 200:
        assert errors[int(np.ceil(steps))] <= 1e-3 * errors[0]


def test_the_rate_is_reached_in_the_end() -> None:
    factor, target, start = problem(8, 1.0)
    found = spectrum(factor)
    best = np.linalg.solve(factor, target)
    thetas = simulated(factor, target, start, 1 / found.values[0], 900)
    a, b = (np.linalg.norm(thetas[i] - best) for i in (600, 900))
    assert log(b / a) / 300 == pytest.approx(log(1 - 1 / found.kappa), rel=1e-3)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 999), part=st.floats(1e-6, 0.9))
def test_steps_to_is_the_first_that_is_enough(seed: int, part: float) -> None:
    factor, _, error = problem(seed)
    found = decay(factor, error)
    steps = found.steps_to(part)
    goal = part * found.energies.sum()
    assert steps == int(steps)
    assert found.excess(steps) <= goal
    assert found.excess(steps - 1) > goal


def test_steps_of_large_condition_numbers() -> None:
    factor = np.diag([1.0, 1e-7])
    found = decay(factor, np.array([0.0, 1.0]))
    assert found.steps_to(np.exp(-2)) == pytest.approx(1e14, rel=1e-6)
    assert decay(factor, np.zeros(2)).steps_to(0.5) == 0
    assert decay(np.diag([1.0, 1e-12]), np.array([0.0, 1.0])).steps_to(0.5) == np.inf


def test_a_mode_of_rate_one_is_gone_after_a_step() -> None:
    found = decay(np.eye(2), np.array([3.0, 4.0]))
    np.testing.assert_allclose(found.excess(np.array([0.0, 1.0, 2.0])), [25.0, 0.0, 0.0])
    assert found.steps_to(0.5) == 1


def test_steps_of_poisson_are_within_the_bound() -> None:
    gram = gram_of(POISSON, modes=4)
    factor = gram.factor(40.0)
    error = np.random.default_rng(9).normal(size=gram.size)
    found = decay(factor, error)
    bound = predicted_steps(gram.spectrum(40.0).kappa, 1e-4)
    assert found.steps_to(1e-8) <= bound
    assert found.steps_to(1e-8) >= bound / 10


@pytest.mark.parametrize(
    ("kappa", "epsilon", "c"), [(0.5, 0.1, 1.0), (2.0, 1.0, 1.0), (2.0, 0.1, 1.5), (2.0, 0.0, 1.0)]
)
def test_wrong_arguments(kappa: float, epsilon: float, c: float) -> None:
    with pytest.raises(ValueError, match="expected"):
        predicted_steps(kappa, epsilon, c)


def test_wrong_errors_and_steps() -> None:
    with pytest.raises(ValueError, match=r"shape \(2,\)"):
        decay(np.eye(2), np.zeros(3))
    with pytest.raises(ValueError, match="between 0 and 2"):
        decay(np.eye(2), np.zeros(2), 2.0)
    with pytest.raises(ValueError, match="zero"):
        decay(np.zeros((2, 2)), np.ones(2))
    with pytest.raises(ValueError, match="part"):
        decay(np.eye(2), np.ones(2)).steps_to(1.0)
