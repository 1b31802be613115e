"""Rows of integrals and of fields at other points."""

import numpy as np
import pytest
import sympy as sp
from scipy.integrate import dblquad

from tests.small import FLOW, LINE

from .setups import STOKES, both_of, gram_of


def test_an_integral_over_the_domain() -> None:
    text = STOKES.replace("p = 0  at (x, y) = (0, 0)", "integral(p + x*v[1], Omega) = 0")
    space, gram = both_of(text, "legendre", 2)
    factor = gram.factors["gauge"]
    assert factor.shape[0] == 1 or np.linalg.matrix_rank(factor) == 1
    row = np.sqrt(np.diag(factor.T @ factor))
    pressure = space.part("p")
    expected = np.zeros(gram.size)
    expected[pressure.offset] = np.sqrt(2)
    velocity = space.part("v[1]")
    for j in range(velocity.basis.size):
        value = dblquad(
            lambda y, x, j=j: x * velocity.derivatives(np.array([[x, y]]), [(0, 0)])[0, 0, j],
            0, 1, 0, 2, epsabs=1e-11, epsrel=1e-9,
        )[0]  # fmt: skip
        expected[velocity.offset + j] = abs(value)
    np.testing.assert_allclose(row, expected, atol=1e-10)
    assert dict(gram.skipped) == {}


def test_an_integral_at_all_times_is_a_mean_over_time() -> None:
    space, gram = both_of(FLOW, "legendre", 1)
    factor = gram.factors["gauge"]
    pressure = space.part("p")
    labels = list(pressure.basis.labels)
    own = factor[:, pressure.place]
    matrix = own.T @ own
    for name in ("1", "P1(ξ3)"):
        at = labels.index(name)
        assert matrix[at, at] == pytest.approx(1)
    assert np.abs(matrix).sum() == pytest.approx(2)


def test_an_integral_in_an_equation() -> None:
    text = """problem "integral in the interior"
domain Omega: x in [0, 1]
time t in [0, 2]
unknown u(x, t)
eq: u_t = t*integral(u, Omega) + x*u
ic: u = 0  at t = 0
"""
    space, gram = both_of(text, "legendre", 2)
    part = space.parts[0]
    z, w = np.polynomial.legendre.leggauss(9)
    x, t = (m.ravel() for m in np.meshgrid((z + 1) / 2, z + 1, indexing="ij"))
    points = np.stack([x, t], axis=1)
    values, slopes = part.derivatives(points, [(0, 0), (0, 1)])
    means = np.einsum("i,itj->tj", w / 2, values.reshape(9, 9, -1))
    rows = slopes - t[:, None] * np.tile(means, (9, 1)) - x[:, None] * values
    expected = rows.T @ (np.outer(w, w).ravel()[:, None] / 2 * rows)
    factor = gram.factors["eq"]
    np.testing.assert_allclose(factor.T @ factor, expected, atol=1e-11)


@pytest.mark.parametrize("factor", ["cos(60*x)", "exp(-5000*(x-0.37)^2)", "abs(x-0.3)"])
def test_an_integral_with_a_weight_that_needs_more_nodes_than_the_basis(factor: str) -> None:
    text = LINE + f"eq moment: integral({factor}*u, Omega) = 0\n"
    space, gram = both_of(text, "legendre", 4)
    z, w = np.polynomial.legendre.leggauss(400)
    nodes = np.concatenate([0.15 * (z + 1), 0.3 + 0.35 * (z + 1)])
    weights = np.concatenate([0.15 * w, 0.35 * w])
    value = sp.lambdify("x", sp.sympify(factor.replace("^", "**")), "numpy")(nodes)
    expected = (weights * value) @ space.parts[0].derivatives(nodes[:, None], [(0,)])[0]
    found = gram.factors["moment"]
    np.testing.assert_allclose(found.T @ found, np.outer(expected, expected), atol=1e-11)


def test_derivatives_at_other_points_of_a_law_on_a_face() -> None:
    text = """problem "left and right"
domain Omega: x in [-1, 2]
time t in [0, 1]
unknown u(x, t)
eq: u_t = u_xx
bc: u_x(2, t) = t*u_x + 3*u(2, t)  on x = -1
"""
    space, gram = both_of(text, "legendre", 2)
    z, w = np.polynomial.legendre.leggauss(6)
    t = (z + 1) / 2
    left, right = (np.stack([np.full(6, x), t], axis=1) for x in (-1.0, 2.0))
    part = space.parts[0]
    here = part.derivatives(left, [(1, 0)])[0]
    slope, value = part.derivatives(right, [(1, 0), (0, 0)])
    rows = slope - t[:, None] * here - 3 * value
    found = gram.factors["bc"]
    np.testing.assert_allclose(found.T @ found, rows.T @ (w[:, None] / 2 * rows), atol=1e-11)


def test_a_field_at_another_point() -> None:
    text = LINE.replace("u_xx = -k^2*sin(k*x)", "u_x = u(0) + 3*u_x(x=1) + x*u")
    space, gram = both_of(text, "legendre", 3)
    factor = gram.factors["eq"]
    part = space.parts[0]
    x = np.linspace(0, 1, 4001)[:, None]
    values, slopes = part.derivatives(x, [(0,), (1,)])
    moved = part.derivatives(np.array([[0.0], [1.0]]), [(0,), (1,)])
    rows = slopes - moved[0, 0] - 3 * moved[1, 1] - x * values
    products = np.einsum("na,nb->nab", rows, rows)
    expected = np.trapezoid(products, x[:, 0], axis=0)
    np.testing.assert_allclose(factor.T @ factor, expected, rtol=2e-5, atol=1e-5)


def test_a_law_that_is_neither_linear_nor_local_is_left_out() -> None:
    text = LINE.replace("u_xx = -k^2*sin(k*x)", "u_x = u(0)*u")
    gram = gram_of(text, "legendre", 2)
    assert gram.labels == ("bc",)
    assert "is not linear" in dict(gram.skipped)["eq"]
