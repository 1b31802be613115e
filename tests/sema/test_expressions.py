"""Values of expressions: identities of vector calculus, shapes, components, derivatives."""

from __future__ import annotations

import pytest
import sympy as sp
from checking import PLANE, SOLID, check, codes, problem_of, report

FIELDS_2D = "domain Omega: (x, y) in [0, 1]^2\nunknown u(x, y), v(x, y) in R^2\n"


def residual(head: str, left: str, right: str = "u") -> list[sp.Expr]:
    """Residuals of one law, as an expression in expanded form."""
    problem = problem_of(f"{head}eq test: {left} = {right}\n")
    return [sp.expand(r) for r in problem.law("test").residuals]


@pytest.mark.parametrize(
    ("head", "left", "right"),
    [
        (SOLID, "div(curl(v)) + u", "u"),
        (SOLID, "curl(grad(u)) + v", "v"),
        (SOLID, "lap(u)", "div(grad(u))"),
        (SOLID, "lap(v)", "div(grad(v))"),
        (SOLID, "curl(curl(v))", "grad(div(v)) - lap(v)"),
        (SOLID, "div(u*v)", "u*div(v) + dot(grad(u), v)"),
        (SOLID, "advect(v, u)", "dot(v, grad(u))"),
        (SOLID, "advect(v, v)", "dot(grad(v), v)"),
        (SOLID, "dot(v, cross(v, grad(u))) + u", "u"),
        (SOLID, "cross(v, v) + v", "v"),
        (SOLID, "norm(v)^2", "dot(v, v)"),
        (SOLID, "lap(u)", "u_xx + u_yy + u_zz"),
        (SOLID, "d(u, x, 3)", "u_xxx"),
        (SOLID, "d(d(u, x), y)", "u_yx"),
        (SOLID, "dot(((1, 0, 0), (0, 2, 0), (0, 0, 3)), grad(u))", "(u_x, 2*u_y, 3*u_z)"),
        (SOLID, "dot((1, 2, 3), ((1, 0, 0), (0, 2, 0), (0, 0, 3))) + v", "v + (1, 4, 9)"),
        (SOLID, "v[1] + v[2] + v[3]", "dot(v, (1, 1, 1))"),
        (FIELDS_2D, "curl(grad(u)) + u", "u"),
        (FIELDS_2D, "div(curl(u)) + u", "u"),
        (FIELDS_2D, "curl(curl(u))", "-lap(u)"),
        (FIELDS_2D, "curl(v)", "d(v[2], x) - d(v[1], y)"),
        (FIELDS_2D, "cross(v, grad(u))", "v[1]*u_y - v[2]*u_x"),
        (FIELDS_2D, "d(x^2*u, x)", "2*x*u + x^2*u_x"),
        (FIELDS_2D, "sum(i*u for i in 1..4)", "10*u"),
        (FIELDS_2D, "if(x > 2, u, u)", "u"),
        (FIELDS_2D, "sum(v[i]^2 for i in 1..2)", "dot(v, v)"),
    ],
)
def test_identities(head: str, left: str, right: str) -> None:
    difference = f"eq test: ({left}) - ({right}) = 0\n"
    problem, found = report(head + difference)
    if problem is None:  # the difference is zero as it stands, and the language says so
        assert [d.message for d in found] == ["this law says nothing: it is always true"]
    else:
        assert [sp.expand(r) for r in problem.law("test").residuals if sp.expand(r) != 0] == []


@pytest.mark.parametrize(
    ("left", "right"), [("lap(u)", "u_xx"), ("div(v)", "d(v[1], x)"), ("advect(v, u)", "v[1]*u_x")]
)
def test_identities_can_fail(left: str, right: str) -> None:
    assert any(r != 0 for r in residual(SOLID, f"{left} - {right}", "0"))


def test_one_dimension() -> None:
    head = "domain O: x in [0, 1]\nunknown u(x)\n"
    (r,) = residual(head, "lap(u) + div(u) + grad(u) + advect(u, u)", "0")
    u = problem_of(head + "eq: u_x = 1\n").components[0]
    x = u.args[0]
    assert sp.expand(r - (u.diff(x, 2) + 2 * u.diff(x) + u * u.diff(x))) == 0


def test_indexed_coordinates() -> None:
    head = "domain O: x in [0, 1]^4\nunknown u(x)\n"
    (r,) = residual(head, "lap(u)", "sum(x[i]^2 for i in 1..4)")
    u = problem_of(head + "eq: lap(u) = 1\n").components[0]
    assert [str(a) for a in u.args] == ["x[1]", "x[2]", "x[3]", "x[4]"]
    assert r == sum(u.diff(a, 2) - a**2 for a in u.args)
    assert codes(head + "eq: lap(u) = x[5]\nbc: u = 0 on boundary") == ["E303"]


@pytest.mark.parametrize(
    ("law", "code", "word"),
    [
        ("lap(v) = u", "E301", "vector of 2 components"),
        ("u + v = 0", "E301", "vector of 2 components"),
        ("v*v = 0", "E302", "vector of 2 components"),
        ("u/v = 0", "E302", "vector of 2 components"),
        ("v^2 = 0", "E302", "vector of 2 components"),
        ("sin(v) = 0", "E302", "vector of 2 components"),
        ("u^v = 0", "E302", "number"),
        ("v[3] = 0", "E303", "component 3"),
        ("v[0] = 0", "E303", "component 0"),
        ("u[2] = 0", "E303", ""),
        ("div(u) = 0", "E301", "vector of 2 components"),
        ("dot(v, (1, 2, 3)) = 0", "E301", "3 components"),
        ("cross(u, v) = 0", "E301", "cross needs two vectors"),
        ("u*(x > 1) = 0", "E306", "condition"),
        ("if(u, 1, 2) = u", "E306", "number"),
        ("if(x > 0, u, v) = u", "E301", "vector"),
        ("u/0 = 1", "E305", "divides by zero"),
        ("u = sqrt(-1)", "E305", "real"),
        ("u = log(0)", "E305", "finite"),
        ("u = 0^(-1)", "E305", "zero"),
        ("d(u, x, 9) = 0", "E308", "1 to 8"),
        ("d(u, u) = 0", "E308", "coordinate"),
        ("u*n[1] = 0", "E307", "normal"),
        ("sin(u, u) = 0", "E206", "sin takes"),
        ("sum(u for i in 2..1) = 0", "E407", "from 2 up to 1"),
        ("sum(u for i in 1..1.5) = 0", "E304", "whole number"),
        ("1 = 1", "E501", "says nothing"),
        ("u = u", "E501", "always true"),
    ],
)
def test_shapes_and_values(law: str, code: str, word: str) -> None:
    found = check(FIELDS_2D + f"eq: {law}\n")
    assert found[0][0] == code and word in found[0][1], found


@pytest.mark.parametrize(
    ("text", "code", "mend"),
    [
        ("eq: lap(w) = 0", "E201", None),
        ("let alpha = 1\neq: alpa*u = 0", "E201", "alpha"),
        ("eq: laplacian(u) = 0", "E201", "lap"),
        ("eq: uxx = 0", "E201", "u_xx"),
        ("eq: u_xt = 0", "E201", None),
        ("param u = 1", "E202", None),
        ("param x = 1", "E202", None),
        ("let sin = 1", "E203", "sin0"),
        ("param k = 1\neq: k(x + 1) = u", "E204", "k*(x + 1)"),
        ("let f(s) = s\neq: f = u", "E204", "f("),
        ("operator L[w] = lap(w)\neq: L(u) = 0", "E204", "L["),
        ("param u_x = 1", "E205", None),
        ("let f(s) = s\neq: f(1, 2) = u", "E206", None),
        ("operator L[w, z] = w + z\neq: L[u] = 0", "E206", None),
        ("let f(s, s) = s", "E202", None),
        ("let f(s) = q", "E201", None),
        ("eq: u.x = 0", "E204", "u[1]"),
    ],
)
def test_names(text: str, code: str, mend: str | None) -> None:
    _, found = report(PLANE + text + "\n")
    assert found[0].code == code, found
    if mend is not None:
        assert mend in (found[0].mend or ""), found[0]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("abs(exp(u_x))", "exp(u_x)"),
        ("d(abs(u_x), x)", "sign(u_x)*u_xx"),
        ("d(abs(u_x)^3, x)", "3*abs(u_x)^2*sign(u_x)*u_xx"),
        ("d(max(u_x, 0), y)*0", "0*u"),
    ],
)
def test_derivatives_are_known_to_be_real(left: str, right: str) -> None:
    problem, found = report(FIELDS_2D + f"eq test: {left} - {right} + u = 0\n")
    assert problem is not None, found
    u = problem.fields[0].components[0]
    assert sp.expand(problem.law("test").residuals[0] - u) == 0


# --- integrals and places ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("d(integral(u, Omega), x)", "0"),
        ("div(integral(u^2, Omega)*grad(u))", "integral(u^2, Omega)*lap(u)"),
        ("d(integral(u*sin(k*x), Omega), k)", "integral(d(u*sin(k*x), k), Omega)"),
        ("integral(x*u, Omega)*0 + d(u(x=x/2), x)", "u_x(x=x/2)/2"),
    ],
)
def test_derivatives_of_what_depends_on_coordinates_inside(left: str, right: str) -> None:
    head = "param k in [1, 2]\ndomain Omega: (x, y) in [0, 1]^2\nunknown u(x, y)\n"
    one = problem_of(f"{head}eq test: {left} + u = 0\n").law("test").residuals[0]
    two = problem_of(f"{head}eq test: {right} + u = 0\n").law("test").residuals[0]
    assert sp.expand((one - two).doit()) == 0


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        ("bc: u = 0 on boundary where u > 0", "E404", "this depends on u"),
        ("bc: u = 0 on boundary where n[1] > 0", "E404", "this depends on n[1]"),
        ("bc: u = 0 on boundary where a > x", "E404", "this depends on a"),
        ("bc: u = 0 on boundary where integral(u, Omega) > 0", "E404", "this depends on"),
        ("bc: u = integral(dn(u), Omega) on boundary", "E307", "the normal exists on a boundary"),
        ("bc: u(x=a) = 0", "E304", "depends on a"),
        ("eq: lap(u) = u(v[1], 0)", "E304", "depends on v[1](x, y)"),
        ("eq: lap(u) = norm(grad(v))", "E301", "norm needs a vector or a number"),
        ("exact u = integral(x, Omega)", "E304", "without integrals"),
    ],
)
def test_what_cannot_be_evaluated_is_refused(text: str, code: str, message: str) -> None:
    found = check(f"{FIELDS_2D}unknown a > 0\n{text}\n")
    assert found[0][0] == code and message in found[0][1], found


def test_a_vector_of_one_component_has_an_exact_solution() -> None:
    text = "domain Omega: x in [0, 1]\nunknown v(x) in R^1\neq: lap(v) = 2\n"
    assert check(text + "bc: v = x^2 on boundary\nexact v = x^2\n") == []
