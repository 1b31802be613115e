"""Evolutions in two and three space coordinates that are nonlinear, coupled or not separable."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

import pdedsl
from pdedsl.choice.allowance import Allowance
from pdedsl.choice.evolutions import separable_choice
from pdedsl.choice.evolutions.marches import evolution_form
from pdedsl.choice.evolutions.nonlinear_form import NonlinearEvolution
from pdedsl.compiler.lowering.lower import lower
from pdedsl.estimates.correction import State
from pdedsl.estimates.error_of_windows import correct_windows
from pdedsl.solution.building import build_system
from pdedsl.solution.errors import field_errors
from pdedsl.solution.known import known_values
from pdedsl.solution.sampled import sampler

SQUARE = "domain O: (x, y) in [0, 1]^2\ntime t in [0, 1]\nunknown u(x, y, t)\n"
PROBLEMS = {
    "a front of Burgers": SQUARE
    + """param nu = 0.08
let w = 1/(1 + exp((x + y - t)/(2*nu)))
eq: u_t + u*(u_x + u_y) = nu*lap(u)
ic: u = w  at t = 0
bc: u = w  on boundary
exact u = w
""",
    "heat in what is not homogeneous": SQUARE
    + """let a = 1 + 0.5*sin(3*x*y) + 0.3*x + 0.2*t, w = exp(-t)*sin(pi*x)*sin(pi*y) + x*y*t
eq: u_t = div(a*grad(u)) + d(w, t) - d(a*d(w, x), x) - d(a*d(w, y), y)
ic: u = w  at t = 0
bc: u = w  on boundary
exact u = w
""",
    "a mixed derivative": SQUARE
    + """let w = exp(-t)*cos(x - 2*y)
eq: u_t = 2*u_xx + 3*u_yy + d(d(u, x), y) + 11*w
ic: u = w  at t = 0
bc: u = w  on boundary
exact u = w
""",
    "a flux that depends on the solution": SQUARE
    + """let w = 2 + sin(x + 2*y - t)
eq: u_t = div(u*grad(u)) + d(w, t) - d(w*d(w, x), x) - d(w*d(w, y), y)
ic: u = w  at t = 0
bc: dn(u) + 2*u = d(w, x) + 2*w  on x = 1
bc: u = w  on x = 0
bc: dn(u) = -d(w, y)  on y = 0
bc: dn(u) = d(w, y)  on y = 1
exact u = w
""",
    "sine-Gordon": SQUARE
    + """let w = cos(pi*x)*cos(pi*y)*sin(2*t)
eq: u_tt + 0.3*u_t = lap(u) - sin(u) + d(w, t, 2) + 0.3*d(w, t) + 2*pi^2*w + sin(w)
ic: u = 0, u_t = d(w, t)  at t = 0
bc: dn(u) = 0  on boundary
exact u = w
""",
    "Burgers for a wind on the torus": """domain O: (x, y) in [0, 2*pi]^2
time t in [0, 1]
unknown v(x, y, t) in R^2
param nu = 0.1
let a = sin(x - t)*cos(y), b = 0.5*cos(x + y - t)
let f = d(a, t) + a*d(a, x) + b*d(a, y) - nu*(d(a, x, 2) + d(a, y, 2))
let g = d(b, t) + a*d(b, x) + b*d(b, y) - nu*(d(b, x, 2) + d(b, y, 2))
eq: d(v[1], t) + v[1]*d(v[1], x) + v[2]*d(v[1], y) = nu*lap(v[1]) + f
eq: d(v[2], t) + v[1]*d(v[2], x) + v[2]*d(v[2], y) = nu*lap(v[2]) + g
ic: v = (a, b)  at t = 0
bc: v periodic in x
bc: v periodic in y
exact v = (a, b)
""",
    "two species and their own conditions": """domain O: (x, y) in [0, 1]*[0, 2]
time t in [0, 2]
unknown u(x, y, t), v(x, y, t)
let p = exp(-t)*cos(pi*x)*(1 + y), q = 1e-3*(2 + sin(t))*x*(1 - x)*cos(pi*y/2)
eq: 2*v_t = 0.1*lap(v) + 1e-3*u - v + 2*d(q, t) - 0.1*(d(q, x, 2) + d(q, y, 2)) - 1e-3*p + q
eq: u_t = 0.05*lap(u) - u^2*v + d(p, t) - 0.05*(d(p, x, 2) + d(p, y, 2)) + p^2*q
ic: u = p, v = q  at t = 0
bc: dn(u) = 0, v = 0  on x = 0, x = 1
bc: u = p, dn(v) = 0  on y = 0, y = 2
exact u = p
exact v = q
""",
    "a reaction in a cube": """domain O: (x, y, z) in [0, 1]*[0, 2]*[0, 1]
time t in [0, 1]
unknown u(x, y, z, t)
let w = exp(-t)*cos(pi*x)*sin(pi*y/2)*cos(2*pi*z)
let f = d(w, t) - 0.1*(d(w, x, 2) + d(w, y, 2) + d(w, z, 2)) + w^3 - w
eq: u_t = 0.1*lap(u) - u^3 + u + f
ic: u = w  at t = 0
bc: dn(u) = 0  on x = 0, x = 1
bc: u = 0  on y = 0, y = 2
bc: u periodic in z
exact u = w
""",
    "a fourth order on the torus": """domain O: (x, y) in [0, 2*pi]^2
time t in [0, 1]
unknown u(x, y, t)
let w = cos(x)*sin(2*y)*exp(-t)
eq: u_t = -lap(lap(u))/20 - lap(u) - u*u_x + d(w, t) + 25*w/20 - 5*w + w*d(w, x)
ic: u = w  at t = 0
bc: u periodic in x
bc: u periodic in y
exact u = w
""",
}  # fmt: skip
OTHERS = {
    "a changing factor of the change": "eq: (1 + u)*u_t = lap(u)\nbc: u = 0  on boundary\n",
    "a condition that is not linear": "eq: u_t = lap(u) - u^3\nbc: dn(u) + u^4 = 0  on boundary\n",
    "an order above": "eq: u_t = u*u_xx - d(u, x, 4) + u_yy\nbc: u = 0  on boundary\n",
}


@pytest.mark.parametrize("name", PROBLEMS)
def test_it_is_solved_and_its_error_estimated(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    enough = replace(separable_choice.SEPARABLE, rounding=1e-9)
    monkeypatch.setattr(separable_choice, "SEPARABLE", enough)
    problem = pdedsl.parse(PROBLEMS[name])
    form = evolution_form(problem)
    assert isinstance(form, NonlinearEvolution)
    lowered = lower(problem)
    found = separable_choice.separable_choice(lowered, form, Allowance(20))
    assert found is not None
    estimated, true = _errors(lowered, found.choice)
    assert max(true.values()) < 3e-8
    for field, error in true.items():
        assert estimated[field] == pytest.approx(error, rel=0.3, abs=1e-12)


@pytest.mark.parametrize("name", ["a front of Burgers", "two species and their own conditions"])
@pytest.mark.parametrize("tail", [1e-4, 1e-6])
def test_the_error_of_a_coarse_march_is_estimated(
    name: str, tail: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    coarse = replace(separable_choice.SEPARABLE, rounding=tail)
    monkeypatch.setattr(separable_choice, "SEPARABLE", coarse)
    problem = pdedsl.parse(PROBLEMS[name])
    form, lowered = evolution_form(problem), lower(problem)
    assert form is not None
    found = separable_choice.separable_choice(lowered, form, Allowance(None))
    assert found is not None
    estimated, true = _errors(lowered, found.choice)
    for field, error in true.items():
        assert estimated[field] == pytest.approx(error, rel=0.3)


def _errors(lowered, choice):  # type: ignore[no-untyped-def]
    """The relative error of each field, as estimated and in truth."""
    system, problem = build_system(lowered, choice.method, 0), lowered.problem
    own = correct_windows(State(system, choice.start))
    assert not own.reason
    fields, known = sampler(problem, system, choice.start), known_values(problem, dense=True)
    truth = field_errors(problem, known, [fields.fields(entry.points) for entry in known])
    squares = {name: own.squares[name] for name in truth if name in own.squares}
    whole = {name: math.sqrt(one.error / one.size) for name, one in squares.items()}
    return whole, {name: truth[name]["rel_l2"] for name in squares}


def test_solve_takes_it_and_says_so() -> None:
    solution = pdedsl.solve(pdedsl.parse(PROBLEMS["sine-Gordon"]), budget=20)
    assert solution.usable, solution.failure
    assert solution.errors is not None and solution.errors["u"]["rel_l2"] < 1e-9
    assert "Newton" in solution.provenance.why


@pytest.mark.parametrize("name", OTHERS)
def test_others_have_no_such_form(name: str) -> None:
    assert evolution_form(pdedsl.parse(SQUARE + OTHERS[name] + "ic: u = 0  at t = 0\n")) is None


def test_a_blow_up_is_no_solution() -> None:
    text = "eq: u_t = 0.01*lap(u) + u^2\nic: u = 5  at t = 0\nbc: dn(u) = 0  on boundary\n"
    problem = pdedsl.parse(SQUARE + text)  # u = 5/(1 − 5 t)
    form = evolution_form(problem)
    assert form is not None
    assert separable_choice.separable_choice(lower(problem), form, Allowance(5)) is None
