"""Tensor products of quadrature rules of the unit interval."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_LARGEST_DENSE = 100


def tensor_rule(side: int, periodic: Sequence[bool]) -> tuple[Array, Array]:
    r"""A rule of the unit cube [0, 1]^d with ``side`` nodes along every axis.

    .. math:: \int_{[0,1]^d} f ≈ \sum_q ω_q f(x_q), \qquad \sum_q ω_q = 1

    Axes that are not periodic carry Gauss–Legendre nodes, exact for polynomials of degree
    2·side − 1. Periodic axes carry the centres of equal cells, exact for trigonometric
    polynomials of degree side − 1 (the trapezoidal rule on the circle).

    Args:
        side: number of nodes along an axis, at least 1.
        periodic: one entry an axis; none for the cube without axes, which is one point.

    Returns:
        Nodes of shape (side^d, d), the last axis fastest, and weights of shape (side^d,).
    """
    rules = [line_rule(side, circle) for circle in periodic]
    weights = np.ones(1)
    for _, own in rules:
        weights = np.outer(weights, own).ravel()
    if not rules:
        return np.zeros((1, 0)), weights
    mesh = np.meshgrid(*[nodes for nodes, _ in rules], indexing="ij")
    return np.stack([m.ravel() for m in mesh], axis=1), weights


def line_rule(side: int, periodic: bool) -> tuple[Array, Array]:
    """The rule of one axis: nodes in [0, 1] and weights with the sum 1, both of shape (side,)."""
    return _uniform(side) if periodic else _gauss(side)


def side_of(n: int, d: int) -> int:
    """The side of the tensor grid with about n points: round(n^(1/d)), at least 1."""
    return max(1, round(n ** (1.0 / d))) if d else 1


def _uniform(side: int) -> tuple[Array, Array]:
    return (np.arange(side) + 0.5) / side, np.full(side, 1.0 / side)


@cache
def _gauss(side: int) -> tuple[Array, Array]:
    # numpy's nodes are the eigenvalues of a full matrix, cubic in their number.
    if side <= _LARGEST_DENSE:
        x, w = np.polynomial.legendre.leggauss(side)
    else:
        from scipy.special import roots_legendre

        x, w = roots_legendre(side)
    return (x + 1) / 2, w / 2
