"""Problems with special functions, against scipy."""

from __future__ import annotations

import numpy as np
from scipy.integrate import solve_bvp
from scipy.special import erfc, j0, j1

import pdedsl


def test_the_equation_of_bessel() -> None:
    text = """
problem "Bessel's equation"
domain  Omega: x in [1, 5]
unknown u(x)
eq: x*u_xx + u_x + x*u = 0
bc: u = besselj(0, x)  on boundary
exact u = besselj(0, x)
output peak = min(u), flux = u_x(3)
"""
    solution = pdedsl.solve(text, budget=10)
    assert solution.errors["u"]["rel_l2"] < 1e-12
    assert abs(solution.outputs["peak"].value - j0(3.8317059702075125)) < 1e-12  # a zero of J1
    assert abs(solution.outputs["flux"].value + j1(3.0)) < 1e-11


def test_a_function_of_the_unknown() -> None:
    text = """
problem "A nonlinear rod"
domain  Omega: x in [0, 1]
unknown u(x)
eq: u_xx = 3*besselj(0, 2*u) + erfc(u)
bc: u = 0  on x = 0
bc: u = 1  on x = 1
"""
    solution = pdedsl.solve(text, budget=10)
    nodes = np.linspace(0, 1, 41)
    oracle = solve_bvp(
        lambda _, y: np.stack([y[1], 3 * j0(2 * y[0]) + erfc(y[0])]),
        lambda a, b: np.array([a[0], b[0] - 1]),
        nodes, np.stack([nodes, np.ones(41)]), tol=1e-11, max_nodes=10**5,
    )  # fmt: skip
    assert np.abs(solution(x=nodes) - oracle.sol(nodes)[0]).max() < 1e-10
