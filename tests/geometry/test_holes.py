"""Discs in the holes of sets in the plane."""

from __future__ import annotations

import numpy as np
import pytest

import pdedsl
from pdedsl.geometry import domain_region
from pdedsl.geometry.plane.holes import Hole, holes
from pdedsl.geometry.region import FloatRegion

SQUARE = "[-1, 1]^2 minus "


def region_of(text: str) -> FloatRegion:
    problem = pdedsl.parse(
        f"domain Omega: (x, y) in {text}\nunknown u(x, y)\neq: lap(u) = 0\nbc: u = 0  on boundary"
    )
    return domain_region(problem, problem.domains[0])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("disk(center = (0, 0), radius = 1)", []),
        ("polygon((0, 0), (1, 0), (1, -1), (-1, -1), (-1, 1), (0, 1))", []),
        (SQUARE + "disk(center = (0.1, 0), radius = 0.3)", [((0.1, 0), 0.3, True)]),
        (SQUARE + "disk(center = (1, 0), radius = 0.3)", [((1, 0), 0.3, False)]),
        (
            SQUARE + "(disk(center = (0, 0), radius = 0.3) union disk(center = (0.3, 0), radius ="
            " 0.2))",
            [((0, 0), 0.3, True), ((0.3, 0), 0.2, True)],
        ),
    ],
)
def test_circles(text: str, expected: list[tuple[tuple[float, float], float, bool]]) -> None:
    found = holes(region_of(text))
    assert [(h.centre, h.radius, h.enclosed) for h in found] == expected


@pytest.mark.parametrize(
    ("hole", "most"),
    [
        ("[-0.3, 0.3]^2", 1),
        ("[-0.6, 0.6]*[-0.2, 0.2]", 7),
        ("polygon((-0.5, -0.5), (0.5, -0.5), (0, 0.5))", 9),
    ],
)
def test_discs_lie_in_the_hole_and_reach_its_edge(hole: str, most: int) -> None:
    region = region_of(SQUARE + hole)
    found = holes(region)
    assert 0 < len(found) <= most
    angle = np.linspace(0, 2 * np.pi, 64)
    around = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    for own in found:
        assert own.enclosed
        assert (region.level(np.array(own.centre) + 0.99 * own.radius * around) > 0).all()


def test_after_a_map_that_makes_a_circle_of_an_ellipse() -> None:
    region = region_of(SQUARE + "ellipse(center = (0.1, 0), radii = (0.6, 0.3))")
    assert holes(region, ((0.5, 0.0), (0.0, 1.0))) == (Hole((0.1, 0.0), 0.3, True, 1),)


def test_foci_of_an_ellipse() -> None:
    (own,) = holes(region_of(SQUARE + "ellipse(center = (0.1, 0), radii = (0.3, 0.5))"))
    assert own.centre == (0.1, 0.0) and own.radius == pytest.approx(0.3)
    assert [abs(f) for f in own.focus] == pytest.approx([0, 0.4])
