"""Degrees for each axis: where they start, which are raised, where they end."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch

from pdedsl import api
from pdedsl.choice.allowance import Allowance
from pdedsl.choice.basis.axis_degrees import search_axis_degrees
from pdedsl.choice.basis.trial_method import Modes, basis_method, functions_of
from pdedsl.compiler.lowering.lower import lower
from pdedsl.compiler.residual.build import build
from pdedsl.ir import Problem
from tests.conftest import ROOT

WEIGHTS = {"bc": 100.0, "ic": 100.0}
HEAD = "domain Omega: (x, y) in [-1, 1]^2\nunknown u(x, y)\n"
WAVES = """domain O: x in [0, 2*pi]
time t in [0, 1]
unknown u(x, t)
param b = 8
eq: u_t + b*u_x = 0
ic: u = sin(x)  at t = 0
bc: u periodic in x
"""


def _problem(us: str) -> Problem:
    return api.parse(f"{HEAD}let us = {us}\neq: lap(u) = lap(us)\nbc: u = us  on boundary\n")


def _spec(name: str) -> Problem:
    return api.load(ROOT / "specs" / f"{name}.pde")


def _error(
    problem: Problem,
    modes: Modes,
    theta: torch.Tensor,
    exact: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
) -> float:
    method = basis_method(problem, modes, WEIGHTS)
    system = build(problem, method.model, method.sampling.points, "gauss")
    points = system.points_by_law["eq"]
    known = exact(*points.T)
    return float((system.fields(theta, points)["u"] - known).norm() / known.norm())


def test_the_degrees_of_the_known_terms_come_first() -> None:
    """A polynomial solution of degrees 7 and 9 has a source and data of no higher ones."""
    problem = _problem("x^7*y^9 + x^2")
    found = search_axis_degrees(lower(problem), True, WEIGHTS, 400)
    assert [trial.modes for trial in found.trials] == [(7, 9)]
    assert found.trials[0].size == 80
    assert found.best is not None and found.best.theta is not None
    error = _error(problem, (7, 9), found.best.theta, lambda x, y: x**7 * y**9 + x**2)
    assert error < 1e-13
    assert "rounding" in found.end


def test_one_trial_for_a_wave_in_one_axis() -> None:
    """The products of 20 and 38 degrees hold what total degrees hold from 1,176 functions on."""
    found = search_axis_degrees(lower(_spec("helmholtz")), True, WEIGHTS, 2_500)
    assert len(found.trials) == 1
    assert found.trials[0].size < 800
    assert found.trials[0].residual < 1e-13
    assert found.trials[0].check < 1e-13


def test_only_the_axis_that_is_too_short_is_raised() -> None:
    """Nothing is known of the axis of time; the wave has one number in the other."""
    problem = api.parse(WAVES)
    found = search_axis_degrees(lower(problem), True, WEIGHTS, 2_500)
    assert found.best is not None and found.best.theta is not None
    modes = [trial.modes for trial in found.trials]
    assert {m[0] for m in modes} == {3}  # two waves more than are known
    assert [m[1] for m in modes] == sorted({m[1] for m in modes})
    assert found.best.residual < 1e-13
    error = _error(
        problem, found.best.modes, found.best.theta, lambda x, t: torch.sin(x - 8 * t)
    )  # fmt: skip
    assert error < 1e-12


def test_the_order_of_the_arguments_does_not_matter() -> None:
    one = search_axis_degrees(lower(api.parse(WAVES)), True, WEIGHTS, 2_500)
    text = WAVES.replace("u(x, t)", "u(t, x)")
    other = search_axis_degrees(lower(api.parse(text)), True, WEIGHTS, 2_500)
    modes = [(k, n) for n, k in (trial.modes for trial in other.trials)]
    assert modes == [trial.modes for trial in one.trials]
    residuals = [trial.residual for trial in one.trials]
    assert [trial.residual for trial in other.trials] == pytest.approx(
        residuals, rel=1e-6, abs=1e-13
    )


def test_the_residual_is_that_at_other_points() -> None:
    for trial in search_axis_degrees(lower(api.parse(WAVES)), True, WEIGHTS, 200).trials:
        assert trial.check == pytest.approx(trial.residual, rel=0.5)


def test_larger_bases_than_asked_for_are_not_tried() -> None:
    problem = api.parse(WAVES)
    found = search_axis_degrees(lower(problem), True, WEIGHTS, 100)
    assert all(trial.size <= 100 for trial in found.trials)
    assert found.end == "larger ones have more than 100 functions"
    assert not found.out_of_time


def test_the_time_ends_the_search() -> None:
    found = search_axis_degrees(
        lower(_spec("wave")), True, WEIGHTS, 2_500, allowance=Allowance(1e-9)
    )
    assert found.trials == ()
    assert found.out_of_time


def test_five_inputs_have_too_many_functions_by_axis() -> None:
    found = search_axis_degrees(lower(_spec("laplace_5d")), True, WEIGHTS, 2_500)
    assert found.trials == () and "too many" in found.end


def test_a_solution_with_singular_corners_is_given_up() -> None:
    problem = api.parse(f"{HEAD}eq: lap(u) = 1 + u^2/9\nbc: u = 0  on boundary\n")
    found = search_axis_degrees(lower(problem), False, WEIGHTS, 1_600)
    assert found.best is not None
    assert found.best.residual > 1e-9
    assert all(trial.modes[0] == trial.modes[1] for trial in found.trials)


def test_components_share_the_degrees() -> None:
    problem = _spec("elasticity")
    found = search_axis_degrees(lower(problem), True, WEIGHTS, 2_500)
    assert found.best is not None
    assert found.best.size == functions_of(problem, found.best.modes)
    assert found.best.residual < 1e-12


def test_one_input() -> None:
    found = search_axis_degrees(lower(_spec("poisson_sin")), True, WEIGHTS, 200)
    assert found.best is not None and found.best.residual < 1e-13


SYSTEM = """domain Omega: (x, y) in [0, 2*pi]^2
unknown u(x, y), v(x, y)
let us = sin(2*x)*cos(y)
eq first: u - lap(u) + u^3 = us - lap(us) + us^3
eq second: v - lap(v) + u*v = 0
bc: u, v periodic in x, y
exact u = us, v = 0
"""


def test_nonlinear_waves_on_a_torus_and_a_component_that_is_zero() -> None:
    """The cubes of us have wave numbers 6 and 3; noise of v raises no axis."""
    problem = api.parse(SYSTEM)
    found = search_axis_degrees(lower(problem), False, WEIGHTS, 2_500)
    assert found.best is not None and found.best.theta is not None
    assert found.best.residual < 1e-13
    system = build(
        problem, {"kind": "basis", "family": "mixed", "modes": found.best.modes}, {"eq": 400}
    )
    points = system.points_by_law["first"]
    values = system.fields(found.best.theta, points)
    exact = torch.sin(2 * points[:, 0]) * torch.cos(points[:, 1])
    assert float((values["u"] - exact).abs().max()) < 1e-12
    assert float(values["v"].abs().max()) < 1e-12


@pytest.mark.parametrize(
    ("end", "equation", "start"),
    [
        (1.0, "u_t = u_xx - u^3", "sin(x)"),
        # The squares of sin 2x never have an odd wave number, which is not to end the search.
        (0.3, "u_t + u*u_x = 0.5*u_xx", "sin(2*x)"),
    ],
)
def test_newton_goes_on_from_the_trial_before(end: float, equation: str, start: str) -> None:
    """Nothing says how long the axis of time is; a few more steps a trial are enough."""
    problem = api.parse(
        f"domain O: x in [0, 2*pi]\ntime t in [0, {end}]\nunknown u(x, t)\n"
        f"eq: {equation}\nic: u = {start}  at t = 0\nbc: u periodic in x\n"
    )
    found = search_axis_degrees(lower(problem), False, WEIGHTS, 2_500)
    assert found.best is not None
    assert found.best.residual < 1e-11
    assert found.best.modes[0] > 6
    sizes = [trial.size for trial in found.trials]
    assert sizes == sorted(sizes) and len(set(sizes)) == len(sizes)


def test_a_term_that_is_not_smooth_is_told() -> None:
    source = "abs(x - 1/3)*(1 - x^2)"  # zero at the corners, where u = 0 is smooth
    problem = api.parse(f"{HEAD}eq: lap(u) = {source}\nbc: u = 0  on boundary\n")
    found = search_axis_degrees(lower(problem), True, WEIGHTS, 2_500)
    assert found.not_smooth and found.trials == ()


def test_a_request_to_stop_ends_the_search() -> None:
    stopped = Allowance(None, lambda: True)
    found = search_axis_degrees(lower(_spec("helmholtz")), True, WEIGHTS, 2_500, stopped)
    assert found.out_of_time and found.trials == ()
    assert found.end == "the search was stopped"
