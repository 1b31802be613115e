"""Quadrature on shapes against closed forms and against the boundary's own integrals."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import jv

from pdedsl.geometry import FloatBox, FloatRegion, area_rule, weights_on
from pdedsl.geometry.combinations import FloatCombination
from pdedsl.geometry.ellipsoids import ball
from pdedsl.geometry.shape_quadrature import domain_rule, has_exact_rule
from tests.geometry.test_regions import L_SHAPE, PLANE, REGIONS, SOLIDS, disk, polygon

SHAPES: dict[str, FloatRegion] = {
    "disk": disk(0, 0, 1), "L": polygon(*L_SHAPE), "hole": REGIONS["hole"], **PLANE
}  # fmt: skip


@pytest.mark.parametrize("name", SHAPES)
def test_polynomials_are_exact(name: str) -> None:
    """With a rule of a higher degree as the oracle, and points inside alone."""
    region = SHAPES[name]
    rule, finer = area_rule(region, 8), area_rule(region, 13)
    assert region.contains(rule.nodes).all()
    for i, j in [(0, 0), (3, 0), (4, 4), (1, 6)]:
        got, want = (r.weights @ (r.nodes[:, 0] ** i * r.nodes[:, 1] ** j) for r in (rule, finer))
        size = np.abs(finer.weights) @ np.abs(finer.nodes[:, 0] ** i * finer.nodes[:, 1] ** j)
        assert got == pytest.approx(want, abs=1e-12 * size)
    assert np.abs(rule.weights).sum() < 1.05 * rule.weights.sum()


def test_a_wave_on_a_disk_converges_exponentially() -> None:
    """∫ cos(k x) over the unit disk is 2π J1(k)/k."""
    k, errors = 8.0, []
    for degree in (8, 16, 24):
        rule = area_rule(disk(0, 0, 1), degree)
        errors.append(abs(rule.weights @ np.cos(k * rule.nodes[:, 0]) - 2 * np.pi * jv(1, k) / k))
    assert errors[1] < 0.1 * errors[0] and errors[2] < 1e-11


@pytest.mark.parametrize("name", ["torus", "cone", "box minus ball", "turned ellipsoid"])
def test_solids_by_the_divergence_theorem(name: str) -> None:
    rule, finer = area_rule(SOLIDS[name], 5), area_rule(SOLIDS[name], 8)
    assert rule.accuracy == 0.0
    values = [r.weights @ (r.nodes[:, 0] ** 2 * r.nodes[:, 2] ** 3) for r in (rule, finer)]
    assert values[0] == pytest.approx(values[1], abs=1e-12)
    assert SOLIDS[name].contains(rule.nodes).all()


def test_volume_of_a_cone() -> None:
    rule = area_rule(SOLIDS["cone"], 4)
    assert rule.weights.sum() == pytest.approx(1.5 * np.pi, rel=1e-13)
    assert rule.weights @ rule.nodes[:, 2] / rule.weights.sum() == pytest.approx(0.5, rel=1e-12)


def test_solids_with_cut_surfaces_have_samples_and_say_so() -> None:
    region = FloatCombination("intersect", ball(np.zeros(3), np.array(1.0)),
                              FloatBox((0, 0, 0), (2, 2, 2)))  # fmt: skip
    rule = area_rule(region, 6)
    assert rule.accuracy > 0
    assert abs(rule.weights.sum() - np.pi / 6) < rule.accuracy * np.pi / 6
    assert abs(rule.weights @ rule.nodes[:, 0] - np.pi / 16) < rule.accuracy * np.pi / 6
    assert weights_on(region, rule.nodes, 3) is None


def test_unions_of_intervals() -> None:
    region = FloatCombination("union", FloatBox((0.0,), (1.0,)), FloatBox((2.0,), (4.0,)))
    rule = area_rule(region, 7)
    assert rule.weights @ rule.nodes[:, 0] ** 7 == pytest.approx((1 + 4**8 - 2**8) / 8, rel=1e-13)


def test_weights_on_given_points() -> None:
    region = SHAPES["hole"]
    points = region.interior(2000)
    weights = weights_on(region, points, 16)
    assert weights is not None
    assert weights.sum() == pytest.approx(4 - np.pi / 4, rel=1e-13)
    # ∫ x² over the square less that over the disk of radius 1/2.
    assert weights @ points[:, 0] ** 2 == pytest.approx(4 / 3 - np.pi / 64, rel=1e-13)
    assert np.abs(weights).sum() < 1.01 * weights.sum()


def test_a_small_face_that_is_covered_is_seen() -> None:
    cube = FloatBox((0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
    knob = FloatBox((1.0, 0.41, 0.43), (1.02, 0.43, 0.45))
    region = FloatCombination("union", cube, knob)
    assert not has_exact_rule(region)
    assert domain_rule(region).accuracy > 0
    assert has_exact_rule(cube)


def test_laws_integrate_functions_of_holes() -> None:
    # ∫ log |x − c|: 2π(|c|² − 1)/4 over the unit disk, by the potential of a disk, less that of
    # the hole of radius r, 2π(r² log r / 2 − r²/4).
    centre, r = np.array([0.2, 0.0]), 0.3
    region = FloatCombination("minus", ball(np.zeros(2), np.array(1.0)), ball(centre, np.array(r)))
    rule = domain_rule(region)
    want = np.pi * (centre @ centre - 1) / 2 - np.pi * r**2 * (np.log(r) - 0.5)
    values = np.log(np.linalg.norm(rule.nodes - centre, axis=1))
    assert rule.weights @ values == pytest.approx(want, abs=1e-11)
