"""Integration by parts: both sides of its identity by quadrature, and no derivative of a jump."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product

import numpy as np
import pytest
import sympy as sp
from numpy.polynomial.legendre import leggauss
from sympy.core.function import AppliedUndef

import pdedsl
from pdedsl.ir import Problem, normal
from pdedsl.transforms.weak.by_parts import NoIntegralFormError, integrate, worked_out
from pdedsl.transforms.weak.weak_form import weak_laws, weak_rows

LINE = "domain O: x in [0, 1]\nunknown u(x)\n"
SQUARE = "domain O: (x, y) in [0, 1]^2\nunknown u(x, y)\n"
EVOLUTION = "param nu = 0.3\ndomain O: x in [0, 1]\ntime t in [0, 1]\nunknown u(x, t)\n"
PAIR = "domain O: (x, y) in [0, 1]^2\nunknown v(x, y) in R^2, p(x, y)\n"

LAWS = [
    LINE + "eq: u_xx + 2*u = x",
    LINE + "eq: -(1 + x^2)*u_xx = exp(x)",
    LINE + "eq: -d((1 + x^2)*u_x, x) + sin(x)*u_x = 1",
    LINE + "eq: d((1 + u^2)*u_x, x) = 1",
    LINE + "eq: u*u_xx + cos(u)*u_x = 1",
    LINE + "eq: x*u^2*u_x + exp(2*u)*u_x = 1",
    LINE + "eq: u_xxx + 6*u*u_x = 0",
    LINE + "eq: d((2 + x)*u_xx, x, 2) + u*u_xxx = 0",
    LINE + "eq: u_xx^2 + u_x*u_xx = 0",
    SQUARE + "eq: lap(lap(u)) = x*y",
    SQUARE + "eq: div((1 + x*y)*grad(u)) + dot((y, x), grad(u)) = 1",
    SQUARE + "eq: 3*(u_xx + d(u, x)*d(u, y)) + x*d(u_x, y) = 1",
    EVOLUTION + "eq: u_t + u*u_x = nu*u_xx",
    EVOLUTION + "eq: d(u, t, 2) - div((1 + t*x)*grad(u)) + u^3 = 0",
    PAIR + "eq a: advect(v, v) + grad(p) = lap(v)/10\neq b: div(v) = 0",
    PAIR + "eq a: div(((1 + p)*v[1], v[2])) = lap(p)\neq b: p*lap(v) + v = (1, 0)",
]  # fmt: skip


def polynomials(problem: Problem, seed: int) -> Iterator[sp.Expr]:
    """Random polynomials of degree 4 in each input, of moderate size."""
    rng = np.random.default_rng(seed)
    powers = list(product(range(5), repeat=len(problem.inputs)))
    while True:
        numbers = [sp.Rational(int(n), 20) for n in rng.integers(-9, 10, len(powers))]
        yield sp.Add(*(
            c * sp.Mul(*(s**k for s, k in zip(problem.inputs, p, strict=True)))
            for c, p in zip(numbers, powers, strict=True)
        ))  # fmt: skip


def quadrature(problem: Problem, f: sp.Expr, fixed: dict[sp.Symbol, float]) -> float:
    """∫ f over the unit cube, or over the face where some inputs are fixed."""
    x, w = leggauss(24)
    axes = [s for s in problem.inputs if s not in fixed]
    nodes = np.meshgrid(*[(x + 1) / 2] * len(axes), indexing="ij")
    weights = np.ones(())
    for _ in axes:
        weights = np.multiply.outer(weights, w / 2)
    at = fixed | dict(zip(axes, nodes, strict=True))
    values = sp.lambdify(problem.inputs, f, "numpy")(*(at[s] for s in problem.inputs))
    return float(np.sum(weights * values))


def put(problem: Problem, known: dict[AppliedUndef, sp.Expr]) -> Callable[[sp.Expr], sp.Expr]:
    return lambda e: problem.substitute(e).subs(known).doit()


@pytest.mark.parametrize("parts", [0, 1, 2, "all"])
@pytest.mark.parametrize("text", LAWS)
def test_both_sides_of_the_identity_agree(text: str, parts: object) -> None:
    problem = pdedsl.parse(text)
    made = polynomials(problem, 3)
    v = next(made)
    given = put(problem, {c: next(made) for c in problem.components})
    for law in weak_laws(problem):
        for residual, written in zip(law.residuals, problem.residuals_as_written(law), strict=True):
            form = integrate(written, problem.inputs, parts)
            strong = quadrature(problem, given(residual) * v, {})
            weak = sum(
                quadrature(problem, given(e) * along(problem, v, b), {})
                for b, e in form.interior.items()
            )
            for (axis, beta), flux in form.boundary.items():
                f = given(flux) * along(problem, v, beta)
                for side in (0.0, 1.0):
                    on_face = quadrature(problem, f, {problem.inputs[axis]: side})
                    weak += (2 * side - 1) * on_face
            assert weak == pytest.approx(strong, rel=1e-10, abs=1e-11)


def along(problem: Problem, v: sp.Expr, beta: tuple[int, ...]) -> sp.Expr:
    for symbol, count in zip(problem.inputs, beta, strict=True):
        v = sp.diff(v, symbol, count)
    return v


@pytest.mark.parametrize(
    ("text", "order"),
    [
        (LINE + "eq: u_xx + u = x", 1),
        (LINE + "eq: -(1 + x^2)*u_xx = x", 1),
        (LINE + "eq: u*u_xx = 1", 1),
        (LINE + "eq: u_xxx + 6*u*u_x = 0", 2),
        (SQUARE + "eq: lap(lap(u)) = x*y", 3),
        (EVOLUTION + "eq: d(u, t, 2) = u_xx", 1),
    ],
)
def test_one_part_takes_one_order(text: str, order: int) -> None:
    problem = pdedsl.parse(text)
    (law,) = weak_laws(problem)
    for parts, wanted in ((0, order + 1), (1, order)):
        form = integrate(problem.residuals_as_written(law)[0], problem.inputs, parts)
        orders = [pdedsl.ir.derivative_order(e) for e in form.interior.values()]
        assert max(orders) == wanted


def test_all_parts_leave_no_derivative_of_a_conservation_law() -> None:
    problem = pdedsl.parse(EVOLUTION + "eq: u_t + u*u_x = nu*u_xx")
    form = integrate(problem.laws[0].residuals[0], problem.inputs, "all")
    (u,), (nu,) = problem.components, [p.symbol for p in problem.parameters]
    assert form.interior == {(0, 1): -u, (1, 0): -(u**2) / 2, (2, 0): -nu * u}


JUMP = "let a = if(x < 0.4, 1, 10)\n"
JUMPS = [
    LINE + JUMP + "eq: -d(a*u_x, x) = 1",
    LINE + JUMP + "eq: -d((a + u^2)*u_x, x) + u = 1",
    SQUARE + JUMP + "eq: -div(a*grad(u)) = 1",
    SQUARE + "let a = 1 + abs(x - y)\nlet q = dot(((a, a/2), (a/2, 1)), grad(u))\neq: -div(q) = 1",
    SQUARE + JUMP + "operator L[w] = -div(a*grad(w)) + w\neq: L[u] = 0",
]


@pytest.mark.parametrize("parts", [1, "all"])
@pytest.mark.parametrize("text", JUMPS)
def test_no_derivative_of_a_jump_appears(text: str, parts: object) -> None:
    """∫ a ∇u·∇v holds a as it is: every flux is that of the law, and nothing was worked out."""
    problem = pdedsl.parse(text)
    (law,) = weak_laws(problem)
    form = integrate(problem.residuals_as_written(law)[0], problem.inputs, parts)
    for e in (*form.interior.values(), *form.boundary.values()):
        assert not e.has(sp.DiracDelta)
        assert parts == "all" or not e.has(sp.sign)  # as |x - y| may be differentiated once
        assert pdedsl.ir.derivative_order(e) <= 1
    for axis in range(len(problem.inputs)):
        beta = tuple(int(k == axis) for k in range(len(problem.inputs)))
        sigma = form.boundary[axis, (0,) * len(beta)]
        if parts == 1:
            assert sp.expand(form.interior[beta] + sigma) == 0
    # The strong residual has lost what happens at the jump: a u_xx, without it.
    assert worked_out(problem.residuals_as_written(law)[0]).equals(law.residuals[0])


def test_a_jump_cannot_be_differentiated_under_the_integral() -> None:
    problem = pdedsl.parse(JUMPS[0])
    (law,) = weak_laws(problem)
    with pytest.raises(NoIntegralFormError, match="u_x"):
        integrate(problem.residuals_as_written(law)[0], problem.inputs, 0)


ROBIN = SQUARE + JUMP + (
    "eq: -div(a*grad(u)) = 1\nbc fixed: u = 0  on x = 0\n"
    "bc flux: a*dn(u) = sin(y)  on x = 1\nbc mixed: dn(u) + 3*u = 2  on y = 0, y = 1"
)  # fmt: skip


def test_fluxes_that_the_spec_gives() -> None:
    """−a ∂u/∂n is −sin(y) by the one, and a (3u − 2) by the other condition."""
    problem = pdedsl.parse(ROBIN)
    (row,) = weak_rows(problem, problem.laws[0], 1, natural=True)
    found = {(str(f.face.axis), f.face.side): (f.law, f.flux) for f in row.fluxes}
    (u,), (x, y) = problem.components, problem.inputs
    a = sp.Piecewise((1, x < sp.Rational(2, 5)), (10, True))
    assert set(found) == {("x", 1), ("y", -1), ("y", 1)}
    assert found["x", 1] == ("flux", -sp.sin(y))
    for side in (-1, 1):
        label, flux = found["y", side]
        assert label == "mixed"
        assert sp.expand(flux - a * (3 * u - 2)) == 0
    assert not next(iter(weak_rows(problem, problem.laws[0], 1, natural=False))).fluxes


def test_a_traction_of_another_conormal_keeps_the_rest() -> None:
    """Against λ div u + 2 μ u1_x = g the flux of (λ + μ)∇div + μΔ has μ u2_y more."""
    problem = pdedsl.parse(
        "param lam = 1, mu = 0.5\ndomain O: (x, y) in [0, 1]^2\nunknown u(x, y) in R^2\n"
        "eq: (lam + mu)*grad(div(u)) + mu*lap(u) = (0, 0)\n"
        "bc: lam*div(u) + 2*mu*d(u[1], x) = 7, u[2] = 0  on x = 1\nbc: u = (0, 0)  on x = 0"
    )
    row = next(iter(weak_rows(problem, problem.laws[0], 1, natural=True)))
    ((flux),) = row.fluxes
    mu = problem.parameters[1].symbol
    y = problem.inputs[1]
    assert (flux.law, flux.row, flux.face.side) == ("bc.1", 0, 1)
    assert sp.expand(flux.flux - 7 - mu * sp.diff(problem.components[1], y)) == 0
    assert not flux.flux.has(normal(1))
