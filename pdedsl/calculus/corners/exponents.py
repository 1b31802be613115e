r"""The powers of r that solutions have at a corner of a plane domain.

Near a corner of the angle ω the solutions of :math:`Δu = 0` with u = 0, or with zero flux, on both
edges are :math:`r^{λ_k} \sin λ_kθ` or :math:`r^{λ_k} \cos λ_kθ` with :math:`λ_k = kπ/ω`; with one
of each kind :math:`λ_k = (k - ½)π/ω` (Grisvard, Elliptic Problems in Nonsmooth Domains, 1985,
chapter 4). Data that are smooth add polynomials, but where a polynomial of degree m would have to
do what an eigenfunction does: there :math:`λ_k = m`, and :math:`\mathrm{Im}\, z^m \log z` or its
real part stands for it.
"""

from __future__ import annotations

import math

import numpy as np

from pdedsl.geometry.arrays import Array

_NEAR = 1e-9
"""Between numbers that are the same: angles are known to 1e-13, exponents up to some hundreds."""


def exponents(angle: float, mixed: bool, most: float) -> tuple[float, ...]:
    """λ_1 < λ_2 < … up to a bound, all above 0.

    Args:
        angle: ω in radians, in (0, 2π].
        mixed: whether the value is given on one edge and the flux on the other.
        most: the bound.
    """
    first, step = (math.pi / (2 * angle) if mixed else math.pi / angle), math.pi / angle
    count = math.floor((most - first) / step + _NEAR) + 1
    return tuple(_rounded(first + k * step) for k in range(max(count, 0)))


def is_exponent(number: float, angle: float, mixed: bool) -> bool:
    """Whether a positive number is one of the λ_k."""
    place = number * angle / math.pi + (0.5 if mixed else 0.0)
    return place > 0.5 and abs(place - round(place)) <= _NEAR * max(1.0, number)


def resonances(angle: float, mixed: bool, most: float) -> tuple[int, ...]:
    """The whole numbers m from 1 on that are among the λ_k, for which there are logarithms."""
    return tuple(m for m in range(1, math.floor(most) + 1) if is_exponent(m, angle, mixed))


def to_laplacian(second: Array) -> Array:
    """F with F A Fᵀ = I, so that a_{ij} ∂_i ∂_j in x is the Laplacian in F x.

    Args:
        second: A, symmetric and positive definite, shape (2, 2).

    Raises:
        numpy.linalg.LinAlgError: it is not positive definite.
    """
    return np.asarray(np.linalg.inv(np.linalg.cholesky(second)))


def _rounded(number: float) -> float:
    """A whole number where it is one but for rounding."""
    whole = round(number)
    return float(whole) if abs(number - whole) <= _NEAR * max(1.0, number) else number
