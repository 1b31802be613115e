"""Each main path trains to a stated accuracy: presets, conditions, inverse problems, `auto`.

Iterations decide where these runs end, not seconds.
"""

from __future__ import annotations

import pytest

import pdedsl
from pdedsl import Solution

from .conftest import ROOT

HOUR = 3600.0
SMALL = {"model__width": "20", "model__depth": "2"}


def solved(name: str, method: str, budget: float = HOUR, **settings: str) -> Solution:
    problem = pdedsl.load(ROOT / "specs" / f"{name}.pde")
    pairs = [(key.replace("__", "."), value) for key, value in settings.items()]
    return pdedsl.solve(problem, method, budget=budget, seed=0, settings=pairs)


def error(solution: Solution, field: str = "u") -> float:
    assert solution.errors is not None
    return solution.errors[field]["rel_l2"]


@pytest.mark.parametrize(
    ("name", "iterations", "field", "tolerance"),
    [
        ("helmholtz", "300", "u", 1e-10),
        ("poisson_2d", "300", "u", 1e-10),
        ("advection", "100", "u", 1e-3),
        ("pendulum", "100", "theta", 1e-6),
        ("burgers", "60", "u", 1e-2),
    ],
)
def test_auto(name: str, iterations: str, field: str, tolerance: float) -> None:
    # A march of Burgers' equation goes on to 1e-12 while it has time.
    solution = solved(name, "auto", 12.0, optimizer__iterations=iterations)
    assert error(solution, field) < tolerance


def test_auto_finds_the_diffusivity() -> None:
    solution = solved("heat_inverse", "auto", optimizer__iterations="40")
    assert solution.numbers["kappa"] == pytest.approx(0.1, rel=0.02)


@pytest.mark.parametrize(
    ("method", "settings", "tolerance"),
    [
        ("lm_wide_sin", {"optimizer__iterations": "60"}, 1e-8),
        ("adam", SMALL | {"optimizer__iterations": "600", "optimizer__rate": "0.005"}, 0.1),
        ("lbfgs", {"optimizer__iterations": "150", "model__width": "20"}, 0.02),
    ],
)
def test_presets_on_poisson(method: str, settings: dict[str, str], tolerance: float) -> None:
    assert error(solved("poisson_2d", method, **settings)) < tolerance
