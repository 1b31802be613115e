"""Points around a feature, close together where it is narrow, with the weights of a quadrature."""

from __future__ import annotations

from itertools import product

import numpy as np

from pdedsl.geometry.arrays import Array

from .feature import Feature, FeaturePoint

_PANELS = {1: (0.5, 1.0, 1.75, 2.75, 4.0, 6.0), 2: (0.7, 1.5, 2.5, 4.0), 3: (1.0, 2.0, 3.5)}
"""Ends of panels on either side of the centre in widths, by the number of narrow directions."""
_NODES = {1: 6, 2: 4, 3: 3}  # of a panel; Gaussians are integrated to 1e-5, 1e-3 and 1e-2
_LADDER = tuple(10.0 ** np.arange(-9.0, -1.0, 0.5))
"""The same for jumps and kinks, as parts of the domain: two of them may be at any distance."""
_SHARP_NODES = 3


def probes(feature: Feature) -> tuple[Array, Array]:
    """Points (m, inputs) and weights (m,), whose sum is the part of the place that they stand for.

    Points may lie outside of the place.
    """
    points, weights = zip(*(_around(point) for point in feature.points), strict=True)
    share = 1.0 if feature.isolated else 1 / len(feature.points)
    return np.concatenate(points), share * np.concatenate(weights)


def _around(point: FeaturePoint) -> tuple[Array, Array]:
    k = min(len(point.widths), 3)
    lines = [offsets(float(width), k) for width in point.widths[:k]]
    steps = np.array(list(product(*(nodes for nodes, _ in lines))))
    weights = np.array([np.prod(w) for w in product(*(weights for _, weights in lines))])
    return point.centre + steps @ point.axes[:k], weights


def offsets(width: float, narrow: int) -> tuple[Array, Array]:
    """Offsets from a feature and weights along one of so many narrow directions, both (m,)."""
    ends = np.array([0.0, *(width * np.array(_PANELS[narrow]) if width else _LADDER)])
    unit, own = np.polynomial.legendre.leggauss(_NODES[narrow] if width else _SHARP_NODES)
    half = np.diff(ends) / 2
    nodes = (ends[:-1, None] + half[:, None] * (1 + unit)).ravel()
    weights = (half[:, None] * own).ravel()
    return np.concatenate([-nodes, nodes]), np.concatenate([weights, weights])
