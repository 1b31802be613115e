"""Traits of problems and the method that follows from them."""

from __future__ import annotations

import math

import pytest

from pdedsl import api
from pdedsl.methods.auto import choose
from pdedsl.methods.traits import is_linear, traits

HEAD = {
    1: "time t in [0, 1]\nunknown u(t)\n",
    2: "domain O: x in [0, 2]\ntime t in [0, 1]\nunknown u(x, t)\n",
}


def _problem(equation, inputs=2):
    return api.parse(HEAD[inputs] + f"eq: {equation}\n")


@pytest.mark.parametrize(
    ("equation", "linear"),
    [
        ("u_t = u_xx", True),
        ("u_t = x*t*u_xx + exp(x)*u + sin(t)", True),
        ("u_t + u*u_x = u_xx", False),
        ("u_t = u_xx + u^2", False),
        ("u_t = u_xx + sin(u)", False),
        ("u_t = u_x^2", False),
        ("d(x*u, t) = d(u*t, x)", True),
        ("(u + x)^2 - u^2 = u_t", True),
    ],
)
def test_linearity(equation, linear):
    assert traits(_problem(equation)).linear is linear


def test_a_nonlinear_condition_counts():
    problem = api.parse(HEAD[2] + "eq: u_t = u_xx\nbc: u_x = u^4 on boundary\n")
    assert not traits(problem).linear


def test_an_unknown_number_counts():
    problem = api.parse(HEAD[2] + "unknown a > 0 guess 1\neq: u_t = a*u_xx\n")
    assert not traits(problem).linear
    assert traits(problem).numbers == 1


def test_stiffness_is_scaled_by_the_lengths():
    """u_t on [0, 1] counts 1, and 0.08 u_xx on a length of 2 counts 0.02."""
    assert traits(_problem("u_t + u*u_x = 0.08*u_xx")).stiffness == pytest.approx(0.02)
    assert math.isinf(traits(_problem("u_tt = u_xx")).stiffness)


def test_travel_is_the_number_of_lengths():
    """Speed 7 over a length of 2 in a time of 1."""
    assert traits(_problem("u_t + 7*u_x = 0")).travel == pytest.approx(3.5)
    assert traits(_problem("u_t + 7*u_x = u_xx")).travel == 0.0


@pytest.mark.parametrize(
    ("equation", "inputs", "word", "depth"),
    [
        ("u_t = u_xx", 2, "linear", 1),
        ("u_t = u_xx + u^2", 2, "mildly nonlinear", 1),
        ("u_t + u*u_x = 0.001*u_xx", 2, "fronts", 3),
        ("u_t + 60*u_x = 0", 2, "30 domain lengths", 1),
        ("u_t = -u", 1, "one input", 1),
    ],
)
def test_choices(equation, inputs, word, depth):
    choice = choose(_problem(equation, inputs))
    assert word in choice.why
    assert "\n" not in choice.why
    assert choice.method.model.depth == depth


def test_travel_raises_the_bandwidths():
    slow, fast = (choose(_problem(f"u_t + {b}*u_x = 0")).method for b in (6, 60))
    assert max(slow.schedule.starts.bandwidths) < max(fast.schedule.starts.bandwidths)


def test_many_inputs_draw_fresh_points():
    text = "domain O: (x, y, z, w) in [0, 1]^4\nunknown u(x, y, z, w)\neq: lap(u) = 1\n"
    assert choose(api.parse(text)).method.sampling.resample == 1


def test_rows_do_not_grow_with_the_number_of_equations():
    text = "domain O: (x, y) in [0, 1]^2\nunknown v(x, y) in R^2\neq: lap(v) = (1, 1)\n"
    one = api.parse("domain O: (x, y) in [0, 1]^2\nunknown v(x, y)\neq: lap(v) = 1\n")
    per_law = [choose(p).method.sampling.points["eq"] for p in (api.parse(text), one)]
    assert per_law[0] * 2 <= 2 * per_law[1]


def test_a_short_budget_has_shorter_starts():
    problem = _problem("u_t = u_xx")
    short, long = (choose(problem, b).method.schedule.starts for b in (3, 60))
    assert short.iterations < long.iterations


def test_large_powers_do_not_hang_the_choice():
    text = "time t in [0, 1]\nunknown u(t)\neq: u_t = (u + t + 1)^900*(u - t)^900\n"
    text += "ic: u = 1  at t = 0\n"
    assert choose(api.parse(text)).why.startswith("one input")


def test_linearity_does_not_need_expanding():
    head = "domain Omega: x in [0, 1]\nunknown u(x)\nbc: u = 0  on boundary\n"
    linear = api.parse(head + "eq: u_xx + (u + 1)^2 - u^2 - 2*u = x\n")
    assert is_linear(linear, linear.law("eq"))
    other = api.parse(head + "eq: u_xx + (u + 1)^2 - u^2 = x*u^3\n")
    assert not is_linear(other, other.law("eq"))
