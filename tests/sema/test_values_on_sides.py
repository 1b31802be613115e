"""Values written as in papers, u(0, t) = g, are conditions on sides of a box."""

from __future__ import annotations

import pytest

import pdedsl

LINE = "domain O: x in [a, 1]\ntime t in [0, 1]\nunknown u(x, t), w(x, t)\n"
TEXT = "param a = -1\n" + LINE + "eq: u_t = u_xx, w_t = w_xx\nic: u = 0, w = 0  at t = 0\n"


@pytest.mark.parametrize(
    ("written", "placed"),
    [
        ("bc: u(-1, t) = 0", "bc: u = 0  on x = -1"),
        ("bc: u(a, t) = sin(t), w(a, t) = 1", "bc: u = sin(t), w = 1  on x = a"),
        ("bc right: u_x(1, t) = t", "bc right: u_x = t  on x = 1"),
    ],
)
def test_they_are_the_same_law(written, placed):
    laws = [pdedsl.check(TEXT + text + "\n")[0].laws[-1] for text in (written, placed)]
    assert laws[0].place == laws[1].place
    assert (laws[0].label, laws[0].residuals) == (laws[1].label, laws[1].residuals)


@pytest.mark.parametrize(
    "text",
    ["bc: u(0, t) = 1", "bc: u(-1, t) = u(1, t)", "bc: u(-1, t) = 0, w(1, t) = 0",
     "bc: u(x=-1) = w(x=1)", "bc: u(-1, t) + w(1, t) = 0"],
)  # fmt: skip
def test_other_values_stay_where_they_are(text):
    law = pdedsl.check(TEXT + text + "\n")[0].laws[-1]
    assert type(law.place).__name__ == "Slice"


def test_sides_of_a_square():
    text = "domain O: (x, y) in [0, 1]^2\nunknown u(x, y)\neq: lap(u) = 1\n"
    text += "bc: u(0, y) = 0\nbc: u(1, y) = 0\nbc: u(x, 0) = 0\nbc: u(x, 1) = 0\n"
    assert not pdedsl.parse(text).lints
