"""Roots for large r against polynomials that were made from their roots."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pdedsl.calculus.types.puiseux import modes

Series = dict[int, complex]


def _product(roots: list[Series]) -> dict[tuple[int, Fraction], complex]:
    """Coefficients of Π (λ − root(r)) in λ^j r^l."""
    total: dict[tuple[int, Fraction], complex] = {(0, Fraction(0)): 1.0}
    for root in roots:
        grown: dict[tuple[int, Fraction], complex] = {}
        for (j, power), c in total.items():
            parts = [((j + 1, power), c), *(((j, power + s), -c * v) for s, v in root.items())]
            for key, value in parts:
                grown[key] = grown.get(key, 0.0) + value
        total = grown
    return {key: c for key, c in total.items() if c}


imaginary = st.integers(-3, 3).map(lambda k: 1j * k)
general = st.tuples(st.integers(-2, 2), st.integers(-3, 3)).map(lambda z: complex(*z))
series = st.fixed_dictionaries({3: imaginary, 2: general, 1: general})


def _described(root: Series) -> tuple[int, complex, int, bool]:
    kept = [(s, v) for s, v in sorted(root.items(), reverse=True) if v]
    if not kept:
        return 0, 0.0, 0, False
    order, rate = kept[0]
    growth = next((int(np.sign(v.real)) for _, v in kept if v.real), 0)
    return order, rate, growth, bool(rate.real)


def _key(mode: tuple[int, complex, int, bool]) -> tuple[int, float, float, int]:
    return mode[0], round(mode[1].imag, 4) + 0.0, round(mode[1].real, 4) + 0.0, mode[2]


@settings(max_examples=200, deadline=None)
@given(roots=st.lists(series, min_size=1, max_size=3))
def test_modes_of_a_product(roots: list[Series]) -> None:
    """Polynomial roots, many of them equal in their leading terms."""
    found = [(int(m.order), m.rate, m.growth, m.leading) for m in modes(_product(roots))]
    expected = [_described(root) for root in roots]
    assert sorted(map(_key, found)) == sorted(map(_key, expected))


def test_fractional_exponents() -> None:
    """Of λ³ = r², the order 2/3, and a real part of either sign."""
    found = modes({(3, Fraction(0)): 1.0, (0, Fraction(2)): -1.0})
    assert [m.order for m in found] == [Fraction(2, 3)] * 3
    assert sorted(m.growth for m in found) == [-1, -1, 1]


def test_growth_from_a_double_root() -> None:
    """(λ − ir)² = r has the roots ir ± √r."""
    found = modes({
        (2, Fraction(0)): 1.0,
        (1, Fraction(1)): -2j,
        (0, Fraction(2)): -1.0,
        (0, Fraction(1)): -1.0,
    })  # fmt: skip
    assert sorted((m.order, m.growth, m.leading) for m in found) == [(1, -1, False), (1, 1, False)]
    assert [m.rate for m in found] == pytest.approx([1j, 1j])
