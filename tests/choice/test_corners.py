"""Corners and changes of condition: solutions that are not smooth are found like smooth ones."""

from __future__ import annotations

import numpy as np
import pytest

from pdedsl import api
from pdedsl.geometry import domain_region
from pdedsl.geometry.arrays import Array
from tests.choice.shape_fits import error, fitted

L_SHAPE = """
domain Omega: (x, y) in polygon((0, 0), (1, 0), (1, -1), (-1, -1), (-1, 1), (0, 1))
unknown u(x, y)
eq: -lap(u) = 1
bc: u = 0  on boundary
"""
AT_MIDDLE = 0.13105296203056  # of the L-shape at (−½, −½): two other fits agree to 6e-13


def power(points: Array, exponent: float, first: float = 0.0) -> Array:
    """r^λ sin λ(θ − first), with θ − first in [0, 2π)."""
    x, y = points[:, 0], points[:, 1]
    angle = np.mod(np.arctan2(y, x) - first, 2 * np.pi)
    return np.hypot(x, y) ** exponent * np.sin(exponent * angle)


def test_l_shape_at_one_point() -> None:
    value = fitted(api.parse(L_SHAPE), 16)(np.array([[-0.5, -0.5]]))[0]
    assert value == pytest.approx(AT_MIDDLE, rel=1e-9)


@pytest.mark.parametrize("size", [1e-6, 1e6])
def test_l_shapes_of_any_size(size: float) -> None:
    scaled = (
        L_SHAPE.replace("0, 1))", "0, a))")
        .replace("(1, ", "(a, ").replace("(-1, ", "(-a, ")
        .replace(", 1)", ", a)").replace(", -1)", ", -a)").replace("= 1\n", "= 1/a^2\n")
    )  # fmt: skip
    problem = api.parse(f"param a = {size}\n{scaled}")
    value = fitted(problem, 16)(np.array([[-0.5 * size, -0.5 * size]]))[0]
    assert value == pytest.approx(AT_MIDDLE, rel=1e-8)


def test_square_root_where_the_condition_changes() -> None:
    root = "sqrt((sqrt(x^2 + y^2) - x)/2)"
    text = f"""
domain Omega: (x, y) in polygon((-1, 0), (1, 0), (1, 1), (-1, 1))
unknown u(x, y)
eq: lap(u) = 0
bc: dn(u) = 0    on boundary where y <= 0 and x < 0
bc: u = {root}   on boundary where y > 0 or x >= 0
"""
    assert error(text, 12, lambda x: power(x, 0.5)) < 1e-12


@pytest.mark.parametrize("share", [0.3, 0.6, 1.2, 1.9])
def test_leading_function_of_an_angle(share: float) -> None:
    angle = share * np.pi
    turns = np.linspace(-angle / 2, angle / 2, 5)
    corners = ", ".join(f"({np.cos(t):.17g}, {np.sin(t):.17g})" for t in turns)
    text = f"""
param lam = {np.pi / angle:.17g}
domain Omega: (x, y) in polygon((0, 0), {corners})
unknown u(x, y)
eq: lap(u) = 0
bc: u = (x^2 + y^2)^(lam/2)*cos(lam*atan2(y, x))  on boundary
"""
    exact = lambda x: power(x, np.pi / angle, -angle / 2)  # noqa: E731
    assert error(text, 8, exact) < 1e-10


def test_general_operator_on_the_l_shape() -> None:
    operator = "-div((1 + 0.3*x + 0.2*y)*grad(u)) + 4*u = 1"
    problem = api.parse(L_SHAPE.replace("-lap(u) = 1", operator))
    points = domain_region(problem, problem.domains[0]).interior(300)
    coarse, finer, fine = (fitted(problem, degree)(points) for degree in (8, 12, 16))
    assert np.linalg.norm(finer - fine) < 5e-5 * np.linalg.norm(fine)
    assert np.linalg.norm(finer - fine) < 0.02 * np.linalg.norm(coarse - fine)


@pytest.mark.parametrize(
    ("hole", "condition", "degree", "bound"),
    [
        ("[-0.3, 0.5] * [-0.4, 0.3]", "u = v", 11, 1e-8),
        ("polygon((-0.3, -0.4), (0.5, -0.3), (0, 0.4))", "dn(u) = dn(v)", 8, 1e-3),
        ("shift(polygon((-0.2, -0.2), (0.2, -0.2), (0, -0.1)), (0.1, 0.6))", "u = v", 14, 1e-6),
    ],
)
def test_the_corner_of_a_hole(hole: str, condition: str, degree: int, bound: float) -> None:
    """r^λ sin λθ about a corner, with a cut in the hole alone: against a fit of higher degree."""
    text = f"""region S = [-1, 1]^2
region H = {hole}
domain Omega: (x, y) in S minus H
unknown u(x, y)
let v = 0
eq: -lap(u) = 1 + x
bc a: u = 0 on boundary(S)
bc b: {condition} on boundary(H)
"""
    problem = api.parse(text)
    points = domain_region(problem, problem.domains[0]).interior(300)
    fine, coarse = fitted(problem, degree + 6)(points), fitted(problem, degree)(points)
    assert np.linalg.norm(fine - coarse) < bound * np.linalg.norm(fine)
