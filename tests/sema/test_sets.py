"""Shapes and motions of the language: what they denote, how they print, what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from pdedsl.diagnostics import Source
from pdedsl.geometry import boundary_rule, corners, domain_region
from pdedsl.ir.text import problem_text
from pdedsl.sema import examine
from tests.sema.checking import POISSON, SPECS, check, report

PLANE_SETS = {
    "sector(center = (0, 0), radius = 2, angles = (0, 3*pi/2))": (3 * np.pi, 3),
    "annulus(center = (1, 0), radii = (0.5, 1))": (0.75 * np.pi, 0),
    "rotate([0, 1]^2 minus disk(center = (1, 1), radius = 0.5), pi/6, about = (1, 0))":
        (1 - np.pi / 16, 5),
    "shift(scale(disk(center = (0, 0), radius = 1), (2, 1)), (3, a))": (2 * np.pi, 0),
    "disk(center = (0, 0), radius = 1) intersect halfplane(point = (0, 0), normal = (1, a))":
        (np.pi / 2, 2),
    "scale(polygon((0, 0), (1, 0), (0, 1)), 2)": (2.0, 3),
    "rotate([0, 1] * [0, 2], pi/2) union [0, 1]^2": (3.0, 4),
    "shift([0, 1]^2, (a, 0))": (1.0, 4),
    "curve((a*cos(s), 2*sin(s)) for s in 0..2*pi)": (2 * np.pi, 0),
    "curve(((1 + 0.3*cos(3*s))*cos(s), (1 + 0.3*cos(3*s))*sin(s)) for s in a..a + 2*pi)":
        (1.045 * np.pi, 0),
    "curve((1 - s^2, s*(1 - s^2)) for s in -1..1)": (8 / 15, 1),
    "scale(rotate(curve((1 - s^2, s*(1 - s^2)) for s in -1..1), pi/3), (3, 1))": (8 / 5, 1),
    "curve((sin(s), cos(s)) for s in 0..2*pi) intersect [0, 1]^2": (np.pi / 4, 3),
    "curve((sin(s), cos(s)) for s in 0..2*pi) intersect [-1, 2]^2": (np.pi, 0),
    "[-2, 2]^2 minus curve((sin(s), cos(s)) for s in 0..2*pi)": (16 - np.pi, 4),
    "curve((cos(s), sin(s)) for s in 0..2*pi) minus disk(center = (1, 0), radius = 1)":
        (np.pi / 3 + np.sqrt(3) / 2, 2),
    "curve((cos(s), sin(s)) for s in 0..2*pi) intersect "
    "curve((1 + cos(s), sin(s)) for s in 0..2*pi)": (2 * np.pi / 3 - np.sqrt(3) / 2, 2),
}  # fmt: skip
SOLIDS = [
    "cylinder(base = (0, 0, 0), top = (0, 0, 1), radius = 1)",
    "rotate(cone(base = (0, 0, 0), top = (1, 0, 1), radius = 1), 1, axis = (1, 0, 0))",
    "torus(center = (0, 0, 0), axis = (0, 1, 1), radius = 1, tube = 0.25)",
    "[0, 1]^3 intersect halfspace(point = (0.5, 0.5, 0.5), normal = (1, 1, 1))",
]


def text_of(region: str, coordinates: str = "x, y") -> str:
    head = f"param a = 1\ndomain Omega: ({coordinates}) in {region}\nunknown u({coordinates})\n"
    return head + "eq: lap(u) = a\nbc: u = 0 on boundary\n"


@pytest.mark.parametrize("region", PLANE_SETS)
def test_sets_of_the_plane(region: str) -> None:
    area, count = PLANE_SETS[region]
    problem, found = report(text_of(region))
    assert problem is not None and not found
    own = domain_region(problem, problem.domains[0])
    points, normals, weights = boundary_rule(own, 40)
    assert weights @ np.sum(points * normals, axis=1) / 2 == pytest.approx(area, rel=1e-12)
    assert len(corners(own)) == count


@pytest.mark.parametrize("region", [*PLANE_SETS, *SOLIDS])
def test_sets_print_as_they_are_read(region: str) -> None:
    coordinates = "x, y, z" if region in SOLIDS else "x, y"
    problem, found = report(text_of(region, coordinates))
    assert problem is not None and not found
    again, _ = examine(Source("again.pde", problem_text(problem)), SPECS)
    assert again is not None and again.domains[0].region == problem.domains[0].region


@pytest.mark.parametrize(
    ("region", "code", "words"),
    [
        ("halfplane(point = (0, 0), normal = (1, 0))", "E401", "no bounds"),
        ("[0, 1]^2 union halfplane(point = (0, 0), normal = (1, 0))", "E401", "no bounds"),
        ("halfplane(point = (0, 0), normal = (0, 0))", "E407", "the normal must not be 0"),
        ("sector(center = (0, 0), radius = 1, angles = (1, 0))", "E407", "angles must ascend"),
        ("sector(center = (0, 0), radius = 1, angles = (0, 2*pi))", "E407", "by less than 2*pi"),
        ("sector(center = (0, 0), radius = 1, angles = (0, 1, 2))", "E401", "two numbers"),
        ("annulus(center = (0, 0), radii = (1, 0.5))", "E407", "ascend"),
        ("cylinder(base = (0, 0, 0), top = (0, 0, 0), radius = 1)", "E407", "one point"),
        ("torus(center = (0, 0, 0), axis = (0, 0, 1), radius = 1, tube = 1)", "E407", "thinner"),
        ("rotate([0, 1]^2)", "E206", "a set and how it is moved"),
        ("rotate([0, 1]^2, 1, axis = (0, 0, 1))", "E206", "no argument axis"),
        ("rotate([0, 1]^3, 1)", "E206", "axis of this rotation is missing"),
        ("rotate([0, 1]^4, 1)", "E401", "not turned by an angle"),
        ("rotate([0, 1]^3, 1, axis = (0, 0, 0))", "E407", "axis must not be 0"),
        ("shift([0, 1]^2, 1)", "E401", "a vector"),
        ("shift([0, 1]^2, (1, 0, 0))", "E402", "2 coordinates"),
        ("scale([0, 1]^2, 0)", "E407", "positive"),
        ("scale([0, 1]^2, (1, 2, 3))", "E402", "2 coordinates"),
        ("curve((cos(s), sin(s)) for s in 0..pi)", "E401", "begins at (1, 0) and ends at (-1, "),
        ("curve((sin(s), sin(2*s)) for s in 0..2*pi)", "E401", "crosses itself near (0, 0)"),
        (
            "curve(((0.95 + cos(s))*cos(s), (0.95 + cos(s))*sin(s)) for s in 0..2*pi)",
            "E401",
            "crosses itself",
        ),
        (
            "curve(((1 + cos(s))*cos(s), (1 + cos(s))*sin(s)) for s in 0..2*pi)",
            "E401",
            "has a cusp: its derivative vanishes at s = 3.14159",
        ),
        ("curve((abs(cos(s))*cos(s), sin(s)) for s in 0..2*pi)", "E401", "is not smooth"),
        ("curve((cos(s), sin(s)) for s in 2*pi..0)", "E407", "this range is empty"),
        ("curve((cos(s), b*sin(s)) for s in 0..2*pi)", "E201", "b"),
        ("curve((cos(s), sin(s), 0) for s in 0..2*pi)", "E302", "two coordinates"),
        ("curve((cos(1), sin(1)))", "E206", "a point with a parameter"),
        ("[0, 1]^2 minus [0, 1] * [-1, 2]", "E407", "covers"),
        ("[0, 1]^3 intersect [1, 2]^3", "E407", "edges in common"),
    ],
)
def test_what_is_refused(region: str, code: str, words: str) -> None:
    found = check(f"domain Omega: (x, y) in {region}\nunknown u(x, y)\n" + POISSON)
    assert found[0][0] == code and words in found[0][1]


@pytest.mark.parametrize(
    "region",
    [
        "rotate([0, 1]^2, a - 1)",
        "disk(center = (0, 0), radius = 1) union rotate([0.8, 1.2] * [-0.1, 0.1], a - 1)",
        "shift([0, 1]^2 minus disk(center = (0.5, 0.5), radius = 0.1), (a, 0))",
        "scale([0, 1]^2 union [1, 2] * [0.2, 0.8], 2)",
    ],
)
def test_conditions_on_motions_that_turn_nothing(region: str) -> None:
    problem, found = report(text_of(region))
    assert problem is not None and not found
    _, found = report(text_of(region).replace("boundary", "boundary where y > 0.5"))
    assert {one.code for one in found} == {"L101"}


def test_names_of_motions_are_free() -> None:
    text = "param scale = 2, shift = 1\ndomain Omega: (x, y) in [0, scale]^2\nunknown u(x, y)\n"
    assert check(text + "eq: lap(u) = shift\nbc: u = 0 on boundary\n") == []


def test_conditions_on_the_boundary_of_a_moved_region() -> None:
    text = (
        "region S = rotate([-1, 1]^2, pi/6)\n"
        "region P = halfplane(point = (0.8, 0), normal = (1, 0))\n"
        "domain Omega: (x, y) in S intersect P\nunknown u(x, y)\neq: lap(u) = 1\n"
        "bc a: u = 0 on boundary(S)\n"
    )
    assert check(text + "bc b: dn(u) = 0 on boundary(P)\n") == []
    assert [message for _, message in check(text)] == ["boundary(P) has no condition on u"]
