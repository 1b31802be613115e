"""Quadrature with positive weights in a plane set, its boundary among the nodes."""

from __future__ import annotations

from math import ceil, sqrt

import numpy as np

from pdedsl.geometry.quadrature import Rule
from pdedsl.geometry.region import FloatRegion
from pdedsl.geometry.tensor import line_rule, lobatto_rule, product_rule

from .strips import strips

_FEWEST = 7  # nodes along a side of a strip: a choice
_MOST = 20_000  # Gauss nodes in all: 20 milliseconds for a function of ten terms
# Gauss nodes along a side of a strip, at most and at least. Around a hole of radius 0.3 in the unit
# disk log r is integrated to 3e-7, 8e-10 and 1e-12 with 16, 24 and 32 of them.
_SIDE, _LEAST_SIDE = 32, 12


def strip_rule(region: FloatRegion, count: int) -> Rule:
    """Gauss–Lobatto nodes on the strips of a set, for the norms of what may oscillate.

    Their weights are not negative, so that squares have integrals that are not, and their sum is
    the area to rounding.

    Args:
        region: in the plane.
        count: of nodes, about; more where there are many small strips.

    Raises:
        ArithmeticError: as of `strips`.
    """
    parts = strips(region)
    extents = [strip.extents for strip in parts]
    spacing = np.sqrt(sum(width * height for width, height in extents) / count)
    nodes, weights = [np.zeros((0, 2))], [np.zeros(0)]
    for strip, sides in zip(parts, extents, strict=True):
        lines = [lobatto_rule(max(_FEWEST, ceil(side / spacing))) for side in sides]
        unit, own = product_rule(lines)
        points, measure = strip.placed(unit)
        nodes.append(points)
        weights.append(own * measure)
    return Rule(np.concatenate(nodes), np.concatenate(weights))


def gauss_strip_rule(region: FloatRegion) -> Rule:
    """Gauss–Legendre nodes on the strips of a set, for integrals of smooth functions.

    They need not be smooth beyond the set: logarithms about a point of a hole have errors that fall
    exponentially, where a rule for polynomials of degree 24 has 2e-6.

    Args:
        region: in the plane.

    Raises:
        ArithmeticError: as of `strips`.
    """
    parts = strips(region)
    side = min(_SIDE, max(_LEAST_SIDE, int(sqrt(_MOST / len(parts)))))
    unit, own = product_rule([line_rule(side, False)] * 2)
    placed = [strip.placed(unit) for strip in parts]
    nodes = np.concatenate([points for points, _ in placed])
    return Rule(nodes, np.concatenate([own * measure for _, measure in placed]))
