"""Operators of whole problems."""

from __future__ import annotations

import re

import pytest
import sympy as sp
from sympy.core.function import AppliedUndef

import pdedsl
from pdedsl.calculus import State, law_operators, linearisation_state, system_operators
from pdedsl.ir import Interior, Substitution, normal
from tests import small
from tests.conftest import ROOT

SPECS = sorted((ROOT / "specs").glob("*.pde"))
HEAD = """problem "p"
param k = 3
param power = 1
domain  Omega: (x, y) in [0, 1]^2
time    t in [0, 1]
unknown u(x, y, t), v(x, y, t), a(t)
unknown c guess 2
"""


def laws_of(text):
    problem = pdedsl.parse(HEAD + text + "\n")
    return problem, law_operators(problem)


def put_in(expression, functions):
    """An expression with functions for its fields."""
    return Substitution(functions.items())(expression).doit()


@pytest.mark.parametrize("path", SPECS, ids=lambda p: p.stem)
def test_every_spec(path):
    """L u + g is the residual: exactly where linear, else to first order at the state."""
    problem = pdedsl.load(path)
    state = linearisation_state(problem)
    found = law_operators(problem, state)
    assert [item.law.label for item in found] == [law.label for law in problem.laws]
    step = sp.Rational(1, 10**5)
    side = {
        c: sp.sin(1 + i + sum((j + 2) * s for j, s in enumerate(problem.inputs)))
        for i, c in enumerate(problem.components)
    }
    for item in found:
        if item.operator is None:
            assert "integrates" in item.reason
            continue
        assert item.reason == ""
        assert item.operator.coordinates == problem.inputs
        assert item.operator.unknowns == tuple(str(c.func) for c in problem.components)
        near = {c: state.values[c] + step * side[c] for c in problem.components}
        images = item.operator.apply(list(near.values()))
        for image, known, residual in zip(images, item.known, item.law.residuals, strict=True):
            rest = number(problem, put_in(residual, near)) - number(problem, image + known)
            assert abs(rest) < (1e-10 if item.linear else 1e-7)


def number(problem, expression):
    """Value at a generic point, with a number for every symbol and column."""
    expression = problem.substitute(expression.doit())
    columns = sorted(expression.atoms(AppliedUndef), key=str)
    symbols = (*problem.inputs, *(n.symbol for n in problem.numbers), normal(1), normal(2))
    values = {s: 0.21 + 0.13 * i for i, s in enumerate(symbols)}
    return float(expression.xreplace({f: sp.Float(0.3) for f in columns}).subs(values))


@pytest.mark.parametrize("path", SPECS, ids=lambda p: p.stem)
def test_systems_stack_the_equations(path):
    problem = pdedsl.load(path)
    laws = law_operators(problem)
    inside = [i for i in laws if i.law.kind == "eq" and isinstance(i.law.place, Interior)]
    systems = system_operators(problem)
    assert sum(len(s.operator.rows) for s in systems) == sum(len(i.law.residuals) for i in inside)
    for system in systems:
        assert len(system.labels) == len(system.operator.rows)
        assert system.left_out == ()
        rows = [r for i in inside if i.law.place.domain == system.domain for r in i.operator.rows]
        parts = [sum(len(entry) for entry in row) for row in rows]
        assert parts == [sum(len(e) for e in row) for row in system.operator.rows]


def test_an_interface_joins_two_domains():
    problem = pdedsl.load(ROOT / "specs" / "interface.pde")
    flux = law_operators(problem)[-1]
    k1, k2, n1, n2 = (
        next(s for _, a in flux.operator.terms() for s in a.free_symbols if s.name == name)
        for name in ("k1", "k2", "n[1]", "n[2]")
    )
    assert [dict(entry) for entry in flux.operator.rows[0]] == [
        {(1, 0): k1 * n1, (0, 1): k1 * n2}, {(1, 0): -k2 * n1, (0, 1): -k2 * n2},
    ]  # fmt: skip
    left, right = system_operators(problem)
    assert (left.domain, left.operator.unknowns) == ("A", ("u1",))
    assert (right.domain, right.operator.unknowns) == ("B", ("u2",))


def test_only_the_inputs_that_matter():
    problem, _ = laws_of("eq: a_t = -k*a")
    (system,) = system_operators(problem)
    assert [s.name for s in system.operator.coordinates] == ["t"]
    assert system.operator.unknowns == ("a",)
    assert system.operator.terms()[0][0] == (1,)


@pytest.mark.parametrize(
    ("law", "reason"),
    [
        ("eq: u_t = u + integral(v, Omega)", "it integrates v over Omega"),
        ("eq: u_t = u(x=0)", r"it holds u\(0, y, t\), a value at another point"),
        ("eq: 3*c = 2", "unknown numbers alone"),
        ("eq: u_t = sqrt(u)", "not linear and has no derivative at zero"),
    ],
)
def test_laws_without_an_operator(law, reason):
    problem, (found,) = laws_of(law)
    assert found.operator is None
    assert re.search(reason, found.reason)
    assert system_operators(problem) == ()


def test_what_is_left_out_of_a_system_is_told():
    problem, found = laws_of("eq one: u_t = u_xx\neq two: v_t = integral(u, Omega)")
    (system,) = system_operators(problem)
    assert system.labels == ("one",)
    assert [item.law.label for item in system.left_out] == ["two"]
    assert found[1].reason == system.left_out[0].reason


@pytest.mark.parametrize("law", ["bc: u(x=0) + u_x(x=0) = k", "bc: u + u_x = k  on x = 0"])
def test_a_value_at_the_laws_own_place(law):
    _, (found,) = laws_of(law)
    assert [dict(e) for e in found.operator.rows[0][:1]] == [{(0, 0, 0): 1, (1, 0, 0): 1}]
    assert str(found.known[0]) == "-k"


def test_linear_for_the_parameters_it_has():
    """u^power with power = 1; with another value it is linearised."""
    problem, (found,) = laws_of("eq: u_t = k*u^power")
    assert found.linear
    assert [dict(e) for e in found.operator.rows[0][:1]] == [{(0, 0, 1): 1, (0, 0, 0): -3}]
    assert not law_operators(problem.with_params(power=2))[0].linear


def test_unknown_numbers_stay_symbols():
    problem, (found,) = laws_of("eq: u_t = c*u_xx")
    number = problem.numbers[0].symbol
    assert dict(found.operator.rows[0][0])[2, 0, 0] == -number
    assert found.linear
    assert linearisation_state(problem).numbers == {number: 2}


def test_states():
    exact = linearisation_state(pdedsl.parse(small.HEAT))
    assert exact.text == "the exact solution"
    assert [str(v) for v in exact.values.values()] == ["exp(-pi**2*t)*sin(pi*x)"]
    problem, _ = laws_of("eq: u_t = u_xx\nic: 2*u = x*t + 4 + k  at t = 0")
    state = linearisation_state(problem)
    assert state.text == "the initial condition, taken constant in time, and zero for v, a"
    assert [str(v) for v in state.values.values()] == ["k/2 + 2", "0", "0"]
    for law in ("ic: u_t = x  at t = 0", "ic: u = v  at t = 0", "ic: u^2 = 4  at t = 0",
                "bc: u = 1  on x = 0"):  # fmt: skip
        state = linearisation_state(laws_of(f"eq: u_t = u_xx\n{law}")[0])
        assert state.text == "zero"
        assert set(state.values.values()) == {0}


def test_a_state_of_ones_own():
    problem, (found,) = laws_of("eq: u_t = u*u_x + v^2")
    x, y, _ = problem.inputs
    values = dict(zip(problem.components, (x * y, sp.sin(x), sp.S.Zero), strict=True))
    own = law_operators(problem, State(values, "a test"))[0]
    u, v, _ = own.operator.rows[0]
    assert dict(u) == {(0, 0, 1): 1, (1, 0, 0): -x * y, (0, 0, 0): -y}
    assert dict(v) == {(0, 0, 0): -2 * sp.sin(x)}
    assert sp.expand(own.known[0] - x * y**2 - sp.sin(x) ** 2) == 0
    assert found.known == (0,)
    assert not own.linear
    assert not found.linear
