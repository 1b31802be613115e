"""The common boundary of two sets in the plane: its length and normals, and where there is none."""

from __future__ import annotations

from math import pi, sqrt

import numpy as np
import pytest

import pdedsl
from pdedsl.geometry.arrays import Array
from pdedsl.geometry.boundary_places import place_arcs
from pdedsl.ir import Boundary, OnInterface

HALVES = (
    "disk(center = (0, 0), radius = 1) intersect [-1, 1] * [-1, 0]",
    "disk(center = (0, 0), radius = 1) intersect [-1, 1] * [0, 1]",
)
DISK = "disk(center = (0.1, 0), radius = 0.3)"


def between(first: str, second: str) -> pdedsl.Problem:
    return pdedsl.parse(f"""problem "p"
domain A: (x, y) in {first}
domain B: (x, y) in {second}
interface Gamma = A intersect B
unknown u(x, y) in A, v(x, y) in B
eq: lap(u) = 0 in A
eq: lap(v) = 0 in B
""")


def rule(problem: pdedsl.Problem) -> tuple[Array, Array, Array]:
    parts = [arc.rule(80) for arc in place_arcs(problem, OnInterface("Gamma"))]
    points, normals, weights = zip(*parts, strict=True)
    return np.concatenate(points), np.concatenate(normals), np.concatenate(weights)


@pytest.mark.parametrize(
    ("first", "second", "length", "inner"),
    [
        (DISK, f"[-1, 1]^2 minus {DISK}", 0.6 * pi, "x - 0.1"),
        (*HALVES, 2.0, None),
        ("polygon((0, 0), (1, 0), (0, 1))", "polygon((1, 0), (1, 1), (0, 1))", sqrt(2), None),
        # A part of an edge, and a square that is beside two edges of an L.
        ("polygon((0, 0), (1, 0), (0, 1))", "[0.2, 0.9] * [-1, 0]", 0.7, None),
        ("polygon((0, 0), (2, 0), (2, 1), (1, 1), (1, 2), (0, 2))", "[1, 2] * [1, 3]", 2.0, None),
        # An ellipse that a rectangle cuts in two arcs.
        ("ellipse(center = (0, 0), radii = (2, 1)) intersect [-1, 1] * [-2, 2]",
         "[-3, 3]^2 minus ellipse(center = (0, 0), radii = (2, 1))", 4.048736579725807, None),
    ],
)  # fmt: skip
def test_its_length(first: str, second: str, length: float, inner: str | None) -> None:
    forth, back = between(first, second), between(second, first)
    points, normals, weights = rule(forth)
    assert weights.sum() == pytest.approx(length, rel=1e-9)
    there, opposite, others = rule(back)
    assert others.sum() == pytest.approx(length, rel=1e-9)
    # The normal of the first set to the second is that of the second to the first, turned.
    assert normals.T @ weights == pytest.approx(-opposite.T @ others, abs=1e-9)
    if inner is not None:
        outward = (points - [0.1, 0.0]) / 0.3
        assert np.abs(normals - outward).max() < 1e-12
        assert np.abs(opposite + (there - [0.1, 0.0]) / 0.3).max() < 1e-12


@pytest.mark.parametrize("size", [1e-6, 1.0, 1e6])
def test_sizes_and_places(size: float) -> None:
    far = 1e3 * size
    disk = f"disk(center = ({far!r}, 0), radius = {size!r})"
    square = f"[{far - 2 * size!r}, {far + 2 * size!r}] * [{-2 * size!r}, {2 * size!r}]"
    _, _, weights = rule(between(disk, f"{square} minus {disk}"))
    assert weights.sum() == pytest.approx(2 * pi * size, rel=1e-9)


def test_the_rest_of_the_boundary() -> None:
    problem = between(*HALVES)
    rest = place_arcs(problem, Boundary("A", minus=("Gamma",)))
    assert sum(arc.rule(40)[2].sum() for arc in rest) == pytest.approx(pi, rel=1e-8)


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        (DISK, "[2, 3]^2", "this interface is empty"),
        # Circles that touch have a point in common.
        (DISK, "disk(center = (0.7, 0), radius = 0.3)", "this interface is empty"),
        (DISK, "[-1, 1]^2", "A and B overlap"),
        (DISK, DISK, "A and B overlap"),
    ],
)
def test_sets_that_are_not_side_by_side(first: str, second: str, told: str) -> None:
    with pytest.raises(pdedsl.UserError) as refused:
        between(first, second)
    found = next(d for d in refused.value.diagnostics if d.code == "E407")
    assert told in found.message
