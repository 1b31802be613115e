"""No text hangs or kills the program: a diagnostic after a bounded amount of work."""

from __future__ import annotations

import time

import pytest
from checking import PLANE, codes
from hypothesis import given, settings
from hypothesis import strategies as st


def chain(first: str, step: str, count: int) -> str:
    """A row of definitions, each made of the one before, and a law that uses the last."""
    lines = [
        f"let a0 = {first}",
        *(f"let a{i + 1} = {step.replace('@', f'a{i}')}" for i in range(count)),
    ]
    return PLANE + "\n".join(lines) + f"\neq: lap(u) = a{count}\nbc: u = 0 on boundary"


def law(expression: str) -> str:
    """A law with this source."""
    return PLANE + f"eq: lap(u) = {expression}\nbc: u = 0 on boundary"


HANG = 20.0
"""Seconds after which something hangs; how fast it is, the bounds on the work decide."""

SINES = "*".join(f"sin({i}*x*y)" for i in range(1, 200))
HOSTILE = {
    "power tower": (law("x^(10^(10^10))"), {"E702"}),
    "tower of parameters": ("param a = 2\n" + law("a^a^a^a^a^a"), {"E702"}),
    "large parameters": ("param a = 10^300, b = a^1000, c = b^1000\n" + law("c"), {"E305", "E702"}),
    "long fractions": ("param a = 1 + 10^-39, b = a^1000, c = b^1000\n" + law("c"), {"E702"}),
    "powers of powers": ("param a = 7\n" + law("((a^1000)^1000)^1000"), {"E702"}),
    "powers of x": (law("((x^1000)^1000)^1000"), {"E702"}),
    "10^400": (law("10^400"), set()),
    "10^400 as a parameter": ("param k = 10^400\n" + law("k"), {"E305"}),
    "doubling": (chain("sin(x) + y*x", "@*sin(@)", 60), {"E703"}),
    "squaring a number": (chain("3", "@*@", 60), {"E702"}),
    "huge sum": (law("sum(sin(i*x) for i in 1..10^9)"), {"E703"}),
    "nested sums": (
        law("sum(sum(sum(1 for k in 1..1000) for j in 1..1000) for i in 1..1000)"),
        {"E703"},
    ),
    "nested operators": (
        PLANE
        + "operator L0[w] = lap(w)*w\n"
        + "".join(f"operator L{i + 1}[w] = L{i}[w] + L{i}[w*x]\n" for i in range(20))
        + "eq: L20[u] = 1\n",
        {"E703"},
    ),
    "nested functions": (
        PLANE
        + "let f0(s) = s\n"
        + "".join(f"let f{i + 1}(s) = f{i}(s) + f{i}(s)\n" for i in range(30))
        + "eq: lap(u) = f30(x)\n",
        {"E703"},
    ),
    "derivatives of a product": (PLANE + f"eq: lap(lap(lap(u*{SINES}))) = 1\n", {"E703"}),
    "derivatives of a composition": (law("d(exp(sin(u*exp(cos(x*u)))), x, 8)"), {"E703"}),
    "deep if": (law("if(x > 0.5, sin(x), " * 30 + "0" + ")" * 30), set()),
    "chained if": (chain("x", "if(@*y + x^3 > 1, @ + x, sin(y))", 12), {"E703"}),
    "many maxima": (law("max(" + ", ".join(f"sin({i}*x)" for i in range(60)) + ")"), {"E206"}),
    "nested maxima": (chain("max(x, y)", "max(@*sin(@), @ + x)", 20), {"E703"}),
    "exponential of exponentials": ("param k = exp(exp(exp(1000)))\n" + law("k"), {"E305"}),
    "what sympy refuses": (law("asin(sin(asin(sin(10^300))))"), {"E305"}),
    "an endless face": (PLANE + "eq: lap(u) = 1\nbc: u = 0 on x = 10^400", {"E305"}),
    "brackets": (law("(" * 5000 + "x" + ")" * 5000), {"E701"}),
    "signs": (law("-" * 3000 + "x"), {"E701"}),
    "many factors": (law("*".join(["x"] * 1990)), {"E702"}),
    "a hundred dimensions": (
        "domain O: x in [0, 1]^100\nunknown u(x)\neq: lap(u) = 1\nbc: u = 0 on boundary",
        set(),
    ),
    "a hundred components": (
        "domain O: (x, y) in [0, 1]^2\nunknown v(x, y) in R^100\n"
        "eq: lap(v) = v\nbc: v = 0 on boundary",
        {"L106"},
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile(name: str) -> None:
    text, expected = HOSTILE[name]
    start = time.process_time()
    found = set(codes(text))
    assert time.process_time() - start < HANG
    assert bool(found) == bool(expected) and found <= expected, found


# --- random statements ------------------------------------------------------------------------

HEAD = (
    "param k = 2\ndomain Omega: (x, y) in [0, 1]^2\ntime t in [0, 1]\n"
    "unknown u(x, y, t), v(x, y, t) in R^2\nunknown q > 0\n"
    "let f(s) = s^2 - 1\noperator L[w] = lap(w) - k*w\n"
)
LAWS = "eq: lap(u) = 1\nbc: u = 0 on boundary\n"
SCALARS = "u k q x y t pi u_x u_xy u_tt v[1] d(v[2],y) u(x=0) u_x(0,y,t) 1 0 2.5 1e-3 10^300 n[1]"
VECTORS = ["v", "n", "grad(u)", "(1, 0)", "(x, -u)", "v(x=1)", "w", "0"]
SCALAR_FORMS = [
    *(f"{name}(@)" for name in "sin exp log sqrt abs sign erf f tanh asin heaviside".split()),
    *(f"(@ {sign} @)" for sign in "+-*/^"),
    *("L[@]", "lap(@)", "d(@, x, 2)", "max(@, @)", "atan2(@, @)", "if(@ > @, @, 1)", "-@"),
    *("sum(@*i for i in 1..3)", "integral(@, Omega)", "dn(@)", "advect($, @)"),
    *("div($)", "curl($)", "norm($)", "dot($, $)", "cross($, $)", "$[1]", "@*$", "$ + $", "@"),
]
VECTOR_FORMS = ["($ + $)", "@*$", "(@, @)", "grad(@)", "L[$]", "advect($, $)", "curl(@)", "-$", "@"]
PLACES = (
    *("", "on boundary", "on x = 0", "at x = 0.5", "in Omega", "on boundary where x > y"),
    *("at (x, y) = (0, 1)", "at t = 0", "on x = @", "on boundary where @ > 0"),
)
STATEMENTS = [
    *("eq: @ = @ %", "eq: $ = $ %", "bc: @ = @ %", "bc: $ = $ on boundary", "ic: @ = @ at t = 0"),
    *(
        "let us = @\neq: u = us %",
        "let g(s) = @*s\neq: g(u) = @",
        "operator M[w] = @*w\neq: M[u] = 1",
    ),
    *("exact u = @", "exact v = $", "exact q = @", "param m = @", "region D = [@, @]^2"),
    *("bc: u periodic in x", "bc: u, v periodic in y", "unknown w(x, y)", "eq: lap(v) = $"),
]


@st.composite
def expressions(draw: st.DrawFn, kind: str, depth: int = 3) -> str:
    """A scalar (``@``) or a vector (``$``), nested up to a depth; seldom of the wrong shape."""
    leaves = SCALARS.split() if kind == "@" else VECTORS
    forms = SCALAR_FORMS if kind == "@" else VECTOR_FORMS
    if depth == 0 or draw(st.integers(0, 2)) == 0:
        return draw(st.sampled_from(leaves))
    return fill(draw, draw(st.sampled_from(forms)), depth - 1)


def fill(draw: st.DrawFn, form: str, depth: int) -> str:
    """A form with an expression in each of its gaps."""
    return "".join(draw(expressions(c, depth)) if c in "@$" else c for c in form)


@st.composite
def statements(draw: st.DrawFn) -> str:
    """One or two lines of a file."""
    form = draw(st.sampled_from(STATEMENTS)).replace("%", draw(st.sampled_from(PLACES)))
    return fill(draw, form, 3)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.lists(statements(), min_size=1, max_size=3))
def test_random_statements_yield_only_diagnostics(lines: list[str]) -> None:
    codes(HEAD + LAWS + "\n".join(lines) + "\n")
