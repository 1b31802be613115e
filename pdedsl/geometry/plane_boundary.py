r"""The boundary of a set in the plane as arcs from corner to corner, and integrals along it.

Where a piece of a combination enters or leaves the boundary is found by bisection, up to the slack
of `FloatRegion.contains`. Gauss–Legendre rules on the arcs integrate
:math:`\oint f\,ds`; with :math:`f = x \cdot n / 2` that is the area, by the divergence theorem.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from .region import Array, BoundaryPiece, FloatRegion
from .tensor import line_rule

_SCAN = 256  # parts of a piece in which its ends on the boundary are looked for: a choice
_HALVINGS = 40  # of such a part: 1/256/2^40 is below rounding
_NEAR = 1e-6  # of the size of the set, between the ends of arcs that meet
_STRAIGHT = 1e-6  # turn, in radians, below which two arcs meet smoothly


@dataclass(frozen=True, eq=False)
class Arc:
    """A part of a piece that lies on the boundary, run through with the set on the left.

    Args:
        piece: a curve.
        begin: its parameter s at the begin.
        end: that at the end, smaller than ``begin`` where s runs backwards.
        outward: 1 where the normals of the piece are those of the set, −1 where opposite to them.
    """

    piece: BoundaryPiece
    begin: float
    end: float
    outward: float

    def rule(self, nodes: int) -> tuple[Array, Array, Array]:
        """Gauss–Legendre nodes (n, 2), outward normals (n, 2) and weights (n,) for ∫ f ds."""
        unit, weights = line_rule(nodes, False)
        s = (self.begin + (self.end - self.begin) * unit)[:, None]
        weights = weights * self.piece.density(s) * abs(self.end - self.begin)
        return self.piece.points(s), self.outward * self.piece.normals(s), weights

    def at(self, parameter: float) -> tuple[Array, Array]:
        """A point and the unit tangent there, both of shape (2,)."""
        s = np.array([[parameter]])
        normal = self.outward * self.piece.normals(s)[0]
        return self.piece.points(s)[0], np.array([-normal[1], normal[0]])


@dataclass(frozen=True, eq=False)
class Corner:
    """A point, shape (2,), where arcs meet, and the angle of the set there, in (0, 2π)."""

    point: Array
    angle: float


def arcs(region: FloatRegion) -> tuple[Arc, ...]:
    """The arcs of the boundary of a set in the plane."""
    return tuple(arc for piece in region.pieces for arc in _arcs_on(region, piece))


def boundary_rule(region: FloatRegion, nodes: int) -> tuple[Array, Array, Array]:
    """Nodes, outward normals and weights of all arcs, with ``nodes`` of them on each.

    Args:
        region: a set in the plane.
        nodes: n; with analytic curves the error falls exponentially with n.

    Returns:
        Arrays of shapes (arcs · n, 2), (arcs · n, 2) and (arcs · n,).
    """
    points, normals, weights = zip(*(arc.rule(nodes) for arc in arcs(region)), strict=True)
    return np.concatenate(points), np.concatenate(normals), np.concatenate(weights)


def corners(region: FloatRegion) -> tuple[Corner, ...]:
    """The points where arcs meet at an angle, with the interior angle there."""
    own, found = arcs(region), []
    for arc in own:
        point, into = arc.at(arc.end)
        for other in own:
            start, out_of = other.at(other.begin)
            turn = float(np.arctan2(into[0] * out_of[1] - into[1] * out_of[0], into @ out_of))
            if np.linalg.norm(start - point) <= _NEAR * region.size and abs(turn) > _STRAIGHT:
                found.append(Corner(point, np.pi - turn))
    return tuple(found)


def _arcs_on(region: FloatRegion, piece: BoundaryPiece) -> Iterator[Arc]:
    centres = (np.arange(_SCAN) + 0.5) / _SCAN
    s = centres[:, None]
    sides = region.orientation(piece.points(s), piece.normals(s))
    breaks = [i for i, (a, b) in enumerate(pairwise(sides)) if a != b]
    cuts = [_cut(region, piece, centres[i], centres[i + 1]) for i in breaks]
    starts = [0, *(i + 1 for i in breaks)]
    for (low, high), outward in zip(pairwise([0.0, *cuts, 1.0]), sides[starts], strict=True):
        if outward:
            arc = Arc(piece, low, high, outward)
            yield arc if _along(arc) else Arc(piece, high, low, outward)


def _cut(region: FloatRegion, piece: BoundaryPiece, low: float, high: float) -> float:
    """Where the boundary enters or leaves the piece: where that crosses another primitive."""
    others = [p for p in region.primitives() if piece not in p.pieces]

    def inside(parameter: float) -> list[bool]:
        point = piece.points(np.array([[parameter]]))
        return [bool(other.contains(point)[0]) for other in others]

    first = inside(low)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if inside(middle) == first else (low, middle)
    return (low + high) / 2


def _along(arc: Arc) -> bool:
    """Whether the set is on the left where s grows."""
    here, tangent = arc.at((arc.begin + arc.end) / 2)
    ahead, _ = arc.at((arc.begin + arc.end) / 2 + 1e-6 * (arc.end - arc.begin))
    return bool((ahead - here) @ tangent > 0)
