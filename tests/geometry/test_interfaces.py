"""Where two boxes meet: the common face, its normal, and the points on it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import sympy as sp

import pdedsl
from pdedsl.geometry import SharedFace, on_interface, shared_face
from pdedsl.ir import Box


def boxes(first: str, second: str) -> pdedsl.Problem:
    coordinates = "x" if "*" not in first else "(x, y)"
    arguments = coordinates.strip("()")
    return pdedsl.parse(f"""problem "p"
domain A: {coordinates} in {first}
domain B: {coordinates} in {second}
interface Gamma = A intersect B
unknown u({arguments}) in A, v({arguments}) in B
eq: lap(u) = 0 in A
eq: lap(v) = 0 in B
""")


@pytest.mark.parametrize(
    ("first", "second", "face"),
    [
        ("[0, 0.4]", "[0.4, 1]", SharedFace(0, 1, 0.4)),
        ("[0.4, 1]", "[0, 0.4]", SharedFace(0, -1, 0.4)),
        ("[-1, 0] * [0, 1]", "[0, 1] * [0, 1]", SharedFace(0, 1, 0.0)),
        ("[0, 1] * [1, 3]", "[0.5, 2] * [0, 1]", SharedFace(1, -1, 1.0)),
    ],
)
def test_the_face_and_its_normal(first: str, second: str, face: SharedFace) -> None:
    problem = boxes(first, second)
    assert shared_face(problem, problem.interface("Gamma")) == face


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (((0, 1), (0, 1)), ((1, 2), (1, 2))),  # a corner
        (((0, 1), (0, 1)), ((2, 3), (0, 1))),  # apart
        (((0, 1), (0, 1)), ((0, 1), (0, 2))),  # one in the other
    ],
)
def test_boxes_without_a_common_face(first: tuple, second: tuple) -> None:
    problem = boxes("[0, 1] * [0, 1]", "[1, 2] * [0, 1]")
    domains = tuple(
        replace(domain, region=Box(tuple((sp.Integer(a), sp.Integer(b)) for a, b in ends)))
        for domain, ends in zip(problem.domains, (first, second), strict=True)
    )
    other = replace(problem, domains=domains)
    assert shared_face(other, other.interfaces[0]) is None


def test_points_of_the_boundary_on_an_interface() -> None:
    problem = boxes("[0, 1] * [1, 3]", "[0.5, 2] * [0, 1]")
    points = np.array([[0.2, 1.0], [0.7, 1.0], [1.0, 2.0], [0.5, 3.0]])
    assert on_interface(problem, "Gamma", "A", points).tolist() == [False, True, False, False]
