"""Points and directions spread evenly and always the same."""

from __future__ import annotations

from functools import cache
from statistics import NormalDist

import numpy as np

from pdedsl.geometry.arrays import Array


def spread_points(count: int, dimension: int) -> Array:
    """Points of the open unit cube, shape (count, dimension).

    The additive recurrence x_n = (1/2 + n a) mod 1 with a_j = φ^(−j), φ^(d+1) = φ + 1, whose
    points lie on no line or plane through rational points.

    Source: M. Roberts, The unreasonable effectiveness of quasirandom sequences (2018).
    """
    ratio = 2.0
    for _ in range(40):
        ratio = (1 + ratio) ** (1 / (dimension + 1))
    steps = ratio ** -np.arange(1.0, dimension + 1)
    return np.asarray((0.5 + np.arange(1, count + 1)[:, None] * steps) % 1.0)


@cache
def directions(dimension: int, count: int) -> Array:
    """Unit vectors, shape (·, dimension): axes, diagonals of pairs, and ``count`` spread ones."""
    identity = np.eye(dimension)
    pairs = [(i, j) for i in range(min(dimension, 6)) for j in range(i)]
    diagonals = [identity[i] + s * identity[j] for i, j in pairs for s in (1, -1)]
    quantile = np.vectorize(NormalDist().inv_cdf, otypes=[float])
    spread = quantile(np.clip(spread_points(count, dimension), 1e-9, 1 - 1e-9))
    out = np.concatenate([identity, np.reshape(diagonals, (-1, dimension)), spread])
    return np.asarray(out / np.linalg.norm(out, axis=1, keepdims=True))
