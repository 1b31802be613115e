"""Arcs, loops and corners of combinations in the plane, against closed forms and identities."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pdedsl.geometry import FloatBox, FloatRegion, generic_points
from pdedsl.geometry.combinations import FloatCombination
from pdedsl.geometry.ellipsoids import Ellipsoid, ball
from pdedsl.geometry.plane.polygons import FloatPolygon
from pdedsl.geometry.plane_boundary import arcs, boundary_rule, corners, loops


def disk(x: float, y: float, radius: float) -> Ellipsoid:
    return ball(np.array([x, y]), np.array(radius))


def ellipse(x: float, y: float, a: float, b: float) -> Ellipsoid:
    return Ellipsoid(np.array([x, y]), np.array([a, b]))


def box(x0: float, x1: float, y0: float, y1: float) -> FloatBox:
    return FloatBox((x0, y0), (x1, y1))


def polygon(*points: tuple[float, float]) -> FloatPolygon:
    return FloatPolygon(*map(np.array, points))


def minus(one: FloatRegion, *others: FloatRegion) -> FloatRegion:
    for other in others:
        one = FloatCombination("minus", one, other)
    return one


def union(one: FloatRegion, *others: FloatRegion) -> FloatRegion:
    for other in others:
        one = FloatCombination("union", one, other)
    return one


def both(one: FloatRegion, other: FloatRegion) -> FloatRegion:
    return FloatCombination("intersect", one, other)


def area(region: FloatRegion, nodes: int = 60) -> float:
    points, normals, weights = boundary_rule(region, nodes)
    centre = np.asarray(region.bounding_box.centre)
    return float(weights @ np.sum((points - centre) * normals, axis=1)) / 2


def turning(region: FloatRegion) -> float:
    """All of the way round all loops, in full turns: that of the tangents and of the corners."""
    total = 0.0
    for loop in loops(region):
        total += sum(np.pi - corner.angle for corner in loop.corners)
        for arc in loop.arcs:
            normals = arc.outward * arc.piece.normals(np.linspace(arc.begin, arc.end, 200)[:, None])
            cross = normals[:-1, 0] * normals[1:, 1] - normals[:-1, 1] * normals[1:, 0]
            total += np.arctan2(cross, np.sum(normals[:-1] * normals[1:], axis=1)).sum()
    return total / (2 * np.pi)


UNIT = box(0, 1, 0, 1)
LENS = 2 * np.pi / 3 - np.sqrt(3) / 2
# Set, area, number of loops, turns, sorted angles of its corners in degrees.
CASES: dict[str, tuple[FloatRegion, float, int, int, list[float]]] = {
    "L-shape": (minus(box(-1, 1, -1, 1), box(0, 1, 0, 1)), 3.0, 1, 1, [90] * 5 + [270]),
    "boxes with part of an edge in common": (
        union(UNIT, box(1, 2, 0.25, 0.75)), 1.5, 1, 1, [90] * 6 + [270] * 2),
    "boxes with an edge in common": (union(UNIT, box(1, 2, 0, 1)), 2.0, 1, 1, [90] * 4),
    "boxes on a line": (union(UNIT, box(0.5, 2, 0, 1)), 2.0, 1, 1, [90] * 4),
    "a box inside, on two edges": (union(UNIT, box(0, 0.5, 0, 0.5)), 1.0, 1, 1, [90] * 4),
    "the part of a box in another": (both(UNIT, box(0, 0.5, 0, 2)), 0.5, 1, 1, [90] * 4),
    "boxes with a corner in common": (union(UNIT, box(1, 2, 1, 2)), 2.0, 2, 2, [90] * 8),
    "boxes apart": (union(UNIT, box(3, 4, 0, 1)), 2.0, 2, 2, [90] * 8),
    "a box in two parts": (minus(box(0, 3, 0, 1), box(1, 2, -1, 2)), 2.0, 2, 2, [90] * 8),
    "a frame": (minus(box(-2, 2, -2, 2), box(-1, 1, -1, 1)), 12.0, 2, 0, [90] * 4 + [270] * 4),
    "nothing taken": (minus(UNIT, disk(5, 5, 1)), 1.0, 1, 1, [90] * 4),
    "twice the same": (union(disk(0, 0, 1), disk(0, 0, 1)), np.pi, 1, 1, []),
    "disks that touch outside": (union(disk(-1, 0, 1), disk(1, 0, 1)), 2 * np.pi, 2, 2, []),
    "disks that touch inside": (minus(disk(0, 0, 1), disk(0.5, 0, 0.5)), 0.75 * np.pi, 2, 0, []),
    "a disk that touches an edge": (minus(box(0, 1, 0, 1), disk(0.5, 0.25, 0.25)),
                                    1 - np.pi / 16, 2, 0, [90] * 4),
    "a disk within a box": (both(box(-1, 1, -1, 1), disk(0, 0, 1)), np.pi, 1, 1, []),
    "lens": (both(disk(-0.5, 0, 1), disk(0.5, 0, 1)), LENS, 1, 1, [120] * 2),
    "quarter": (both(disk(0, 0, 1), box(0, 2, 0, 2)), np.pi / 4, 1, 1, [90] * 3),
    "three quarters": (minus(disk(0, 0, 1), box(0, 2, 0, 2)), 0.75 * np.pi, 1, 1, [90] * 2 + [270]),
    "cusps": (minus(box(0, 1, 0, 1), disk(0, 1, 1)), 1 - np.pi / 4, 1, 1, [0, 0, 90]),
    "ring": (minus(disk(0, 0, 1), disk(0.2, 0.1, 0.3)), 0.91 * np.pi, 2, 0, []),
    "island": (union(minus(disk(0, 0, 1), disk(0, 0, 0.5)), disk(0, 0, 0.2)),
               0.79 * np.pi, 3, 1, []),
    "ellipses that cross four times": (both(ellipse(0, 0, 2, 1), ellipse(0, 0, 1, 2)),
        8 * np.arctan(0.5), 1, 1, [np.degrees(np.pi - np.arctan2(15 / 16, 0.5))] * 4),
    "ellipses that touch twice": (minus(ellipse(0, 0, 2, 1), disk(0, 0, 1)), np.pi, 2, 0, []),
    "an edge of a polygon on one of a box": (
        minus(box(0, 4, 0, 1), polygon((1, 1), (2, 0.5), (3, 1))), 3.5, 1, 1,
        [90] * 4 + sorted([180 - np.degrees(np.arctan(0.5))] * 2
                          + [180 + 2 * np.degrees(np.arctan(0.5))])),
    "differences of differences": (
        minus(box(0, 4, 0, 4), minus(box(1, 3, 1, 3), box(2, 3, 2, 3))), 13.0, 2, 0,
        [90] * 5 + [270] * 5),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_combinations_with_known_boundaries(name: str) -> None:
    region, size, lines, turns, angles = CASES[name]
    assert area(region) == pytest.approx(size, abs=1e-12)
    assert len(loops(region)) == lines
    assert turning(region) == pytest.approx(turns, abs=1e-9)
    found = sorted(np.degrees(corner.angle) for corner in corners(region))
    assert found == pytest.approx(sorted(angles), abs=1e-5)


@pytest.mark.parametrize(
    "region",
    [both(UNIT, box(2, 3, 0, 1)), both(UNIT, box(1, 2, 0, 1)), minus(UNIT, box(-1, 2, -1, 2)),
     minus(UNIT, UNIT), both(disk(0, 0, 1), disk(2, 0, 1)), minus(disk(0, 0, 1), disk(0, 0, 1)),
     minus(UNIT, box(0, 0.5, 0, 1), box(0.5, 1, 0, 1))],
)  # fmt: skip
def test_empty_sets_have_no_boundary(region: FloatRegion) -> None:
    assert arcs(region) == ()
    assert boundary_rule(region, 3)[2].shape == (0,)


@pytest.mark.parametrize("factor", [1e-6, 1.0, 1e6])
@pytest.mark.parametrize("away", [0.0, 1e3])
def test_units_and_places_change_nothing(factor: float, away: float) -> None:
    """The moon, whatever the unit of length, and however far its size from the origin."""
    c = away * factor
    region = minus(disk(c, c, factor), disk(c + factor, c, factor))
    room = 1e-13 * (1 + away)
    assert area(region) / factor**2 == pytest.approx(np.pi - LENS, abs=10 * room)
    height = sorted((corner.point[1] - c) / factor for corner in corners(region))
    assert height == pytest.approx([-np.sqrt(3) / 2, np.sqrt(3) / 2], abs=10 * room)


def test_a_speck_far_away() -> None:
    region = minus(box(1e3, 1e3 + 1e-3, 1e3, 1e3 + 1e-3), disk(1e3, 1e3, 5e-4))
    assert area(region) * 1e6 == pytest.approx(1 - np.pi / 16, abs=1e-8)
    assert len(corners(region)) == 5


@pytest.mark.parametrize("angle", [1e-3, 1e-2, 0.1])
def test_slivers(angle: float) -> None:
    """A triangle cut from a box by an edge through its corner, and circles that nearly touch."""
    region = both(UNIT, polygon((0, 0), (2, 0), (2, 2 * np.tan(angle))))
    assert area(region) == pytest.approx(np.tan(angle) / 2, rel=1e-12)
    assert min(corner.angle for corner in corners(region)) == pytest.approx(angle, abs=1e-12)
    # A chord that cuts off a segment of this half angle.
    cut = both(disk(0, 0, 1), box(np.cos(angle), 2, -1, 1))
    assert area(cut) == pytest.approx(angle - np.sin(2 * angle) / 2, abs=1e-13)
    assert [c.angle for c in corners(cut)] == pytest.approx([angle] * 2, abs=1e-10)


def test_thirty_holes() -> None:
    places = [(i + 0.5, j + 0.5) for i in range(6) for j in range(5)]
    region = minus(box(0, 6, 0, 5), *(disk(x, y, 0.4) for x, y in places))
    assert area(region) == pytest.approx(30 - 30 * 0.16 * np.pi, abs=1e-11)
    assert len(loops(region)) == 31
    assert turning(region) == pytest.approx(1 - 30, abs=1e-9)


numbers = st.floats(-1, 1).map(lambda x: round(x, 2))
lengths = st.floats(0.2, 1.2).map(lambda x: round(x, 2))
shapes = st.one_of(
    st.builds(disk, numbers, numbers, lengths),
    st.builds(ellipse, numbers, numbers, lengths, lengths),
    st.builds(lambda x, y, a, b: box(x, x + a, y, y + b), numbers, numbers, lengths, lengths),
    st.builds(
        lambda x, y, radii, turn: polygon(*(
            (x + r * np.cos(turn + 2 * np.pi * k / len(radii)),
             y + r * np.sin(turn + 2 * np.pi * k / len(radii)))
            for k, r in enumerate(radii)
        )),
        numbers, numbers, st.lists(lengths, min_size=3, max_size=6), numbers,
    ),
)  # fmt: skip
sets = st.recursive(
    shapes,
    lambda part: st.builds(
        FloatCombination, st.sampled_from(["union", "intersect", "minus"]), part, part
    ),
    max_leaves=5,
)


@settings(max_examples=100, deadline=None)
@given(sets)
def test_any_combination(region: FloatRegion) -> None:
    """Loops are closed and turn fully, normals point outward, and the area is that of samples."""
    _, normals, weights = boundary_rule(region, 60)
    assert np.abs(weights @ normals).max() < 1e-7  # the loops are closed
    assert turning(region) == pytest.approx(round(turning(region)), abs=1e-6)
    for arc in arcs(region):
        points, normals, _ = arc.rule(9)
        assert np.abs(region.level(points)).max() < 1e-12
        if np.linalg.norm(points[0] - points[-1]) > 1e-3:
            step = 1e-7 * normals  # at one point of an arc another may touch it
            assert region.contains(points + step, 0.0)[2:7].sum() <= 1
            assert region.contains(points - step, 0.0)[2:7].sum() >= 4
    points = 5 * generic_points(40_000, 2) - 2.5
    assert area(region) == pytest.approx(region.contains(points, 0.0).mean() * 25, abs=0.05)
