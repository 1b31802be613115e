"""The estimated error is that of the solution, which the estimate does not know."""

from __future__ import annotations

import math
import time

import pytest

import pdedsl
from pdedsl.estimates.correction import State
from pdedsl.estimates.error_equation import correct_solution
from pdedsl.models.runtime.deadline import ending_within

POISSON = """
domain O: (x, y) in [0, 1]^2
unknown u(x, y)
let a = 1 + x^2 + y/2
let w = sin(3*x)*exp(y)
eq: -div(a*grad(u)) = -div(a*grad(w))
bc: u = w  on boundary
exact u = w
"""
HEAT = """
domain O: x in [0, 1]
time t in [0, 0.5]
unknown u(x, t)
eq: u_t = 0.1*u_xx
ic: u = sin(pi*x)  at t = 0
bc: u = 0  on boundary
exact u = sin(pi*x)*exp(-0.1*pi^2*t)
"""
BRATU = """
domain O: x in [0, 1]
unknown u(x)
eq: u_xx + 2*exp(u) = -4*sin(2*x) + 2*exp(sin(2*x))
bc: u = sin(2*x)  on boundary
exact u = sin(2*x)
"""
WAVES = """
domain O: x in [0, 2*pi]
time t in [0, 1]
unknown u(x, t)
eq: u_t + u_x = 0
ic: u = exp(sin(x))  at t = 0
bc: u periodic in x
exact u = exp(sin(x - t))
"""
SYSTEM = """
time t in [0, 3]
unknown p(t), q(t)
eq: p_t = q
eq: q_t = -p
ic: p = 1, q = 0  at t = 0
exact p = cos(t)
exact q = -sin(t)
"""


def solve(text: str, modes: object, **more: object) -> pdedsl.Solution:
    model = {"kind": "basis", "modes": modes, **more}
    method = {"model": model, "optimizer": {"kind": "lstsq"}}
    return pdedsl.solve(pdedsl.parse(text), method=pdedsl.Method.model_validate(method))


def effectivity(solution: pdedsl.Solution, name: str = "u") -> float:
    assert solution.errors is not None and solution.estimate is not None
    assert not solution.estimate.reason and not solution.estimate.at_rounding
    return solution.estimate.fields[name].relative / solution.errors[name]["rel_l2"]


@pytest.mark.parametrize("text", [POISSON, HEAT, BRATU])
@pytest.mark.parametrize("degree", [3, 6, 9])
def test_the_error_of_polynomials(text: str, degree: int) -> None:
    solution = solve(text, degree)
    assert effectivity(solution) == pytest.approx(1, abs=0.05)
    own = solution.estimate.fields["u"]
    assert own.lower <= own.relative <= own.upper


@pytest.mark.parametrize("waves", [2, 4])
def test_the_error_of_waves_with_polynomials_in_time(waves: int) -> None:
    assert effectivity(solve(WAVES, [waves, 4])) == pytest.approx(1, abs=0.05)


def test_the_errors_of_a_system() -> None:
    solution = solve(SYSTEM, 4)
    assert effectivity(solution, "p") == pytest.approx(1, abs=0.05)
    assert effectivity(solution, "q") == pytest.approx(1, abs=0.05)


@pytest.mark.parametrize("iterations", [6, 25])
def test_the_error_of_a_network(iterations: int) -> None:
    method = pdedsl.Method.model_validate({
        "model": {"kind": "mlp", "width": 8, "depth": 2},
        "optimizer": {"kind": "lm", "iterations": iterations},
        "sampling": {"points": {"eq": 100, "bc": 40, "ic": 40}},
    })  # fmt: skip
    solution = pdedsl.solve(pdedsl.parse(HEAT), method=method)
    assert effectivity(solution) == pytest.approx(1, abs=0.1)


def test_rounding_is_called_so() -> None:
    solution = solve(SYSTEM, 25)
    assert solution.estimate.at_rounding
    assert 1e-17 < solution.estimate.relative < 1e-13


def test_what_smooth_functions_do_not_explain_is_no_number() -> None:
    text = POISSON.replace("let w = sin(3*x)*exp(y)", "let w = tanh(2000*(x - 1/3))*y")
    solution = solve(text, 6)
    assert solution.estimate.fields == {}
    assert "not explained" in solution.estimate.reason


def test_an_estimate_is_saved_with_its_solution(tmp_path: object) -> None:
    solution = solve(SYSTEM, 4)
    again = pdedsl.Solution.load(solution.save(f"{tmp_path}/run"))
    assert again.estimate == solution.estimate


def test_the_same_seed_gives_the_same_estimate() -> None:
    first, second = (solve(BRATU, 5).estimate for _ in range(2))
    assert first == second
    assert math.isfinite(first.left)


FRONT = """
domain O: x in [-1, 1]
time t in [0, 1]
unknown u(x, t)
eq: u_t + u*u_x = 0.01/pi*u_xx
ic: u = -sin(pi*x)  at t = 0
bc: u = 0  on boundary
"""


def test_a_front_that_hardly_changes_with_the_degree_is_no_number() -> None:
    solution = solve(FRONT, 5, index="total")
    assert solution.estimate.fields == {}
    assert "not explained" in solution.estimate.reason


def test_a_field_that_is_zero_to_rounding_has_an_absolute_error() -> None:
    text = "domain O: x in [0, 1]\nunknown u(x), q(x)\neq: u_xx = 0\neq: q = u_x + 1\n"
    solution = solve(f"{text}bc: u = 0  on boundary", 4)
    assert solution.estimate.relative < 1e-13


def test_the_error_in_four_inputs() -> None:
    text = """
domain O: (x, y, z) in [0, 1]^3
time t in [0, 1]
unknown u(x, y, z, t)
let w = exp(x + y/2 - z)*cos(t)
eq: u_t - lap(u) = diff(w, t) - lap(w)
ic: u = w  at t = 0
bc: u = w  on boundary
exact u = w
"""
    assert effectivity(solve(text.replace("diff(w, t)", "d(w, t)"), 3, index="total")) > 0.9


MEAN = """param a in [1, 2]
domain Omega: {domain}
unknown u({inputs}, a)
eq: lap(u) + a*integral(u, Omega) = 1
bc: u = 0  on boundary
"""


@pytest.mark.parametrize(
    ("domain", "inputs"),
    [
        ("(x, y) in [0, 1]^2", "x, y"),
        ("(x, y) in disk(center = (0, 0), radius = 1)", "x, y"),
        ("(x, y, z) in [0, 1]^3", "x, y, z"),
    ],
)
def test_a_trial_that_is_dear_is_given_up(domain: str, inputs: str) -> None:
    """An integral for every value of a parameter takes most of ten seconds in the first basis."""
    problem = pdedsl.parse(MEAN.format(domain=domain, inputs=inputs))
    system = pdedsl.compile(
        problem, model={"kind": "basis", "modes": 2, "index": "total"}, points={"eq": 30, "bc": 30}
    )
    began = time.monotonic()
    with ending_within(0.5):
        found = correct_solution(State(system, system.theta0), clock=0.5)
    assert found.reason
    assert "--budget" in found.reason
    assert time.monotonic() - began < 3.0
