"""Sets in numbers: normals, measures, corners and points against what is known of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ellipe

from pdedsl.geometry import SHAPES, FloatBox, FloatRegion
from pdedsl.geometry.combinations import FloatCombination
from pdedsl.geometry.ellipsoids import Ellipsoid, ball
from pdedsl.geometry.halfspaces import HalfSpace
from pdedsl.geometry.moved import motion, moved
from pdedsl.geometry.plane.polygons import FloatPolygon
from pdedsl.geometry.plane.round import Annulus, Sector
from pdedsl.geometry.plane_boundary import arcs, boundary_rule, corners
from pdedsl.geometry.solid.revolution import cone, cylinder, torus
from pdedsl.geometry.solid.surfaces import area_parameters, surface_rule

UNIT_DISK = ball(np.zeros(2), np.array(1.0))
L_SHAPE = [(0, 0), (2, 0), (2, 1), (1, 1), (1, 2), (0, 2)]


def polygon(*corners: tuple[float, float]) -> FloatPolygon:
    return FloatPolygon(*map(np.array, corners))


def disk(x: float, y: float, radius: float) -> Ellipsoid:
    return ball(np.array([x, y]), np.array(radius))


def point(*coordinates: float) -> np.ndarray:
    return np.array(coordinates, dtype=float)


def turned(region: FloatRegion, angle: float, *rest: np.ndarray) -> FloatRegion:
    return moved(region, *motion("rotate", [np.array(angle), *rest], region.dimension))


def stretched(region: FloatRegion, *factors: float) -> FloatRegion:
    return moved(region, *motion("scale", [point(*factors)], region.dimension))


SOLIDS: dict[str, FloatRegion] = {
    "cylinder": cylinder(point(0, 0, 0), point(1, 2, 2), np.array(0.5)),
    "cone": cone(point(1, 0, 0), point(1, 0, 2), np.array(1.5)),
    "torus": torus(point(0, 1, 0), point(1, 1, 0), np.array(1.0), np.array(0.25)),
    "turned box": turned(FloatBox((0, 0, 0), (1, 2, 3)), 0.5, point(1, 2, 3), point(1, 0, 0)),
    "flat cylinder": stretched(cylinder(point(0, 0, 0), point(0, 0, 1), np.array(1.0)), 2, 1, 1),
    "turned ellipsoid": turned(
        Ellipsoid(np.zeros(3), np.array([1.0, 2.0, 0.5])), 1.0, point(1, 1, 0)),
    "box minus ball": FloatCombination(
        "minus", FloatBox((-1, -1, -1), (1, 1, 1)), ball(np.zeros(3), np.array(0.5))),
}  # fmt: skip
PLANE: dict[str, FloatRegion] = {
    "sector": Sector(point(1, 1), np.array(2.0), point(0.25, 1.25)),
    "wide sector": Sector(point(1, 1), np.array(2.0), point(-1.0, 4.0)),
    "annulus": Annulus(point(0, 1), point(0.5, 1)),
    "turned": turned(FloatCombination("minus", FloatBox((0, 0), (1, 2)), disk(1, 1, 0.5)), 0.75),
    "squeezed": stretched(FloatCombination("union", disk(0, 0, 1), Annulus(point(1, 0),
                                                                           point(0.25, 1))), 2, 1),
    "half": FloatCombination(
        "intersect", disk(0, 0, 1), HalfSpace(point(0, 0.5), point(1, 2))).within(
            FloatBox((-1, -1), (1, 1))),
}  # fmt: skip
REGIONS: dict[str, FloatRegion] = {
    "interval": FloatBox((-1.0,), (2.0,)),
    "box": FloatBox((-1.0, 0.0, 2.0), (1.0, 0.5, 5.0)),
    "disk": disk(1.0, -2.0, 0.5),
    "ball": ball(np.array([1.0, 2.0, 3.0]), np.array(2.0)),
    "ball in four dimensions": ball(np.zeros(4), np.array(1.5)),
    "ellipse": Ellipsoid(np.array([1.0, 2.0]), np.array([3.0, 0.5])),
    "ellipsoid": Ellipsoid(np.zeros(3), np.array([1.0, 2.0, 0.5])),
    "polygon": polygon(*L_SHAPE),
    "polygon, clockwise": polygon(*reversed(L_SHAPE)),
    "hole": FloatCombination("minus", FloatBox((-1.0, -1.0), (1.0, 1.0)), disk(0, 0, 0.5)),
    "lens": FloatCombination("intersect", disk(-0.5, 0, 1.0), disk(0.5, 0, 1.0)),
    "two disks": FloatCombination("union", disk(-0.5, 0, 1.0), disk(0.5, 0, 1.0)),
    "moon": FloatCombination("minus", UNIT_DISK, disk(0.5, 0, 1.0)),
    **SOLIDS, **PLANE,
    "shell": FloatCombination("minus", *(ball(np.zeros(3), np.array(r)) for r in (2.0, 1.0))),
}  # fmt: skip


@pytest.mark.parametrize("name", REGIONS)
def test_normals_are_unit_and_point_outward(name: str) -> None:
    region = REGIONS[name]
    found = region.boundary(40)
    assert found
    for own in found:
        assert np.linalg.norm(own.normals, axis=1) == pytest.approx(1)
        assert np.abs(region.level(own.points)).max() < 1e-12
        step = 1e-4 * own.normals
        assert not region.contains(own.points + step).any()
        assert region.contains(own.points - step).all()


@pytest.mark.parametrize("name", REGIONS)
def test_normals_are_orthogonal_to_the_pieces(name: str) -> None:
    for piece in REGIONS[name].pieces:
        s = 0.1 + 0.8 * piece.parameters(10)
        for axis in range(s.shape[1]):
            step = 1e-5 * np.eye(s.shape[1])[axis]
            tangents = (piece.points(s + step) - piece.points(s - step)) / 2e-5
            assert np.abs(np.sum(tangents * piece.normals(s), axis=1)).max() < 1e-6


@pytest.mark.parametrize("name", REGIONS)
def test_points_inside_lie_inside_and_in_the_bounding_box(name: str) -> None:
    region = REGIONS[name]
    points = region.interior(50)
    assert len(points) > 10
    assert (region.level(points) <= 0).all()
    assert region.contains(points).all()
    assert region.bounding_box.contains(points).all()
    assert (points == region.interior(50)).all()


@pytest.mark.parametrize("name", REGIONS)
def test_the_level_is_below_the_distance_from_the_boundary(name: str) -> None:
    region = REGIONS[name]
    boundary = np.concatenate([own.points for own in region.boundary(200)])
    points = region.bounding_box.place(np.random.default_rng(0).random((200, region.dimension)))
    distance = np.linalg.norm(points[:, None] - boundary, axis=2).min(axis=1)
    assert (np.abs(region.level(points)) <= distance + 1e-12).all()
    assert ((region.level(points) < 0) == region.contains(points, slack=0.0)).all()


LENS = 2 * np.pi / 3 - np.sqrt(3) / 2  # two unit disks with centres at the distance 1
AREAS = {
    "disk": np.pi / 4, "ellipse": 1.5 * np.pi, "polygon": 3.0, "polygon, clockwise": 3.0,
    "sector": 2.0, "wide sector": 10.0, "annulus": 0.75 * np.pi, "turned": 2 - np.pi / 8,
    "half": np.arccos(-np.sqrt(0.2)) + np.sqrt(0.2 * 0.8),
    "hole": 4 - np.pi / 4, "lens": LENS, "two disks": 2 * np.pi - LENS,
}  # fmt: skip


@pytest.mark.parametrize("name", AREAS)
def test_areas_by_the_divergence_theorem(name: str) -> None:
    points, normals, weights = boundary_rule(REGIONS[name], 60)
    assert weights @ np.sum(points * normals, axis=1) / 2 == pytest.approx(AREAS[name], rel=1e-8)
    assert weights @ normals == pytest.approx(0, abs=1e-8)


def test_lengths_of_circle_ellipse_and_polygon() -> None:
    def length(region: FloatRegion) -> float:
        return float(boundary_rule(region, 80)[2].sum())

    assert length(disk(1, 2, 0.5)) == pytest.approx(np.pi)
    assert length(REGIONS["ellipse"]) == pytest.approx(4 * 3 * ellipe(1 - (0.5 / 3) ** 2))
    assert length(polygon(*L_SHAPE)) == pytest.approx(8)
    assert length(REGIONS["hole"]) == pytest.approx(8 + np.pi)


@pytest.mark.parametrize(("name", "area"), [("ball", 16 * np.pi), ("box", 2 * (1 + 6 + 1.5))])
def test_surfaces(name: str, area: float) -> None:
    x, w = np.polynomial.legendre.leggauss(40)
    s = np.stack([m.ravel() for m in np.meshgrid((x + 1) / 2, (x + 1) / 2)], axis=1)
    weights = np.outer(w, w).ravel() / 4
    got = sum(weights @ piece.density(s) for piece in REGIONS[name].pieces)
    assert got == pytest.approx(area)


VOLUMES = {
    "cylinder": 3 * np.pi / 4, "cone": 1.5 * np.pi, "torus": 2 * np.pi**2 / 16, "turned box": 6.0,
    "flat cylinder": 2 * np.pi, "turned ellipsoid": 4 / 3 * np.pi, "box minus ball": 8 - np.pi / 6,
    "shell": 4 / 3 * np.pi * 7, "ball": 4 / 3 * np.pi * 8,
}  # fmt: skip
SURFACES = {
    "cylinder": 3 * np.pi + np.pi / 2, "cone": np.pi * 1.5 * (1.5 + 2.5), "torus": np.pi**2,
    "turned box": 22.0, "box minus ball": 24 + np.pi, "shell": 20 * np.pi, "ball": 16 * np.pi,
}  # fmt: skip


@pytest.mark.parametrize("name", VOLUMES)
def test_volumes_by_the_divergence_theorem(name: str) -> None:
    rule = surface_rule(REGIONS[name], 24)
    assert not rule.cut
    volume = rule.weights @ np.sum(rule.points * rule.normals, axis=1) / 3
    assert volume == pytest.approx(VOLUMES[name], rel=1e-12)
    assert rule.weights @ rule.normals == pytest.approx(0, abs=1e-11)
    if name in SURFACES:
        assert rule.weights.sum() == pytest.approx(SURFACES[name], rel=1e-12)


def test_the_part_of_a_ball_in_a_box() -> None:
    """An eighth of a ball: pieces that are cut have samples."""
    region = FloatCombination("intersect", ball(np.zeros(3), np.array(1.0)),
                              FloatBox((0, 0, 0), (2, 2, 2)))  # fmt: skip
    rule = surface_rule(region, 8)
    assert rule.cut
    assert rule.weights.sum() == pytest.approx(np.pi / 2 + 3 * np.pi / 4, rel=2e-3)
    volume = rule.weights @ np.sum(rule.points * rule.normals, axis=1) / 3
    assert volume == pytest.approx(np.pi / 6, rel=2e-3)


@pytest.mark.parametrize("name", [*SOLIDS, "ball", "ellipsoid"])
def test_points_are_equidistributed_by_area(name: str) -> None:
    for piece in REGIONS[name].pieces:
        s, weights = area_parameters(piece, 4000)
        assert ((s >= 0) & (s <= 1)).all()
        area = weights.sum()
        assert weights.std() < 0.05 * area / 4000  # at poles alone they differ
        exact = surface_area(piece)
        assert area == pytest.approx(exact, rel=2e-3)


def surface_area(piece) -> float:
    x, w = np.polynomial.legendre.leggauss(40)
    s = np.stack([m.ravel() for m in np.meshgrid((x + 1) / 2, (x + 1) / 2)], axis=1)
    return float(np.outer(w, w).ravel() / 4 @ piece.density(s))


def test_quarter_turns_keep_edges_on_each_other() -> None:
    box = FloatBox((0, 0), (1, 2))
    both = FloatCombination("minus", turned(box, np.pi / 2), FloatBox((-2, 0), (-1, 0.5)))
    assert [c.angle for c in corners(both)].count(3 * np.pi / 2) == 1
    assert len(corners(both)) == 6


def test_a_half_plane_is_unbounded_until_it_is_cut() -> None:
    half = HalfSpace(point(0, 0.5), point(1, 2))
    assert not half.bounded and PLANE["half"].bounded
    assert not FloatCombination("union", UNIT_DISK, half).bounded
    assert FloatCombination("minus", UNIT_DISK, half).bounded


def test_angles_of_corners() -> None:
    angles = sorted(c.angle for c in corners(polygon(*L_SHAPE)))
    assert angles == pytest.approx([np.pi / 2] * 5 + [3 * np.pi / 2])
    assert [c.angle for c in corners(REGIONS["lens"])] == pytest.approx([2 * np.pi / 3] * 2)
    assert [c.angle for c in corners(REGIONS["two disks"])] == pytest.approx([4 * np.pi / 3] * 2)
    points = sorted(float(c.point[1]) for c in corners(REGIONS["lens"]))
    assert points == pytest.approx([-np.sqrt(3) / 2, np.sqrt(3) / 2])
    assert corners(UNIT_DISK) == ()


@settings(max_examples=30, deadline=None)
@given(st.floats(-1, 1), st.floats(-1, 1), st.floats(0.1, 1.5))
def test_a_disk_minus_a_disk(x: float, y: float, radius: float) -> None:
    """The boundary keeps what the smaller disk leaves, and the area adds up with the overlap."""
    gap = float(np.hypot(x, y))
    if abs(gap - abs(1 - radius)) < 1e-2 or abs(gap - 1 - radius) < 1e-2:
        return  # circles that nearly touch
    other = disk(x, y, radius)
    parts = [FloatCombination(op, UNIT_DISK, other) for op in ("minus", "intersect")]
    areas = []
    for part in parts:
        if not arcs(part):
            areas.append(0.0)
            continue
        points, normals, weights = boundary_rule(part, 40)
        areas.append(float(weights @ np.sum(points * normals, axis=1)) / 2)
        assert not part.contains(points + 1e-5 * normals).any()
    assert sum(areas) == pytest.approx(np.pi, abs=1e-6)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(0.2, 2), min_size=3, max_size=8), st.floats(0, 6))
def test_polygons_around_a_point(radii: list[float], turn: float) -> None:
    angles = turn + 2 * np.pi * np.arange(len(radii)) / len(radii)
    own = polygon(
        *(r * np.array([np.cos(a), np.sin(a)]) for r, a in zip(radii, angles, strict=True))
    )
    points, normals, weights = boundary_rule(own, 3)
    area = sum(r * s for r, s in zip(radii, np.roll(radii, 1), strict=True))
    area *= np.sin(2 * np.pi / len(radii)) / 2
    assert weights @ np.sum(points * normals, axis=1) / 2 == pytest.approx(area)
    assert sum(np.pi - c.angle for c in corners(own)) == pytest.approx(2 * np.pi)


def test_every_shape_says_how_it_is_written() -> None:
    for name, kind in SHAPES.items():
        assert kind.name == name
        assert not kind.arguments or any(a.kind == "point" for a in kind.arguments)
