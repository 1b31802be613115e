"""Pictures of shapes end at their outline; values outside are none."""

from __future__ import annotations

import numpy as np
import pytest

import pdedsl
from tests import small

HOLED = """domain Omega: (x, y) in [-1, 1]^2 minus disk(center = (0.2, 0.1), radius = 0.5)
unknown u(x, y)
eq: lap(u) = 0
bc: u = x*y  on boundary
exact u = x*y
"""
TWO = """region D = disk(center = (0, 0), radius = 0.5)
domain A: (x, y) in D
domain B: (x, y) in [-1, 1]^2 minus D
unknown u(x, y) in A, v(x, y) in B
eq one: lap(u) = 0  in A
eq two: lap(v) = 0  in B
bc a: u = x  on boundary(A)
bc b: v = x  on boundary(B)
"""
BODY = """domain Omega: (x, y, z) in ball(center = (0, 0, 0), radius = 1) minus [0, 1]^3
unknown u(x, y, z)
eq: lap(u) = 0
bc: u = x + z  on boundary
"""
HEAT = """domain Omega: (x, y) in disk(center = (0, 0), radius = 1)
time t in [0, 1]
unknown u(x, y, t)
eq: u_t = lap(u)
bc: u = x  on boundary
ic: u = x  at t = 0
"""
_SOLVED: dict[str, pdedsl.Solution] = {}


def solved(text: str) -> pdedsl.Solution:
    if text not in _SOLVED:
        method = pdedsl.Method.model_validate(
            {"model": {"kind": "basis", "modes": 3}, "optimizer": {"kind": "lstsq"}}
        )
        _SOLVED[text] = pdedsl.solve(pdedsl.parse(text), method)
    return _SOLVED[text]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (HOLED, {"solution_u", "residuals"}),
        (TWO, {"solution_u", "solution_v", "solution", "residuals"}),
        (BODY, {"solution_u", "residuals"}),
        (HEAT, {"solution_u", "residuals"}),
    ],
)
def test_every_kind_of_shape_is_drawn(text, names, tmp_path):
    figures = solved(text).plot(tmp_path)
    assert names <= set(figures)
    for figure in figures.values():
        assert all(np.isfinite(panel.get_xlim()).all() for panel in figure.axes)


def test_a_map_has_values_in_the_shape_alone():
    panel = solved(HOLED).plot()["solution_u"].axes[0]
    (mesh,) = [c for c in panel.collections if type(c).__name__ == "TriMesh"]
    x, y = mesh._triangulation.x, mesh._triangulation.y
    assert (np.hypot(x - 0.2, y - 0.1) > 0.5 - 1e-9).all()
    assert np.asarray(mesh.get_array()) == pytest.approx(x * y, abs=1e-9)
    assert len(panel.lines) == 5  # four edges and the hole


def test_values_outside_of_a_shape_are_none():
    solution = solved(HOLED)
    values = solution(x=[0.2, 0.2, 0.9, 1.5], y=[0.1, 0.6, 0.9, 0.0])
    assert np.isnan(values).tolist() == [True, False, False, True]
    assert np.isnan(solution.derivative("u_x")(x=0.2, y=0.1))
    data = solution.to_xarray(9)
    inside = np.hypot(data.x - 0.2, data.y - 0.1) >= 0.5
    assert (np.isfinite(data.u) == inside).all()
    # A box goes on beyond its sides.
    assert np.isfinite(small.solved(small.PLANE)(x=5.0, y=0.0))
