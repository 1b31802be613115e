"""The text of a problem is a spec again, and says the same."""

from __future__ import annotations

from pathlib import Path

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from pdedsl import api
from pdedsl.diagnostics import Source
from pdedsl.ir import Problem
from pdedsl.ir.text import expression_text, problem_text
from pdedsl.sema import examine
from tests.conftest import SPECS

HEAD = "domain Omega: (x, y) in [0, 1]^2\nunknown u(x, y), v(x, y) in R^2\n"


def reread(text: str, base: Path) -> Problem:
    source = Source("again.pde", text)
    problem, report = examine(source, base)
    assert problem is not None, "\n".join(d.message for d in report)
    return problem


@pytest.mark.parametrize("path", SPECS, ids=lambda p: p.stem)
def test_text_of_a_problem_reads_as_the_same_problem(path: Path) -> None:
    first = api.load(path)
    second = reread(problem_text(first), path.parent)
    assert [law.label for law in first.laws] == [law.label for law in second.laws]
    for one, other in zip(first.laws, second.laws, strict=True):
        assert one.place == other.place
        assert one.residuals == other.residuals
    assert first.periodicities == tuple(
        p.__class__(q.label, q.fields, q.axis, q.period, p.span)
        for p, q in zip(first.periodicities, second.periodicities, strict=True)
    )


LEAVES = ["x", "y", "u", "v[1]", "u_x", "u_xy", "d(v[2], y, 2)", "2", "0.5", "1/3", "pi", "u(x=0)"]
leaf = st.sampled_from(LEAVES)
expressions = st.recursive(
    leaf,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        inner.map(lambda e: f"-({e})"),
        inner.map(lambda e: f"sin({e})"),
        inner.map(lambda e: f"exp({e})"),
        inner.map(lambda e: f"({e})^2"),
        inner.map(lambda e: f"1/(2 + ({e})^2)"),
        inner.map(lambda e: f"if({e} > 0, {e}, abs({e}))"),
        inner.map(lambda e: f"min({e}, x)"),
    ),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(expressions)
def test_printed_expressions_read_as_the_same_value(text: str) -> None:
    # No leaf cancels u_yyy, so that the law is about an unknown in any case.
    first = reread(f"{HEAD}eq: u_yyy + {text} = 0\nbc: u = 0 on boundary\n", Path())
    printed = expression_text(first.laws[0].residuals[0])
    second = reread(f"{HEAD}eq: {printed} = 0\nbc: u = 0 on boundary\n", Path())
    assert same_value(first.laws[0].residuals[0], second.laws[0].residuals[0])


def same_value(left: sp.Expr, right: sp.Expr) -> bool:
    """Compare at a generic point, with every field and derivative a number of its own."""
    if left == right:
        return True
    atoms = sorted(
        (left - right).atoms(sp.core.function.AppliedUndef, sp.Derivative, sp.Subs),
        key=lambda a: (-len(a.args), sp.default_sort_key(a)),
    )
    order = [a for kind in (sp.Subs, sp.Derivative) for a in atoms if isinstance(a, kind)]
    order += [a for a in atoms if a not in order]
    values = {a: sp.Rational(7 + 3 * i, 11) for i, a in enumerate(order)}
    plain = {sp.Symbol("x", real=True): 0.37, sp.Symbol("y", real=True): 0.61}
    one, other = (complex(e.xreplace(values).subs(plain).evalf(30)) for e in (left, right))
    return abs(one - other) <= 1e-12 * max(1.0, abs(one))


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("u_xx + 0.01*pi*x*u + 0.35", "0.35 + pi*x*u/100 + u_xx"),
        ("d(v[1], x, 2)", "d(v[1], x, 2)"),
        ("u(x=0)", "u(0, y)"),
        ("u_x(x=1)", "u_x(x=1)"),
        ("sqrt(u)/3", "sqrt(u)/3"),
        ("u^2/(1 + u)", "u^2/(u + 1)"),
        ("if(x > 0, u, 0)", "if(x > 0, u, 0)"),
        ("abs(u) + heaviside(y)", "abs(u) + heaviside(y)"),
        ("integral(u*x, Omega)", "integral(x*u, Omega)"),
    ],
)
def test_spelling(text: str, printed: str) -> None:
    problem = reread(f"{HEAD}eq: {text} = 0\nbc: u = 0 on boundary\n", Path())
    terms = printed.split(" + ")
    found = expression_text(problem.laws[0].residuals[0])
    assert sorted(found.split(" + ")) == sorted(terms)
