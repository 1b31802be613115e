"""d and n, which are built in, as names of numbers and fields."""

from __future__ import annotations

import pytest

import pdedsl

SQUARE = "domain Omega: (x, y) in [0, 1]^2\n"


def test_parameters_d_and_n_stand_beside_derivatives_and_fluxes():
    text = "param d = 2, n = 3\n" + SQUARE + "unknown u(x, y)\n"
    text += "eq: -d(d*d(u, x), x) - d(u, y, 2) + n*u = n*x\n"
    text += "bc: u = x  on x = 0, y = 0, y = 1\nbc: d*dn(u) = d  on x = 1\nexact u = x\n"
    problem = pdedsl.parse(text)
    assert not problem.lints
    named = text.replace("d*", "a*").replace("n*", "b*").replace("d = 2, n =", "a = 2, b =")
    named = named.replace("= d ", "= a ")
    other = pdedsl.parse(named)
    for one, two in zip(problem.laws, other.laws, strict=True):
        assert [problem.substitute(r) for r in one.residuals] == [
            other.substitute(r) for r in two.residuals
        ]


def test_a_field_n_has_a_flux():
    text = SQUARE + "unknown n(x, y)\neq: -lap(n) + n = x\nbc: dn(n) + n = 1  on boundary\n"
    named = text.replace("n(x", "m(x").replace("lap(n) + n", "lap(m) + m")
    named = named.replace("dn(n) + n", "dn(m) + m")
    shown = [str(law.residuals).replace("m(", "n(") for law in pdedsl.parse(named).laws]
    assert [str(law.residuals) for law in pdedsl.parse(text).laws] == shown


def test_an_unknown_number_and_a_range():
    text = "param n in [1, 2]\nunknown d > 0\n" + SQUARE + "unknown u(x, y)\neq: -d*lap(u) = n\n"
    problem = pdedsl.parse(text + "bc: u = 0  on boundary\neq: u = 1  at (x, y) = (0.5, 0.5)\n")
    assert [s.name for s in problem.inputs] == ["x", "y", "n"]
    assert [n.symbol.name for n in problem.numbers] == ["d"]


@pytest.mark.parametrize(
    "declared", ["unknown n(x, y) in R^2", "unknown d(x, y)", "let d(s) = s", "let n = 1",
                 "param lap = 1", "unknown dn(x, y)"],
)  # fmt: skip
def test_other_roles_are_refused(declared):
    with pytest.raises(pdedsl.UserError, match="E203"):
        pdedsl.parse(SQUARE + declared + "\n")


def test_a_name_is_declared_once():
    with pytest.raises(pdedsl.UserError, match="d is declared twice"):
        pdedsl.parse("param d = 1\nparam d = 2\n" + SQUARE)
