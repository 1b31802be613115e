"""Fields that nothing makes other than zero, and what is said of them."""

from __future__ import annotations

import pytest

import pdedsl
from pdedsl.calculus.unforced import unforced

LINE = "domain O: x in [0, 1]\nunknown u(x), v(x)\neq a: d(u, x, 2) = sin(x)\n"
BOTH = "bc: u = 0, v = 0 on boundary\n"


@pytest.mark.parametrize(
    ("laws", "expected"),
    [
        ("eq b: d(v, x, 2) + v = 0\n" + BOTH, {"v"}),
        ("eq b: d(v, x, 2) = u\n" + BOTH, set()),
        ("eq b: d(v, x, 2) = 0\nbc: u = 0, v = x on boundary\n", set()),
        ("eq b: d(v, x, 2) = 0\nbc: u = v, v = 0 on boundary\n", set()),
        ("eq b: d(v, x, 2) + v^3 = 0\n" + BOTH, set()),
        ("eq b: d(x*d(v, x), x) = v\nbc: u = 0, v = 0 on boundary\n", {"v"}),
    ],
)
def test_what_is_zero(laws: str, expected: set[str]) -> None:
    assert unforced(pdedsl.parse(LINE + laws)) == expected


@pytest.mark.parametrize(
    "given",
    ["exp(x/1e-6)", "exp(-((x - 0.3)/1e-3)^2)", "1e-9*exp(-x/1e-9)", "1/cosh((x - 2)/1e-5)"],
)
def test_narrow_sources_are_no_zeros(given: str) -> None:
    text = f"domain O: x in [0, 1]\nunknown u(x)\neq: d(u, x, 2) = {given}\nbc: u = 0 on boundary\n"
    assert unforced(pdedsl.parse(text)) == set()


def test_components_of_a_vector_belong_together() -> None:
    text = (
        "domain O: (x, y) in [0, 1]^2\nunknown v(x, y) in R^2, w(x, y) in R^2\n"
        "eq a: lap(v) = (1, 0)\neq b: lap(w) = (0, 0)\nbc: v = (0, 0), w = (0, 0) on boundary\n"
    )
    assert unforced(pdedsl.parse(text)) == {"w[1]", "w[2]"}


@pytest.mark.parametrize(
    "text",
    [
        LINE + "eq b: d(v, x, 2) + v = 0\n" + BOTH,
        "domain O: x in [0, 1]\ntime t in [0, 1]\nunknown u(x, t), v(x, t)\n"
        "eq a: d(u, t) = d(u, x, 2)\neq b: d(v, t) = d(v, x, 2) - v\n"
        "bc: u = 0, v = 0 on boundary\nic: u = sin(pi*x), v = 0 at t = 0\n",
        "domain O: (x, y) in [0, 1]^2\nunknown u(x, y), v(x, y)\neq a: lap(u) = 4\n"
        "eq b: lap(v) = v\nbc: u = x^2 + y^2, v = 0 on boundary\n",
    ],
)
def test_a_field_that_is_zero_is_accepted(text: str) -> None:
    solution = pdedsl.solve(pdedsl.parse(text), budget=20)
    assert solution.status == "converged"
    assert max(own.relative for own in solution.misfits.values()) < 1e-9
    assert solution.estimate is None or (solution.estimate.relative or 0.0) < 1e-9
