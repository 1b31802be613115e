"""Evolutions whose classical solution ends, and some that only look so."""

from __future__ import annotations

import math

import pytest

from pdedsl import api
from pdedsl.estimates.singular_times import SMOOTH, singular_time

FIXED, CIRCLE = "bc: u = 0 on boundary", "bc: u periodic in x"


def problem(space: str, end: float, laws: str, unknowns: str = "u(x, t)") -> api.Problem:
    return api.parse(f"domain O: {space}\ntime t in [0, {end:g}]\nunknown {unknowns}\n{laws}\n")


def scalar(space: str, end: float, equation: str, first: str, condition: str) -> api.Problem:
    unknown = "u(x, y, t)" if "y" in space else "u(x, t)"
    laws = f"eq: {equation}\nic: u = {first} at t = 0\n{condition}"
    return problem(space, end, laws, unknown)


@pytest.mark.parametrize(
    ("space", "end", "equation", "first", "condition", "time"),
    [
        # Characteristics meet at -1 over the steepest descent of the speed at the start.
        ("x in [-1, 1]", 1, "u_t + u*u_x = 0", "-sin(pi*x)", FIXED, 1 / math.pi),
        ("x in [0, 2*pi]", 3, "u_t + d(u^2/2, x) = 0", "2 + sin(x)", CIRCLE, 1.0),
        ("x in [0, 2]", 2, "u_t + d(u*(1 - u), x) = 0", "0.5 + 0.3*exp(-20*(x - 1)^2)",
         "bc: u = 0.5 on x = 0\nbc: u = 0.5 on x = 2",
         1 / (0.6 * math.sqrt(40 / math.e))),
        # u = 1/(1/u_0 - t) along lines, and everywhere.
        ("x in [0, 1]", 4, "u_t + u_x = u^2", "1 + 0.5*sin(2*pi*x)", CIRCLE, 2 / 3),
        ("x in [0, 1]", 2, "u_t = u_xx + u^2", "1", "bc: dn(u) = 0 on boundary", 1.0),
        ("(x, y) in [0, 1]^2", 2, "u_t = lap(u) + u^3", "1", "bc: dn(u) = 0 on boundary", 0.5),
        # u = -log(1 - t) is never large, and the root of 1 - 2 t ends at zero.
        ("x in [0, 1]", 2, "u_t = u_xx + exp(u)", "0", "bc: dn(u) = 0 on boundary", 1.0),
        ("x in [0, 1]", 2, "u_t = u_xx - 1/u", "1", "bc: dn(u) = 0 on boundary", 0.5),
    ],
)  # fmt: skip
def test_the_time_at_which_the_solution_ends(
    space: str, end: float, equation: str, first: str, condition: str, time: float
) -> None:
    found = singular_time(scalar(space, end, equation, first, condition))
    assert found is not None
    assert found.time == pytest.approx(time, rel=0.03)


def test_a_wave_that_focuses_and_a_dam_that_breaks() -> None:
    wave = "eq: u_tt = u_xx + u^3\nic: u = 8, u_t = 0 at t = 0\nbc: dn(u) = 0 on boundary"
    found = singular_time(problem("x in [0, 1]", 4, wave))
    # u_tt = u^3 from rest: t = ∫ du / ((u⁴ - 8⁴)/2)^{1/2} = 1.8541/8.
    assert found is not None
    assert found.time == pytest.approx(1.8541 / 8, rel=0.01)
    dam = (
        "eq: h_t + d(h*v, x) = 0, v_t + v*v_x + h_x = 0\n"
        "ic: h = {first}, v = 0 at t = 0\nbc: v = 0 on boundary"
    )
    step = dam.format(first="if(x < 1, 2, 1)")
    found = singular_time(problem("x in [-5, 5]", 1, step, "h(x, t), v(x, t)"))
    assert found is not None
    assert (found.time, found.kind) == (0.0, "jumps")
    assert found.place["x"] == pytest.approx(1.0, abs=0.05)
    smooth = dam.format(first="1.5 - 0.5*tanh(2*x)")
    found = singular_time(problem("x in [-5, 5]", 4, smooth, "h(x, t), v(x, t)"))
    assert found is not None
    assert 1.5 < found.time < 2.2


@pytest.mark.parametrize(
    ("end", "equation", "first", "condition"),
    [
        (0.25, "u_t + u*u_x = 0", "-sin(pi*x)", FIXED),
        (1, "u_t + u*u_x = 0", "x", "bc: u = -1/(1 + t) on x = -1"),
        (5, "u_t + u*u_x = -4*u", "sin(pi*x)", CIRCLE),
    ],
)
def test_what_is_smooth_is_known_to_be(
    end: float, equation: str, first: str, condition: str
) -> None:
    assert singular_time(scalar("x in [-1, 1]", end, equation, first, condition)) is SMOOTH


@pytest.mark.parametrize(
    ("equation", "first", "condition"),
    [
        ("u_t + u*u_x = 0.01/pi*u_xx", "-sin(pi*x)", FIXED),
        ("u_t + u*u_x = 0.0003*u_xx", "-sin(pi*x)", FIXED),
        ("u_t = u_xx + u^2", "3*cos(pi*x/2)", FIXED),
        ("u_t = u_xx + 50*u", "cos(pi*x/2)", FIXED),
        ("u_t = 0.001*u_xx + 5*(u - u^3)", "x^2*cos(pi*x)", CIRCLE),
        ("u_t + u*u_x + 0.0025*u_xxx = 0", "cos(pi*x)", CIRCLE),
        ("u_t + 2*u_x = 0", "sin(pi*x)", CIRCLE),
    ],
)
def test_fronts_growth_and_waves_are_no_end(equation: str, first: str, condition: str) -> None:
    found = singular_time(scalar("x in [-1, 1]", 1, equation, first, condition))
    assert found is None or found is SMOOTH
