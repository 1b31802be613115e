"""Traits of problems."""

from __future__ import annotations

import math

import pytest

from pdedsl import api
from pdedsl.calculus.linearity import is_linear
from pdedsl.choice.traits import traits

HEAD = "domain O: x in [0, 2]\ntime t in [0, 1]\nunknown u(x, t)\n"


def _problem(equation):
    return api.parse(HEAD + f"eq: {equation}\n")


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
    problem = api.parse(HEAD + "eq: u_t = u_xx\nbc: u_x = u^4 on boundary\n")
    assert not traits(problem).linear


def test_an_unknown_number_counts():
    problem = api.parse(HEAD + "unknown a > 0 guess 1\neq: u_t = a*u_xx\n")
    assert not traits(problem).linear


def test_stiffness_is_scaled_by_the_lengths():
    """u_t on [0, 1] counts 1, and 0.08 u_xx on a length of 2 counts 0.02."""
    assert traits(_problem("u_t + u*u_x = 0.08*u_xx")).stiffness == pytest.approx(0.02)
    assert math.isinf(traits(_problem("u_tt = u_xx")).stiffness)


def test_travel_is_the_number_of_lengths():
    """Speed 7 over a length of 2 in a time of 1."""
    assert traits(_problem("u_t + 7*u_x = 0")).travel == pytest.approx(3.5)
    assert traits(_problem("u_t + 7*u_x = u_xx")).travel == 0.0


def test_linearity_does_not_need_expanding():
    head = "domain Omega: x in [0, 1]\nunknown u(x)\nbc: u = 0  on boundary\n"
    linear = api.parse(head + "eq: u_xx + (u + 1)^2 - u^2 - 2*u = x\n")
    assert is_linear(linear, linear.law("eq"))
    other = api.parse(head + "eq: u_xx + (u + 1)^2 - u^2 = x*u^3\n")
    assert not is_linear(other, other.law("eq"))


@pytest.mark.parametrize(
    ("right", "linear"),
    [
        ("integral(x*u, O)", True),
        ("integral(x*u, O)*x + u(x=0) + u_x(x=0)", True),
        ("u*integral(x, O)", True),
        ("u*integral(u, O)", False),
        ("integral(u^2, O)", False),
        ("u*u(x=0)", False),
        ("u(x=0)^2", False),
        ("d(u^2, x)", False),
        ("max(u, 0)", False),
        ("max(x, 0.5)*u", True),
        ("sin(u)*sin(sin(u))", False),
        ("abs(u_x)", False),
        ("sign(u_x)", False),
        ("heaviside(u)", False),
        ("if(u > 0, 1, 2)", False),
        ("if(x > 0.5, u, 2*u)", True),
        ("sign(x - 0.5)*u", True),
    ],
)
def test_linearity_of_nonlocal_laws_and_of_kinks(right, linear):
    problem = api.parse(HEAD + f"eq: u_t = {right}\n")
    assert is_linear(problem, problem.law("eq")) is linear


def test_a_very_long_interval_does_not_overflow():
    problem = api.parse("domain O: x in [0, 1e200]\nunknown u(x)\neq: u_xx + u_x = 0\n")
    found = traits(problem)
    assert found.stiffness == pytest.approx(0)


@pytest.mark.parametrize(
    "term",
    [
        "abs(u_x)",
        "abs(u_x)^1.5",
        "sign(u_x)",
        "sqrt(u_x^2)",
        "max(u_x, u)",
        "min(u_x, 0)",
        "heaviside(u_x)",
        "if(u_x > 0, u_x, 0)",
        "atan2(u_x, u)",
        "abs(integral(abs(u_x), O))",
    ],
)
def test_kinks_and_jumps_of_derivatives(term):
    """They have no number for a slope everywhere; the leading terms are what they are."""
    found = traits(_problem(f"u_t = 8*u_xx + {term}"))
    assert not found.linear
    assert found.stiffness == pytest.approx(2.0)


def test_a_kink_counts_with_its_slope():
    """|u_x| as u_x: 3/2 on a length of 2, and u_xx 8/4."""
    problem = api.parse("domain O: x in [0, 2]\nunknown u(x)\neq: 8*u_xx = 3*abs(u_x)\n")
    assert traits(problem).stiffness == pytest.approx(2 / 1.5)
    assert traits(_problem("u_t = 8*u_xx + d(abs(u*u_x), x)")).stiffness == pytest.approx(9 / 4)
