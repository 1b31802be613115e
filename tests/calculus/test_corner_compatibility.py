"""Equations that contradict their conditions at the corners of a rectangle."""

from __future__ import annotations

import pytest

import pdedsl
from pdedsl.calculus.corners.compatibility import disagrees_at_corners

HEAD = "domain O: (x, y) in [0, {a}]*[-1, {b}]\nunknown u(x, y)\n"
DISAGREE = {
    "a constant load": ("-lap(u) = 1", "u = 0  on boundary"),
    "a load and a reaction": ("-lap(u) + 3*u = 2 + x", "u = 1  on boundary"),
    "two metals": ("-2*u_xx - 5*u_yy + u_x = 1", "u = 0  on boundary"),
    "a value and another flux": (
        "lap(u) = 0", "u = y  on x = 0; dn(u) = 0  on x = {a}, y = -1, y = {b}",
    ),
    "fluxes of another kind": (
        "lap(u) = 0", "dn(u) = y  on x = 0; dn(u) = 0  on x = {a}, y = {b}; u = 0  on y = -1",
    ),
    "values that jump": ("lap(u) = 0", "u = 1  on x = 0; u = 0  on x = {a}, y = -1, y = {b}"),
    "wind": (
        "-lap(u) + 3*u_x = 0",
        "u = (y + 1)*({b} - y)  on x = 0; u = 0  on x = {a}, y = -1, y = {b}",
    ),
}  # fmt: skip
AGREE = {
    "a known solution": ("-lap(u) = -lap(sin(3*x)*exp(y))", "u = sin(3*x)*exp(y)  on boundary"),
    "a load that vanishes": ("-lap(u) = x*({a} - x)*(y + 1)*({b} - y)", "u = 0  on boundary"),
    "fluxes of a product": (
        "lap(u) = 0",
        "dn(u) = -y  on x = 0; dn(u) = y  on x = {a}; dn(u) = x  on y = {b}; dn(u) = -x  on y = -1",
    ),
    "a mixed derivative": ("-u_xx - d(d(u, x), y) - u_yy = 1", "u = 0  on boundary"),
    "a side of two parts": (
        "-lap(u) = 1",
        "u = 0  on x = 0, x = {a}, y = -1; u = 0  on y = {b} where x < 0.01; "
        "dn(u) = 0  on y = {b} where x >= 0.01",
    ),
    "a nonlinear equation": ("-lap(u) = exp(u)", "u = 0  on boundary"),
    "a higher order": ("lap(lap(u)) = 1", "u = 0, dn(u) = 0  on boundary"),
    "exchange of heat": ("-lap(u) = 0", "dn(u) + u = 2  on boundary"),
}  # fmt: skip


def problem(case: tuple[str, str], a: float, b: float) -> pdedsl.Problem:
    text = HEAD + "eq: " + case[0] + "\nbc: " + case[1].replace("; ", "\nbc: ") + "\n"
    return pdedsl.parse(text.replace("{a}", str(a)).replace("{b}", str(b)))


@pytest.mark.parametrize(("a", "b"), [(1.0, 0.0), (0.05, 3.0), (250.0, 1.0)])
@pytest.mark.parametrize("name", DISAGREE)
def test_they_disagree(name: str, a: float, b: float) -> None:
    assert disagrees_at_corners(problem(DISAGREE[name], a, b))


@pytest.mark.parametrize(("a", "b"), [(1.0, 0.0), (0.05, 3.0), (250.0, 1.0)])
@pytest.mark.parametrize("name", AGREE)
def test_they_agree_or_it_is_not_told(name: str, a: float, b: float) -> None:
    assert not disagrees_at_corners(problem(AGREE[name], a, b))
