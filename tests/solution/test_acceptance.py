"""Laws are measured by their own terms, and a result is accepted by that and by its errors."""

from __future__ import annotations

import math
from typing import Any

import pytest

import pdedsl

WALLS = """domain O: (x, y) in [0, 0.398]^2
unknown u(x, y)
eq: -lap(u) = {source}
bc: u = 300 on boundary
"""
ZERO = """domain O: x in [0, 1]
unknown u(x), q(x)
eq: u_xx = 0
eq: d(q, x, 2) = -1 + u
bc: u = 0, q = 0 on boundary
exact u = 0, q = x*(1-x)/2
"""
GROWING = """time t in [0, 1]
unknown u(t)
eq: d(u, t) = 50*(u - cos(t)) - sin(t)
ic: u = 1.001 at t = 0
"""
NUMBER = """domain O: x in [0, 1]
unknown u(x)
unknown c > 0 guess 1
eq: u_x = c
bc start: u = 0 on x = 0
bc end: u = 2 on x = 1
exact u = 2*x, c = {c}
"""
QUICK = [("model.width", "6"), ("optimizer.iterations", "40")]


def basis(*modes: int) -> pdedsl.Method:
    return pdedsl.Method(model={"kind": "basis", "modes": modes}, optimizer={"kind": "lstsq"})


def solved(text: str, method: Any, **more: Any) -> pdedsl.Solution:
    return pdedsl.solve(pdedsl.parse(text), method, **more)


@pytest.mark.parametrize("source", ["20", "20*x", "0.001"])
def test_a_source_that_is_missed_is_seen_whatever_the_walls_are(source: str) -> None:
    """A constant has no residual on the walls, and all of the source's."""
    solution = solved(WALLS.format(source=source), basis(1, 1))
    assert solution.misfits["eq"].relative > 0.99
    assert solution.status == "inaccurate"
    assert "eq is missed by 1 of the size of its terms" in solution.failure


def test_walls_are_measured_by_the_rise_above_them() -> None:
    """A shift of all by 1 is 0.3 % of 300, and many times the rise of 0.233."""
    solution = solved(WALLS.format(source=20), basis(20, 20))
    assert solution.usable, solution.failure
    fine = solution.misfits["bc"].relative
    shifted = solution.theta.clone()
    shifted[0] += 1.0  # the constant function is the first
    moved = type(solution)(
        solution.problem, solution.system, _with(solution.outcome, shifted), solution.provenance
    )
    assert fine < 1e-3
    assert moved.misfits["eq"].relative == pytest.approx(solution.misfits["eq"].relative, rel=1e-3)
    assert moved.misfits["bc"].relative > 1.0


def _with(outcome: Any, theta: Any) -> Any:
    from dataclasses import replace

    return replace(outcome, theta=theta)


@pytest.mark.parametrize(
    ("text", "modes"),
    [
        (WALLS.format(source=0), (4, 4)),  # 300 everywhere
        (ZERO, (4,)),
        (GROWING, (90,)),
        ("domain O: x in [0, 1]\nunknown u(x)\neq: u_xx = 0\nbc: u = x on boundary\n", (3,)),
        ("domain O: x in [0, 1]\nunknown u(x)\neq: u_xx = 0\nbc: u = 0 on boundary\n", (3,)),
        (
            "domain O: (x, y) in [0, 1]^2\nunknown v(x, y) in R^2, p(x, y)\n"
            "eq a: -grad(p) + lap(v) = (0, 0)\neq b: div(v) = 0\nbc: v = (y, -x) on boundary\n"
            "eq c: integral(p, O) = 0\nexact v = (y, -x), p = 0\n",
            (3, 3),
        ),
    ],
)
def test_what_is_right_to_rounding_is_accepted(text: str, modes: tuple[int, ...]) -> None:
    solution = solved(text, basis(*modes))
    assert solution.usable, solution.failure
    assert max(own.relative for own in solution.misfits.values()) < 1e-9


def test_relative_residuals_do_not_depend_on_units() -> None:
    """u in units of 1e-9 and times of 1e6: the relative residuals stay."""
    plain = "domain O: x in [0, 1]\nunknown u(x)\neq: u_xx = exp(3*x)\nbc: u = x on boundary\n"
    scaled = plain.replace("exp(3*x)", "1e-9*exp(3*x/1e6)/1e12").replace("u = x", "u = 1e-15*x")
    scaled = scaled.replace("[0, 1]", "[0, 1e6]")
    found = [solved(text, basis(4)).misfits for text in (plain, scaled)]
    assert found[0]["eq"].relative > 1e-4
    for label in found[0]:
        first, second = (own[label].relative for own in found)
        assert first == pytest.approx(second, rel=0.02, abs=1e-12)


@pytest.mark.parametrize(("c", "right"), [(2, True), (0.5, False), (0, False)])
def test_an_unknown_number_that_is_known_counts(c: float, right: bool) -> None:
    solution = solved(NUMBER.format(c=c), "lm", settings=QUICK)
    assert solution.numbers["c"] == pytest.approx(2, rel=1e-6)
    assert solution.usable == right, solution.failure
    if not right:
        assert solution.failure.startswith(("c is wrong by", "c is zero, and found as 2"))


def test_what_is_accepted_can_be_said() -> None:
    text = "domain O: x in [0, 1]\nunknown u(x)\neq: u_xx = exp(3*x)\nbc: u = x on boundary\n"
    coarse = [solved(text, basis(5), accept=accept) for accept in (0.5, 1e-6)]
    assert coarse[0].usable
    assert not coarse[1].usable
    assert coarse[1].summary()["accept"] == 1e-6
    assert set(coarse[1].summary()["laws_relative"]) == {"eq", "bc"}
    for wrong in (0.0, 1.0, math.nan):
        with pytest.raises(ValueError, match="accept"):
            solved(text, basis(3), accept=wrong)


def test_gauss_points_have_a_loss_on_fresh_points_too() -> None:
    """Four nodes of a degree of 30: nothing is left at them."""
    text = "domain O: x in [0, 1]\nunknown u(x)\neq: u_xx = exp(3*x)\nbc: u = x on boundary\n"
    method = pdedsl.Method(
        model={"kind": "basis", "modes": (30,)}, optimizer={"kind": "lstsq"},
        sampling={"kind": "gauss", "points": {"eq": 4}},
    )  # fmt: skip
    solution = solved(text, method)
    data = solution.summary()
    assert data["loss"] < 1e-20
    assert data["fresh_loss"] > 1e-6
    assert solution.status == "unresolved"


ZERO_PART = "domain O: x in [0, 2]\nunknown v(x) in R^2\neq: d(v, x, 2) = ({f}, -sin(x))\n"


@pytest.mark.parametrize(("f", "modes", "ended"), [("0", 16, True), ("1e-7*sin(9*x)", 4, False)])
def test_a_component_that_is_rounding_is_no_fault(f: str, modes: int, ended: bool) -> None:
    """One that is small and wrong is."""
    text = ZERO_PART.format(f=f) + "bc: v = (0, sin(x))  on boundary\n"
    method = {"model": {"kind": "basis", "modes": modes}, "optimizer": {"kind": "lstsq"}}
    solution = pdedsl.solve(pdedsl.parse(text), method=pdedsl.Method.model_validate(method))
    assert solution.usable == ended
