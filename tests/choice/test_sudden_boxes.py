"""Plates whose sides are put to other values in a moment."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from scipy.special import erf

import pdedsl
from pdedsl.geometry.arrays import Array
from pdedsl.transforms.box_starts import face_jumps
from pdedsl.transforms.single_rows import split_rows

SQUARE = """domain Omega: (x, y) in [0, 1]^2
time t in [0, 0.1]
unknown u(x, y, t)
eq: u_t = lap(u)
bc: u = 0  on boundary
ic: u = 1  at t = 0
"""
PLATE = """param alpha = 4e-6
domain Omega: (x, y) in [0, 0.1] * [0, 0.06]
time t in [0, 100]
unknown T(x, y, t)
eq: T_t = alpha*lap(T)
bc: T = 300  on boundary
ic: T = 500  at t = 0
"""
ONE_SIDE = """domain Omega: (x, y) in [0, 1] * [0, 2]
time t in [0, 0.2]
unknown u(x, y, t)
eq: u_t = u_xx + 0.3*u_yy
bc: u = 1      on x = 0
bc: u_x = 0    on x = 1
bc: dn(u) = 0  on y = 0
bc: dn(u) = 0  on y = 2
ic: u = 0.25*cos(pi*y)  at t = 0
"""


def cold(x: Array, length: float, spread: float) -> Array:
    """From 1, with both ends put to 0, after α t = ``spread``."""
    width = 2 * math.sqrt(spread)
    total = np.zeros_like(x)
    for k in range(-4, 5):
        left, right = x - 2 * k * length, x - (2 * k + 1) * length
        total += 2 * erf(left / width) - erf(right / width) - erf((left + length) / width)
    return total / 2


def plate(x: Array, y: Array, t: float) -> Array:
    return 300 + 200 * np.outer(cold(x, 0.1, 4e-6 * t), cold(y, 0.06, 4e-6 * t))


def one_side(x: Array, y: Array, t: float) -> Array:
    own = cold(x, 2, t)
    waves = np.cos(np.pi * y) * math.exp(-0.3 * np.pi**2 * t) / 4
    return 1 - own[:, None] + np.outer(own, waves)


Exact = Callable[[Array, Array, float], Array]
CASES: dict[str, tuple[str, str, Exact, float, float, float]] = {
    "plate in SI units": (PLATE, "T", plate, 0.1, 0.06, 100),
    "one side": (ONE_SIDE, "u", one_side, 1, 2, 0.2),
}


def graded(length: float) -> tuple[Array, Array]:
    """Nodes and weights on an interval that are close at both ends."""
    edges = 0.5 * length * np.r_[0, np.geomspace(3e-4, 1, 9)]
    edges = np.r_[edges, length - edges[-2::-1]]
    nodes, weights = np.polynomial.legendre.leggauss(3)
    half = np.diff(edges)[:, None] / 2
    return (edges[:-1, None] + half * (1 + nodes)).ravel(), (half * weights).ravel()


@pytest.mark.parametrize("name", CASES)
def test_sudden_sides_against_products_of_closed_forms(name: str) -> None:
    """Values, and the estimated error beside the true one over all of space and time."""
    text, field, exact, wide, high, end = CASES[name]
    solution = pdedsl.solve(pdedsl.parse(text), budget=40)
    assert solution.finding is None
    assert solution.estimate is not None
    (x, across), (y, along) = graded(wide), graded(high)
    points = np.stack(np.meshgrid(x, y, indexing="ij"), axis=-1).reshape(-1, 2)
    error = size = 0.0
    edges = end * np.r_[0, np.geomspace(1e-6, 1, 9)]
    for lower, upper in pairwise(edges):
        for node, weight in zip(*np.polynomial.legendre.leggauss(3), strict=True):
            t = lower + (upper - lower) * (1 + node) / 2
            known = exact(x, y, t)
            found = solution.at(np.c_[points, np.full(len(points), t)])[field]
            gap = np.asarray(found).reshape(known.shape) - known
            area = (upper - lower) / 2 * weight * np.outer(across, along)
            error += float((area * gap**2).sum())
            size += float((area * known**2).sum())
            if t > 0.03 * end:
                assert np.abs(gap).max() < 1e-5 * np.abs(known).max()
    (estimate,) = (own.relative for own in solution.estimate.fields.values())
    assert estimate == pytest.approx(math.sqrt(error / size), rel=0.2)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("u_t = lap(u)", "u_tt = lap(u)"),
        ("u_t = lap(u)", "u_t = -u_x + u_xxx + u_yyy"),
        ("u = 0  on boundary", "dn(u) = u  on boundary"),
        ("u = 1 ", "u = sin(pi*x)*sin(pi*y) "),
    ],
)
def test_what_is_no_sudden_start(old: str, new: str) -> None:
    text = SQUARE.replace(old, new)
    if "u_tt" in new:
        text = text.replace("ic: u = 1", "ic: u_t = 0, u = 1")
    assert face_jumps(split_rows(pdedsl.parse(text))) == ()
