"""Extreme values on shapes are found inside and along the exact boundary."""

from __future__ import annotations

import math

import pytest

import pdedsl
from pdedsl.solution.outputs import output_values
from pdedsl.solution.outputs.pointwise import ExactFields

PLANE = """region D = disk(center = (0, 0), radius = 1)
region H = disk(center = (0, 0), radius = 0.5)
domain Omega: (x, y) in D minus H
unknown u(x, y)
eq: lap(u) = lap({u})
bc: u = {u}  on boundary
exact u = {u}
output found = {output}
"""
SPACE = """domain Omega: (x, y, z) in ball(center = (0, 0, 0), radius = 1)
unknown u(x, y, z)
eq: lap(u) = 0
bc: u = x + 2*y + 2*z  on boundary
exact u = x + 2*y + 2*z
output found = max(u)
"""


def found(text: str) -> float:
    problem = pdedsl.parse(text)
    return output_values(problem, ExactFields(problem), {})["found"].value


@pytest.mark.parametrize(
    ("u", "output", "value"),
    [
        ("3*x + 4*y", "max(u)", 5.0),  # on the outer circle
        ("3*x + 4*y", "min(u)", -5.0),
        ("-(x^2 + y^2)", "max(u)", -0.25),  # on the hole
        ("exp(-20*((x - 0.7)^2 + y^2))", "max(u)", 1.0),  # inside
        ("x^2 + y^2", "max(dn(u), boundary)", 2.0),
        ("x^2 + y^2", "min(dn(u), boundary)", -1.0),  # the normal points into the hole
        ("x*y", "max(abs(u_x))", 1.0),
    ],
)
def test_in_the_plane(u: str, output: str, value: float) -> None:
    assert found(PLANE.format(u=u, output=output)) == pytest.approx(value, abs=1e-9)


def test_in_space() -> None:
    assert found(SPACE) == pytest.approx(3.0, abs=1e-9)


def test_the_place_is_told() -> None:
    text = PLANE.format(u="3*x + 4*y", output="max(u)")
    method = pdedsl.Method.model_validate(
        {"model": {"kind": "basis", "modes": 2}, "optimizer": {"kind": "lstsq"}}
    )
    output = pdedsl.solve(pdedsl.parse(text), method).outputs["found"]
    assert output.value == pytest.approx(5.0, abs=1e-7)
    assert output.at is not None
    assert math.hypot(output.at["x"] - 0.6, output.at["y"] - 0.8) < 1e-4
