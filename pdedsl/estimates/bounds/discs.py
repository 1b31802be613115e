r"""Arithmetic with discs of the complex plane, which holds every value that it might have.

A disc {z: |z − c| ≤ r} goes through f to one around f(c). For an analytic f the new radius is at
least sup |f(c + h) − f(c)| over |h| ≤ r, from the power series of f about c with all its terms
taken at their moduli, such as |e^c| (e^r − 1). Arrays of discs are worked on at once. (Henrici,
Applied and Computational Complex Analysis I, 1974, section 6.6.)
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from .bound import UnprovedError

Centres = NDArray[np.complex128]
Radii = NDArray[np.float64]

_UNIT = 4e-15
"""Rounding of an operation relative to its result: 18 units, where functions of numpy take 4."""
_CLEAR = 0.9
"""The most of its distance from a singularity that a disc may be large, so that differences of both
are known to `_UNIT`; a choice."""


class NotAnalyticError(UnprovedError):
    """A function is not known to be analytic on a disc; the text says which."""


@dataclass(frozen=True)
class Discs:
    """Discs |z − centre| ≤ radius.

    Args:
        centre: shape (n,) or ().
        radius: the same shape.
    """

    centre: Centres
    radius: Radii

    @property
    def largest(self) -> Radii:
        """The largest modulus of a point of each disc."""
        return np.asarray(np.abs(self.centre) + self.radius)

    @property
    def real(self) -> tuple[Radii, Radii]:
        """The least and the largest real part of a point of each disc."""
        return self.centre.real - self.radius, self.centre.real + self.radius

    def __add__(self, other: Discs) -> Discs:
        """All sums."""
        return disc(self.centre + other.centre, self.radius + other.radius)

    def __mul__(self, other: Discs) -> Discs:
        """All products."""
        radius = (
            np.abs(self.centre) * other.radius
            + np.abs(other.centre) * self.radius
            + self.radius * other.radius
        )
        return disc(self.centre * other.centre, radius)

    def scaled(self, factor: float) -> Discs:
        """All products with a real number."""
        return disc(factor * self.centre, abs(factor) * self.radius)


def disc(centre: Centres, radius: Radii) -> Discs:
    """The discs, larger by the rounding of what was computed."""
    return Discs(centre, radius + _UNIT * (np.abs(centre) + radius))


def number(value: complex) -> Discs:
    """A number that is known to rounding."""
    return disc(np.asarray(value, dtype=np.complex128), np.zeros(()))


def interval(lower: Radii, upper: Radii) -> Discs:
    """Discs around intervals of the real line."""
    return disc(np.asarray((lower + upper) / 2, dtype=np.complex128), (upper - lower) / 2)


def exponential(z: Discs) -> Discs:
    """e^z."""
    centre = np.exp(z.centre)
    return disc(centre, np.abs(centre) * np.expm1(z.radius))


def sine(z: Discs) -> Discs:
    """Sin z, of which |sin(c + h) − sin c| ≤ |sin c| (cosh r − 1) + |cos c| sinh r."""
    s, c = np.sin(z.centre), np.cos(z.centre)
    return disc(s, np.abs(s) * (np.cosh(z.radius) - 1) + np.abs(c) * np.sinh(z.radius))


def cosine(z: Discs) -> Discs:
    """Cos z, as `sine`."""
    s, c = np.sin(z.centre), np.cos(z.centre)
    return disc(c, np.abs(c) * (np.cosh(z.radius) - 1) + np.abs(s) * np.sinh(z.radius))


def hyperbolic_sine(z: Discs) -> Discs:
    """Sinh z, as `sine`."""
    s, c = np.sinh(z.centre), np.cosh(z.centre)
    return disc(s, np.abs(s) * (np.cosh(z.radius) - 1) + np.abs(c) * np.sinh(z.radius))


def hyperbolic_cosine(z: Discs) -> Discs:
    """Cosh z, as `sine`."""
    s, c = np.sinh(z.centre), np.cosh(z.centre)
    return disc(c, np.abs(c) * (np.cosh(z.radius) - 1) + np.abs(s) * np.sinh(z.radius))


def hyperbolic_tangent(z: Discs) -> Discs:
    """Tanh z = ± (2/(1 + q) − 1), q = e^{∓2z}, with the sign for which q is small.

    Raises:
        NotAnalyticError: a pole may lie in a disc.
    """
    sign = np.where(z.centre.real >= 0, 1.0, -1.0)
    q = exponential(Discs(-2 * sign * z.centre, 2 * z.radius))
    half = inverse(number(1) + q)
    return disc(sign * (2 * half.centre - 1), 2 * half.radius + _UNIT)


def inverse(z: Discs) -> Discs:
    """1/z.

    Raises:
        NotAnalyticError: zero may lie in a disc.
    """
    size = np.abs(z.centre) ** 2 - z.radius**2
    if not np.all(z.radius <= _CLEAR * np.abs(z.centre)):
        raise NotAnalyticError("a coefficient divides by what may be zero")
    return disc(z.centre.conj() / size, z.radius / size)


def logarithm(z: Discs) -> Discs:
    """Log z, |log(c + h) − log c| ≤ −log(1 − r/|c|).

    Raises:
        NotAnalyticError: a disc may meet the negative real axis.
    """
    part = _away_from_cut(z, "a logarithm")
    return disc(np.log(z.centre), -np.log1p(-part))


def real_power(z: Discs, exponent: float) -> Discs:
    """z^p, |(c + h)^p − c^p| ≤ |c^p| ((1 − r/|c|)^{−|p|} − 1).

    Raises:
        NotAnalyticError: a disc may meet the negative real axis.
    """
    part = _away_from_cut(z, "a root or a power")
    centre = z.centre**exponent
    # The modulus and the angle are those of exp(p log c), with the rounding of p log c.
    rounding = _UNIT * abs(exponent) * np.abs(np.log(z.centre))
    return disc(centre, np.abs(centre) * (np.expm1(-abs(exponent) * np.log1p(-part)) + rounding))


def whole_power(z: Discs, exponent: int) -> Discs:
    """z^n for n ≥ 0, |(c + h)^n − c^n| ≤ (|c| + r)^n − |c|^n."""
    size = np.abs(z.centre)
    # The difference of powers as a sum of terms of one sign, which does not cancel.
    terms = sum(
        math.comb(exponent, k) * size ** (exponent - k) * z.radius**k
        for k in range(1, exponent + 1)
    )
    rounding = _UNIT * exponent * size**exponent
    return disc(z.centre**exponent, np.asarray(terms, dtype=np.float64) + rounding)


def arc_tangent(z: Discs) -> Discs:
    """Arctan z.

    Raises:
        NotAnalyticError: a disc may meet the cuts at |Im z| ≥ 1.
    """
    if not np.all(np.abs(z.centre.imag) + z.radius <= _CLEAR):
        raise NotAnalyticError("an arc tangent in a coefficient is not analytic everywhere")
    slope = inverse(number(1) + z * z)
    return disc(np.arctan(z.centre), slope.largest * z.radius)


def error_function(z: Discs) -> Discs:
    """Erf z, whose slope is 2/√π e^{−z²}."""
    near = np.maximum(np.abs(z.centre.real) - z.radius, 0.0)
    far = np.abs(z.centre.imag) + z.radius
    slope = 2 / math.sqrt(math.pi) * np.exp(far**2 - near**2)
    return disc(special.erf(z.centre), slope * z.radius)


def _away_from_cut(z: Discs, what: str) -> Radii:
    """The part r/|c| < 1 where no disc meets the negative real axis."""
    off = np.where(z.centre.real > 0, np.abs(z.centre), np.abs(z.centre.imag))
    if not np.all(z.radius <= _CLEAR * off):
        raise NotAnalyticError(f"{what} in a coefficient is not analytic everywhere")
    return np.asarray(z.radius / np.abs(z.centre))
