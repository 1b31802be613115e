"""Short coefficients and the test for zero."""

from __future__ import annotations

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from pdedsl.calculus.tidy import tidy, without_impulses
from pdedsl.calculus.zero import vanishes

from .operators import A, B, X

x, y = X[:2]
f = sp.Function("f", real=True)(x)
LEAVES = st.sampled_from([x, y, A, sp.Integer(2), sp.Rational(-3, 7), sp.sin(x), f, f.diff(x)])
EXPRESSIONS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(sp.Add, inner, inner),
        st.builds(sp.Mul, inner, inner),
        st.builds(lambda e, n: e**n, inner, st.integers(2, 3)),
    ),
    max_leaves=7,
)


@settings(max_examples=60, deadline=None)
@given(EXPRESSIONS)
def test_tidy_is_the_same_function(expression):
    assert sp.expand(tidy(expression) - expression) == 0
    assert (tidy(expression) == 0) == (sp.expand(expression) == 0)


@settings(max_examples=60, deadline=None)
@given(EXPRESSIONS, EXPRESSIONS)
def test_vanishing_is_decided_as_expanding_does(first, second):
    difference = sp.Add(first * (second + 1), -first * second, -first, evaluate=False)
    assert vanishes(difference)
    assert vanishes(first - second) == (sp.expand(first - second) == 0)


@pytest.mark.parametrize(
    ("expression", "zero"),
    [
        (sp.sin(x) ** 2 + sp.cos(x) ** 2 - 1, True),
        (sp.exp(x + y) - sp.exp(x) * sp.exp(y), True),
        ((x**2 - 1) / (x - 1) - x - 1, True),
        (sp.sqrt(2) * sp.sqrt(3) - sp.sqrt(6), True),
        (sp.Rational(1, 10**12) * x, False),
        (sp.exp(-40) * x, False),
        (sp.Piecewise((1, x > 1000), (0, True)), False),
        (sp.Abs(x) - x, False),
        (x * sp.Abs(y) - sp.Abs(y) * x + f - f, True),
        (sp.exp(sp.exp(sp.exp(x**40 + 7))), False),
        (sp.exp(x * 10**6) * sp.sin(y * 10**6), False),
        (sp.exp(-x * 10**9) ** 2 - sp.exp(-2 * x * 10**9), True),
        (sp.exp(-(((10 * x - 3) * 100) ** 2)), False),
        (sp.sin(x) ** 2 + sp.cos(x) ** 2 - 1 + sp.exp(-(((10 * x - 3) * 100) ** 2)), False),
        ((x + 1) ** 2 - x**2 - 2 * x - 1 + sp.exp(-(x**2) * 10**8) / 7, False),
        (sp.exp(x / 10**9) - 1 - x / 10**9, False),
    ],
)
def test_zero(expression, zero):
    assert vanishes(expression) is zero


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ((A + B) ** 2 - (A - B) ** 2, "4*a*b"),
        (x * y + x, "x*(y + 1)"),
        (A * (A + B) - A**2, "a*b"),
        ((-x - y) ** 2, "(x + y)**2"),
        (sp.sin(x * (y + 1)) * 2 - sp.sin(x * (y + 1)), "sin(x*(y + 1))"),
        (sp.Derivative(f, x) * 2 - sp.Derivative(f, x), "Derivative(f(x), x)"),
    ],
)
def test_short_writings(expression, text):
    assert str(tidy(expression)) == text


def test_a_power_is_not_multiplied_out():
    power = (x + y + A + B) ** 60 * (1 + x) ** 60
    assert tidy(power) == power


def test_impulses_are_left_out():
    assert without_impulses(sp.diff(sp.sign(x) * x, x)) == sp.sign(x)
    assert without_impulses(sp.DiracDelta(x, 1) * y + 2) == 2
