"""Plans of laws: sites, derivatives, collapsed sums; values against mpmath."""

from __future__ import annotations

import math

import mpmath
import pytest
import sympy as sp
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from pdedsl.compiler import build
from pdedsl.compiler.lowering.groups import groups_of
from pdedsl.compiler.lowering.plan import Coordinate, Derivative, DerivativeSum, Plan
from pdedsl.compiler.lowering.planner import plan
from pdedsl.ir import Interior

from .problems import box, field, law, poisson, problem, x, y

F = torch.float64
u, v = sp.Function("u")(x, y), sp.Function("v")(x, y)
TWO = problem(
    coordinates=(x, y), region=box((0, 1), (-1, 1)), fields=(field("u", x, y), field("v", x, y)),
    laws=(law("eq", "eq", Interior("Omega"), u),),
)  # fmt: skip


def planned(*expressions: sp.Expr) -> Plan:
    return plan(TWO, groups_of(TWO), "eq", expressions)


def sums(made: Plan) -> list[object]:
    return [item.terms for _, item in made.inputs if isinstance(item, DerivativeSum)]


def test_only_needed_derivatives_are_planned() -> None:
    made = planned(u.diff(x, y) + v)
    ((site, table),) = made.sites
    assert site.arguments == (x, y)
    assert set(table.indices) == {(0, 0), (1, 0), (0, 1), (1, 1)}


def test_sums_are_collapsed_where_that_is_exact() -> None:
    lap = u.diff(x, 2) + u.diff(y, 2)
    assert len(sums(planned(3 * lap + u))) == 1
    assert len(sums(planned(lap**2 * sp.exp(u), sp.sin(lap)))) == 1
    assert sums(planned(2 * u.diff(x, 2) - sp.pi * u.diff(y, 2))) == [
        (((0, 2), pytest.approx(-math.pi / 2)), ((2, 0), 1.0))
    ]
    assert len(sums(planned(u.diff(x, 2) + u.diff(y, 2) + u.diff(x, 3)))) == 1
    assert planned(lap).sites[0][1].channels == 4


@pytest.mark.parametrize(
    "expressions",
    [
        (u.diff(x, 2) * u.diff(y, 2),),
        (u.diff(x, 2) + x * u.diff(y, 2),),
        (u.diff(x, 2) + u.diff(y, 2), u.diff(x, 2)),
        (u.diff(x, 2) + u.diff(y, 2), v.diff(x, 2)),
        (u.diff(x) + u.diff(y),),
        (u.diff(x, 2) + u.diff(x, 2, y),),
        (u.diff(x, 2) + sp.Abs(u.diff(y, 2)),),
    ],
    ids=str,
)
def test_sums_are_kept_apart_where_it_is_not(expressions: tuple[sp.Expr, ...]) -> None:
    assert sums(planned(*expressions)) == []


def test_components_share_one_collapsed_channel() -> None:
    made = planned(u.diff(x, 2) + u.diff(y, 2), 5 * v.diff(x, 2) + 5 * v.diff(y, 2))
    assert len(sums(made)) == 2
    assert made.sites[0][1].channels == 4


def test_values_at_other_points_are_sites_of_their_own() -> None:
    away = sp.Subs(u.diff(x), (x,), (0,))
    made = planned(u - u.subs(x, 1) + away + u.subs({x: y, y: 2 * x}, simultaneous=True))
    assert [str(s.arguments) for s, _ in made.sites] == ["(0, y)", "(1, y)", "(x, y)", "(y, 2*x)"]


def test_no_name_of_the_problem_reaches_the_code() -> None:
    evil = sp.Symbol("__import__('os').system('true')", real=True)
    w = sp.Function("w; raise SystemExit")(evil)
    p = problem(
        coordinates=(evil,), region=box((0, 1)), fields=(field("w; raise SystemExit", evil),),
        laws=(law("eq", "eval('1')", Interior("Omega"), w.diff(evil) - evil),),
    )  # fmt: skip
    s = build(p, {"width": 2, "depth": 1})
    text = s.pieces()["eval('1')"]
    assert "(" not in text.splitlines()[0].split("(", 1)[1].rstrip("):")
    assert "'" not in text
    assert torch.isfinite(s.residual(s.theta0)).all()


# A smooth function with all derivatives known, in place of a network.
G = sp.exp(sp.Rational(3, 10) * x) * sp.sin(sp.Rational(11, 10) * y + sp.Rational(2, 5)) + x * y**2
H = 1 / (2 + x**2 + y) + sp.cos(x * y)
AT = {x: 0.37, y: 0.81}

atoms = st.one_of(
    st.builds(
        lambda f, i, j: f.diff(x, i, y, j) if i + j else f,
        st.sampled_from([u, v]), st.integers(0, 2), st.integers(0, 2),
    ),
    st.sampled_from([x, y, u.subs(x, 0), v.subs(y, sp.Rational(1, 2)), sp.Integer(2), sp.pi / 3,
                     u.diff(x, 2) + u.diff(y, 2), 3 * v.diff(x, 4) - v.diff(y, 4)]),
)  # fmt: skip
trees = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda p: p[0] + p[1]),
        st.tuples(inner, inner).map(lambda p: p[0] * p[1]),
        st.tuples(inner, st.integers(2, 3)).map(lambda p: p[0] ** p[1]),
        st.tuples(inner, st.sampled_from([sp.sin, sp.cos, sp.tanh, sp.atan])).map(
            lambda p: p[1](p[0])
        ),
        st.tuples(inner, inner).map(lambda p: p[0] / (p[1] ** 2 + 1)),
    ),
    max_leaves=8,
)


def exact(e: sp.Expr, fields: dict[str, sp.Expr]) -> float:
    """The expression with known functions for the fields, differentiated by sympy, by mpmath."""

    def known(name: str):
        return lambda *args: fields[name].xreplace(dict(zip((x, y), args, strict=True)))

    for name in fields:
        e = e.replace(sp.Function(name), known(name))
    at = {s: sp.Float(value, 40) for s, value in AT.items()}
    return float(sp.N(e.doit().subs(at), 30))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(trees, min_size=1, max_size=2))
def test_generated_code_on_exact_derivatives(expressions: list[sp.Expr]) -> None:
    made = planned(*expressions)
    values = []
    for _, item in made.inputs:
        if isinstance(item, Coordinate):
            values.append(AT[(x, y)[item.column]])
            continue
        assert isinstance(item, Derivative | DerivativeSum)
        terms = item.terms if isinstance(item, DerivativeSum) else ((item.index, 1.0),)
        total = 0.0
        for (i, j), weight in terms:
            own = (G, H)[item.output].diff(x, i, y, j)
            moved = own.xreplace(dict(zip((x, y), item.site.arguments, strict=True)))
            total += weight * exact(moved, {})
        values.append(total)
    got = made.code.function(*(torch.tensor([value], dtype=F) for value in values))
    for g, e in zip(got, expressions, strict=True):
        assert float(g) == pytest.approx(exact(e, {"u": G, "v": H}), rel=1e-10, abs=1e-10)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(trees)
def test_a_network_against_its_closed_form(e: sp.Expr) -> None:
    system = build(TWO, {"width": 2, "depth": 1, "init": "normal", "scale": 0.7})
    theta = system.theta0
    t = [sp.Float(float(value), 40) for value in theta]
    hidden = [sp.tanh(t[2 * k] * (2 * x - 1) + t[2 * k + 1] * y + t[4 + k]) for k in (0, 1)]
    nets = [t[6 + 2 * o] * hidden[0] + t[7 + 2 * o] * hidden[1] + t[10 + o] for o in (0, 1)]
    points = torch.tensor([[AT[x], AT[y]]], dtype=F)
    got = system.derivative(theta, e, points)
    with mpmath.workdps(30):
        want = exact(e, {"u": nets[0], "v": nets[1]})
    assert float(got) == pytest.approx(want, rel=1e-10, abs=1e-10)


def test_derivative_speaks_of_what_it_cannot_do() -> None:
    system = build(poisson(), {"width": 3, "depth": 1})
    points = torch.zeros(2, 2, dtype=F)
    with pytest.raises(ValueError, match="n1"):
        system.derivative(system.theta0, sp.Symbol("n[1]", real=True) * u, points)
    with pytest.raises(ValueError, match=r"\(n, 2\)"):
        system.fields(system.theta0, torch.zeros(2, 3, dtype=F))
