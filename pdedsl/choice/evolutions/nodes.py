"""Nodes of an axis and the derivatives of the polynomials, or waves, through values at them."""

from __future__ import annotations

import numpy as np

from pdedsl.geometry.arrays import Array


def chebyshev_nodes(lower: float, upper: float, degree: int) -> Array:
    """The extrema of the Chebyshev polynomial of a degree, ascending, both ends among them."""
    unit = np.sin(np.pi * np.arange(-degree, degree + 1, 2) / (2 * degree))
    out: Array = lower + (upper - lower) * (unit + 1) / 2
    return out


def differentiation(nodes: Array) -> Array:
    """D with D f the derivative of the polynomial through values f, from barycentric weights.

    Diagonal entries are the negative sums of their rows (Baltensperger and Trummer, SIAM J. Sci.
    Comput. 24, 2003).
    """
    apart = nodes[:, None] - nodes[None, :]
    np.fill_diagonal(apart, 1.0)
    scaled = apart * (4 / np.ptp(nodes))  # products over the nodes stay in the range of numbers
    weights = 1 / scaled.prod(axis=1)
    out = weights[None, :] / weights[:, None] / apart
    np.fill_diagonal(out, 0.0)
    np.fill_diagonal(out, -out.sum(axis=1))
    return np.asarray(out)


def second_differentiation(nodes: Array, first: Array) -> Array:
    """The matrix of the second derivative, from that of the first at the same nodes.

    Its entries are :math:`2 D_{ij} (D_{ii} - 1/(x_i - x_j))` (Welfert, SIAM J. Numer. Anal. 34,
    1997), which are right to their digits where those of D² have lost some.
    """
    apart = nodes[:, None] - nodes[None, :]
    np.fill_diagonal(apart, 1.0)
    out = 2 * first * (np.diag(first)[:, None] - 1 / apart)
    np.fill_diagonal(out, 0.0)
    np.fill_diagonal(out, -out.sum(axis=1))
    return np.asarray(out)


def periodic_nodes(lower: float, upper: float, waves: int) -> Array:
    """2K + 1 nodes of one period, the first at its begin."""
    count = 2 * waves + 1
    return lower + (upper - lower) * np.arange(count) / count


def periodic_differentiation(length: float, waves: int) -> Array:
    """D for waves up to K (Trefethen, Spectral Methods in MATLAB, 2000, chapter 3)."""
    count = 2 * waves + 1
    apart = np.arange(count)[:, None] - np.arange(count)[None, :]
    np.fill_diagonal(apart, 1)
    out = np.pi / length * (-1.0) ** apart / np.sin(np.pi * apart / count)
    np.fill_diagonal(out, 0.0)
    return np.asarray(out)
