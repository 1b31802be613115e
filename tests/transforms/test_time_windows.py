"""A problem on a part of its time, and what keeps one from being divided."""

from __future__ import annotations

import pytest

import pdedsl
from pdedsl.geometry import hull_bounds
from pdedsl.ir import Slice
from pdedsl.transforms.time_windows import restrict_in_time, window_obstacle
from tests import small

WAVE = """problem "w"
domain Omega: x in [0, 1]
time t in [1, 3]
unknown u(x, t)
eq: u_tt = u_xx
ic: u = sin(pi*x), u_t = x  at t = 1
bc: u = 0  on boundary
"""


def changed(old: str, new: str) -> str:
    assert old in WAVE
    return WAVE.replace(old, new)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (WAVE, None),
        (small.HEAT, None),
        (small.ODES, None),
        (small.LINE, "it has no time"),
        (
            changed("u(x, t)\n", "u(x, t), w(x)\neq s: w_xx = 0\n"),
            "a field does not depend on time",
        ),
        (
            changed("u_xx\n", "c*u_xx\n").replace("u(x, t)", "u(x, t)\nunknown c > 0 guess 1"),
            "its unknown numbers belong to all times",
        ),
        (changed("u_tt = u_xx", "u_tt = u(x, 1)"), "eq has fields at several times"),
        (changed("u_t = x  at", "u_t = u_x^2  at"), "ic is a nonlinear initial condition"),
        (
            changed("bc:", "bc end: u = 0  at t = 3\nbc:").replace("bc end", "ic end"),
            "end holds at one time after the start",
        ),
        (changed("on boundary", "on boundary where t < 2"), "bc holds at some times alone"),
    ],
)
def test_why_a_problem_has_no_windows(text: str, expected: str | None) -> None:
    assert window_obstacle(pdedsl.parse(text)) == expected


def test_a_problem_on_a_part_of_the_time() -> None:
    problem = restrict_in_time(pdedsl.parse(WAVE), 1.5, 2.0)
    assert list(hull_bounds(problem).values()) == [(0.0, 1.0), (1.5, 2.0)]
    place = problem.law("ic").place
    assert isinstance(place, Slice)
    assert [float(value) for _, value in place.fixed] == [1.5]
