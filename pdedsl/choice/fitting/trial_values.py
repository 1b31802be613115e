"""Values of unknown numbers that are tried, from those near their guesses to those decades away."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence

import numpy as np
from scipy.stats.qmc import Halton

from pdedsl.compiler.lowering.numbers import Bounded

from .tuning import FITTING

MOST_ON_GRIDS = 2
"""Numbers of which all combinations over the decades are tried: for three a grid of 400 values has
steps of 4 decades, which goes past the rates of an epidemic one decade from their guesses."""


def trial_values(numbers: Sequence[Bounded]) -> Iterator[list[float]]:
    """The guesses, then many combinations of values.

    For few numbers all of a grid over their decades, from near to far. Else values all over the
    decades near their guesses (points of Halton, Numerische Mathematik 2, 1960): `line` is what
    goes beyond then.
    """
    yield [number.guess for number in numbers]
    if len(numbers) > MOST_ON_GRIDS:
        points = Halton(len(numbers), scramble=False).fast_forward(1)  # the first is 0, a bound
        for point in points.random(FITTING.most_trials // 2).tolist():
            yield [_near(number, part) for number, part in zip(numbers, point, strict=True)]
        return
    count = _count(len(numbers))
    lines = [list(enumerate(_line(number, count))) for number in numbers]
    for pairs in sorted(itertools.product(*lines), key=lambda own: sum(rank for rank, _ in own)):
        yield [value for _, value in pairs]


def line(number: Bounded) -> list[float]:
    """Values of one number over its decades."""
    return _line(number, _count(1))


def decades_apart(
    numbers: Sequence[Bounded], one: Sequence[float], other: Sequence[float]
) -> float:
    """The largest distance of two values of a number, in decades from its bound or zero.

    Infinite where they are of different signs.
    """
    return max(_apart(n, a, b) for n, a, b in zip(numbers, one, other, strict=True))


def _apart(number: Bounded, one: float, other: float) -> float:
    base = number.lower if number.lower is not None else number.upper or 0.0
    quotient = (one - base) / (other - base) if other != base else math.inf if one != base else 1.0
    return abs(math.log10(quotient)) if quotient > 0 else math.inf


def _near(number: Bounded, part: float) -> float:
    """A value near a guess, by a part of 1: mostly of its sign where it has no bounds."""
    low, high, guess = number.lower, number.upper, number.guess
    if low is not None and high is not None:
        return _between(low, high, [part])[0]
    sign = 1.0
    if low is None and high is None:
        if part >= FITTING.same_sign:
            sign, part = -1.0, (part - FITTING.same_sign) / (1 - FITTING.same_sign)
        else:
            part /= FITTING.same_sign
    base = low if low is not None else high if high is not None else 0.0
    return base + sign * ((guess - base) or 1.0) * 10.0 ** (FITTING.near * (2 * part - 1))


def _count(numbers: int) -> int:
    """Values of each number, so that there are not too many of all together."""
    most = 2 * FITTING.per_decade * FITTING.decades + 1
    return max(3, min(most, int(FITTING.most_trials ** (1 / numbers))))


def _line(number: Bounded, count: int) -> list[float]:
    """Values of a number: both ways from its guess by powers of ten, within its bounds."""
    low, high, guess = number.lower, number.upper, number.guess
    if low is not None and high is not None:
        return _between(low, high, ((np.arange(count) + 0.5) / count).tolist())
    decades = FITTING.decades
    if low is not None:
        return [low + size for size in _powers(guess - low, decades, count)]
    if high is not None:
        return [high - size for size in _powers(high - guess, decades, count)]
    sizes = _powers(abs(guess), decades, count // 2)
    return [sign * size for sign in (math.copysign(1, guess), -math.copysign(1, guess))
            for size in sizes]  # fmt: skip


def _between(low: float, high: float, parts: Sequence[float]) -> list[float]:
    """Values between two bounds, by their logarithms where these are of one sign."""
    if low * high > 0:
        sign = math.copysign(1, low)
        return [sign * abs(low) * (high / low) ** part for part in parts]
    return [low + (high - low) * part for part in parts]


def _powers(size: float, decades: int, count: int) -> list[float]:
    """Sizes from near to far, so that the nearest one is first where several do as well."""
    exponents = np.linspace(-decades, decades, max(3, count))
    exponents = exponents[np.argsort(np.abs(exponents), kind="stable")]
    return [float(v) for v in (size or 1.0) * 10.0**exponents]


def shifted(number: Bounded, value: float, shift: float) -> float:
    """A value with its distance from a bound, or from zero, times ten to the shift."""
    low, high = number.lower, number.upper
    if low is not None and high is not None:
        part = (value - low) / (high - low)
        odds = part / (1 - part) * 10.0**shift if part < 1 else math.inf
        return low + (high - low) * (odds / (1 + odds) if odds < math.inf else 1.0)
    base = low if low is not None else high if high is not None else 0.0
    return base + (value - base) * 10.0**shift
