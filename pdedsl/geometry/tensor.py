"""Tensor products of quadrature rules of the unit interval."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np

from pdedsl.geometry.arrays import Array

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
    return product_rule([line_rule(side, circle) for circle in periodic])


def product_rule(rules: Sequence[tuple[Array, Array]]) -> tuple[Array, Array]:
    """The product of rules of lines.

    Args:
        rules: nodes and weights of each axis, both of shape (n_i,).

    Returns:
        Nodes of shape (Π n_i, d), the last axis fastest, and weights of shape (Π n_i,).
    """
    weights = np.ones(1)
    for _, own in rules:
        weights = np.outer(weights, own).ravel()
    if not rules:
        return np.zeros((1, 0)), weights
    mesh = np.meshgrid(*[nodes for nodes, _ in rules], indexing="ij")
    return np.stack([m.ravel() for m in mesh], axis=1), weights


def composite_rule(breaks: Sequence[float], nodes: int) -> tuple[Array, Array]:
    """Gauss–Legendre nodes on each of the intervals between break points.

    Args:
        breaks: both ends and the points between, ascending, shape (e + 1,).
        nodes: on each interval.

    Returns:
        Nodes, ascending, and weights with the sum 1, both of shape (e · nodes,).
    """
    ends = np.asarray(breaks, dtype=np.float64)
    unit, weights = _gauss(nodes)
    lengths = np.diff(ends)
    places = (ends[:-1, None] + lengths[:, None] * unit).ravel()
    return places, np.outer(lengths / lengths.sum(), weights).ravel()


def line_rule(side: int, periodic: bool) -> tuple[Array, Array]:
    """The rule of one axis: nodes in [0, 1] and weights with the sum 1, both of shape (side,)."""
    if periodic:
        return (np.arange(side) + 0.5) / side, np.full(side, 1.0 / side)
    return _gauss(side)


def radau_rule(nodes: int) -> tuple[Array, Array]:
    """Gauss–Radau nodes in (0, 1] with 1 among them, and weights with the sum 1.

    Exact for polynomials of degree 2·nodes − 2; the nodes of the method Radau IIA (Hairer and
    Wanner, Solving Ordinary Differential Equations II, 1996, IV.5).
    """
    from scipy.special import roots_jacobi

    inner = roots_jacobi(nodes - 1, 1, 0)[0] if nodes > 1 else np.empty(0)
    x = np.append(inner, 1.0)
    moments = np.zeros(nodes)
    moments[0] = 2.0
    weights = np.linalg.solve(np.polynomial.legendre.legvander(x, nodes - 1).T, moments)
    return (x + 1) / 2, weights / 2


def lobatto_rule(nodes: int) -> tuple[Array, Array]:
    """Gauss–Lobatto nodes in [0, 1], both ends among them, and weights with the sum 1.

    Exact for polynomials of degree 2·nodes − 3: the inner nodes are the zeros of P'_{nodes−1}
    (Abramowitz and Stegun, Handbook of Mathematical Functions, 1964, 25.4.32).
    """
    from scipy.special import roots_jacobi

    inner = roots_jacobi(nodes - 2, 1, 1)[0] if nodes > 2 else np.empty(0)
    x = np.concatenate(([-1.0], inner, [1.0]))
    last = np.polynomial.legendre.legval(x, np.eye(nodes)[-1])
    return (x + 1) / 2, 1 / (nodes * (nodes - 1) * last**2)


def composite_lobatto_rule(breaks: Sequence[float], nodes: int) -> tuple[Array, Array]:
    """Gauss–Lobatto nodes on each of the intervals between break points; common ends are one node.

    Args:
        breaks: both ends and the points between, ascending, shape (e + 1,).
        nodes: on each interval.

    Returns:
        Nodes, ascending, and weights with the sum 1, both of shape (e · (nodes − 1) + 1,).
    """
    ends = np.asarray(breaks, dtype=np.float64)
    unit, own = lobatto_rule(nodes)
    lengths = np.diff(ends)
    places = np.append((ends[:-1, None] + lengths[:, None] * unit[:-1]).ravel(), ends[-1])
    weights = np.append(np.outer(lengths, own[:-1]).ravel(), 0.0)
    weights[nodes - 1 :: nodes - 1] += lengths * own[-1]
    return places, weights / (ends[-1] - ends[0])


def side_of(n: int, d: int) -> int:
    """The side of the tensor grid with about n points: round(n^(1/d)), at least 1."""
    return max(1, round(n ** (1.0 / d))) if d else 1


@cache
def _gauss(side: int) -> tuple[Array, Array]:
    # numpy's nodes are the eigenvalues of a full matrix, cubic in their number.
    if side <= _LARGEST_DENSE:
        x, w = np.polynomial.legendre.leggauss(side)
    else:
        from scipy.special import roots_legendre

        x, w = roots_legendre(side)
    return (x + 1) / 2, w / 2
