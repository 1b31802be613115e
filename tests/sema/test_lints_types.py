"""L117, and L112 for systems: what the type of the equations says of their conditions."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp
from checking import PLANE, codes, report

from pdedsl.calculus.types.evolution import short_waves

ON_SIDES = {"L101", "L102", "L117"}
PAIR = "domain Omega: (x, y) in [0, 1]^2\nunknown u(x, y), v(x, y)\n"
CAUCHY_RIEMANN = "eq: u_x = v_y\neq: u_y = -v_x\n"
ELASTIC = "eq: lap(u) + 2*(u_xx + v_xy) = 0\neq: lap(v) + 2*(u_xy + v_yy) = 0\n"
TRACTION = "3*u_x + v_y = 0, u_y + v_x = 0"
BALL = "region B = ball(center = (0, 0, 0), radius = 1)\ndomain O: (x, y, z) in B\n"
RING = (
    "region D = disk(center = (0, 0), radius = 2)\nregion H = disk(center = (0, 0), radius = 1)\n"
    "domain Omega: (x, y) in D minus H\nunknown u(x, y)\n"
)
SHEET = "domain O: (x, y) in [0, 1]^2\ntime t in [0, 2]\nunknown u(x, y, t)\n"
SIDES = "bc: u = 1 on y = 0, y = 1\n"

ONE_SIDED = {
    "Laplace": PLANE + "eq: lap(u) = 0\nbc: u = 1, dn(u) = 0 on x = 0\n" + SIDES,
    "mixed derivatives": PLANE
    + "eq: u_xx + u_xy + u_yy = 1\nbc: u = 1, u_x = 0 on x = 1\n" + SIDES,
    "coefficients that vary": PLANE + "eq: div(exp(x*y)*grad(u)) = 1\nbc: u = 1, u_x = 0 on x = 0\n"
    + SIDES,
    "nonlinear": PLANE + "eq: div((1 + u^2)*grad(u)) = 1\nbc: u = 1, u_x = 0 on x = 0\n" + SIDES,
    "Helmholtz": PLANE + "eq: lap(u) + 9*u = 1\nbc: u = 1, u_x = u on x = 0\n" + SIDES,
    "plate": PLANE + "eq: lap(lap(u)) = 1\nbc: u = 0, dn(u) = 0 on y = 0, y = 1\n"
    "bc: u = 0, u_x = 0, u_xx = 0, u_xxx = 0 on x = 0",
    "a ball": BALL
    + "unknown u(x, y, z)\neq: lap(u) = 1\nbc: u = x, dn(u) = x on boundary where z > 0",
    "a ring": RING + "eq: lap(u) = 0\nbc: u = x, dn(u) = 0 on boundary(H)",
    "Cauchy and Riemann": PAIR + CAUCHY_RIEMANN + "bc: u = y, v = 0 on x = 0\n" + SIDES,
    "elasticity": PAIR + ELASTIC + f"bc: u = y, v = 0, {TRACTION} on x = 0\n"
    "bc: u = 0, v = 0 on y = 0, y = 1",
    "two equations": PAIR
    + "eq: lap(u) = v\neq: lap(v) = 1\nbc: u = 1, u_x = 0, v = 0, v_x = 0 on x = 0\n"
    "bc: u = 1, v = 0 on y = 0, y = 1",
    "heat, sideways": SHEET
    + "eq: u_t = lap(u)\nic: u = 1 at t = 0\nbc: u = 1, u_x = 0 on x = 0\n" + SIDES,
}  # fmt: skip

GOOD = {
    "Cauchy and Riemann": PAIR + CAUCHY_RIEMANN
    + "bc: u = x on x = 0, y = 0\nbc: v = y on x = 1, y = 1",
    "elasticity": PAIR + ELASTIC + f"bc: u = y, v = 0 on x = 0\nbc: {TRACTION} on x = 1\n"
    "bc: u = 0, v = 0 on y = 0, y = 1",
    "mixed Poisson": "domain O: (x, y) in [0, 1]^2\nunknown u(x, y), q(x, y) in R^2\n"
    "eq: q = grad(u)\neq: div(q) = 1\nbc: u = x on boundary",
    "hyperbolic with mixed derivatives": PLANE
    + "eq: u_xx + 3*u_xy + u_yy = 1\nbc: u = 1, u_x = 0 on x = 0\nbc: u = 1 on y = 0, y = 1",
    "an annulus": RING + "eq: lap(u) = 0\nbc: u = x on boundary(H)\nbc: dn(u) = 0 on boundary(D)",
}  # fmt: skip


@pytest.mark.parametrize("name", ONE_SIDED)
def test_conditions_on_one_side(name: str) -> None:
    _, found = report(ONE_SIDED[name])
    (own,) = [d for d in found if d.code in ON_SIDES]
    assert own.code == "L117" and own.mend


@pytest.mark.parametrize("name", GOOD)
def test_well_posed(name: str) -> None:
    assert not ON_SIDES & set(codes(GOOD[name]))


def test_the_same_condition_twice_is_no_cauchy_problem() -> None:
    text = PLANE + "eq: lap(u) = 1\nbc: u = 0 on x = 0\nbc: u = 1 on x = 0\n" + SIDES
    assert ON_SIDES & set(codes(text)) == {"L101", "L102"}


def test_a_system_of_first_order_needs_its_conditions() -> None:
    text = PAIR + CAUCHY_RIEMANN + "bc: u = y on x = 0, x = 1, y = 0"
    assert ON_SIDES & set(codes(text)) == {"L101"}


def test_data_excuse_the_sides() -> None:
    text = PLANE + "eq: lap(u) = 0\nbc: u = 1, dn(u) = 0 on x = 0\n" + SIDES
    assert "L117" in codes(text)
    found = codes(text.replace("eq: lap", "unknown k guess 1\neq: k*lap"))
    assert "L117" not in found


WAVES = "domain Omega: x in [0, 1]\ntime t in [0, 1]\nunknown u(x, t), v(x, t)\n{}\n{}\n"
START = "ic: u = sin(pi*x), v = 0 at t = 0\nbc: u = 0, v = 0 on boundary\n"


@pytest.mark.parametrize("system, growing", [
    ("eq: u_t = u_xx + 3*v_xx, v_t = 3*u_xx + v_xx", True),
    ("eq: u_t = v_xx, v_t = u_xx", True),
    ("eq: u_t = -v_x, v_t = u_x", True),
    ("eq: u_t = -u_xx + v, v_t = u^3 - v_xx", True),
    ("eq: u_t = u_xx, v_t = (x - 0.5)*v_xx + u", True),
    ("eq: u_t = v_xx, v_t = -u_xx", False),
    ("eq: u_t = v_x, v_t = u_x", False),
    ("eq: u_t = u_xx + 0.5*v_xx, v_t = 0.5*u_xx + v_xx", False),
    ("eq: u_t = u_x + u*v, v_t = u_x*v - v_x", False),
    ("eq: u_t = u*v_xx, v_t = u_xx", False),
])  # fmt: skip
def test_systems_whose_short_waves_grow(system: str, growing: bool) -> None:
    assert ("L112" in codes(WAVES.format(system, START))) is growing


@pytest.mark.parametrize("seed", range(5))
def test_symmetric_hyperbolic_systems_do_not_grow(seed: int) -> None:
    """u_t + A u_x + B u_y + C u = 0 with A, B symmetric, some of them multiples of the identity."""
    generator = np.random.default_rng(seed)
    n = int(generator.integers(2, 4))
    A, B = (m + m.T for m in generator.standard_normal((2, n, n)))
    if seed % 2:
        A, B = 2 * np.eye(n), -np.eye(n)
    C = generator.standard_normal((n, n))
    t, x, y = zeta = sp.symbols("t x y")
    matrix = sp.eye(n) * t + sp.Matrix(A) * x + sp.Matrix(B) * y + sp.Matrix(C)
    polynomial = sp.Poly(sp.expand(matrix.det(method="berkowitz")), *zeta)
    symbol = {alpha: float(c) for alpha, c in polynomial.terms() if abs(c) > 1e-12}
    assert all(m.growth <= 0 for own in short_waves(symbol, 3, 0) for m in own)
