"""Nodes by axis for bases with degrees by axis."""

from __future__ import annotations

import math

import pytest
import torch

from pdedsl import api
from pdedsl.compiler.points.counts import nodes_for
from pdedsl.compiler.residual.build import build
from pdedsl.compiler.residual.system import ResidualSystem

TUBE = """domain Omega: x in [0, 3]
time t in [0, 2]
unknown u(x, t), v(x, t)
eq first: u = 1
eq second: v = 1
ic: u = 1  at t = 0
bc: u, v periodic in x
"""
PLANE = """domain Omega: (x, y) in [0, 2] * [0, 1]
unknown u(x, y)
eq: lap(u) = 1
bc: u = 0  on boundary
"""


def _system(text: str, modes: object, **options: object) -> ResidualSystem:
    model = {"kind": "basis", "family": "mixed", "modes": modes}
    return build(api.parse(text), model, sampling="gauss", **options)  # type: ignore[arg-type]


def _sides(system: ResidualSystem, label: str = "eq") -> list[int]:
    return [len(torch.unique(column)) for column in system.points_by_law[label].T]


def test_an_axis_has_nodes_for_its_own_functions() -> None:
    system = _system(
        PLANE, (4, 20), points={"eq": nodes_for(4, False, 2) * nodes_for(20, False, 2)}
    )
    assert _sides(system) == [nodes_for(4, False, 2), nodes_for(20, False, 2)] == [10, 30]
    assert system.blocks[0].rows.stop == 300


def test_conditions_have_the_nodes_of_their_faces() -> None:
    system = _system(PLANE, (4, 20), points={"eq": 300, "bc": 7})
    points = system.points_by_law["bc"]
    assert len(points) == 2 * 30 + 2 * 10
    assert int((points[:, 0] == 0).sum()) == 30
    assert int((points[:, 1] == 1).sum()) == 10


@pytest.mark.parametrize("count", [75, 1200])
def test_the_number_of_points_scales_all_sides(count: int) -> None:
    sides = _sides(_system(PLANE, (4, 20), points={"eq": count}))
    assert math.prod(sides) == count
    assert sides[1] == 3 * sides[0]


def test_products_of_the_functions_are_kept_apart() -> None:
    """With the equations u = 1, v = 1 the loss is a mean of squares of orthonormal functions."""
    nodes = nodes_for(3, True, 2) * nodes_for(9, False, 2)
    system = _system(TUBE, (3, 9), points={"eq": nodes}, weights={"ic": 0.0})
    gram = 6.0 * system.gram(system.theta0)
    # Each unknown has its equation, of weight 1 and the measure 3 · 2.
    assert torch.allclose(gram, torch.eye(len(gram), dtype=gram.dtype), atol=1e-12)


def test_one_degree_for_all_axes_has_as_many_nodes_along_all() -> None:
    assert _sides(_system(PLANE, 6, points={"eq": 300})) == [17, 17]


def test_splines_have_nodes_on_every_element() -> None:
    model = {"kind": "basis", "modes": (4, 20), "breaks": ((1.0,), ())}
    system = build(api.parse(PLANE), model, sampling="gauss", points={"eq": 300})
    assert _sides(system) == [8, 34]


def test_networks_keep_their_points() -> None:
    plain = build(api.parse(PLANE), None, sampling="gauss", points={"eq": 300})
    assert _sides(plain) == [17, 17]
