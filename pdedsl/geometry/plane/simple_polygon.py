"""Whether the closed line through the corners of a polygon crosses or touches itself, exactly."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations
from typing import NamedTuple

Point = tuple[Fraction, Fraction]

_MOST_TURNS = 20  # a choice


class Meeting(NamedTuple):
    """Two edges, by the number of their first corner from 0, and a point that they share."""

    first: int
    second: int
    at: tuple[float, float]


def self_meeting(points: Sequence[Point]) -> Meeting | None:
    """The first two edges that share more than the corner between neighbours, or None.

    In rational arithmetic orientations have no rounding (de Berg, Cheong, van Kreveld and Overmars,
    Computational Geometry, 2008, chapter 2).

    Args:
        points: the corners in order, either way round.
    """
    count = len(points)
    edges = [(points[i], points[(i + 1) % count]) for i in range(count)]
    for i, (a, b) in enumerate(edges):
        if a == b:
            return Meeting(i, (i + 1) % count, (float(a[0]), float(a[1])))
    for i, j in combinations(range(count), 2):
        at = _shared(edges[i], edges[j], neighbours=j - i in (1, count - 1))
        if at is not None:
            return Meeting(i, j, (float(at[0]), float(at[1])))
    return None


def uncrossed(points: Sequence[Point]) -> tuple[Point, ...] | None:
    """The corners in an order whose line does not meet itself, by reversing what lies between.

    Reversing the corners between two edges that cross makes the line shorter, so that it ends
    (Croes, Operations Research 6, 1958). None where edges touch.
    """
    found = list(points)
    for _ in range(_MOST_TURNS):
        meeting = self_meeting(found)
        if meeting is None:
            return tuple(found)
        if meeting.at in [(float(x), float(y)) for x, y in found]:
            return None
        i, j = meeting.first + 1, meeting.second + 1
        found[i:j] = found[i:j][::-1]
    return None


def _shared(
    first: tuple[Point, Point], second: tuple[Point, Point], neighbours: bool
) -> Point | None:
    """A point on both edges; of neighbours one beside their common corner."""
    (a, b), (c, d) = first, second
    for one in (0, 1):
        low, high = sorted((a[one], b[one])), sorted((c[one], d[one]))
        if low[1] < high[0] or high[1] < low[0]:
            return None
    ends = [p for p in (a, b) if _on(p, c, d)] + [p for p in (c, d) if _on(p, a, b)]
    if neighbours:
        common = b if b in (c, d) else a
        return next((p for p in ends if p != common), None)
    if ends:
        return ends[0]
    along, across = _cross(a, b, c), _cross(a, b, d)
    if (along > 0) == (across > 0) or (_cross(c, d, a) > 0) == (_cross(c, d, b) > 0):
        return None
    share = along / (along - across)
    return (c[0] + share * (d[0] - c[0]), c[1] + share * (d[1] - c[1]))


def _cross(a: Point, b: Point, c: Point) -> Fraction:
    """Twice the area of the triangle, positive anticlockwise."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _on(p: Point, a: Point, b: Point) -> bool:
    """Whether a point lies on an edge, its ends among it."""
    inside = all(min(s, t) <= v <= max(s, t) for v, s, t in zip(p, a, b, strict=True))
    return inside and _cross(a, b, p) == 0
