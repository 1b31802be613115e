r"""Roots of a polynomial for large r: the expansions of Newton and Puiseux.

For p(λ, r) = Σ c_{jl} λ^j r^l every root is λ = μ r^s + μ' r^{s'} + … with s > s' > …. The
exponents are slopes of the upper boundary of the points (j, l), and the μ are the roots of the
polynomial on that edge. The expansion is followed until the real part of λ is known to leading
order, or to stay bounded.

Source: R. J. Walker, Algebraic Curves (1950), chapter IV, at infinity in place of zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from math import comb

import numpy as np

_CANCELLED = 1e-9  # a coefficient below this part of its scale is zero
_IMAGINARY = 1e-7  # a real part below this part of the modulus is zero
_SAME = 1e-4  # roots this close, relatively, are one multiple root
_DEPTH = 8

Exponent = int | Fraction
Terms = Mapping[tuple[int, Exponent], complex]


@dataclass(frozen=True)
class Mode:
    """A root λ for large r.

    Args:
        order: exponent s of the leading term; 0 for a root that stays bounded.
        rate: its coefficient μ.
        growth: sign of the real part of λ where that is unbounded, else 0.
        leading: whether the leading term has a real part.
    """

    order: Exponent = 0
    rate: complex = 0.0
    growth: int = 0
    leading: bool = False


def modes(terms: Terms) -> list[Mode]:
    """All roots λ of Σ c_{jl} λ^j r^l = 0 as r → ∞, with their multiplicity."""
    return list(_expand(terms, None, Mode(), _DEPTH))


def _expand(terms: Terms, below: Exponent | None, found: Mode, depth: int) -> Iterator[Mode]:
    """The roots of smaller exponent than ``below``, all continuing the mode found so far."""
    lowest = min((j for j, _ in terms), default=0)
    yield from [found] * lowest  # λ = 0 to all further orders
    for (first, low), (last, high) in _edges(terms):
        slope = _ratio(low - high, last - first)
        if below is not None and slope >= below:
            continue
        if slope <= 0 or depth == 0:
            yield from [found] * (last - first)
            continue
        on_edge = {j: c for (j, k), c in terms.items() if k + slope * j == low + slope * first}
        coefficients = [on_edge.get(j, 0.0) for j in range(last, first - 1, -1)]
        for rate, count in _cluster(np.roots(coefficients)):
            yield from _continue(terms, slope, rate, count, found, depth)


def _continue(
    terms: Terms, slope: Exponent, rate: complex, count: int, found: Mode, depth: int
) -> Iterator[Mode]:
    first = found.order == 0
    if abs(rate.real) > _IMAGINARY * abs(rate):
        sign = 1 if rate.real > 0 else -1
        mode = Mode(slope, rate, sign, True) if first else replace(found, growth=sign)
        yield from [mode] * count
        return
    mode = Mode(slope, rate) if first else found
    rest = list(_expand(_shift(terms, slope, rate), slope, mode, depth - 1))[:count]
    yield from rest + [mode] * (count - len(rest))


def _edges(terms: Terms) -> list[tuple[tuple[int, Exponent], tuple[int, Exponent]]]:
    """Neighbouring corners of the upper convex boundary of the points (j, max l)."""
    top: dict[int, Exponent] = {}
    for j, height in terms:
        top[j] = max(height, top.get(j, height))
    corners: list[tuple[int, Exponent]] = []
    for point in sorted(top.items()):
        while len(corners) > 1 and _below(corners[-2], corners[-1], point):
            corners.pop()
        corners.append(point)
    return list(pairwise(corners))


def _ratio(rise: Exponent, run: int) -> Exponent:
    """The quotient as an integer where it is one, which is many times faster to work with."""
    found = Fraction(rise, run)
    return int(found) if found.denominator == 1 else found


def _below(a: tuple[int, Exponent], b: tuple[int, Exponent], c: tuple[int, Exponent]) -> bool:
    """Whether b lies on or below the line from a to c."""
    return (b[1] - a[1]) * (c[0] - a[0]) <= (c[1] - a[1]) * (b[0] - a[0])


def _cluster(roots: np.ndarray) -> list[tuple[complex, int]]:
    """Roots that differ by rounding alone as their mean, which is accurate, and their number."""
    left = sorted((complex(r) for r in roots), key=lambda r: (abs(r), r.real, r.imag))
    out = []
    while left:
        near = [r for r in left if abs(r - left[0]) <= _SAME * abs(left[0])]
        left = [r for r in left if abs(r - left[0]) > _SAME * abs(left[0])]
        out.append((sum(near) / len(near), len(near)))
    return out


def _shift(terms: Terms, slope: Exponent, rate: complex) -> dict[tuple[int, Exponent], complex]:
    """Coefficients of p(μ r^s + λ', r) in λ' and r."""
    parts = (
        ((k, height + slope * (j - k)), comb(j, k) * c * rate ** (j - k))
        for (j, height), c in terms.items()
        for k in range(j + 1)
    )
    return sum_of(parts, _CANCELLED)


def sum_of(
    parts: Iterable[tuple[tuple[int, Exponent], complex]], cancelled: float
) -> dict[tuple[int, Exponent], complex]:
    """Sums by key; those below the part ``cancelled`` of what they would be otherwise are zero."""
    total: dict[tuple[int, Exponent], tuple[complex, float]] = {}
    for key, part in parts:
        value, scale = total.get(key, (0.0, 0.0))
        total[key] = value + part, scale + abs(part)
    return {key: v for key, (v, scale) in total.items() if abs(v) > cancelled * scale}
