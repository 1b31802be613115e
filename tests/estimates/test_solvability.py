"""Steady problems without a solution, or with many, are told from those that have one."""

from __future__ import annotations

from typing import Any

import pytest

import pdedsl
from tests.small import method

LINE = "domain Omega: x in [0, 1]\nunknown u(x)\n"
SQUARE = "domain Omega: (x, y) in [0, 1]^2\nunknown u(x, y)\n"
CUBE = "domain Omega: (x, y, z) in [0, 1]^3\nunknown u(x, y, z)\n"
RESONANT = f"param k = 2.028757838110434\n{LINE}let g = x*(1 - x)^2\n"  # tan k = -k
ROBIN = "bc: u = 0 on x = 0\nbc: dn(u) + u = 0 on x = 1\n"
FREE_BEAM = "bc: d(u, x, 2) = 0 on boundary\nbc: d(u, x, 3) = 0 on boundary\n"
STOKES = """domain Omega: (x, y) in [0, 1]^2
unknown v(x, y) in R^2, p(x, y)
eq: -lap(v) + grad(p) = (y, 0)
eq: div(v) = 0
"""
TRACTION = """domain Omega: (x, y) in [0, 1]^2
unknown a(x, y), b(x, y)
eq: 3*a_xx + a_yy + 2*b_xy = {load}
eq: 3*b_yy + b_xx + 2*a_xy = 0
bc: 3*a_x + b_y = 1 on x = 0
bc: a_y + b_x = 0   on boundary
bc: 3*a_x + b_y = 1 on x = 1
bc: 3*b_y + a_x = 0 on y = 0
bc: 3*b_y + a_x = 0 on y = 1
"""

NONE = {
    "Neumann": (
        SQUARE + "eq: lap(u) = 1 + cos(pi*x)\nbc: dn(u) = 0 on boundary\n",
        "the source integrates to 1 and the fluxes to 0",
    ),
    "Neumann with a gauge": (
        SQUARE + "eq: lap(u) + u_x = x\nbc: dn(u) = 0 on boundary\neq: integral(u, Omega) = 0\n",
        "eq.1 and bc contradict each other",
    ),
    "Neumann in space": (
        CUBE + "eq: lap(u) + u_xy = y\nbc: dn(u) = 0 on boundary\n", "eq and bc contradict",
    ),
    "Neumann, a coefficient that varies": (
        LINE + "eq: d((1 + x^2)*u_x, x) = x\nbc: dn(u) = 0 on boundary\n",
        "not orthogonal to 1, by 0.5:",
    ),
    "periodic": (
        LINE + "eq: u_xx = sin(2*pi*x) + 0.3\nbc: u periodic in x\n",
        "the source integrates to 0.3 over a period",
    ),
    "resonance": (RESONANT + "eq: u_xx + k^2*u = 1\n" + ROBIN, "to sin(2.0288*x), by 0.71:"),
    "resonance of a square": (
        SQUARE + "eq: lap(u) + 2*pi^2*u = 1\nbc: u = 0 on boundary\n",
        "not orthogonal to sin(pi*x)*sin(pi*y), by 0.41:",
    ),
    "too many conditions": (
        LINE + "eq: u_xx = 1\nbc: u = 0 on boundary\nbc: u_x = 0 on boundary\n",
        "with the data of bc.2,",
    ),
    "heat with a value and a flux": (
        "domain Omega: x in [0, 1]\ntime t in [0, 1]\nunknown u(x, t)\neq: u_t = u_xx\n"
        "ic: u = 0 at t = 0\nbc: u = 0 on boundary\nbc: dn(u) = 1 on x = 0\n",
        "and bc.2 contradict each other",
    ),
    "two values at once": (
        SQUARE + "eq: lap(u) = 1\nbc: u = 0 on boundary\nbc: u = 1 on x = 0\n",
        "bc.1 and bc.2 contradict each other",
    ),
    "a free beam": (LINE + "eq: d(u, x, 4) = 1\n" + FREE_BEAM, "not orthogonal to 1, by 1:"),
    "a flow out of a box": (
        STOKES + "bc: v = (x, 0) on boundary\neq: integral(p, Omega) = 0\n",
        "the source of eq.2, with the data of bc[1] and bc[2], is not orthogonal to 1, by 1:",
    ),
    "a free plate that is drawn": (TRACTION.format(load=1), "not orthogonal to 1"),
}  # fmt: skip

MANY = {
    "Neumann": (SQUARE + "eq: lap(u) = x - 0.5\nbc: dn(u) = 0 on boundary\n", "u + c as well"),
    "Neumann in space": (CUBE + "eq: lap(u) = z - 0.5\nbc: dn(u) = 0 on boundary\n", "u + c as"),
    "Neumann, strongly anisotropic": (
        SQUARE + "eq: 1e-3*u_xx + u_yy = cos(pi*x)\nbc: dn(u) = 0 on boundary\n", "u + c as well",
    ),
    "resonance": (
        RESONANT + "eq: u_xx + k^2*u = d(g, x, 2) + k^2*g\n" + ROBIN,
        "u + c*sin(2.0288*x) as well, whatever c may be; add eq: integral(u*(sin(2.0288*x)), ",
    ),
    "two modes": (
        SQUARE + "eq: lap(u) + 5*pi^2*u = sin(pi*x)*sin(pi*y)\nbc: u = 0 on boundary\n",
        "c1*sin(2*pi*x)*sin(pi*y), u + c2*sin(pi*x)*sin(2*pi*y)",
    ),
    "a free beam": (LINE + "eq: d(u, x, 4) = cos(2*pi*x)\n" + FREE_BEAM, "u + c1, u + c2*x"),
    "pressure": (STOKES + "bc: v = (0, 0) on boundary\n", "p + c as well"),
    "a wave between values": (
        SQUARE + "eq: u_xx = u_yy\nbc: u = 0 on boundary\n", "c*sin(pi*x)*sin(pi*y) as well, and",
    ),
    "one equation for two": (
        "domain Omega: (x, y) in [0, 1]^2\nunknown v(x, y) in R^2\n"
        "eq: div(v) = 1\nbc: v[1] = 0 on x = 0\n",
        "independent functions can be added",
    ),
    "resonance in space": (
        CUBE + "eq: lap(u) + 3*pi^2*u = 1\nbc: u = 0 on boundary\n", "there is no solution, or",
    ),
    "rigid motions": (TRACTION.format(load=0), "a + c2*y with b + c2*(-x)"),
}  # fmt: skip

ONE = {
    "off resonance": SQUARE + "eq: lap(u) + 100*u = 1\nbc: u = 0 on boundary\n",
    "near resonance": SQUARE + "eq: lap(u) + 19.74*u = 1\nbc: u = 0 on boundary\n",
    "a layer": LINE + "eq: -1e-4*u_xx + u = 1\nbc: u = 0 on boundary\n",
    "a narrow source": LINE + "eq: u_xx = exp(-((x - 0.3137)/1e-3)^2)\nbc: u = 0 on boundary\n",
    "short waves": LINE + "eq: u_xx = sin(200*x)\nbc: u = 0 on boundary\n",
    "a jump at a corner": SQUARE + "eq: lap(u) = 0\nbc: u = 1 on x = 0\n"
    "bc: u = 0 on boundary where x > 0\n",
    "a source that jumps": SQUARE + "eq: lap(u) = if(x > 0.3, 1, 0)\nbc: u = 0 on boundary\n",
    "more conditions than needed": LINE + "eq: u_xx = 1\nbc: u = x^2/2 on boundary\n"
    "bc: u_x = x on boundary\n",
    "units": SQUARE + "eq: 1e11*lap(u) = 1\nbc: u = 0 on boundary\n",
    "growth": LINE + "eq: u_x = 50*u\nbc: u = 1 on x = 0\n",
    "growth in the plane": SQUARE + "eq: u_x + u_y = 20*u\nbc: u = 1 on x = 0\n"
    "bc: u = 1 on y = 0\n",
    "an outflow layer": SQUARE + "eq: -1e-4*lap(u) + u_x = 1\nbc: u = 0 on boundary\n",
    "a narrow inflow": SQUARE + "eq: lap(u) = 0\nbc: u = 1 on x = 0 where y > 0.4 and y < 0.45\n"
    "bc: dn(u) = 0 on x = 0 where y <= 0.4 or y >= 0.45\nbc: u = 0 on x = 1\n"
    "bc: dn(u) = 0 on y = 0\nbc: dn(u) = 0 on y = 1\n",
    "Cauchy data": SQUARE + "eq: lap(u) = 0\nbc: u = 0 on x = 0\nbc: u = 0 on x = 1\n"
    "bc: u = sin(pi*x) on y = 0\nbc: u_y = 0 on y = 0\n",
    "a gauge": SQUARE + "eq: lap(u) = x - 0.5\nbc: dn(u) = 0 on boundary\n"
    "eq: integral(u, Omega) = 0\n",
}  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        LINE + "eq: u_xx + 4*exp(u) = 0\nbc: u = 0 on boundary\n",  # the fold is at 3.514
        SQUARE + "eq: lap(u) = u^2 + 1\nbc: dn(u) = 0 on boundary\n",
    ],
)
def test_a_nonlinear_problem_without_solution(text: str) -> None:
    found = ending(text)
    assert found.status == "inaccurate" and "no solution was found" in found.reason, found


@pytest.mark.parametrize(
    "text",
    [
        LINE + "eq: u_xx + 3.4*exp(u) = 0\nbc: u = 0 on boundary\n",
        LINE + "eq: u_xx = u^3 - 10\nbc: u = 0 on boundary\n",
        SQUARE + "eq: lap(u) = u^2 - 1\nbc: dn(u) = 0 on boundary\n",
    ],
)
def test_a_nonlinear_problem_with_a_solution(text: str) -> None:
    found = ending(text)
    assert found is None or "no solution was found" not in found.reason, found


def test_a_jump_that_balances_has_solutions() -> None:
    """Nodes of a moderate degree see the integral of a jump to a hundredth only."""
    found = ending(LINE + "eq: u_xx = if(x > 0.3, 1, -7/3)\nbc: dn(u) = 0 on boundary\n")
    assert found.status == "not unique"


def test_a_narrow_source_that_balances_has_solutions() -> None:
    source = "exp(-((x - 0.3137)/1e-4)^2)/(1e-4*sqrt(pi)) - 1"
    found = ending(LINE + f"eq: u_xx = {source}\nbc: dn(u) = 0 on boundary\n")
    assert found.status == "not unique", found


def ending(text: str) -> Any:
    """The finding of a solve that is hardly begun: laws alone decide."""
    return pdedsl.solve(pdedsl.parse('problem "p"\n' + text), method(1)).finding


@pytest.mark.parametrize("name", NONE)
def test_there_is_no_solution(name: str) -> None:
    text, words = NONE[name]
    found = ending(text)
    assert found.status == "no solution" and words in found.text, found


@pytest.mark.parametrize("name", MANY)
def test_there_are_many_solutions(name: str) -> None:
    text, words = MANY[name]
    found = ending(text)
    assert found.status == "not unique" and words in found.text, found


@pytest.mark.parametrize("name", ONE)
def test_there_is_one_solution(name: str) -> None:
    found = ending(ONE[name])
    assert found is None or found.status not in ("no solution", "not unique"), found


@pytest.mark.parametrize("name", ["resonance", "a free beam", "two modes", "rigid motions"])
def test_the_mend_makes_the_solution_unique(name: str) -> None:
    text = MANY[name][0]
    added = ending(text).advice.removeprefix("add ").replace(" and ", "\n")
    found = ending(text + added + "\n")
    assert found is None or found.status not in ("no solution", "not unique"), found


def test_an_evolution_leaves_its_pressure_free() -> None:
    text = (
        "domain Omega: (x, y) in [0, 1]^2\ntime t in [0, 1]\n"
        "unknown v(x, y, t) in R^2, p(x, y, t)\n"
        "eq: d(v, t) - lap(v) + grad(p) = (y, 0)\neq: div(v) = 0\n"
        "bc: v = (0, 0) on boundary\nic: v = (0, 0) at t = 0\n"
    )
    found = ending(text)
    assert found.status == "not unique" and "p free up to a constant" in found.reason


ROD = "domain Omega: x in [0, 1]\ntime t in [0, 1]\nunknown u(x, t)\n"
TIME = "time t in [0, 1]\nunknown y(t)\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (ROD + "eq: u_t = u_xx + 1\nbc: u = 0 on boundary\n", "has none"),
        (
            ROD + "eq: u_tt = u_xx\nic: u = cos(pi*x) at t = 0\nbc: dn(u) = 0 on boundary\n",
            "has one",
        ),
        (TIME + "eq: y_tt + y^2 = 1\nic: y = 0 at t = 0\n", "has one"),
        (TIME + "eq: y_tt + pi^2*y = 0\nic: y = 0 at t = 0\nic: y = 0 at t = 1\n", "sin(pi*t)"),
        (TIME + "eq: y_t = cos(2*pi*t)\nbc: y periodic in t\n", "y + c"),
    ],
)
def test_too_few_conditions_in_time(text: str, said: str) -> None:
    solution = pdedsl.solve(pdedsl.parse(text), method=method(iterations=2))
    assert solution.status == "not unique"
    assert said in (solution.failure or "")


@pytest.mark.parametrize(
    "text",
    [
        TIME + "eq: y_tt + y = 1\nic: y = 0 at t = 0\nic: y = 0 at t = 1\n",
        TIME + "eq: t*y_t + y = 2*t\n",  # singular at the start, so that it needs no condition
        TIME + "eq: y_t = 40*y\nic: y = 1 at t = 0\n",
        ROD + "eq: u_t = u_xx\nic: u = sin(pi*x) at t = 1\nbc: u = 0 on boundary\n",
    ],
)
def test_conditions_in_time_that_are_enough(text: str) -> None:
    solution = pdedsl.solve(pdedsl.parse(text), method=method(iterations=2))
    assert solution.status not in ("not unique", "no solution")


@pytest.mark.parametrize("eq", ["u_xx = 1", "u_xx + u = x", "d(u, x, 4) = 1"])
def test_one_condition_at_one_end_is_too_few(eq: str) -> None:
    text = f"domain O: x in [0, 1]\nunknown u(x)\neq: {eq}\nbc: u = 0  on x = 0\n"
    assert pdedsl.solve(pdedsl.parse(text), budget=10).status == "not unique"


def test_all_conditions_at_one_end_are_enough() -> None:
    text = (
        "domain O: x in [0, 3]\nunknown u(x)\neq: u_xx = 4*u\n"
        "bc: u = 1, dn(u) = 2  on x = 0\nexact u = exp(-2*x)\n"
    )
    assert pdedsl.solve(pdedsl.parse(text), budget=10).status == "converged"
