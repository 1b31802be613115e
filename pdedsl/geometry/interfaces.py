"""Where two domains meet."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pdedsl.ir import Interface, Problem

from .boxes import FloatBox
from .plane.shared import shared_arcs
from .region import SLACK, FloatRegion, beyond
from .shapes import domain_region

_POINTS = 1024  # of a piece of a boundary in space


@dataclass(frozen=True)
class SharedFace:
    """The common part of a face of two boxes.

    Args:
        axis: that the face is across, counted from 0.
        side: +1 where it is the upper side of the first box, −1 where it is the lower one: the
            direction of the normal, which points into the second box.
        value: the coordinate on the face.
    """

    axis: int
    side: int
    value: float


def shared_face(problem: Problem, interface: Interface) -> SharedFace | None:
    """The face that is the common boundary of two boxes; None where it is not one."""
    domains = [problem.domain(interface.first), problem.domain(interface.second)]
    if domains[0].coordinates != domains[1].coordinates:
        return None
    return common_face(*(domain_region(problem, domain) for domain in domains))


def common_face(first: FloatRegion, second: FloatRegion) -> SharedFace | None:
    """The face in which two boxes meet; None where they do not, or are no boxes."""
    if not (isinstance(first, FloatBox) and isinstance(second, FloatBox)):
        return None
    ends = zip(first.lower, first.upper, second.lower, second.upper, strict=True)
    found: list[SharedFace] = []
    for axis, (a, b, c, d) in enumerate(ends):
        near = SLACK * (max(b, d) - min(a, c))
        if min(b, d) - max(a, c) > near:
            continue  # they overlap in this coordinate
        if abs(b - c) > near and abs(d - a) > near:
            return None
        side = 1 if abs(b - c) <= near else -1
        found.append(SharedFace(axis, side, b if side > 0 else a))
    return found[0] if len(found) == 1 else None


def side_by_side(first: FloatRegion, second: FloatRegion) -> bool:
    """Whether two sets meet in a common boundary: a curve in the plane, a surface in space.

    In space sets that are no boxes are taken to do so where some of a thousand points of each piece
    of the boundary of the first are on it.
    """
    if isinstance(first, FloatBox) and isinstance(second, FloatBox):
        return common_face(first, second) is not None
    if first.dimension == 2:
        return bool(shared_arcs(first, second))
    parts = first.boundary(_POINTS)
    return any(beyond(first, second, p.points, p.normals).any() for p in parts)


def interface_regions(problem: Problem, name: str) -> tuple[FloatRegion, FloatRegion]:
    """The sets on both sides of an interface, that from which its normal points first."""
    own = problem.interface(name)
    first, second = (domain_region(problem, problem.domain(d)) for d in (own.first, own.second))
    return first, second


def on_interface(
    problem: Problem, name: str, domain: str, points: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Which points of the boundary of a domain lie on an interface.

    Args:
        problem: the problem.
        name: of the interface.
        domain: name of the domain.
        points: shape (n, dimension).
    """
    interface = problem.interface(name)
    sides = {interface.first, interface.second}
    if domain not in sides:
        return np.zeros(len(points), dtype=bool)
    (other,) = sides - {domain}
    return domain_region(problem, problem.domain(other)).contains(points)
