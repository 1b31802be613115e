"""Jumps under a derivative mean the distribution: the flux goes on, however the jump is written."""

from __future__ import annotations

import numpy as np
import pytest

import pdedsl
from pdedsl.diagnostics import UserError

LINE = "domain O: x in [0, 1]\nunknown u(x)\n"
PLANE = "domain O: (x, y) in [0, 1]^2\nunknown u(x, y)\n"


def solve(text: str, budget: float = 10.0) -> pdedsl.Solution:
    return pdedsl.solve(pdedsl.parse(text), budget=budget)


def bar(x: np.ndarray, jump: float, ratio: float) -> np.ndarray:
    """−(k u')' = 1, k = 1 before the jump and the ratio after it: k u' = q − x, u(1) = 0."""
    a, r = jump, ratio
    q = (a**2 / 2 + (1 - a**2) / (2 * r)) / (a + (1 - a) / r)
    at = q * a - a**2 / 2
    return np.where(x < a, q * x - x**2 / 2, at + (q * (x - a) - (x**2 - a**2) / 2) / r)


@pytest.mark.parametrize(
    "k",
    [
        "if(x > 0.37, 10, 1)",
        "1 + 9*heaviside(x - 0.37)",
        "5.5 + 4.5*sign(x - 0.37)",
        "if(x < 0.37, 1, if(x < 2, 10, 3))",
        "5.5 + 4.5*abs(x - 0.37)/(x - 0.37)",
    ],
)
def test_every_spelling_of_a_jump_has_the_flux(k: str) -> None:
    solution = solve(f"{LINE}let k = {k}\neq: -div(k*grad(u)) = 1\nbc: u = 0 on boundary\n")
    x = np.linspace(0, 1, 101)
    assert solution.failure is None
    assert np.abs(solution(x=x) - bar(x, 0.37, 10)).max() < 1e-11


def test_layers_across_the_other_axis() -> None:
    text = PLANE + (
        "let k = if(y < 0.4, 1, 5)\neq: -div(k*grad(u)) = 1\n"
        "bc: u = 0 on y = 0, y = 1\nbc: dn(u) = 0 on x = 0, x = 1\n"
    )
    y = np.linspace(0, 1, 41)
    assert np.abs(solve(text)(x=0.3, y=y) - bar(y, 0.4, 5)).max() < 1e-10


def test_a_flux_that_is_constant_leaves_rounding_alone() -> None:
    text = PLANE + (
        "let k = if(y < 0.5, 1.38, 400)\neq: div(k*grad(u)) = 0\nbc: u = 293.15 on y = 0\n"
        "bc: k*dn(u) = 200 on y = 1\nbc: dn(u) = 0 on x = 0, x = 1\n"
    )
    solution = solve(text)
    assert solution.failure is None
    exact = 293.15 + 200 * (0.5 / 1.38 + 0.25 / 400)
    assert float(solution(x=0.4, y=0.75)) == pytest.approx(exact, rel=1e-12)


def test_two_jumps_and_a_law_that_is_not_linear() -> None:
    """u + u³/3 = w with −(k w')' = 1."""
    text = LINE + "eq: -d(if(x < 0.4, 1, 3)*(1 + u^2)*u_x, x) = 1\nbc: u = 0 on boundary\n"
    u = solve(text)(x=np.linspace(0, 1, 33))
    w = bar(np.linspace(0, 1, 33), 0.4, 3)
    assert np.abs(u + u**3 / 3 - w).max() < 1e-10


def test_a_source_that_jumps_is_resolved_to_rounding() -> None:
    """−u'' = 1 before 0.3: u' (0) = 0.3 − 0.045 by parts."""
    solution = solve(LINE + "eq: -u_xx = if(x < 0.3, 1, 0)\nbc: u = 0 on boundary\n")
    x = np.linspace(0, 1, 61)
    exact = np.where(x < 0.3, 0.255 * x - x**2 / 2, 0.045 * (1 - x))
    assert np.abs(solution(x=x) - exact).max() < 1e-12


@pytest.mark.parametrize("jump", ["if(x < 0.5, 1, 2)", "heaviside(x - 0.5)"])
def test_the_derivative_of_a_known_jump_is_a_point_source(jump: str) -> None:
    solution = solve(f"{LINE}eq: u_xx = d({jump}, x)\nbc: u = 0 on boundary\n")
    assert float(solution(x=0.5)) == pytest.approx(-0.25, abs=1e-12)


@pytest.mark.parametrize(
    ("k", "side"),
    [
        ("if(x^2 + y^2 < 0.25, 10, 1)", "disk(center = (0, 0), radius = 1/2)"),
        ("if(x^2 + 4*y^2 < 2*x, 10, 1)", "ellipse(center = (1, 0), radii = (1, 1/2))"),
        ("if(x < y, 1, 2)", "halfplane(point = (0, 0), normal = (1, -1))"),
        ("1 + 3*heaviside(x*y - 0.2)", None),
    ],
)
def test_a_jump_along_a_curve_is_refused_and_told_by_check(k: str, side: str | None) -> None:
    text = f"{PLANE}let k = {k}\neq: -div(k*grad(u)) = 1\nbc: u = 0 on boundary\n"
    problem = pdedsl.parse(text)
    assert [d.code for d in problem.lints] == ["L116"]
    with pytest.raises(UserError) as refused:
        pdedsl.solve(problem)
    assert [d.code for d in refused.value.diagnostics] == ["E308"]
    told = refused.value.diagnostics[0].mend or ""
    if side is None:
        assert told.startswith("write a domain on either side and an interface")
        return
    # The domains and the interface are read as they are told.
    declared = told.removeprefix("write ").partition(", with an unknown in each")[0]
    assert side in declared
    lines = declared.replace(", domain B", "\ndomain B").replace(" and interface", "\ninterface")
    lines += "\nunknown u(x, y) in A, v(x, y) in B\neq: lap(u) = 0 in A\neq: lap(v) = 0 in B\n"
    assert [i.name for i in pdedsl.parse(lines).interfaces] == ["Gamma"]


def test_a_jump_that_moves_is_refused() -> None:
    text = (
        "domain O: x in [0, 1]\ntime t in [0, 0.1]\nunknown u(x, t)\n"
        "eq: u_t = d(if(x < 0.3 + t, 1, 5)*u_x, x)\nbc: u = 0 on boundary\nic: u = 0 at t = 0\n"
    )
    with pytest.raises(UserError, match="E308"):
        solve(text)


def test_the_derivative_of_a_jump_in_a_condition_is_refused() -> None:
    text = PLANE + (
        "let g = if(y < 0.5, 0, 1)\neq: lap(u) = 0\nbc: u = d(g, y) on x = 0\n"
        "bc: u = 0 on x = 1, y = 0, y = 1\n"
    )
    with pytest.raises(UserError, match="E308"):
        pdedsl.parse(text)


def test_a_cut_as_the_advice_types_it() -> None:
    text = LINE + "eq: -d(if(x > 0.37, 10, 1)*u_x, x) = 1\nbc: u = 0 on boundary\n"
    basis = {"model": {"kind": "basis", "modes": 4}, "optimizer": {"kind": "lstsq"}}
    lost = pdedsl.solve(pdedsl.parse(text), method=pdedsl.Method.model_validate(basis))
    assert lost.failure is not None and "domain.split='{ x = [0.37] }'" in lost.failure
    cut = pdedsl.Method.model_validate(basis | {"domain": {"split": {"x": [0.37]}}})
    solution = pdedsl.solve(pdedsl.parse(text), method=cut)
    assert solution.failure is None
    assert float(solution(x=0.37)) == pytest.approx(float(bar(np.array(0.37), 0.37, 10)), rel=1e-12)
