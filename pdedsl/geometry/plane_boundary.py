r"""The boundary of a set in the plane as arcs from corner to corner, and integrals along it.

Pieces are cut where they meet, by equations in their parameters. Quadrature on the arcs gives
:math:`\oint f\,ds`; with :math:`f = x \cdot n / 2` that is the area, by the divergence theorem.
"""

from __future__ import annotations

import numpy as np

from .plane.arcs import Arc, arcs
from .plane.loops import Corner, Loop, corners, loops
from .region import Array, FloatRegion

__all__ = ["Arc", "Corner", "Loop", "arcs", "boundary_rule", "corners", "loops"]


def boundary_rule(region: FloatRegion, nodes: int) -> tuple[Array, Array, Array]:
    """Nodes, outward normals and weights of all arcs, with ``nodes`` of them on each.

    Args:
        region: a set in the plane.
        nodes: n; with analytic curves the error falls exponentially with n.

    Returns:
        Arrays of shapes (arcs · n, 2), (arcs · n, 2) and (arcs · n,), of an empty set without rows.
    """
    rules = [arc.rule(nodes) for arc in arcs(region)]
    if not rules:
        return np.zeros((0, 2)), np.zeros((0, 2)), np.zeros(0)
    points, normals, weights = zip(*rules, strict=True)
    return np.concatenate(points), np.concatenate(normals), np.concatenate(weights)
