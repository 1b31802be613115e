"""Estimated errors of marches beside the true ones, which closed forms tell."""

from __future__ import annotations

import math

import pytest

import pdedsl
from pdedsl.choice.allowance import Allowance
from pdedsl.choice.march.march import march
from pdedsl.compiler.lowering.lower import lower
from pdedsl.compiler.residual.build import build
from pdedsl.estimates.correction import State
from pdedsl.estimates.error_of_windows import correct_windows, has_windows
from pdedsl.models.windows import WindowsOptions
from pdedsl.solution.errors import field_errors
from pdedsl.solution.known import known_values
from pdedsl.solution.sampled import SystemSampler
from tests.choice.test_march import SPECS

MORE = {
    "growth": """problem "an error that grows by e^8"
time t in [0, 8]
unknown u(t)
eq: u_t = u + exp(t)*cos(3*t)*3
ic: u = 1  at t = 0
exact u = exp(t)*(1 + sin(3*t))""",
    "seed": """problem "a logistic curve from a seed"
time t in [0, 14]
unknown y(t), z(t)
eq: y_t = y*z
eq: z_t = -y*z
ic: y = 1e-4, z = 1  at t = 0
exact y = 1.0001/(1 + 1e4*exp(-1.0001*t)), z = 1.0001 - 1.0001/(1 + 1e4*exp(-1.0001*t))""",
}


def marched(text: str, tolerance: float) -> tuple[State, dict[str, float]]:
    """A march, and its true relative errors."""
    problem = pdedsl.parse(text)
    lowered = lower(problem)
    found = march(lowered, tolerance, Allowance(None))
    assert not found.end
    model = WindowsOptions(edges=found.edges, pieces=found.pieces)
    system = build(lowered, model, {}, "collocation")
    known, sampler = known_values(problem), SystemSampler(system, found.theta)
    errors = field_errors(problem, known, [sampler.fields(entry.points) for entry in known])
    return State(system, found.theta), {name: own["rel_l2"] for name, own in errors.items()}


@pytest.mark.parametrize("tolerance", [1e-3, 1e-6])
@pytest.mark.parametrize(
    "name",
    ["heat", "inflow", "burgers", "wave", "pendulum", "second order", "no zero", "growth", "seed"],
)
def test_the_estimate_is_the_error(name: str, tolerance: float) -> None:
    state, errors = marched((SPECS | MORE)[name], tolerance)
    found = correct_windows(state)
    assert found.reason == ""
    assert found.left < 0.3
    for field, squares in found.squares.items():
        assert math.sqrt(squares.error / squares.size) == pytest.approx(errors[field], rel=0.2)


def test_without_time_there_is_no_estimate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pdedsl.estimates.error_of_windows._LEAST_SECONDS", 0.0)
    state, _ = marched(SPECS["pendulum"], 1e-3)
    assert has_windows(state.system)
    for bounds in ({"seconds": 0.0}, {"clock": 0.0}):
        found = correct_windows(state, **bounds)
        assert found.reason.startswith("there is no time for ")
        assert found.squares == {}


def test_windows_of_networks_have_none() -> None:
    problem = lower(pdedsl.parse(SPECS["no zero"]))
    system = build(problem, WindowsOptions(count=2), {"eq": 8}, "sobol")
    assert "networks" in correct_windows(State(system, system.theta0)).reason


def test_a_solve_says_how_wrong_a_march_is() -> None:
    solution = pdedsl.solve(pdedsl.parse(MORE["seed"]), budget=60.0)
    assert solution.provenance.why.startswith("evolution in time")
    assert solution.estimate is not None
    assert set(solution.estimate.fields) == {"y", "z"}
    assert solution.estimate.relative < 1e-9
