"""The wave number of known terms against closed forms."""

from __future__ import annotations

import math

import pytest

import pdedsl
from pdedsl.choice.wavenumbers import known_wavenumber

HEAD = "domain Omega: (x, y) in [-1, 3] * [0, 1]\nunknown u(x, y)\n"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("sin(3*x)", 6.0),  # [-1, 3] is twice as long as [-1, 1]
        ("exp(1)*cos(8*pi*y)", 4 * math.pi),
        ("sin(3*x)*sin(8*pi*y)", 4 * math.pi),
        ("7", 0.0),
        ("0", 0.0),
    ],
)
def test_of_a_source(source: str, expected: float) -> None:
    problem = pdedsl.parse(f"{HEAD}eq: lap(u) + u = {source}\nbc: u = 1  on boundary\n")
    # The root mean squares are over points, and 12/pi half waves do not fill the domain.
    assert known_wavenumber(problem) == pytest.approx(expected, rel=0.1, abs=1e-12)


def test_unknown_numbers_and_fields_do_not_count() -> None:
    text = "unknown q guess 1\neq: lap(u) + sin(40*x)*u = q*sin(50*x)\nbc: u = 0  on boundary\n"
    assert known_wavenumber(pdedsl.parse(HEAD + text)) == 0.0
