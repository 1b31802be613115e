r"""Functions that vanish on the boundary of a set, to first order, and are positive inside.

Of a disk, an ellipse or a ball with half-axes A about c, and of what lies outside of it,

.. math:: φ = 1 - |A^{-1}(x - c)|^2, \qquad φ = 1 - |A^{-1}(x - c)|^{-2},

of a half-space the distance, of a convex polygon or a box the product of those of its sides, and of
an intersection the product of the parts. They are smooth inside. No such function is where the
boundary turns inwards at a corner: its gradient there would be across two lines at once.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import sympy as sp

from pdedsl.geometry import BoundaryPiece, BoundaryPoints, FloatBox, FloatRegion
from pdedsl.geometry.arrays import Array
from pdedsl.geometry.combinations import FloatCombination
from pdedsl.geometry.ellipsoids import Ellipsoid
from pdedsl.geometry.halfspaces import HalfSpace
from pdedsl.geometry.plane.curves import EllipticArc, Segment
from pdedsl.geometry.region import SLACK
from pdedsl.ir import evaluate

from .dirichlet import NotHard
from .transfinite import number

_INSIDE = 2_048  # points at which the sign is looked at and the largest value is taken
_EDGE = 128  # points on each piece of the boundary, where value and slope are looked at
_STEP = 1e-6  # of the size of the set, along the normal: the slope is right to 1e-6 of it
_ZERO = 1e-13  # largest value on the boundary; one of order one has errors of 1e-15
_FLAT = 1e-5  # least slope, times the size, for a largest value of 1: of about 27 equal sides
_BENT = 1.5  # of slopes over steps of 2 and 1: 1 at a simple zero, 2 at a double one

Coordinates = Sequence[sp.Symbol]


def outline_factor(
    region: FloatRegion, x: Coordinates, boundary: Sequence[BoundaryPoints]
) -> sp.Expr:
    """φ of a set, with the largest value 1 inside.

    Args:
        region: bounded, in d dimensions.
        x: its coordinates, d.
        boundary: generic points of its whole boundary.

    Raises:
        NotHard: there is none of this form.
    """
    product = sp.Mul(*_factors(region, x, inside=True))
    inner = _values(product, x, region.interior(_INSIDE))
    if not (np.isfinite(inner).all() and len(inner) and inner.min() > 0):
        raise NotHard("rounding hides the boundary of its domain")
    scaled = sp.Mul(sp.Float(1 / inner.max(), 17), product, evaluate=False)
    _check(region, scaled, x, boundary)
    return scaled


def boundary_points(region: FloatRegion) -> list[BoundaryPoints]:
    """The points of the boundary at which functions are looked at."""
    return region.boundary(_EDGE)


def _factors(region: FloatRegion, x: Coordinates, inside: bool) -> list[sp.Expr]:
    """Functions whose product is φ of a set, or of what is outside of it."""
    if isinstance(region, FloatCombination):
        if inside == (region.op == "union"):
            raise NotHard("its domain has a boundary that may turn inwards at corners")
        left, right = region.parts
        return _factors(left, x, inside) + _factors(right, x, inside and region.op != "minus")
    if isinstance(region, Ellipsoid):
        return [_round(*region.frame, x, inside)]
    if not inside and not isinstance(region, HalfSpace):
        raise NotHard("its domain has a boundary that turns inwards at corners")
    if region.dimension == 2:
        _check_convex(region)
    if isinstance(region, HalfSpace | FloatBox) or region.dimension == 2:
        return [_of_piece(piece, x, inside) for piece in region.pieces]
    raise NotHard("no smooth function that vanishes on the boundary is known for such a shape")


def _check_convex(region: FloatRegion) -> None:
    """Refuse a set that is on both sides of one of its straight edges."""
    ends = np.concatenate([p.points(np.array([[0.0], [0.5], [1.0]])) for p in region.pieces])
    for piece in region.pieces:
        if isinstance(piece.curve, Segment):
            s = np.array([[0.5]])
            beyond = (ends - piece.points(s)) @ piece.normals(s)[0]
            if beyond.max() > SLACK * region.size:
                raise NotHard("its domain has a boundary that turns inwards at corners")


def _of_piece(piece: BoundaryPiece, x: Coordinates, inside: bool) -> sp.Expr:
    """The function of a side or an arc; of one of a half-space, for either side of it."""
    middle = np.full((1, piece.dimension - 1), 0.5)
    point, normal = piece.points(middle)[0], piece.normals(middle)[0]
    if isinstance(piece.curve, EllipticArc):
        outwards = float(normal @ (point - piece.curve.center)) > 0
        return _round(piece.curve.center, piece.curve.axes, x, outwards)
    if piece.curve is not None and not isinstance(piece.curve, Segment):
        raise NotHard("no smooth function that vanishes on the boundary is known for such a curve")
    return _linear(-normal if inside else normal, point, x)


def _linear(normal: Array, point: Array, x: Coordinates) -> sp.Expr:
    """(x − p) · n, which rounds to zero on p + t e for axes e across n."""
    return sp.Add(*(
        sp.Mul(number(float(n)), s - number(float(p)), evaluate=False)
        for n, p, s in zip(normal, point, x, strict=True) if n
    ))  # fmt: skip


def _round(center: Array, axes: Array, x: Coordinates, inside: bool) -> sp.Expr:
    square = sp.Add(*(_linear(row, center, x) ** 2 for row in np.linalg.inv(axes)))
    return 1 - square if inside else 1 - 1 / square


def _check(
    region: FloatRegion, factor: sp.Expr, x: Coordinates, boundary: Sequence[BoundaryPoints]
) -> None:
    """Refuse a function that does not vanish on the boundary, or to a higher order."""
    for own in boundary:
        step = _STEP * region.size
        value = np.abs(_values(factor, x, own.points))
        slope, further = (
            _values(factor, x, own.points - k * step * own.normals) / (k * _STEP) for k in (1, 2)
        )
        if not value.max() < _ZERO:
            raise NotHard("rounding hides the boundary of its domain")
        if not (slope.min() > _FLAT and (further < _BENT * slope).all()):
            raise NotHard("parts of its domain share an edge or touch, or it has too many sides")


def _values(e: sp.Expr, x: Coordinates, points: Array) -> Array:
    found = evaluate(e, dict(zip(x, points.T, strict=True)))
    return np.broadcast_to(np.asarray(found), (len(points),))
