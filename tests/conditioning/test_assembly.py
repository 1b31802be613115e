from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import sympy as sp
from scipy.integrate import quad

import pdedsl
from pdedsl.conditioning.assembly import assemble
from pdedsl.conditioning.discretisation import discretise
from pdedsl.conditioning.rows import law_rows
from tests.conftest import ROOT

from .setups import NEUMANN, STOKES, both_of, gram_of

SPECS = sorted((ROOT / "specs").glob("*.pde"))
VARIABLE = """problem "variable"
domain Omega: x in [-1, 1]
unknown u(x)
eq: x*u_xx + exp(x)*u_x + u = 0
bc: u = 0  on x = -1
"""
SQUARE = """problem "square"
domain Omega: (x, y) in [0, 1] * [0, 2]
unknown u(x, y)
eq: lap(u) = 0
bc: {law}
"""


@pytest.mark.parametrize("path", SPECS, ids=lambda p: p.stem)
def test_every_spec_has_a_matrix_or_a_reason(path: Path) -> None:
    problem = pdedsl.load(path)
    try:
        space = discretise(problem, "mixed", 2)
    except ValueError as reason:
        assert "is not a box; the functions of a basis are those of a box" in str(reason)
        assert not all(domain.is_box for domain in problem.domains)
        return
    gram = assemble(problem, space)
    left_out = dict(gram.skipped)
    assert all((law.label in gram.labels) != (law.label in left_out) for law in problem.laws)
    assert bool(left_out) == (path.stem == "interface")
    assert all(len(reason) > 20 for reason in left_out.values())
    for term in gram.terms:
        assert term.factor.shape[0] <= gram.size
        assert np.isfinite(term.factor).all()
        assert term.exact or "relative error" in term.method
    assert gram.spectrum().kappa >= 1


def legendre(n: int, x: sp.Expr, low: int, high: int) -> sp.Expr:
    scaled = (2 * x - low - high) / sp.Integer(high - low)
    return sp.sqrt(sp.Rational(2 * n + 1, high - low)) * sp.legendre(n, scaled)


def test_variable_coefficients_against_adaptive_quadrature() -> None:
    gram = gram_of(VARIABLE, "legendre", 3)
    x = sp.Symbol("x")
    images = []
    for n in range(4):
        u = legendre(n, x, -1, 1)
        images.append(sp.lambdify(x, x * u.diff(x, 2) + sp.exp(x) * u.diff(x) + u))
    expected = [
        [quad(lambda y, a=a, b=b: a(y) * b(y), -1, 1, epsabs=1e-13)[0] for b in images]
        for a in images
    ]
    factor = gram.factors["eq"]
    np.testing.assert_allclose(factor.T @ factor, expected, rtol=1e-10, atol=1e-10)
    assert "relative error" in gram.terms[0].method
    assert not gram.terms[0].exact


def test_a_kink_in_a_coefficient_is_a_node_of_no_panel() -> None:
    text = VARIABLE.replace("x*u_xx + exp(x)*u_x + u", "abs(x - 0.3)*u_x + if(x < -0.2, 1, 3)*u")
    factor = gram_of(text, "legendre", 2).factors["eq"]
    x = sp.Symbol("x")
    cut = [sp.Integer(-1), sp.Rational(-1, 5), sp.Rational(3, 10), sp.Integer(1)]
    total = sp.zeros(3)
    for i, (a, b) in enumerate(pairwise(cut)):
        slope, value = (x - cut[2]) * (1 if i == 2 else -1), (1 if i == 0 else 3)
        images = [legendre(n, x, -1, 1) for n in range(3)]
        images = [slope * u.diff(x) + value * u for u in images]
        total += sp.Matrix(3, 3, lambda r, c: sp.integrate(images[r] * images[c], (x, a, b)))  # noqa: B023
    np.testing.assert_allclose(factor.T @ factor, np.array(total, dtype=float), atol=1e-12)


def test_faces_count_by_their_area() -> None:
    space, gram = both_of(SQUARE.format(law="u = 0  on boundary"), "legendre", 1)
    assert space.parts[0].basis.labels[0] == "1"
    factor = gram.factors["bc"]
    # The constant is 1/√2 everywhere.
    assert factor[:, 0] @ factor[:, 0] == pytest.approx(0.5)
    part = gram_of(SQUARE.format(law="u = 0  on x = 1, y = 2"), "legendre", 1).factors["bc"]
    index = space.parts[0].basis.labels.index("P1(ξ2)")
    # √3 ξ2/√2: its square is 1/2 in the mean on x = 1, of length 2, and 3/2 on y = 2, of 1.
    assert part[:, index] @ part[:, index] == pytest.approx((2 * 0.5 + 1.5) / 3)


def test_normals() -> None:
    space, gram = both_of(SQUARE.format(law="dn(u) = 0  on boundary"), "legendre", 1)
    factor = gram.factors["bc"]
    index = space.parts[0].basis.labels.index("P1(ξ1)")
    # The slope of √3 ξ1/√2 in x is √6, on the two faces x = 0 and 1 of length 2 out of 6.
    assert factor[:, index] @ factor[:, index] == pytest.approx(6 * 4 / 6)


def test_a_condition_cuts_a_face() -> None:
    law = "u = 0  on boundary where y < 0.5"
    factor = gram_of(SQUARE.format(law=law), "legendre", 3).factors["bc"]
    assert gram_of(SQUARE.format(law=law), "legendre", 3).terms[1].exact
    space = discretise(pdedsl.parse(SQUARE.format(law=law)), "legendre", 3)
    t, w = np.polynomial.legendre.leggauss(12)
    y, x = (t + 1) / 4, (t + 1) / 2
    zeros = np.zeros(12)
    rows = [
        np.sqrt(length * w / 2)[:, None]
        * space.parts[0].derivatives(np.stack(at, axis=1), [(0, 0)])[0]
        for length, at in [(0.5, (zeros, y)), (0.5, (zeros + 1, y)), (1.0, (x, zeros))]
    ]
    stack = np.concatenate(rows)
    np.testing.assert_allclose(factor.T @ factor, stack.T @ stack / 2, atol=1e-12)


def test_a_condition_that_no_straight_line_bounds_is_said_to_be_inexact() -> None:
    gram = gram_of(SQUARE.format(law="u = 0  on boundary where x + y^2 < 1"), "legendre", 1)
    term = gram.terms[1]
    assert not term.exact
    assert "relative error" in term.method
    assert term.factor[:, 0] @ term.factor[:, 0] == pytest.approx(0.5)


def test_a_condition_cuts_a_periodic_axis() -> None:
    text = """problem "ring"
domain Omega: (x, y) in [0, 1] * [0, 2]
unknown u(x, y)
eq: lap(u) = 0
bc ring: u periodic in x
bc: u = 0  on y = 0 where x > 0.7
"""
    space, gram = both_of(text, "mixed", 2)
    t, w = np.polynomial.legendre.leggauss(20)
    points = np.stack([0.7 + 0.3 * (t + 1) / 2, np.zeros(20)], axis=1)
    rows = np.sqrt(w / 2)[:, None] * space.parts[0].derivatives(points, [(0, 0)])[0]
    factor = gram.factors["bc"]
    np.testing.assert_allclose(factor.T @ factor, rows.T @ rows, atol=1e-12)
    assert gram.terms[1].exact


PEAK = """problem "peak"
domain Omega: x in [0, 1]
unknown u(x)
eq: {left} = 1
bc: u = 0  on x = 1
"""


def test_a_narrow_coefficient_has_as_many_nodes_as_it_needs() -> None:
    text = PEAK.format(left="(1+100*exp(-2e4*(x-0.37)^2))*u_xx")
    space, gram = both_of(text, "mixed", 6)
    cuts = [0, 0.3, 0.34, 0.37, 0.4, 0.44, 1]
    z, w = np.polynomial.legendre.leggauss(60)
    x = np.concatenate([a + (b - a) * (z + 1) / 2 for a, b in pairwise(cuts)])
    w = np.concatenate([(b - a) / 2 * w for a, b in pairwise(cuts)])
    rows = (1 + 100 * np.exp(-2e4 * (x - 0.37) ** 2))[:, None]
    rows = rows * space.parts[0].derivatives(x[:, None], [(2,)])[0]
    factor = gram.factors["eq"]
    expected = rows.T @ (w[:, None] * rows)
    np.testing.assert_allclose(factor.T @ factor, expected, atol=1e-11 * np.abs(expected).max())


@pytest.mark.parametrize("left", ["u_xx + u_x/x", "u_xx + u/x^2", "u + u_x/sqrt(x)"])
def test_an_integral_that_is_infinite_is_left_out(left: str) -> None:
    gram = gram_of(PEAK.format(left=left), "fourier", 2)
    assert gram.labels == ("bc",)
    reason = dict(gram.skipped)["eq"]
    assert "does not settle with more nodes" in reason
    assert reason.endswith("the integral may be infinite")


def test_an_integral_over_a_curved_jump_is_kept() -> None:
    law = "if(x^2 + y^2 < 0.5, 1, 30)*lap(u) + u = 0"
    text = SQUARE.replace("lap(u) = 0", law).format(law="u = 0  on boundary")
    gram = gram_of(text, "legendre", 5)
    assert gram.skipped == ()
    assert 1e-5 < float(gram.terms[0].method.rpartition(" ")[2]) < 1e-2


RING = """problem "ring"
domain Omega: x in [-1, 2]
time t in [0, 1]
unknown u(x, t)
eq: u_t = u_xx
bc: u(-1, t) = u(2, t)
bc mean: integral(u_x, Omega) = 0
bc slope: u_x(-1, t) = 0
"""


def test_laws_that_all_functions_satisfy_have_no_rows() -> None:
    gram = gram_of(RING, "fourier", 5)
    for term in gram.terms[1:3]:
        assert not term.factor.any()
        assert float(term.method.rpartition(" ")[2]) < 1e-10
    assert np.linalg.norm(gram.factors["slope"]) > 1
    assert np.linalg.norm(gram_of(RING, "legendre", 5).factors["mean"]) > 1


@pytest.mark.parametrize("modes", [3, 60])
def test_sines_end_at_zero(modes: int) -> None:
    text = PEAK.format(left="u_xx").replace("[0, 1]", "[1e-6, 3e-6]")
    gram = gram_of(text.replace("on x = 1", "on boundary"), "sine", modes)
    assert not gram.factors["bc"].any()
    slope = gram_of(text.replace("u = 0  on x = 1", "u_x = 0  on boundary"), "sine", modes)
    assert slope.factors["bc"].any()


def test_a_law_at_data_that_all_functions_satisfy(tmp_path: Path) -> None:
    (tmp_path / "m.csv").write_text("x,c\n0,1\n1,2\n")
    spec = tmp_path / "fit.pde"
    spec.write_text(
        'problem "fit"\ndomain Omega: x in [0, 1]\nunknown u(x)\n'
        'data m(x, c) from "m.csv"\neq: u_xx = 0\nfit: u = m.c  on m\n'
    )
    problem = pdedsl.load(spec)
    assert not assemble(problem, discretise(problem, "sine", 8)).factors["fit"].any()
    assert assemble(problem, discretise(problem, "legendre", 8)).factors["fit"].any()


def test_too_many_nodes_for_more_leave_an_upper_estimate(monkeypatch: pytest.MonkeyPatch) -> None:
    text = VARIABLE.replace("exp(x)*u_x", "exp(8*x)*u_x")
    best = gram_of(text, "legendre", 6).factors["eq"]
    monkeypatch.setattr(law_rows, "MOST_NODES", 12)
    term = gram_of(text, "legendre", 6).terms[0]
    error = np.linalg.norm(term.factor.T @ term.factor - best.T @ best)
    error /= np.linalg.norm(best.T @ best)
    claimed = float(term.method.rpartition(" ")[2])
    assert error <= claimed <= 1


def test_laws_at_data_are_means_over_the_rows() -> None:
    problem = pdedsl.load(ROOT / "specs" / "heat_inverse.pde")
    space = discretise(problem, "legendre", 3)
    gram = assemble(problem, space)
    table = problem.tables[0]
    rows = space.parts[0].derivatives(table.points(), [(0, 0)])[0]
    factor = gram.factors["fit"]
    np.testing.assert_allclose(factor.T @ factor, rows.T @ rows / table.rows, atol=1e-12)
    assert gram.notes == ("unknown numbers are held at their guess, kappa = 1",)


def test_columns_of_tables_are_coefficients(tmp_path: Path) -> None:
    (tmp_path / "m.csv").write_text("x,c\n0,1\n0.25,3\n1,2\n")
    spec = tmp_path / "fit.pde"
    spec.write_text(
        'problem "fit"\ndomain Omega: x in [0, 1]\nunknown u(x)\n'
        'data m(x, c) from "m.csv"\neq: u_x = 0\nfit: m.c*u = 1  on m\n'
    )
    problem = pdedsl.load(spec)
    space = discretise(problem, "legendre", 2)
    rows = space.parts[0].derivatives(np.array([[0.0], [0.25], [1.0]]), [(0,)])[0]
    rows = rows * np.array([[1.0], [3.0], [2.0]])
    factor = assemble(problem, space).factors["fit"]
    np.testing.assert_allclose(factor.T @ factor, rows.T @ rows / 3, atol=1e-12)


def test_five_axes_by_a_product_rule() -> None:
    problem = pdedsl.load(ROOT / "specs" / "laplace_5d.pde")
    gram = assemble(problem, discretise(problem, "legendre", 1))
    assert all(t.exact for t in gram.terms)
    factor = gram.factors["bc"]
    # The mean of 3 ξ_i² over the faces: 3 on two of the ten, 1 on the others.
    np.testing.assert_allclose((factor**2).sum(axis=0), [1, *[1.4] * 5], rtol=1e-12)


def test_many_nodes_are_sampled_and_say_so() -> None:
    problem = pdedsl.load(ROOT / "specs" / "laplace_5d.pde")
    space = discretise(problem, "random_fourier", features=12, bandwidth=1.0)
    gram = assemble(problem, space)
    assert "scrambled Sobol points, relative error about" in gram.method
    assert not any(t.exact for t in gram.terms)
    x = np.random.default_rng(0).random((400_000, 5))
    images = sum(
        space.parts[0].derivatives(x, [tuple(2 * (i == j) for i in range(5))])[0] for j in range(5)
    )
    factor = gram.factors["eq"]
    scale = np.linalg.norm(factor, 2) ** 2
    np.testing.assert_allclose(factor.T @ factor, images.T @ images / len(x), atol=1e-2 * scale)
    exact = assemble(problem, discretise(problem, "fourier", 1))
    assert exact.method == "the symbol of the operator, exact"


def test_notes_and_methods() -> None:
    problem = pdedsl.load(ROOT / "specs" / "kovasznay.pde")
    gram = assemble(problem, discretise(problem, "fourier", 1))
    assert gram.notes == ("momentum: linearised at the exact solution",)
    assert gram.method.startswith("momentum: Gauss-Legendre, ")
    assert "; mass, bc, gauge: the symbol of the operator, exact" in gram.method


def test_loss_weights_follow_the_convention_of_the_system() -> None:
    gram = gram_of(STOKES, "fourier", 1)
    weights = gram.loss_weights({"wall": 3.0})
    assert weights == pytest.approx(
        {"momentum": 4.0, "mass": 2.0, "wall": 6.0, "free": 1.0, "gauge": 1.0}
    )
    relative = gram.loss_weights({"wall": 3.0}, relative=True)
    assert relative == pytest.approx({k: v / 4 for k, v in weights.items()})


def test_weights_and_transforms() -> None:
    gram = gram_of(NEUMANN, "legendre", 4)
    a, b = (t.factor.T @ t.factor for t in gram.terms)
    np.testing.assert_allclose(gram.matrix({"bc": 4.0}), a + 4 * b, atol=1e-9)
    np.testing.assert_allclose(gram.matrix({"eq": 2.0}), 2 * a + b, atol=1e-9)
    np.testing.assert_allclose(gram.matrix(4.0), a + 4 * b, atol=1e-9)
    T = np.random.default_rng(0).normal(size=(5, 5))
    np.testing.assert_allclose(gram.transform(T).matrix(), T.T @ (a + b) @ T, atol=1e-7)
    scale = np.arange(1.0, 6.0)
    expected = scale[:, None] * (a + b) * scale
    np.testing.assert_allclose(gram.transform(scale).matrix(), expected, atol=1e-7)
    with pytest.raises(ValueError, match="labels among eq, bc"):
        gram.matrix({"ic": 1.0})
    with pytest.raises(ValueError, match="finite number ≥ 0"):
        gram.matrix({"bc": -1.0})
    with pytest.raises(ValueError, match="5 rows"):
        gram.transform(np.ones(4))
