"""Damped Gauss–Newton on random subspaces: `lm` as the limit, minimisers, odd shapes."""

from __future__ import annotations

import itertools
import math

import pytest
import torch
from pydantic import ValidationError

import pdedsl
from pdedsl.linalg.cosine_sketch import CosineSketch
from pdedsl.optimizers.gauss_newton.lm import LevenbergMarquardt, LmOptions
from pdedsl.optimizers.gauss_newton.sketched_lm import SketchedLm, SketchedLmOptions
from pdedsl.optimizers.protocol import Ended
from pdedsl.settings.method import Method
from pdedsl.training.train import train

from .systems import Small, bad, linear, shallow, stepped, vector


def _steps(system, count, **options):
    optimizer = SketchedLm(system, SketchedLmOptions(**options), system.theta0)
    return stepped(optimizer, count), optimizer


@pytest.mark.parametrize("columns", [24, 1000])
def test_all_columns_are_lm(columns):
    """Not one number differs."""
    system = shallow()
    plain = LevenbergMarquardt(system, LmOptions(), system.theta0)
    steps, _ = _steps(system, 12, columns=columns)
    assert [s.loss for s in steps] == [plain.step().loss for _ in range(12)]


def _subspace(size, columns):
    """The first one of an optimizer of seed 0."""
    like = torch.zeros(0, dtype=torch.float64)
    sketch = CosineSketch(size, columns, torch.Generator().manual_seed(0), like)
    return sketch.rows(torch.eye(size, dtype=torch.float64))


def _minimisers(reduced, right, largest, factor):
    """The damped steps of the first damping, 1e-3 of σ₁², and of the next smaller one."""
    eye = torch.eye(reduced.shape[1], dtype=torch.float64)
    for damping in (1e-3 * largest, 1e-3 * largest / factor):
        yield damping, torch.linalg.solve(reduced.T @ reduced + damping * eye, reduced.T @ right)


def test_a_step_is_the_damped_minimiser_in_the_subspace():
    system, matrix, right = linear(30, 20)
    (step,), _ = _steps(system, 1, columns=6, sweep=1, acceleration=False)
    omega = _subspace(20, 6)
    reduced = matrix @ omega
    largest = float(torch.linalg.svdvals(reduced)[0] ** 2)
    _, (_, expected) = _minimisers(reduced, right, largest, 3.0)  # on a linear one the longer
    assert torch.allclose(step.theta, omega @ expected, rtol=1e-12, atol=1e-14)


def test_the_correction_is_that_of_the_subspace():
    """−½ Ω (J̃ᵀJ̃ + λ)⁻¹ J̃ᵀ r''(δ, δ) for r = θ∘θ − ½, whose second derivative is 2 δ∘δ."""
    start = torch.linspace(1, 2, 10, dtype=torch.float64)
    system = Small(lambda t: t.square() - 0.9 * start.square(), start)
    (step,), _ = _steps(system, 1, columns=4, sweep=1)
    omega = _subspace(10, 4)
    reduced = torch.diag(2 * start) @ omega
    largest = float(torch.linalg.svdvals(reduced)[0] ** 2)
    _, (damping, plain) = _minimisers(reduced, -system.residual(start), largest, 3.0)
    second = reduced.T @ (2 * (omega @ plain).square())
    normal = reduced.T @ reduced + damping * torch.eye(4, dtype=torch.float64)
    expected = start + omega @ (plain - 0.5 * torch.linalg.solve(normal, second))
    assert torch.allclose(step.theta, expected, rtol=1e-9)


def test_linear_problem_to_its_minimum():
    """Random subspaces one after another reach the minimiser of the whole."""
    system, matrix, right = linear(40, 12)
    best = torch.linalg.lstsq(matrix, right.unsqueeze(1)).solution.squeeze(1)
    steps, _ = _steps(system, 150, columns=8, damping=1e-14)
    assert steps[-1].loss == pytest.approx(float(system.loss(best)), rel=1e-9)
    assert torch.allclose(steps[-1].theta, best, atol=1e-5)


@pytest.mark.parametrize("rows", [None, 30])
def test_the_loss_never_rises(rows):
    steps, _ = _steps(shallow(), 80, columns=16, rows=rows)
    losses = [step.loss for step in steps]
    assert all(b <= a * (1 + 1e-14) for a, b in itertools.pairwise(losses))
    assert losses[-1] < 1e-3 * losses[0]


def test_more_parameters_than_rows():
    generator = torch.Generator().manual_seed(2)
    mixing = torch.randn(5, 40, dtype=torch.float64, generator=generator)
    system = Small(lambda t: torch.tanh(mixing @ t) - 0.3, torch.zeros(40, dtype=torch.float64))
    steps, _ = _steps(system, 40, columns=10)
    assert steps[-1].loss < 1e-28


def test_the_seed_sets_the_numbers():
    first = [s.loss for s in _steps(shallow(), 8, columns=10, seed=1)[0]]
    assert first == [s.loss for s in _steps(shallow(), 8, columns=10, seed=1)[0]]
    assert first != [s.loss for s in _steps(shallow(), 8, columns=10, seed=2)[0]]


def test_ends_at_a_minimum_a_zero_residual_and_no_slope():
    start = torch.ones(8, dtype=torch.float64)
    flat = Small(lambda t: 0 * t + 1.0, start)
    solved = Small(lambda t: t - 1.0, start)
    for system in (flat, solved):
        assert _steps(system, 1, columns=3)[0][0].ended is Ended.MINIMUM


def test_one_parameter_and_no_number():
    steps, _ = _steps(Small(lambda t: t**2 - 4.0, vector(1.0)), 20, columns=1)
    assert steps[-1].loss < 1e-28
    assert math.isnan(_steps(bad(), 1, columns=1)[0][0].loss)


def test_rank_deficiency():
    """All rows are one row, and there is no minimiser but a plane of them."""
    system = Small(lambda t: t.sum() * torch.ones(6).double() - 1.0, torch.zeros(12).double())
    assert _steps(system, 20, columns=5)[0][-1].loss < 1e-28


def test_single_precision():
    system = shallow()
    start = system.theta0.float()
    rounded = Small(lambda t: system.function(t.double()).float(), start)
    steps, _ = _steps(rounded, 60, columns=16)
    assert steps[-1].theta.dtype == torch.float32
    assert steps[-1].loss < 1e-3 * float(rounded.loss(start))


def test_fewer_sums_than_columns_are_refused():
    with pytest.raises(ValidationError, match=r"rows has to be above columns, 100, .* it is 50"):
        SketchedLmOptions(columns=100, rows=50)


def test_poisson():
    problem = pdedsl.load("specs/poisson_2d.pde")
    method = Method.model_validate(
        {
            "model": {"kind": "mlp", "width": 20, "depth": 2},
            "optimizer": {"kind": "sketched_lm", "columns": 200, "iterations": 40},
            "weights": {"bc": 100},
            "sampling": {"points": {"eq": 250, "bc": 80}},
        }
    )
    system = pdedsl.compile(problem, method.model, method.sampling.points, weights=method.weights)
    assert system.parameters > 200
    outcome = train(system, method)
    assert outcome.loss < 1e-7 * float(system.loss(system.theta0))
