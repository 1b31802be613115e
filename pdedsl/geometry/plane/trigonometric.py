r"""Zeros of trigonometric polynomials of the first and second degree.

.. math:: f(θ) = a_0 + a_1 \cos θ + b_1 \sin θ + a_2 \cos 2θ + b_2 \sin 2θ
"""

from __future__ import annotations

import numpy as np

from pdedsl.geometry.arrays import Array

_NEGLIGIBLE = 1e-14  # coefficients of the second degree, of the largest one: rounding
# Of |z| from 1: a zero of multiplicity four moves by eps^(1/4) = 1e-4 with rounding.
_NEAR_CIRCLE = 1e-3
_TOUCHING = 4e-15  # of the largest coefficient, of a value at an extremum that is none: rounding
_CLOSE = 1e-6  # between a zero and an extremum that may be one: above the root of rounding
_STEPS = 4  # of Newton's method, from a zero of the companion matrix: two reach rounding


def zeros(coefficients: Array) -> Array:
    """Angles θ, shape (n,), at which f vanishes, or nearly does where it touches zero.

    Nearly: the caller sees by the value whether an angle is one. With z = exp(iθ), z² f is a
    polynomial of the fourth degree, whose zeros are eigenvalues of its companion matrix (Boyd,
    Solving Transcendental Equations, 2014, chapter 3); Newton's method makes them exact.

    Args:
        coefficients: (a0, a1, b1, a2, b2); a function that vanishes everywhere has no angles here.
    """
    size = float(np.abs(coefficients).max())
    if size == 0.0:
        return np.zeros(0)
    a0, a1, b1, a2, b2 = coefficients / size
    if max(abs(a2), abs(b2)) <= _NEGLIGIBLE:
        return _of_first_degree(float(a0), float(a1), float(b1))
    c1, c2 = (a1 - 1j * b1) / 2, (a2 - 1j * b2) / 2
    z = np.roots([c2, c1, a0, np.conj(c1), np.conj(c2)])
    angles = np.angle(z[np.abs(np.abs(z) - 1) < _NEAR_CIRCLE])
    return _polished(coefficients / size, angles)


def _of_first_degree(a0: float, a1: float, b1: float) -> Array:
    radius = float(np.hypot(a1, b1))
    if abs(a0) > radius * (1 + _NEAR_CIRCLE):
        return np.zeros(0)
    if abs(a0) >= radius * (1 - _TOUCHING):
        return np.arctan2(b1, a1) + np.array([np.pi if a0 > 0 else 0.0])
    away = np.arccos(-a0 / radius)
    return np.arctan2(b1, a1) + np.array([-away, away])


def _polished(coefficients: Array, angles: Array) -> Array:
    """Newton's method for zeros, and for extrema that cannot be told from a zero.

    A zero at which f has an extremum is known to the root of rounding alone, but its extremum to
    rounding.
    """
    found, extrema = angles, angles
    for _ in range(_STEPS):
        value, slope, _ = _values(coefficients, found)
        better = found - _ratio(value, slope)
        smaller = np.abs(_values(coefficients, better)[0]) < np.abs(value)
        found = np.where(smaller, better, found)
        _, slope, bend = _values(coefficients, extrema)
        extrema = extrema - _ratio(slope, bend)
    touching = np.abs(_values(coefficients, extrema)[0]) <= _TOUCHING
    touching &= np.abs(extrema - found) <= _CLOSE
    return np.where(touching, extrema, found)


def _ratio(value: Array, slope: Array) -> Array:
    return np.divide(value, slope, out=np.zeros_like(value), where=slope != 0)


def _values(coefficients: Array, angles: Array) -> tuple[Array, Array, Array]:
    """f, f' and f''."""
    a0, a1, b1, a2, b2 = coefficients
    first = a1 * np.cos(angles) + b1 * np.sin(angles)
    second = a2 * np.cos(2 * angles) + b2 * np.sin(2 * angles)
    slope = b1 * np.cos(angles) - a1 * np.sin(angles)
    slope += 2 * (b2 * np.cos(2 * angles) - a2 * np.sin(2 * angles))
    return a0 + first + second, slope, -first - 4 * second
