"""Curves as pieces of a boundary."""

from __future__ import annotations

import numpy as np

from pdedsl.geometry.arrays import Array
from pdedsl.geometry.region import BoundaryPiece

from .curves import PlaneCurve


def piece_of(
    curve: PlaneCurve, side: float = 1.0, label: str = "", face: tuple[int, int] | None = None
) -> BoundaryPiece:
    """A curve as a piece of the boundary of a set.

    Args:
        curve: that bounds the set.
        side: 1 where the set is on the left of the curve as s grows, −1 where on the right.
        label: as of `BoundaryPiece`.
        face: as of `BoundaryPiece`.
    """

    def normals(s: Array) -> Array:
        slopes = curve.slopes(s[:, 0])
        turned = side * np.stack([slopes[:, 1], -slopes[:, 0]], axis=1)
        return np.asarray(turned / np.linalg.norm(turned, axis=1, keepdims=True))

    return BoundaryPiece(
        lambda s: curve.points(s[:, 0]),
        normals,
        lambda s: np.linalg.norm(curve.slopes(s[:, 0]), axis=1),
        2,
        closed=curve.closed,
        face=face,
        label=label,
        curve=curve,
    )
