"""What changes fast between the points is found, and what the points see is not called hidden."""

from __future__ import annotations

import pytest

import pdedsl

LINE = "domain O: x in [0, 1]\nunknown u(x)\neq: -u_xx = {f}\nbc: u = 0 on boundary\n"
PLANE = (
    "domain O: (x, y) in [0, 1]^2\nunknown u(x, y)\neq: -lap(u) = {f}\nbc: u = {g} on boundary\n"
)
HEAT = """domain O: x in [0, 1]
time t in [0, 1]
unknown u(x, t)
eq: u_t = u_xx + {f}
bc: u = {g} on boundary
ic: u = {h} at t = 0
"""


def solve(text: str, modes: int = 12) -> pdedsl.Solution:
    method = {
        "model": {"kind": "basis", "family": "legendre", "modes": modes},
        "optimizer": {"kind": "lstsq"},
        "sampling": {"points": {"eq": 200, "bc": 80, "ic": 40}},
    }
    return pdedsl.solve(pdedsl.parse(text), method=pdedsl.Method.model_validate(method))


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (LINE.format(f="1 + exp(-((x - 0.3137)/1e-4)^2)/1e-4"), "x = 0.3137"),
        (LINE.format(f="1 + exp(-((x - 0.91)/1e-7)^2)/1e-7"), "x = 0.91"),
        (LINE.format(f="1 + 1e-6/((x - 0.4321)^2 + 1e-12)"), "x = 0.4321"),
        (LINE.format(f="1 + exp(-abs(x - 0.4321)/1e-4)*1e4"), "x = 0.4321"),
        (LINE.format(f="1 + if(x > 0.4321, if(x < 0.4322, 1e4, 0), 0)"), "x = 0.432"),
        (LINE.format(f="exp(-x/1e-5)/1e-5"), "x = 0"),
        (PLANE.format(f="1 + 1e6*exp(-((x - 0.3)^2 + (y - 0.6)^2)*1e6)", g=0), "x = 0.3, y = 0.6"),
        (PLANE.format(f="1 + 1e3*exp(-((x + y - 1.1)*1e3)^2)", g=0), "x = "),
        (PLANE.format(f="1", g="x + 9*exp(-((y - 0.4321)/1e-4)^2)"), "y = 0.4321"),
        (HEAT.format(f="1e4*exp(-((t - 0.2345)*1e4)^2)*x", g=0, h=0), "t = 0.2345"),
        (HEAT.format(f="1e4*exp(-((x - 0.9*t)*1e4)^2)", g=0, h=0), "x = "),
        (HEAT.format(f=1, g="9*exp(-((t - 0.2345)*1e4)^2)", h=0), "t = 0.2345"),
        (HEAT.format(f=1, g=0, h="9*exp(-((x - 0.2345)*1e4)^2)"), "x = 0.2345"),
    ],
)
def test_a_narrow_feature_between_the_points_is_found(text: str, place: str) -> None:
    solution = solve(text)
    assert solution.status == "unresolved"
    assert solution.failure is not None
    assert place in solution.failure


@pytest.mark.parametrize(
    ("text", "modes"),
    [
        (LINE.format(f="1 + exp(-((x - 0.4)/0.06)^2)"), 70),  # resolved
        (LINE.format(f="1 + exp(-((x - 0.4)/0.06)^2)"), 12),  # not, and seen by the points
        (LINE.format(f="1 + 1e-9*exp(-((x - 0.4)/1e-6)^2)"), 12),  # too small to matter
        (LINE.format(f="1 + exp(-((x - 1.4)/1e-4)^2)/1e-4"), 12),  # outside
        (LINE.format(f="if(x > 0.4, 1, 2)"), 12),
        (PLANE.format(f="1 + sin(x)*y", g="abs(x - 0.5)"), 8),
    ],
)
def test_what_is_resolved_seen_or_small_is_no_finding(text: str, modes: int) -> None:
    assert solve(text, modes).status != "unresolved"


def test_the_residual_of_a_coefficient_that_dips_is_looked_at() -> None:
    text = LINE.format(f=1).replace("-u_xx", "-d(k*u_x, x)")
    text = text.replace("unknown", "let k = 1 - 0.999*exp(-((x - 0.4321)/1e-4)^2)\nunknown")
    assert solve(text).status == "unresolved"


def test_waves_that_are_zero_at_all_points_are_seen() -> None:
    text = """domain O: x in [0, 1]
unknown u(x)
eq: -u_xx + u = 9*cos(128*pi*x)
bc: u periodic in x
"""
    method = {
        "model": {"kind": "basis", "family": "fourier", "modes": 4},
        "optimizer": {"kind": "lstsq"},
        "sampling": {"kind": "grid", "points": {"eq": 128}},
    }
    solution = pdedsl.solve(pdedsl.parse(text), method=pdedsl.Method.model_validate(method))
    assert solution.outcome.loss < 1e-20
    assert solution.status == "unresolved"


def test_rounding_beside_a_coefficient_that_jumps_by_a_thousand_is_no_news() -> None:
    text = """param mu = 1e-3
domain Omega: z in [0, 10]
unknown p(z)
let k = if(z < 4, 1e-12, if(z < 6, 1e-15, 5e-13))
eq: d(k/mu*p_z, z) = 0
bc: p = 3e5  on z = 0
bc: p = 1e5  on z = 10
"""
    solution = pdedsl.solve(pdedsl.parse(text), budget=30)
    assert solution.finding is None
    parts = 4 / 1e-12, 2 / 1e-15, 4 / 5e-13
    assert float(solution(z=4.0)) == pytest.approx(3e5 - 2e5 * parts[0] / sum(parts), rel=1e-10)
