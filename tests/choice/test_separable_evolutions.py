"""Linear evolutions whose operator is a sum along the axes, in two and three space coordinates."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

import pdedsl
from pdedsl.choice.allowance import Allowance
from pdedsl.choice.evolutions import separable_choice
from pdedsl.choice.evolutions.marches import evolution_form
from pdedsl.choice.evolutions.nodes import (
    chebyshev_nodes,
    differentiation,
    periodic_differentiation,
    periodic_nodes,
)
from pdedsl.choice.evolutions.separable_form import NotSeparableError, separable_evolution
from pdedsl.choice.evolutions.separable_march import SeparableMarch
from pdedsl.choice.evolutions.stages import radau
from pdedsl.choice.evolutions.sum_solver import SumSolver
from pdedsl.compiler.lowering.lower import lower
from pdedsl.estimates.correction import State
from pdedsl.estimates.error_of_windows import correct_windows
from pdedsl.solution.building import build_system
from pdedsl.solution.errors import field_errors
from pdedsl.solution.known import known_values
from pdedsl.solution.sampled import sampler

SQUARE = "domain O: (x, y) in [0, 1]^2\ntime t in [0, 1]\nunknown u(x, y, t)\n"
CUBE = "domain O: (x, y, z) in [0, 1]^3\ntime t in [0, 1]\nunknown u(x, y, z, t)\n"
PROBLEMS = {
    "growth from a seed": SQUARE
    + """let w = 1e-12*sin(pi*x)*sin(pi*y)*exp((30 - 0.1*pi^2)*t)
eq: u_t = 0.05*lap(u) + 30*u
ic: u = w  at t = 0
bc: u = 0  on boundary
exact u = w
""",
    "eleven periods of a wave": SQUARE.replace("t in [0, 1]", "t in [0, 6]")
    + """let w = sin(2*pi*x)*sin(3*pi*y)*cos(sqrt(13)*pi*t)
eq: u_tt = lap(u)
ic: u = w, u_t = 0  at t = 0
bc: u = 0  on boundary
exact u = w
""",
    "twenty days and nights": SQUARE.replace("t in [0, 1]", "t in [0, 20]")
    + """let w = (1 + x)*cos(2*pi*t) + x*y
eq: u_t = 0.1*lap(u) + d(w, t) - 0.1*lap(w)
ic: u = w  at t = 0
bc: u = w  on boundary
exact u = w
""",
    "a stiff source": SQUARE
    + """let k = 200*pi^2
let a = k*(k*cos(t) + sin(t))/(k^2 + 1), w = sin(pi*x)*sin(pi*y)*(a - k^2/(k^2 + 1)*exp(-k*t))
eq: u_t = 100*lap(u) + k*sin(pi*x)*sin(pi*y)*cos(t)
ic: u = 0  at t = 0
bc: u = 0  on boundary
exact u = w
""",
    "a warm plate in metres": """param k = 45, rho = 7800, cp = 480, a = 0.05
domain O: (x, y) in [0, a]^2
time t in [0, 600]
unknown u(x, y, t)
let w = 300 + 100*sin(pi*x/a)*sin(pi*y/a)*exp(-2*pi^2/a^2*k/rho/cp*t)
eq: rho*cp*u_t = k*lap(u)
ic: u = w  at t = 0
bc: u = 300  on boundary
exact u = w
""",
    "heat in a cube": CUBE
    + """let w = cos(pi*x)*sin(pi*y)*sin(pi*z)*exp(-0.3*pi^2*t)
eq: u_t = 0.1*lap(u)
ic: u = w  at t = 0
bc: dn(u) = 0  on x = 0, x = 1
bc: u = 0  on y = 0, y = 1, z = 0, z = 1
exact u = w
""",
    "a pulse in the wind": """domain O: (x, y) in [0, 2]^2
time t in [0, 0.5]
unknown u(x, y, t)
let s = 1 + t, w = exp(-((x - 0.8*t - 0.7)^2 + (y - 0.3*t - 0.8)^2)/(0.08*s))/s
eq: u_t + 0.8*u_x + 0.3*u_y = 0.02*lap(u)
ic: u = w  at t = 0
bc: u = w  on boundary
exact u = w
""",
    "telegraph": SQUARE
    + """let k = sqrt(5*pi^2 - 1), w = sin(pi*x)*sin(2*pi*y)*exp(-t)*cos(k*t)
eq: u_tt + 2*u_t = lap(u)
ic: u = w, u_t = d(w, t)  at t = 0
bc: u = 0  on boundary
exact u = w
""",
    "a drum in metres": """param N = 3000, m = 0.26, a = 0.3
domain O: (x, y) in [0, a]^2
time t in [0, 0.006]
unknown u(x, y, t)
let w = 1e-3*sin(pi*x/a)*sin(2*pi*y/a)*cos(sqrt(5*N/m)*pi/a*t)
eq: m*u_tt = N*lap(u)
bc: u = 0  on boundary
ic: u = w, u_t = 0  at t = 0
exact u = w
""",
    "a strip of coefficients": """domain O: (x, y) in [0, 2*pi]*[0, 1]
time t in [0, 1]
unknown u(x, y, t)
let w = (2 + sin(x - t))*exp(y - t)
let f = d(w, t) + 0.3*d(w, x) - (1 + y^2)*d(w, y, 2) + y*d(w, y) + 2*w
eq: u_t + 0.3*u_x - (1 + y^2)*u_yy + y*u_y + 2*u = f
ic: u = w  at t = 0
bc: u periodic in x
bc: dn(u) + 3*u = d(w, y) + 3*w  on y = 1
bc: u = w  on y = 0
exact u = w
""",
    "axes of many scales": SQUARE
    + """let w = sin(20*pi*x)*sin(pi*y)*exp(-(400/250000 + 1)*t)
eq: u_t = u_xx/(500*pi)^2 + u_yy/pi^2
ic: u = w  at t = 0
bc: u = 0  on boundary
exact u = w
""",
    "a turned sign": SQUARE
    + """let w = cos(pi*x)*y*exp(-t)
eq: -3*u_t + lap(u) = -3*d(w, t) + lap(w)
ic: u = w  at t = 0
bc: dn(u) = 0  on x = 0, x = 1
bc: u = w  on y = 0
bc: 2*u + dn(u) = 3*w  on y = 1
exact u = w
""",
}
OTHERS = {
    "a factor of two coordinates": "eq: u_t = (1 + x*y)*u_xx + u_yy\n",
    "a mixed derivative": "eq: u_t = lap(u) + 0.1*d(d(u, x), y)\n",
    "a reaction": "eq: u_t = lap(u) - u^3\n",
    "a factor of time": "eq: u_t = (1 + t)*lap(u)\n",
    "an order above": "eq: u_t = -d(u, x, 4) + u_yy\n",
}


@pytest.mark.parametrize("name", PROBLEMS)
def test_it_is_solved(name: str) -> None:
    problem = pdedsl.parse(PROBLEMS[name])
    assert evolution_form(problem) is not None
    solution = pdedsl.solve(problem, budget=40)
    assert solution.usable, solution.failure
    assert solution.errors is not None
    assert solution.errors["u"]["rel_l2"] < 3e-8


@pytest.mark.parametrize(
    ("start", "boundary", "sudden"),
    [("1", "u = 0", True), ("sin(pi*x)*y", "u = 0", True), ("x*y", "u = x*y", False),
     ("cos(pi*x)*cos(pi*y)", "dn(u) = 0", False), ("x*y", "dn(u) = 0", True),
     ("abs(x - y)", "dn(u) + u = 0", True)],
)  # fmt: skip
def test_a_start_that_the_conditions_contradict_is_told(
    start: str, boundary: str, sudden: bool
) -> None:
    text = f"eq: u_t = lap(u)\nic: u = {start}  at t = 0\nbc: {boundary}  on boundary\n"
    form = evolution_form(pdedsl.parse(SQUARE + text))
    assert form is not None
    assert SeparableMarch(form, (12, 12), 3).is_sudden() == sudden


@pytest.mark.parametrize("start", ["sin(x)*sin(2*y)", "1e-9*sin(3*x)*sin(y)"])
def test_rounding_at_a_side_is_no_contradiction(start: str) -> None:
    text = SQUARE.replace("[0, 1]^2", "[0, 3*pi]*[0, pi]") + "eq: u_t = lap(u)\n"
    text += f"ic: u = {start}  at t = 0\nbc: u = 0  on boundary\n"
    assert "3*pi" in text
    form = evolution_form(pdedsl.parse(text))
    assert form is not None
    assert not SeparableMarch(form, (12, 12), 3).is_sudden()


def test_a_start_that_jumps_at_a_side_is_no_defect_of_the_program() -> None:
    text = "eq: u_t = lap(u)\nic: u = heaviside(x + y - 1)  at t = 0\nbc: dn(u) = 0  on boundary\n"
    solution = pdedsl.solve(pdedsl.parse(SQUARE + text), budget=3)
    assert solution.finding is not None and not solution.usable


def test_special_functions_and_jumps_have_their_values() -> None:
    text = """let f = besselj(0, 3*x)*gamma(1 + y) + floor(3*x) + if(x > y, 1, 0)
eq: u_t = lap(u) + f
ic: u = 0  at t = 0
bc: u = 0  on boundary
"""
    form = evolution_form(pdedsl.parse(SQUARE + text))
    assert form is not None
    (window,) = SeparableMarch(form, (8, 8), 3).windows((0.0, 1e-3))
    assert np.isfinite(window.values).all() and window.values[-1].max() > 1e-4


@pytest.mark.parametrize("name", OTHERS)
def test_others_have_no_such_form(name: str) -> None:
    text = SQUARE + OTHERS[name] + "ic: u = 0  at t = 0\nbc: u = 0  on boundary\n"
    with pytest.raises(NotSeparableError):
        separable_evolution(pdedsl.parse(text))


@pytest.mark.parametrize(
    "conditions",
    ["bc: u = 0  on x = 0, x = 1, y = 0\nbc: u = 1  on y = 1 where x < 0.5\n"
     "bc: dn(u) = 0  on y = 1 where x >= 0.5\n",
     "bc: u = 0, dn(u) = 0  on x = 0\nbc: u = 0  on y = 0, y = 1\n",
     "bc: u = 0  on x = 0, x = 1, y = 0\n"],
)  # fmt: skip
def test_conditions_must_be_those_of_whole_sides(conditions: str) -> None:
    text = SQUARE + "eq: u_t = lap(u)\nic: u = 0  at t = 0\n" + conditions
    assert evolution_form(pdedsl.parse(text)) is None


def test_derivatives_at_nodes_are_those_of_polynomials_and_waves() -> None:
    x = chebyshev_nodes(-1.0, 3.0, 12)
    assert (x[0], x[-1]) == (-1.0, 3.0)
    assert differentiation(x) @ x**11 == pytest.approx(11 * x**10, rel=1e-9, abs=1e-6)
    y = periodic_nodes(0.0, 3.0, 5)
    k = 2 * math.pi / 3
    found = periodic_differentiation(3.0, 5) @ np.sin(5 * k * y + 1)
    assert found == pytest.approx(5 * k * np.cos(5 * k * y + 1), abs=1e-11)


@pytest.mark.parametrize("count", [1, 3, 6])
def test_stages_are_those_of_radau(count: int) -> None:
    own = radau(count)
    rates, step = np.array([-0.5, -2.0]), 0.3
    # u' = λ u: at the end of a step u is the Padé approximation (s − 1, s) of exp(λ h).
    for rate in rates:
        stages = np.linalg.solve(own.matrix - rate * step * np.eye(count), -own.first)
        close = 3 * abs(rate * step) ** (2 * count)
        assert stages[-1] == pytest.approx(math.exp(rate * step), rel=close)
    known = {1: [1.0], 3: [(4 - 6**0.5) / 10, (4 + 6**0.5) / 10, 1.0]}
    if count in known:
        assert own.points == pytest.approx(known[count], abs=1e-14)


@pytest.mark.parametrize("shape", [(5, 4), (4, 5, 3)])
@pytest.mark.parametrize("skew", [0, 1, 2])
def test_sums_of_matrices_are_solved(shape: tuple[int, ...], skew: int) -> None:
    draw = np.random.default_rng(3)
    matrices = []
    for axis, count in enumerate(shape):
        own = np.diag(-np.arange(1.0, count + 1)) + 0.1 * draw.normal(size=(count, count))
        if axis < skew:  # eigenvectors that are parallel but for 1e-8
            own = -np.eye(count) + np.diag(np.ones(count - 1), 1) + np.diag(1e-8 * np.arange(count))
        matrices.append(own)
    right = draw.normal(size=shape) + 1j * draw.normal(size=shape)
    found = SumSolver(matrices).solve(2.0 + 0.5j, right)
    whole = sum(
        np.kron(np.kron(np.eye(math.prod(shape[:a])), m), np.eye(math.prod(shape[a + 1 :])))
        for a, m in enumerate(matrices)
    )
    truth = np.linalg.solve((2.0 + 0.5j) * np.eye(right.size) - whole, right.ravel())
    assert found.ravel() == pytest.approx(truth, abs=1e-11)


def test_three_axes_without_eigenvectors_are_refused() -> None:
    block = np.eye(4) + np.diag(np.ones(3), 1)
    with pytest.raises(ArithmeticError, match="three axes"):
        SumSolver([block, block, block])


@pytest.mark.parametrize("name", ["a pulse in the wind", "telegraph", "a strip of coefficients"])
@pytest.mark.parametrize("tail", [1e-3, 1e-5, 1e-7])
def test_its_error_is_estimated(name: str, tail: float, monkeypatch: pytest.MonkeyPatch) -> None:
    coarse = replace(separable_choice.SEPARABLE, rounding=tail)
    monkeypatch.setattr(separable_choice, "SEPARABLE", coarse)
    problem = pdedsl.parse(PROBLEMS[name])
    form = evolution_form(problem)
    lowered = lower(problem)
    assert form is not None
    found = separable_choice.separable_choice(lowered, form, Allowance(None))
    if found is None:  # too coarse to be taken
        assert tail > 1e-7
        return
    theta = found.choice.start
    assert theta is not None
    system = build_system(lowered, found.choice.method, 0)
    own = correct_windows(State(system, theta))
    assert not own.reason and not own.at_rounding
    fields = sampler(problem, system, theta)
    known = known_values(problem, dense=True)
    truth = field_errors(problem, known, [fields.fields(entry.points) for entry in known])
    estimated = math.sqrt(own.squares["u"].error / own.squares["u"].size)
    assert estimated == pytest.approx(truth["u"]["rel_l2"], rel=0.2)


def test_a_march_whose_error_is_foretold_to_be_small_is_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whatever it leaves of the laws: a network would be worse, and the error is told."""
    text = "eq: u_t = lap(u)\nic: u = sin(pi*x)*sin(pi*y)  at t = 0\nbc: u = 0  on boundary\n"
    problem = pdedsl.parse(SQUARE + text)
    form = evolution_form(problem)
    assert form is not None
    strict = replace(separable_choice.EVOLUTIONS, resolved=0.0)
    monkeypatch.setattr(separable_choice, "EVOLUTIONS", strict)
    kept = separable_choice.separable_choice(lower(problem), form, Allowance(20))
    assert kept is not None and kept.choice.agreement is not None
    error = kept.choice.agreement.error
    assert error is not None and 0 < error < separable_choice.SEPARABLE.kept
    monkeypatch.setattr(
        separable_choice, "SEPARABLE", replace(separable_choice.SEPARABLE, kept=error / 2)
    )
    assert separable_choice.separable_choice(lower(problem), form, Allowance(20)) is None
