"""Jumps of floor and mod: coefficients, sources and data in steps, against integrals by scipy."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from scipy.integrate import quad

import pdedsl
from pdedsl.diagnostics import UserError

LINE = "domain O: x in [0, 1]\nunknown u(x)\n"
PLANE = "domain O: (x, y) in [0, 1]^2\nunknown u(x, y)\n"
ZERO = "bc: u = 0 on boundary\n"


def solve(text: str, budget: float = 10.0) -> pdedsl.Solution:
    return pdedsl.solve(pdedsl.parse(text), budget=budget)


def bar(k: Callable[[float], float], jumps: list[float], x: float) -> float:
    """−(k u')' = 1, u(0) = u(1) = 0: u' = (q − x)/k."""

    def integral(f: Callable[[float], float], end: float) -> float:
        ends = [0.0, *(j for j in jumps if j < end), end]
        return sum(quad(f, a, b, epsabs=1e-14)[0] for a, b in pairwise(ends))

    q = integral(lambda s: s / k(s), 1.0) / integral(lambda s: 1 / k(s), 1.0)
    return integral(lambda s: (q - s) / k(s), x)


STEPS = {
    "1 + 3*mod(floor(4*x), 2)": (lambda x: 1 + 3 * (np.floor(4 * x) % 2), [0.25, 0.5, 0.75]),
    "if(mod(x, 0.5) < 0.2, 1, 4)": (lambda x: 1 if x % 0.5 < 0.2 else 4, [0.2, 0.5, 0.7]),
    "(1 + x)*(1 + floor(3*x^2))": (
        lambda x: (1 + x) * (1 + np.floor(3 * x**2)),
        [np.sqrt(1 / 3), np.sqrt(2 / 3)],
    ),
    "1 + floor(exp(x))": (lambda x: 1 + np.floor(np.exp(x)), [np.log(2)]),
    "2 + mod(2.6*x + 0.1, 1)": (lambda x: 2 + (2.6 * x + 0.1) % 1, [0.9 / 2.6, 1.9 / 2.6]),
    "if(sin(7*x) > 0, 3, 1)": (lambda x: 3 if np.sin(7 * x) > 0 else 1, [np.pi / 7, 2 * np.pi / 7]),
}


@pytest.mark.parametrize("k", STEPS)
def test_the_flux_goes_on_across_steps(k: str) -> None:
    solution = solve(f"{LINE}let k = {k}\neq: -div(k*grad(u)) = 1\n{ZERO}")
    assert solution.failure is None
    for x in (0.15, 0.4, 0.6, 0.9):
        assert float(solution(x=x)) == pytest.approx(bar(*STEPS[k], x), rel=1e-10)


def test_jumps_at_whole_numbers() -> None:
    text = "param h = 1\ndomain O: x in [0, 3]\nunknown u(x)\n"
    text += "eq: -d((1 + floor(x/h))*u_x, x) = 0\nbc: u = 0 on x = 0\nbc: u = 11/6 on x = 3\n"
    solution = solve(text)
    assert solution.failure is None
    x = np.array([0.5, 1, 1.5, 2, 2.5])
    exact = np.interp(x, [0, 1, 2, 3], [0, 1, 1.5, 11 / 6])
    assert np.abs(solution(x=x) - exact).max() < 1e-12


def test_jumps_across_both_axes_of_a_plane() -> None:
    """(k u_x)_x + (m u_y)_y = 0 is solved by X(x) + Y(y) with k X' = 1 and m Y' = 1."""
    text = PLANE + (
        "let k = 1 + mod(floor(2*x), 2)\nlet m = 1 + 4*floor(y/0.6)\n"
        "eq: d(k*u_x, x) + d(m*u_y, y) = 0\nbc: u_x = 1 on x = 0\nbc: 2*u_x = 1 on x = 1\n"
        "bc: u_y = 1 on y = 0\nbc: u = if(x < 0.5, x, x/2 + 0.25) + 0.68 on y = 1\n"
    )
    solution = solve(text)
    assert solution.failure is None
    for x, y in [(0.2, 0.3), (0.7, 0.3), (0.2, 0.8), (0.7, 0.8)]:
        exact = min(x, x / 2 + 0.25) + min(y, 0.6 + (y - 0.6) / 5)
        assert float(solution(x=x, y=y)) == pytest.approx(exact, abs=1e-9)


@pytest.mark.parametrize("k", ["1 + floor(x + y)", "1 + mod(floor(2*x + y), 2)"])
def test_steps_along_a_slanted_line_are_refused(k: str) -> None:
    problem = pdedsl.parse(f"{PLANE}let k = {k}\neq: -div(k*grad(u)) = 1\n{ZERO}")
    assert [d.code for d in problem.lints] == ["L116"]
    with pytest.raises(UserError, match="E308"):
        pdedsl.solve(problem)


def test_more_steps_than_can_be_cut_are_refused() -> None:
    text = f"{LINE}let k = 1 + mod(floor(3000*x), 2)\neq: -div(k*grad(u)) = 1\n{ZERO}"
    with pytest.raises(UserError, match="more than 200"):
        solve(text)


def test_a_source_in_steps_is_resolved_to_rounding() -> None:
    """−u'' = floor(2 x): 0, then 1 from 1/2 on, u'(0) = 1/8."""
    solution = solve(f"{LINE}eq: -u_xx = floor(2*x)\n{ZERO}")
    x = np.linspace(0, 1, 41)
    exact = x / 8 - np.maximum(0, x - 0.5) ** 2 / 2
    assert solution.failure is None
    assert np.abs(solution(x=x) - exact).max() < 1e-12


def test_steps_in_a_condition_are_not_differentiated() -> None:
    text = PLANE + "eq: lap(u) = 0\nbc: u = d(floor(2*y), y) on x = 0\nbc: u = 0 on x = 1\n"
    with pytest.raises(UserError, match="E308"):
        pdedsl.parse(text + "bc: u = 0 on y = 0, y = 1\n")


@pytest.mark.parametrize("k", ["3 + atan(tan(pi*x))", "3 + tanh(0.1/(x - 0.37))"])
def test_a_jump_at_a_pole_is_refused(k: str) -> None:
    text = f"{LINE}let k = {k}\neq: -div(k*grad(u)) = 1\n{ZERO}"
    with pytest.raises(UserError, match=r"E308.*has a pole there"):
        solve(text)


@pytest.mark.parametrize("k", ["1 + x/tan(x - 0.3)*(x - 0.3)", "2 + sin(x - 0.3)/(x - 0.3)"])
def test_a_hole_is_no_jump(k: str) -> None:
    problem = pdedsl.parse(f"{LINE}let k = {k}\neq: -div(k*grad(u)) = 1\n{ZERO}")
    assert "L116" not in [d.code for d in problem.lints]
