"""Powers of r at corners against functions that satisfy equation and conditions."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdedsl.calculus.corners.exponents import exponents, is_exponent, resonances, to_laplacian


@pytest.mark.parametrize(
    ("angle", "mixed", "want"),
    [
        (1.5 * math.pi, False, [2 / 3, 4 / 3, 2.0, 8 / 3]),
        (1.5 * math.pi, True, [1 / 3, 1.0, 5 / 3, 7 / 3, 3.0]),
        (math.pi / 2, False, [2.0]),
        (math.pi, True, [0.5, 1.5, 2.5]),
        (2 * math.pi, False, [0.5, 1.0, 1.5, 2.0, 2.5, 3.0]),
        (1e-3, False, []),
    ],
)
def test_known_powers(angle: float, mixed: bool, want: list[float]) -> None:
    assert exponents(angle, mixed, 3.0) == pytest.approx(want, rel=1e-14)


@given(st.floats(0.1, 2 * math.pi), st.booleans())
def test_powers_satisfy_both_conditions(angle: float, mixed: bool) -> None:
    for power in exponents(angle, mixed, 20.0):
        # u = r^λ sin λθ has the value 0 on the first edge, and on the last value or flux 0.
        end = math.cos(power * angle) if mixed else math.sin(power * angle)
        assert abs(end) < 1e-8
        assert is_exponent(power, angle, mixed)


def test_logarithms_are_where_powers_are_whole() -> None:
    assert resonances(math.pi / 2, False, 7) == (2, 4, 6)
    assert resonances(math.pi / 2, True, 7) == (1, 3, 5, 7)
    assert resonances(1.5 * math.pi, False, 7) == (2, 4, 6)
    assert resonances(math.pi, True, 7) == ()
    assert resonances(1.0, False, 7) == ()


def test_map_to_the_laplacian() -> None:
    second = np.array([[2.0, 0.7], [0.7, 1.0]])
    frame = to_laplacian(second)
    assert frame @ second @ frame.T == pytest.approx(np.eye(2), abs=1e-14)
    with pytest.raises(np.linalg.LinAlgError):
        to_laplacian(np.diag([1.0, -1.0]))
