"""Generated code against mpmath."""

from __future__ import annotations

import keyword
import os
import subprocess
import sys

import mpmath
import pytest
import sympy as sp
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from pdedsl.compiler.lowering.constants import NotTranslatable
from pdedsl.compiler.lowering.names import Names
from pdedsl.compiler.lowering.torch_code import generate

F = torch.float64
a, b, c = sp.symbols("a b c", real=True)


def value(expression: sp.Expr, **at: float) -> float:
    code = generate("f", list(at), [sp.sympify(expression)], list(at))
    inputs = [torch.tensor([v], dtype=F) for v in at.values()]
    return float(code.function(*inputs)[0])


FUNCTIONS = [
    sp.sin(a), sp.cos(a), sp.tan(a), sp.asin(a / 9), sp.acos(a / 9), sp.atan(a), sp.atan2(b, a),
    sp.sinh(a), sp.cosh(a), sp.tanh(a), sp.exp(a), sp.log(a), sp.sqrt(a), sp.Abs(b), sp.sign(b),
    sp.Min(a, b, c), sp.Max(a, 2 * b, c, sp.Rational(1, 3)), sp.erf(a), sp.Heaviside(a - 1),
    sp.Heaviside(b), a**7, a**-3, a ** sp.Rational(5, 2), a ** sp.Rational(-3, 2), a**b, 2**b,
    a ** sp.Rational(1, 3), a / (b * c), -a / b**2, (a + b) ** 4 / (a - b) ** 3, sp.pi * a / 3,
    2 * sp.pi**2 * sp.sin(sp.pi * a), sp.exp(-(a**2)) * sp.sqrt(2 * sp.pi), -(a - b) * -c,
    a - (b - c), a / (b / c), -(a**2), (-a) ** 2, 1 / sp.sqrt(a), sp.E**2 * a, a ** sp.pi,
]  # fmt: skip


@pytest.mark.parametrize("expression", FUNCTIONS, ids=str)
def test_functions_against_mpmath(expression: sp.Expr) -> None:
    at = {"a": 1.7, "b": -0.6, "c": 0.45}
    with mpmath.workdps(30):
        want = sp.N(
            expression.subs({sp.Symbol(k, real=True): sp.Float(v, 30) for k, v in at.items()}), 25
        )
    assert value(expression, **at) == pytest.approx(float(want), rel=1e-14)


def test_values_at_jumps() -> None:
    assert value(sp.Heaviside(a), a=0.0) == 0.5
    assert value(sp.sign(a), a=0.0) == 0.0
    assert value(sp.Piecewise((1, a < 0), (2, True)), a=0.0) == 2.0
    assert value(sp.Piecewise((1, a <= 0), (2, True)), a=0.0) == 1.0


def test_conditions() -> None:
    where = sp.Or(sp.And(a > 0, b < 1), sp.Not(sp.Or(a >= -1, sp.Ne(b, 2))))
    code = generate("f", ["a", "b"], [where])
    x = torch.tensor([1.0, 1.0, -2.0, -2.0], dtype=F)
    y = torch.tensor([0.0, 3.0, 2.0, 0.0], dtype=F)
    assert code.function(x, y)[0].tolist() == [True, False, True, False]


@pytest.mark.parametrize(
    "expression",
    [
        sp.Piecewise((sp.sqrt(a), a > 0), (a**2, True)),
        sp.Piecewise((sp.log(a), a > 0), (sp.log(-a), a < 0), (0, True)),
        sp.Piecewise((sp.sin(a) / a, a**2 > sp.Rational(1, 100)), (1 - a**2 / 6, True)),
        sp.Piecewise((a * sp.Piecewise((sp.sqrt(a - 1), a > 1), (3, True)), a > 0), (a, True)),
        2 + sp.sin(sp.Piecewise((sp.sqrt(a), a > 0), (a, True))) * sp.sqrt(a + 9),
    ],
    ids=str,
)  # fmt: skip
def test_branches_not_taken_leave_no_trace_in_derivatives(expression: sp.Expr) -> None:
    at = [-2.0, -0.5, 0.0, 0.3, 2.5]
    x = torch.tensor(at, dtype=F, requires_grad=True)
    f = generate("f", ["a"], [expression], ["a"]).function
    y = f(x)[0]
    (slope,) = torch.autograd.grad(y.sum(), x)
    _, forward = torch.func.jvp(lambda s: f(s)[0], (x.detach(),), (torch.ones_like(x),))
    for point, got, tangent in zip(at, slope.tolist(), forward.tolist(), strict=True):
        h = sp.Symbol("h", real=True)
        branch = expression.subs(a, sp.Rational(point) + h)
        want = float(sp.limit(sp.diff(sp.piecewise_fold(branch), h).subs(h, 0), h, 0))
        assert got == pytest.approx(want, rel=1e-12)
        assert tangent == pytest.approx(want, rel=1e-12)


def test_constants_and_unused_inputs() -> None:
    f = generate("f", ["a"], [sp.Integer(3), sp.pi, sp.Rational(1, 3)]).function
    assert f(torch.zeros(2)) == (3.0, float(sp.pi), 1 / 3)


def test_constants_keep_the_precision_of_the_inputs() -> None:
    e = sp.Piecewise((1, a > 0), (0, True)) + sp.Max(a, sp.Rational(1, 7))
    for dtype in (torch.float32, torch.float64):
        got = generate("f", ["a"], [e], ["a"]).function(torch.tensor([0.0], dtype=dtype))[0]
        assert got.dtype == dtype
        assert got.item() == torch.tensor(1 / 7, dtype=dtype).item()


def test_common_parts_are_computed_once() -> None:
    shared = sp.sin(a * b) + 1
    text = generate("f", ["a", "b"], [shared**2, sp.exp(shared), shared / a]).text
    assert text.count("torch.sin") == 1
    assert "torch.pow" not in text


def test_powers_are_products() -> None:
    text = generate("f", ["a"], [a**13]).text
    assert "pow" not in text
    assert text.count("*") <= 6


def test_what_has_no_value_is_refused() -> None:
    for bad in (sp.zeta(a), sp.sqrt(-1) * a, sp.DiracDelta(a), a + sp.zoo, sp.oo * sp.sin(a)):
        with pytest.raises(NotTranslatable):
            generate("f", ["a"], [bad])


def test_names_are_safe_and_distinct() -> None:
    names = Names(["torch"])
    wishes = ["lambda", "x[1]", "x1", "v[1]", "λ", "torch", "u.vx", "", "2a", "__import__", "print",
              "lambda_", "a b;import os", "u\n", "None", "match"]  # fmt: skip
    got = [names.new(w) for w in wishes]
    assert len(set(got)) == len(got)
    for name in got:
        assert name.isascii()
        assert name.isidentifier()
        assert not keyword.iskeyword(name)
        assert name not in ("torch", "print", "__import__")
    assert got[:4] == ["lambda_", "x1", "x1_2", "v1"]


PROGRAM = """
import sympy as sp
from pdedsl.compiler.lowering.torch_code import generate
a, b, c = sp.symbols("a b c", real=True)
e = sp.sin(a*b)**2 + sp.exp(c - a*b)*sp.Max(a, b, c)/(a + b + c)**3
p = sp.Piecewise((sp.sqrt(a*b), sp.And(a > 0, b > 0)), (sp.Min(a, b), True))
print(generate("f", ["a", "b", "c"], [e, p*e, e.diff(a)], ["a", "b", "c"]).text)
"""


def test_the_text_does_not_depend_on_the_hash_seed() -> None:
    texts = {
        subprocess.run(
            [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True,
            env=os.environ | {"PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("0", "7")
    }  # fmt: skip
    assert len(texts) == 1
    assert "def f(a, b, c):" in texts.pop()


smooth = st.deferred(
    lambda: st.one_of(
        st.sampled_from([a, b, c]),
        st.integers(-5, 5).map(sp.Integer),
        st.sampled_from([sp.pi, sp.Rational(2, 7), sp.sqrt(2)]),
        st.tuples(smooth, smooth).map(lambda p: p[0] + p[1]),
        st.tuples(smooth, smooth).map(lambda p: p[0] * p[1]),
        st.tuples(smooth, smooth).map(lambda p: p[0] / (p[1] ** 2 + 2)),
        st.tuples(smooth, st.integers(2, 5)).map(lambda p: p[0] ** p[1]),
        st.tuples(smooth, st.sampled_from([sp.sin, sp.cos, sp.tanh, sp.atan, sp.erf])).map(
            lambda p: p[1](p[0])
        ),
        st.tuples(smooth, smooth).map(lambda p: sp.Max(p[0], p[1])),
        st.tuples(smooth, smooth, smooth).map(
            lambda p: sp.Piecewise((p[1], p[0] > sp.Rational(1, 9)), (p[2], True))
        ),
    )
)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(smooth, smooth)
def test_random_expressions_against_mpmath(one: sp.Expr, two: sp.Expr) -> None:
    at = {a: 0.731, b: -0.412, c: 0.284}
    exact = {s: sp.Float(v, 40) for s, v in at.items()}
    wants = [sp.N(e.subs(exact), 30) for e in (one, two)]
    if any(not w.is_real or abs(w) > 1e8 for w in wants):
        return
    f = generate("f", ["a", "b", "c"], [one, two], ["a", "b", "c"]).function
    got = f(*(torch.tensor([v], dtype=F) for v in at.values()))
    # Cancellation loses digits in relation to the largest part, which the bound below allows.
    for g, w, e in zip(got, wants, (one, two), strict=True):
        size = max([1.0, *(abs(float(sp.N(s.subs(exact)))) for s in sp.preorder_traversal(e)
                           if isinstance(s, sp.Expr) and s.is_finite is not False)])  # fmt: skip
        assert abs(float(g) - float(w)) <= 1e-12 * size


def test_generated_code_may_be_the_first_to_use_torch() -> None:
    script = (
        "import numpy, pdedsl\n"
        "from pdedsl.compiler.points.face_points import face_condition\n"
        "p = pdedsl.parse('domain O: x in [0, 1]\\ntime t in [0, 1]\\nunknown u(x, t)\\n'\n"
        "                 'eq: u_t = u_xx\\nbc: u = 0 on x = 0 where t > 0.5')\n"
        "print(face_condition(p, p.laws[1].place)(numpy.array([[0, 0.4], [0, 0.6]])).tolist())\n"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert run.stdout == "[False, True]\n", run.stderr
