"""Cuts outside a set, across which functions around its corners may jump.

From most corners a ray leaves the set. From the corner of a hole none does, and the cut ends in the
hole, as far from the set as a ray can go.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from pdedsl.calculus.corners.compatibility import disagrees_at_corners
from pdedsl.calculus.corners.plane_corners import PlaneCorner, plane_corners
from pdedsl.geometry import domain_region
from pdedsl.geometry.region import FloatRegion
from pdedsl.ir import Problem

_RAYS, _POINTS = 33, 128  # directions, and points of each kind on a ray: choices
_PLANE = 2
_LONGEST = 10.0
"""Sides of a rectangle whose polynomials are of a total degree: of -Δu = 1 they leave 6e-11 for 5,
4e-10 for 10, 4e-9 for 20, and 4e-2 for 100, where degrees of both axes leave 3e-5 in less time."""
_SHALLOW = 1e-4  # of the size of the set, between it and the end of a cut, at least: a choice
_DEEPER = 1.01  # times as far from the set as on another ray nearer to the bisector
_NEAREST = 1e-6  # of the size of the set, of these points from the corner


@lru_cache(maxsize=8)
def has_singular_corners(problem: Problem) -> bool:
    """Whether a rectangle has corners near which the solution is no polynomial.

    It is like θ where the values on both sides differ, and has a term r² log r where the equation
    contradicts what the sides give.
    """
    (first, *others) = problem.domains or (None,)
    if first is None or others or not first.is_box or len(problem.inputs) != _PLANE:
        return False
    if len(first.coordinates) != _PLANE:
        return False
    corners = plane_corners(problem)
    if any(corner.jump for corner in corners):
        return True
    lengths = np.array(domain_region(problem, first).bounding_box.lengths)
    sides = [np.linalg.norm(corner.frame * lengths, axis=0) for corner in corners]
    compact = all(own.max() <= _LONGEST * own.min() for own in sides)
    return compact and disagrees_at_corners(problem)


@dataclass(frozen=True)
class Cut:
    """A line from a corner.

    Args:
        angle: κ, of its begin, after the map of the corner.
        end: where it ends, shape (2,); None for a ray.
    """

    angle: float
    end: tuple[float, float] | None = None


@lru_cache(maxsize=8)
def corner_cuts(problem: Problem) -> tuple[tuple[PlaneCorner, Cut | None], ...]:
    """The corners of domains that are no boxes, or of singular boxes, with `branch_cut`."""
    all_of_them = has_singular_corners(problem)
    domains = (d for d in problem.domains if all_of_them or not d.is_box)
    regions = {d.name: domain_region(problem, d) for d in domains}
    own = [corner for corner in plane_corners(problem) if corner.domain in regions]
    return tuple((corner, branch_cut(regions[corner.domain], corner)) for corner in own)


def branch_cut(region: FloatRegion, corner: PlaneCorner) -> Cut | None:
    """The ray outside the set that is nearest to the bisector of the outside, or a line in a hole.

    Args:
        region: the set.
        corner: a corner of it, whose first edge has the angle 0 and the last one ω.

    Returns:
        None where the outside is too thin for either.
    """
    outside = 2 * np.pi - corner.angle
    shares = (np.arange(_RAYS) + 0.5) / _RAYS
    angles = -outside * shares[np.argsort(np.abs(shares - 0.5), kind="stable")]
    reach = float(np.linalg.norm(region.bounding_box.lengths))
    steps = np.geomspace(_NEAREST * region.size, reach, _POINTS)
    steps = np.sort(np.concatenate([steps, reach * (np.arange(_POINTS) + 1) / _POINTS]))
    best, deepest = None, _SHALLOW * region.size
    for angle in angles.tolist():
        way = np.linalg.solve(corner.frame, [np.cos(angle), np.sin(angle)])
        points = corner.junction.point + steps[:, None] * way / np.linalg.norm(way)
        levels = region.level(points)
        inside = levels < 0
        if not inside.any():
            return Cut(angle)
        before = levels[: int(inside.argmax())]
        if before.max(initial=0.0) > deepest * _DEEPER:
            x, y = points[int(before.argmax())].tolist()
            best, deepest = Cut(angle, (x, y)), float(before.max())
    return best
