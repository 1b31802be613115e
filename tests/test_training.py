"""Each main path trains to a stated accuracy: presets, conditions, inverse problems, `auto`."""

from __future__ import annotations

import pytest

import pdedsl
from pdedsl import Solution
from tests.conftest import ROOT

BUDGET = 120.0  # far more than is needed: the iterations decide where these end


def solved(name: str, method: str, **settings: str) -> Solution:
    problem = pdedsl.load(ROOT / "specs" / f"{name}.pde")
    pairs = [(key.replace("__", "."), value) for key, value in settings.items()]
    return pdedsl.solve(problem, method, budget=BUDGET, seed=0, settings=pairs)


def error(solution: Solution, field: str = "u") -> float:
    assert solution.errors is not None
    return solution.errors[field]["rel_l2"]


def test_auto_on_helmholtz() -> None:
    assert error(solved("helmholtz", "auto")) < 1e-8


def test_auto_on_poisson() -> None:
    assert error(solved("poisson_2d", "auto")) < 1e-10


def test_auto_on_an_ordinary_differential_equation() -> None:
    assert error(solved("pendulum", "auto"), "theta") < 1e-6


def test_auto_on_advection_with_a_periodic_network() -> None:
    assert error(solved("advection", "auto")) < 1e-6


def test_auto_finds_the_diffusivity() -> None:
    solution = solved("heat_inverse", "auto")
    assert solution.numbers["kappa"] == pytest.approx(0.1, rel=0.02)


@pytest.mark.parametrize(
    ("method", "iterations", "tolerance"),
    [("lm_wide_sin", "60", 1e-8), ("adam", "1500", 0.1), ("lbfgs", "400", 0.02)],
)
def test_presets_on_poisson(method: str, iterations: str, tolerance: float) -> None:
    solution = solved("poisson_2d", method, optimizer__iterations=iterations)
    assert error(solution) < tolerance
