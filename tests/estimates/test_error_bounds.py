"""Bounds hold whatever the function is that they are about, and fail where hypotheses do."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from numpy.random import Generator

import pdedsl
from pdedsl.estimates.bounds.bound_errors import bound_errors

from . import bounded_problems as problems

OF_THEOREM = {
    problems.coercive: "coercive",
    problems.slopes: "coercive",
    problems.helmholtz: "self-adjoint",
    problems.heat: "parabolic",
    problems.advection: "parabolic",
    problems.transport: "transport",
    problems.wave: "wave",
    problems.system: "linear system",
}
POISSON = """
domain O: (x, y) in [0, 1]^2
unknown u(x, y)
eq: -lap(u) = 1
bc: u = 0  on boundary
"""
LINE = """
domain O: x in [0, 1]
unknown u(x)
eq: -u_xx = 1
bc: u = 0  on boundary
"""
HEAT = """
domain O: x in [0, 1]
time t in [0, 1]
unknown u(x, t)
eq: u_t = u_xx
ic: u = sin(pi*x)  at t = 0
bc: u = 0  on boundary
"""


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("of", OF_THEOREM, ids=lambda of: of.__name__)
def test_a_bound_is_at_least_the_error(of: Callable[[Generator], str], seed: int) -> None:
    made = problems.compiled(of(np.random.default_rng(seed)), 3 + seed % 3)
    fitted = problems.least_squares(made)
    theta = fitted if seed % 2 else fitted + 1e-3 * problems.any_state(made, seed)
    found = bound_errors(made, theta)
    assert found.guaranteed and found.theorem == OF_THEOREM[of], found.reason
    error = problems.true_error(made, theta)
    most = max(own.l2 for own in found.fields.values())
    assert error <= most
    if found.theorem == "coercive":
        assert most < 100 * error


@pytest.mark.parametrize(
    ("text", "modes"),
    [(POISSON + "exact u = 0", 3), (HEAT + "exact u = exp(-pi^2*t)*sin(pi*x)", [14, 24])],
    ids=["far off", "at rounding"],
)
def test_the_bound_of_a_solution_stands_beside_its_estimate(text: str, modes: object) -> None:
    method = {"model": {"kind": "basis", "modes": modes}, "optimizer": {"kind": "lstsq"}}
    solution = pdedsl.solve(pdedsl.parse(text), method=pdedsl.Method.model_validate(method))
    own, estimate = solution.bound.fields["u"], solution.estimate.fields["u"]
    assert solution.bound.guaranteed
    assert own.relative >= estimate.lower
    assert own.relative < max(100 * estimate.upper, 1e-9)


def test_a_relative_bound_is_that_of_the_unknown_solution() -> None:
    made = problems.compiled(problems.heat(np.random.default_rng(3)), 5)
    theta = problems.least_squares(made)
    own = bound_errors(made, theta).fields["u"]
    size = problems.true_error(made, 0 * theta)  # of the exact solution
    assert problems.true_error(made, theta) / size <= own.relative
    assert own.l2 / own.relative <= size


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (POISSON.replace("-lap(u)", "-lap(u) + u^3"), "not linear"),
        (POISSON.replace("-lap(u)", "-div((x - 1/2)*grad(u))"), "sign of a second derivative"),
        (POISSON.replace("-lap(u)", "-div((1 + 0.1*abs(x - 1/3))*grad(u))"), "analytic"),
        (POISSON.replace("-lap(u)", "-lap(u) - (20 + x)*u"), "not known to be coercive"),
        (POISSON.replace("-lap(u)", "-lap(u) - 2*pi^2*u"), "zero is an eigenvalue"),
        (POISSON.replace("-lap(u)", "lap(lap(u))"), "higher than second order"),
        (POISSON.replace("boundary", "x = 0, x = 1, y = 0"), "no condition"),
        (POISSON.replace("bc: u = 0", "bc: u + dn(u) = 0"), "normal derivatives alone"),
        (POISSON.replace("[0, 1]^2", "disk(center = (0, 0), radius = 1)"), "no box"),
        (LINE.replace("boundary", "x = 0") + "bc: u = 0 on x = 0", "more than one condition"),
        (LINE.replace("bc: u = 0", "bc: u_x = 0"), "zero is an eigenvalue"),
        (HEAT.replace("u_xx", "u_xx + u*u_x"), "not linear"),
        (HEAT.replace("u_xx", "-u_xx"), "elliptic"),
        (HEAT.replace("u_xx", "-2*u_x"), "no diffusion"),
        (HEAT.replace("u_xx", "-2*u_x"), "not known to enter at x = 1"),
        (HEAT.replace("u_xx", "u_x").replace("boundary", "x = 0"), "known to enter at x = 0"),
        (HEAT.replace("u_xx", "-x*(x - 1/2)*u_x"), "known to enter"),
        (HEAT.replace("u_xx", "u_xx + 100*u"), "grow beyond measure"),
        (HEAT.replace("u_xx", "if(t < 0.5, 1, 2)*u_xx"), "analytic"),
        (HEAT.replace("time", "param a in [1, 2]\ntime").replace("(x, t)", "(x, t, a)"), "range"),
        (HEAT.replace("u_t", "u_tt + u_t"), "not u_t or u_tt"),
    ],
)
def test_no_bound_without_its_hypotheses(text: str, reason: str) -> None:
    found = problems.bound(text)
    assert found.fields == {} and reason in found.reason
    assert found.theorem == "" and not found.guaranteed


def test_a_kink_in_the_solution_rules_out_a_bound() -> None:
    rough = problems.bound(LINE, [4], breaks=[[0.5]], smoothness=0)
    assert rough.fields == {} and "not smooth" in rough.reason


def test_a_source_with_a_jump_is_no_bound_that_is_called_guaranteed() -> None:
    found = problems.bound(LINE.replace("= 1", "= if(x < 1/3, 0, 1)"))
    assert not found.guaranteed


def test_periodic_problems_need_a_reaction() -> None:
    periodic = LINE.replace("u = 0  on boundary", "u periodic in x")
    assert problems.bound(periodic).fields == {}
    exact = "\nexact u = cos(2*pi*x)*sin(4*pi*x)"
    text = periodic.replace("-u_xx = 1", "2*u - u_xx = 2*us - d(us, x, 2)")
    made = problems.compiled(text.replace("eq", f"let us = {exact[11:]}\neq") + exact, 2)
    theta = problems.any_state(made, 1)
    found, error = bound_errors(made, theta), problems.true_error(made, theta)
    assert error <= found.fields["u"].l2 < 100 * error


@pytest.mark.parametrize(
    ("of", "modes", "breaks"),
    [
        (problems.heat, [5, 4], [[0.1, 0.4], [0.1]]),
        (problems.coercive, [4, 3], [[0.2], [0.1, 0.4]]),
        (problems.system, [4], [[0.2, 0.3]]),
    ],
)
def test_splines_have_a_bound(
    of: Callable[[Generator], str], modes: list[int], breaks: list[list[float]]
) -> None:
    made = problems.compiled(of(np.random.default_rng(4)), modes, breaks=breaks, smoothness=1)
    theta = problems.least_squares(made) + 1e-4 * problems.any_state(made, 2)
    found = bound_errors(made, theta)
    assert found.guaranteed, found.reason
    assert problems.true_error(made, theta) <= max(own.l2 for own in found.fields.values())


@pytest.mark.parametrize("activation", ["sin", "tanh"])
@pytest.mark.parametrize("of", [problems.slopes, problems.wave, problems.system])
def test_networks_of_one_layer_have_a_bound(
    of: Callable[[Generator], str], activation: str
) -> None:
    model = {"kind": "mlp", "width": 8, "depth": 1, "activation": activation, "bandwidth": 1.0}
    made = pdedsl.compile(pdedsl.parse(of(np.random.default_rng(7))), model=model)
    found = bound_errors(made, made.theta0)
    assert found.guaranteed, found.reason
    assert problems.true_error(made, made.theta0) <= max(own.l2 for own in found.fields.values())


def test_a_deep_network_has_a_bound_up_to_quadrature() -> None:
    text = problems.heat(np.random.default_rng(5))
    made = pdedsl.compile(pdedsl.parse(text), model={"kind": "mlp", "width": 6, "depth": 2})
    found = bound_errors(made, made.theta0)
    assert not found.guaranteed and found.theorem == "parabolic"
    assert problems.true_error(made, made.theta0) <= found.fields["u"].l2


def test_conditions_that_hold_exactly_add_nothing() -> None:
    text = problems.heat(np.random.default_rng(2))
    model = {"kind": "mlp", "width": 6, "depth": 2, "hard": True}
    made = pdedsl.compile(pdedsl.parse(text), model=model)
    found = bound_errors(made, made.theta0)
    assert found.conditions == 0 and not found.guaranteed
    assert problems.true_error(made, made.theta0) <= found.fields["u"].l2


def test_what_lies_between_the_points_of_a_solution_is_in_its_bound() -> None:
    made = problems.compiled(LINE.replace("= 1", "= 1 + 90*exp(-(x - 1/3)^2*1e4)"), 4)
    found = bound_errors(made, torch.zeros(made.parameters, dtype=torch.float64))
    peak, square = np.sqrt(np.pi) / 100, np.sqrt(np.pi / 2) / 100  # integrals of the exponential
    residual = np.sqrt(1 + 180 * peak + 8100 * square)
    assert found.guaranteed
    assert residual <= found.residual < 1.05 * residual


ORDER = """
domain O: (x, y) in [0, 1] * [0, 4]
unknown u(x, y)
let us = sin(9*x)*exp(y/4)
eq: -lap(u) = -lap(us)
bc: u = us  on boundary
"""


def test_a_bound_does_not_depend_on_the_order_of_arguments() -> None:
    one, other = (problems.compiled(text, modes) for text, modes in (
        (ORDER, [12, 4]), (ORDER.replace("u(x, y)", "u(y, x)"), [4, 12])
    ))  # fmt: skip
    theta = problems.any_state(one, 1)
    first = bound_errors(one, theta)
    second = bound_errors(other, theta.reshape(13, 5).T.reshape(-1))
    assert first.guaranteed and second.guaranteed
    assert second.fields["u"].l2 == pytest.approx(first.fields["u"].l2, rel=1e-9)
    theta = problems.least_squares(one)
    first = bound_errors(one, theta)
    second = bound_errors(other, theta.reshape(13, 5).T.reshape(-1))
    assert second.fields["u"].relative == pytest.approx(first.fields["u"].relative, rel=1e-6)


def test_a_bound_is_saved_with_its_solution(tmp_path: object) -> None:
    method = {"model": {"kind": "basis", "modes": 4}, "optimizer": {"kind": "lstsq"}}
    solution = pdedsl.solve(pdedsl.parse(HEAT), method=pdedsl.Method.model_validate(method))
    assert pdedsl.Solution.load(solution.save(f"{tmp_path}/run")).bound == solution.bound
