"""The boundary of a set in the plane as arcs, cut where pieces meet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from pdedsl.geometry.arrays import Array
from pdedsl.geometry.region import BoundaryPiece, FloatRegion, rounding
from pdedsl.geometry.tensor import line_rule

from .crossings import crossings
from .curves import PlaneCurve

# Cuts of a piece by different curves that are the same point, of the size of the set: curves that
# meet at an angle of 1e-3 do so within 1e-13.
_SAME = 1e-11
_NEVER_SAME = 0.25  # between the parameters of cuts that are not one, though an ellipse ends there


@dataclass(frozen=True, eq=False)
class Arc:
    """A part of a piece that lies on the boundary, run through with the set on the left.

    Args:
        piece: a curve.
        begin: its parameter s at the begin.
        end: that at the end, smaller than ``begin`` where s runs backwards. Of a closed curve,
            whose period is 1, it may lie beyond 0 or 1; where it is one away, the arc is the whole.
        outward: 1 where the normals of the piece are those of the set, −1 where opposite to them.
    """

    piece: BoundaryPiece
    begin: float
    end: float
    outward: float

    @property
    def whole(self) -> bool:
        """Whether the arc is a closed smooth curve."""
        return self.piece.closed and abs(self.end - self.begin) == 1.0

    def rule(self, nodes: int) -> tuple[Array, Array, Array]:
        """Nodes (n, 2), outward normals (n, 2) and weights (n,) for ∫ f ds.

        Gauss–Legendre in s, on a whole closed curve equal steps; with an analytic curve and f the
        error falls exponentially with n.
        """
        unit, weights = line_rule(nodes, self.whole)
        s = (self.begin + (self.end - self.begin) * unit)[:, None]
        weights = weights * self.piece.density(s) * abs(self.end - self.begin)
        return self.piece.points(s), self.outward * self.piece.normals(s), weights

    def at(self, parameter: float) -> tuple[Array, Array]:
        """A point and the unit tangent there, both of shape (2,)."""
        s = np.array([[parameter]])
        normal = self.outward * self.piece.normals(s)[0]
        return self.piece.points(s)[0], np.array([-normal[1], normal[0]])

    def within(self, share: float) -> Array:
        """The point after a share of the arc, shape (2,)."""
        return self.at(self.begin + share * (self.end - self.begin))[0]


@lru_cache(maxsize=32)
def arcs(region: FloatRegion) -> tuple[Arc, ...]:
    """The arcs of the boundary of a set in the plane, up to rounding of the coordinates.

    All pieces are cut where they meet others. Between two cuts a piece is on the boundary where the
    set is on one of its sides alone; where pieces lie on each other, the first of them counts.

    Args:
        region: a set in the plane, whose pieces have curves.

    Returns:
        In the order of the pieces; none where the set is empty, or has no area.
    """
    pieces = region.pieces
    curves = [_curve(piece) for piece in pieces]
    own = np.array(_owners(region))
    cuts = _cuts(region, curves, own)
    middles = [(own[1:] + own[:-1]) / 2 for own in cuts]
    points = np.concatenate([c.points(s) for c, s in zip(curves, middles, strict=True)])
    normals = np.concatenate([p.normals(s[:, None]) for p, s in zip(pieces, middles, strict=True)])
    owners = np.repeat(own, [len(s) for s in middles])
    sides = region.orientation(points, normals)
    sides[region.on_earlier(points, owners)] = 0
    found: list[Arc] = []
    for piece, curve, s in zip(pieces, curves, cuts, strict=True):
        here, sides = sides[: len(s) - 1], sides[len(s) - 1 :]
        found += _kept(piece, curve, s, here)
    return tuple(found)


def _curve(piece: BoundaryPiece) -> PlaneCurve:
    if piece.curve is None:
        raise ValueError("the pieces of this set have no curves")
    return piece.curve


def _owners(region: FloatRegion) -> list[int]:
    """The number of the primitive of each piece."""
    return [i for i, own in enumerate(region.primitives()) for _ in own.pieces]


def _cuts(
    region: FloatRegion, curves: Sequence[PlaneCurve], owners: NDArray[np.intp]
) -> list[Array]:
    """Ascending parameters of each curve, from 0 to 1, at all its meetings with others.

    Those of one primitive meet at their ends alone.
    """
    found: list[list[Array]] = [[np.array([0.0, 1.0])] for _ in curves]
    lower, upper = (np.array(ends) for ends in zip(*(c.bounds for c in curves), strict=True))
    near = rounding(np.concatenate([lower, upper]))
    apart = (lower[:, None] > upper[None] + near).any(axis=2)
    for i, j in np.argwhere(~(apart | apart.T) & (owners[:, None] < owners)):
        s, t = crossings(curves[i], curves[j], near)
        found[i].append(s)
        found[j].append(t)
    same = max(_SAME * region.size, 100 * near)
    return [_merged(c, np.concatenate(own), same) for c, own in zip(curves, found, strict=True)]


def _merged(curve: PlaneCurve, cuts: Array, same: float) -> Array:
    """In order, with cuts at the same place once, and both ends as they are."""
    s = np.sort(cuts)
    steps = np.linalg.norm(np.diff(curve.points(s), axis=0), axis=1)
    kept = s[np.append(True, (steps > same) | (np.diff(s) > _NEVER_SAME))]
    kept[-1] = 1.0
    return kept


def _kept(piece: BoundaryPiece, curve: PlaneCurve, cuts: Array, sides: Array) -> Iterator[Arc]:
    """The longest runs of parts of a piece with the set on the same side."""
    breaks = [0, *(i + 1 for i, (a, b) in enumerate(pairwise(sides)) if a != b), len(sides)]
    runs = [(float(cuts[a]), float(cuts[b]), float(sides[a])) for a, b in pairwise(breaks)]
    if curve.closed and len(runs) > 1 and runs[0][2] == runs[-1][2]:
        runs = [*runs[1:-1], (runs[-1][0], 1.0 + runs[0][1], runs[0][2])]
    for low, high, outward in runs:
        if outward:
            forward = Arc(piece, low, high, outward)
            yield forward if _along(forward, curve) else Arc(piece, high, low, outward)


def _along(arc: Arc, curve: PlaneCurve) -> bool:
    """Whether the set is on the left where s grows."""
    middle = (arc.begin + arc.end) / 2
    return bool(curve.slopes(np.array([middle]))[0] @ arc.at(middle)[1] > 0)
