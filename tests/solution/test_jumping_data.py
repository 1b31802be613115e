"""Values that differ on two sides of a rectangle at their corner, against Fourier series."""

from __future__ import annotations

import numpy as np
import pytest

import pdedsl

COLD = """problem "three sides"
domain  Omega: (x, y) in [0, 2] * [0, 1]
unknown u(x, y)
eq: lap(u) = 0
bc: u = 1  on x = 0
bc: u = 3  on y = 1
bc: u = 0  on x = 2, y = 0
"""
PLATE = """problem "plate in metres, warmed inside"
domain  Omega: (x, y) in [0, 0.04] * [0, 0.02]
unknown T(x, y)
eq: 20*lap(T) + 1e6 = 0
bc: T = 400  on y = 0.02
bc: T = 300  on x = 0, x = 0.04, y = 0
"""
GRAIN = """problem "three times faster along x"
domain  Omega: (x, y) in [0, 1]^2
unknown u(x, y)
eq: 3*u_xx + u_yy = 0
bc: u = -2  on x = 1
bc: u = 0   on x = 0, y = 0, y = 1
"""
SCREENED = """problem "sides that disagree, screened"
param   k = 3
domain  Omega: (x, y) in [0, 1]^2
unknown u(x, y)
eq: lap(u) = k^2*u
bc: u = 1  on y = 1
bc: u = 0  on x = 0, x = 1, y = 0
"""


def side(s: float, d: float, length: float, depth: float, square: float = 0.0):
    """u of lap u = square u on a rectangle: 1 on the side at d = depth, else 0."""
    n = np.arange(1, 400, 2)
    a = n * np.pi / length
    b = np.sqrt(a**2 + square)
    ratio = np.exp(b * (d - depth)) * (1 - np.exp(-2 * b * d)) / (1 - np.exp(-2 * b * depth))
    return float((4 / (n * np.pi) * np.sin(a * s) * ratio).sum())


def inside(x: float, y: float) -> float:
    """v of 20 lap v = -1e6 on the plate, zero on its sides."""
    n = np.arange(1, 400, 2)
    a = n * np.pi / 0.04
    shape = 1 - np.cosh(a * (y - 0.01)) / np.cosh(a * 0.01)
    return float((4 / (n * np.pi) * 5e4 / a**2 * np.sin(a * x) * shape).sum())


CASES = {
    "cold": (COLD, (1.0, 0.4), side(0.4, 1.0, 1, 2) + 3 * side(1.0, 0.4, 2, 1)),
    "plate": (PLATE, (0.01, 0.015), 300 + 100 * side(0.01, 0.015, 0.04, 0.02)
              + inside(0.01, 0.015)),
    "grain": (GRAIN, (0.6, 0.3), -2 * side(0.3, 0.6 / 3**0.5, 1, 3**-0.5)),
    "screened": (SCREENED, (0.3, 0.7), side(0.3, 0.7, 1, 1, 9)),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_corner_functions_on_rectangles(name: str) -> None:
    text, point, truth = CASES[name]
    solution = pdedsl.solve(pdedsl.parse(text), budget=10)
    assert solution.finding is None
    value = float(solution(x=point[0], y=point[1]))
    assert value == pytest.approx(truth, rel=1e-8)
