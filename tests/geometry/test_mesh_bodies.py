"""Bodies in closed surfaces of triangles: sides, distances, volumes and faults."""

import numpy as np
import pytest

from pdedsl.geometry import FloatBox, area_rule, closed_surface
from pdedsl.geometry.combinations import FloatCombination
from pdedsl.geometry.solid.mesh_body import FloatMesh
from pdedsl.geometry.solid.surfaces import surface_rule


def box_triangles(low, high):
    """Twelve triangles of a box, turned outwards."""
    low, high, found = np.asarray(low, float), np.asarray(high, float), []
    for axis in range(3):
        u, v = np.eye(3)[(axis + 1) % 3], np.eye(3)[(axis + 2) % 3]
        for side in (0.0, 1.0):
            corner = side * np.eye(3)[axis]
            ring = [corner, corner + u, corner + u + v, corner + v]
            a, b, c, d = ring if side else ring[::-1]
            found += [[a, b, c], [a, c, d]]
    return low + (high - low) * np.array(found)


def sphere_triangles(count):
    """The hull of points on the unit sphere, turned outwards."""
    from scipy.spatial import ConvexHull

    k = np.arange(count) + 0.5
    polar, turn = np.arccos(1 - 2 * k / count), np.pi * (1 + np.sqrt(5)) * k
    points = np.stack(
        [np.cos(turn) * np.sin(polar), np.sin(turn) * np.sin(polar), np.cos(polar)], 1
    )
    found = points[ConvexHull(points).simplices]
    inward = np.linalg.det(found) < 0
    found[inward] = found[inward][:, ::-1]
    return found


def body(triangles):
    return FloatMesh(*closed_surface(triangles))


def solid_angles(triangles, point):
    """By van Oosterom and Strackee."""
    a, b, c = np.moveaxis(triangles - point, 1, 0)
    la, lb, lc = (np.linalg.norm(v, axis=1) for v in (a, b, c))
    rest = la * lb * lc + (a * b).sum(1) * lc + (b * c).sum(1) * la + (c * a).sum(1) * lb
    return 2 * np.arctan2((a * np.cross(b, c)).sum(1), rest)


def test_a_box_of_triangles_is_the_box():
    low, high = (-1.0, 0.0, 2.0), (1.0, 0.5, 3.0)
    exact, mesh = FloatBox(low, high), body(box_triangles(low, high))
    lines = [np.linspace(a - 0.5, b + 0.5, 9) for a, b in zip(low, high, strict=True)]
    points = np.stack(np.meshgrid(*lines, indexing="ij"), axis=-1).reshape(-1, 3)
    assert ((mesh.level(points) < 0) == (exact.level(points) < 0)).all()
    assert (np.abs(mesh.level(points)) <= np.abs(exact_distance(points, exact)) + 1e-14).all()
    assert mesh.volume == pytest.approx(1.0, abs=1e-14)
    assert mesh.bounding_box == exact


def exact_distance(points, box):
    away = np.abs(points - np.asarray(box.centre)) - np.asarray(box.lengths) / 2
    outside = np.linalg.norm(np.maximum(away, 0.0), axis=1)
    return outside + np.minimum(away.max(axis=1), 0.0)


def test_sides_are_those_of_the_sum_of_solid_angles():
    triangles = sphere_triangles(300)
    mesh = body(triangles)
    centres = triangles.mean(axis=1)
    points = np.concatenate([centres * (1 + 1e-9), centres * (1 - 1e-9), centres * 0.5])
    angles = np.array([solid_angles(triangles, p).sum() for p in points]) / (4 * np.pi)
    assert ((mesh.level(points) < 0) == (angles > 0.5)).all()


def test_a_sphere_of_triangles_tends_to_the_ball():
    errors = [4 * np.pi / 3 - body(sphere_triangles(n)).volume for n in (200, 800)]
    assert errors[0] / errors[1] == pytest.approx(4, rel=0.1)


def test_the_level_near_the_surface_is_the_distance_along_the_normal():
    mesh = body(sphere_triangles(300))
    (boundary,) = mesh.boundary(200)
    for step in (-1e-4, 1e-4):
        level = mesh.level(boundary.points + step * boundary.normals)
        inner = np.abs(level - step) < 1e-12
        assert inner.mean() > 0.9 and (np.abs(level) <= 1e-4 + 1e-12).all()
    assert (mesh.orientation(boundary.points, boundary.normals) == 1).all()


def test_quadrature_inside_is_exact_for_polynomials():
    mesh = body(box_triangles((0, 0, 0), (1, 2, 3)))
    rule = area_rule(mesh, 5)
    x, y, z = rule.nodes.T
    assert rule.weights.sum() == pytest.approx(6, rel=1e-12)
    assert rule.weights @ (x**2 * y * z**2) == pytest.approx(1 / 3 * 2 * 9, rel=1e-11)


def test_the_surface_has_the_area_of_its_triangles():
    mesh = body(box_triangles((0, 0, 0), (1, 2, 3)))
    rule = surface_rule(mesh, 8)
    assert rule.weights.sum() == pytest.approx(22, rel=1e-13)
    assert rule.weights @ (rule.points * rule.normals).sum(axis=1) == pytest.approx(18, rel=1e-13)


def test_meshes_move_and_combine_like_other_sets():
    mesh = body(box_triangles((0, 0, 0), (1, 1, 1))).image(2 * np.eye(3), np.ones(3))
    assert mesh.bounding_box == FloatBox((1.0,) * 3, (3.0,) * 3)
    rest = FloatCombination("minus", mesh, FloatBox((0.0,) * 3, (2.0,) * 3))
    points = np.array([[1.5, 1.5, 1.5], [2.5, 1.5, 1.5], [3.5, 2, 2]])
    assert list(rest.level(points) < 0) == [False, True, False]


def test_a_part_turned_inwards_inside_another_is_a_hollow():
    hollow = box_triangles((0.2, 0.2, 0.2), (0.5, 0.5, 0.5))[:, ::-1]
    mesh = body(np.concatenate([box_triangles((0, 0, 0), (1, 1, 1)), hollow]))
    assert mesh.volume == pytest.approx(1 - 0.027)
    assert list(mesh.level(np.array([[0.3, 0.3, 0.3], [0.6, 0.6, 0.6]])) < 0) == [False, True]


def test_overlapping_parts_are_their_union():
    parts = [box_triangles((0, 0, 0), (1, 1, 1)), box_triangles((0.5, 0.1, 0.1), (2, 0.9, 0.9))]
    mesh = body(np.concatenate(parts))
    points = np.array([[0.75, 0.5, 0.5], [1.5, 0.5, 0.5], [1.5, 0.95, 0.5]])
    assert list(mesh.level(points) < 0) == [True, True, False]
    on_inner_wall = np.array([[1.0, 0.5, 0.5]])
    assert mesh.orientation(on_inner_wall, np.array([[1.0, 0.0, 0.0]])) == 0


def test_a_surface_turned_inwards_as_a_whole_is_turned():
    assert body(box_triangles((0, 0, 0), (1, 1, 1))[:, ::-1]).volume == pytest.approx(1)


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda t: t[:-1], "is not closed: 3 edges with a triangle on one side only, the first"),
        (lambda t: np.concatenate([t[:-1], t[-1:, ::-1]]), "turned to different sides: 3 edges"),
        (lambda t: t * [1, 1, 0], "holds no volume"),
        (lambda t: np.concatenate([t, t[:, ::-1] * 0.5 + 3]), "a part, at (3, 3.5, 3), that is"),
        (lambda t: t[:0], "has no triangles"),
        (lambda t: t * np.inf, "not finite"),
    ],
)
def test_what_is_no_surface_of_a_body_is_told(spoil, reason):
    with np.errstate(invalid="ignore"), pytest.raises(ValueError) as caught:
        closed_surface(spoil(box_triangles((0, 0, 0), (1, 1, 1))))
    assert reason in str(caught.value)


def test_slack_widens_and_narrows_a_body():
    mesh = body(box_triangles((0, 0, 0), (1, 1, 1)))
    points = np.array([[1 + 1e-4, 0.5, 0.5], [1 - 1e-4, 0.5, 0.5], [0.5, 0.5, 0.5], [2, 2, 2]])
    for slack, inside in ((1e-3, [1, 1, 1, 0]), (0.0, [0, 1, 1, 0]), (-1e-3, [0, 0, 1, 0])):
        assert list(mesh.contains(points, slack)) == [bool(x) for x in inside]
