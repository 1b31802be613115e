"""Arcs joined to the closed lines that bound a set in the plane, and its corners."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from pdedsl.geometry.arrays import Array
from pdedsl.geometry.region import FloatRegion, rounding

from .arcs import Arc, arcs

_NEAR = 1e-9  # of the size of the set, between the ends of arcs that meet
_STRAIGHT = 1e-6  # turn, in radians, below which two arcs meet smoothly, or are a cusp
_PROBE = 1e-3  # of arcs from a cusp, to the points that tell which of them is on the left


@dataclass(frozen=True, eq=False)
class Corner:
    """A point, shape (2,), where arcs meet, and the angle of the set there.

    The angle lies in [0, 2π]; it is 0 or 2π at a cusp, where arcs touch.
    """

    point: Array
    angle: float


@dataclass(frozen=True, eq=False)
class Loop:
    """A closed line of the boundary, run through with the set on the left.

    Args:
        arcs: in order.
        corners: of the angles of the set between each arc and the next; π where they meet smoothly.
    """

    arcs: tuple[Arc, ...]
    corners: tuple[Corner, ...]

    @property
    def area(self) -> float:
        r"""∮ x dy, with signs: that of the inside, and below 0 of a hole; good to six digits."""
        total = 0.0
        for arc in self.arcs:
            points, normals, weights = arc.rule(32)
            centred = points - self.arcs[0].within(0.0)
            total += float(weights @ np.sum(centred * normals, axis=1)) / 2
        return total


@lru_cache(maxsize=32)
def loops(region: FloatRegion) -> tuple[Loop, ...]:
    """The closed lines of the boundary of a set in the plane.

    Where several meet in a point, each turns to the side that keeps the set between its arcs.
    """
    own = arcs(region)
    following = _following(region, own)
    left, found = list(range(len(own))), []
    while left:
        line = [left[0]]
        while (next_one := following[line[-1]][0]) != line[0]:
            line.append(next_one)
        left = [i for i in left if i not in line]
        ends = tuple(Corner(own[i].within(1.0), following[i][1]) for i in line)
        found.append(Loop(tuple(own[i] for i in line), ends))
    return tuple(found)


def corners(region: FloatRegion) -> tuple[Corner, ...]:
    """The points where arcs meet at an angle, with the interior angle there."""
    ends = (corner for loop in loops(region) for corner in loop.corners)
    return tuple(corner for corner in ends if abs(corner.angle - np.pi) > _STRAIGHT)


def _following(region: FloatRegion, own: Sequence[Arc]) -> dict[int, tuple[int, float]]:
    """The number of the arc that follows each one, and the angle of the set between them."""
    begins, ends = (np.array([a.within(share) for a in own]).reshape(-1, 2) for share in (0.0, 1.0))
    near = max(_NEAR * region.size, 1e3 * rounding(ends))
    # A closed curve is a loop by itself, though another one may touch it where it begins.
    found = {i: (i, float(np.pi)) for i, arc in enumerate(own) if arc.whole}
    for j in (j for j, arc in enumerate(own) if not arc.whole):
        begin = begins[j]
        meeting = np.flatnonzero(np.linalg.norm(ends - begin, axis=1) <= near).tolist()
        # The set lies between the way out and the first way in to its left.
        angles = [(_angle(own[i], own[j]), i) for i in meeting if i not in found]
        if not angles:
            raise ArithmeticError(f"the boundary of the set is not closed near {begin}")
        angle, i = min(angles)
        found[i] = (j, angle)
    return found


def _angle(into: Arc, out_of: Arc) -> float:
    """From the way out of a point, anticlockwise, to the way back into it: in [0, 2π]."""
    _, arriving = into.at(into.end)
    _, leaving = out_of.at(out_of.begin)
    angle = _turn(leaving, -arriving)
    if _STRAIGHT < angle < 2 * np.pi - _STRAIGHT:
        return angle
    # As far from the cusp on both, where the way of the one to the other is as their curvatures.
    point = out_of.within(0.0)
    lengths = [float(np.linalg.norm(a.within(1e-6) - a.within(0.0))) for a in (into, out_of)]
    back, ahead = (_PROBE * min(lengths) / length for length in lengths)
    probe = _turn(out_of.within(ahead) - point, into.within(1 - back) - point)
    return 0.0 if probe < np.pi else 2 * np.pi


def _turn(first: Array, second: Array) -> float:
    angle = np.arctan2(first[0] * second[1] - first[1] * second[0], first @ second)
    return float(angle % (2 * np.pi))
