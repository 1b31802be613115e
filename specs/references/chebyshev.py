"""Chebyshev collocation on [0, 1] (Trefethen 2000, Spectral Methods in MATLAB, chapter 6)."""

import numpy as np


def chebyshev(nodes):
    """Return the Chebyshev points of [0, 1], ascending, and the differentiation matrix."""
    j = np.arange(nodes + 1)
    x = (1 - np.cos(np.pi * j / nodes)) / 2
    c = np.where((j == 0) | (j == nodes), 2.0, 1.0) * (-1.0) ** j
    total, gap = np.pi / 2 / nodes * (j[:, None] + j), np.pi / 2 / nodes * (j[:, None] - j)
    difference = np.sin(total) * np.sin(gap)
    d = np.outer(c, 1 / c) / (difference + np.eye(nodes + 1))
    return x, d - np.diag(d.sum(axis=1))
