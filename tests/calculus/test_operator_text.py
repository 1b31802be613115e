"""Operators as text and LaTeX."""

from __future__ import annotations

import pytest
import sympy as sp

import pdedsl
from pdedsl.calculus import adjoint, hermitian_square, symbol, system_operators
from pdedsl.calculus.printing.operator_latex import operator_latex, symbol_latex
from pdedsl.calculus.printing.operator_text import operator_text, symbol_text

from .operators import A, B, X, operator, x, y

POISSON = operator((x,), [{(2,): -1}], unknowns=["u"])


def test_poisson():
    assert operator_text(POISSON) == "-u_xx"
    assert operator_text(adjoint(POISSON)) == "-w_xx"
    assert operator_text(hermitian_square(POISSON)) == "u_xxxx"
    assert symbol_text(symbol(POISSON)) == "xi[x]^2"
    assert operator_latex(POISSON) == "-u_{xx}"
    assert symbol_latex(symbol(POISSON)) == r"\xi_{x}^{2}"


@pytest.mark.parametrize(
    ("coefficient", "text", "latex"),
    [
        (1, "u_xx", "u_{xx}"),
        (-A, "-a*u_xx", "-a u_{xx}"),
        (sp.Rational(3, 20), "3*u_xx/20", r"\frac{3}{20} u_{xx}"),
        (-1 / (100 * sp.pi), "-u_xx/(100*pi)", r"-\frac{1}{100 \pi} u_{xx}"),
        (A + B, "(a + b)*u_xx", r"\left(a + b\right) u_{xx}"),
        (-A - B, "-(a + b)*u_xx", r"-\left(a + b\right) u_{xx}"),
        ((-A - B) * sp.sin(x), "-(a + b)*sin(x)*u_xx", None),
        (A - B, "(a - b)*u_xx", r"\left(a - b\right) u_{xx}"),
        (A / (1 + x), "a*u_xx/(x + 1)", r"\frac{a}{x + 1} u_{xx}"),
        (sp.exp(-x), "exp(-x)*u_xx", "e^{- x} u_{xx}"),
        (1 / A**2, "u_xx/a^2", r"\frac{1}{a^{2}} u_{xx}"),
        (sp.Piecewise((1, x > 0), (2, True)), "if(x > 0, 1, 2)*u_xx", None),
    ],
)
def test_one_term(coefficient, text, latex):
    L = operator((x,), [{(2,): coefficient}], unknowns=["u"])
    assert operator_text(L) == text
    assert latex is None or operator_latex(L) == latex


def test_highest_orders_first():
    L = operator((x, y), [{(0, 0): A**2, (0, 1): -1, (2, 1): 1, (1, 2): B}], unknowns=["u"])
    assert operator_text(L) == "u_xxy + b*u_xyy - u_y + a^2*u"
    assert operator_latex(L) == "u_{xxy} + b u_{xyy} - u_{y} + a^{2} u"


def test_systems_have_a_row_a_line():
    L = operator((x, y), [{(1, 0): 1}, {(0, 1): A}], [{}, {}], [{(0, 0): -2}, {(1, 1): 1}])
    assert operator_text(L) == "d(u[1], x) + a*d(u[2], y)\n0\nd(d(u[2], x), y) - 2*u[1]"
    assert symbol_text(symbol(L)) == "[I*xi[x], I*a*xi[y]]\n[0, 0]\n[-2, -xi[x]*xi[y]]"
    assert operator_latex(L) == (
        r"\begin{pmatrix} \partial_{x} u_{1} + a \partial_{y} u_{2} \\ 0 \\ "
        r"\partial_{xy} u_{2} - 2 u_{1} \end{pmatrix}"
    )
    assert symbol_latex(symbol(L)) == (
        r"\begin{pmatrix} i \xi_{x} & i a \xi_{y} \\ 0 & 0 \\ -2 & - \xi_{x} \xi_{y} \end{pmatrix}"
    )


def test_frequencies_of_vectors_and_greek_letters():
    names = [sp.Symbol(n, real=True) for n in ("x[1]", "theta")]
    L = operator(names, [{(1, 1): 1}], unknowns=["u"])
    assert symbol_text(symbol(L)) == "-xi[theta]*xi[x[1]]"
    assert symbol_latex(symbol(L)) == r"- \xi_{\theta} \xi_{x_{1}}"


def test_operators_read_back():
    """The text is the language's: written as a law it gives the same operator."""
    terms = {(2, 0): (A + 1) * sp.sin(x), (0, 3): -1 / (3 + x), (1, 0): -A * y, (0, 0): 1 - A}
    L = operator((x, y), [terms], unknowns=["u"])
    for K in (L, hermitian_square(L)):
        text = (
            'problem "p"\nparam a = 2\ndomain O: (x, y) in [0, 1]^2\nunknown u(x, y)\n'
            f"eq: {operator_text(K)} = 0\n"
        )
        (system,) = system_operators(pdedsl.parse(text))
        differences = [
            sp.simplify(dict(system.operator.rows[0][0])[alpha] - a) for alpha, a in K.terms()
        ]
        assert len(system.operator.terms()) == len(K.terms())
        assert differences == [0] * len(differences)


def test_the_order_of_terms_given_does_not_matter():
    terms = {(2, 0): A, (0, 2): B, (1, 1): sp.sin(x) + A, (0, 0): 3}
    first = operator(X[:2], [terms])
    second = operator(X[:2], [dict(reversed(terms.items()))])
    assert first == second
    assert operator_text(hermitian_square(first)) == operator_text(hermitian_square(second))
