"""The rule for errors on shapes is an integral over them."""

from __future__ import annotations

import math

import numpy as np
import pytest

import pdedsl
from pdedsl.solution.check_rule import field_rule

DISK = "disk(center = (0, 0), radius = 1)"


def rule(domain: str, inputs: str = "(x, y)", more: str = "", dense: bool = True):
    problem = pdedsl.parse(f"""
        domain Omega: {inputs} in {domain}
        {more}
        unknown u
        eq: lap(u) = 0
        bc: u = 0 on boundary
    """)
    return field_rule(problem, problem.fields[0], dense)


@pytest.mark.parametrize("dense", [True, False])
def test_squares_of_polynomials(dense: bool):
    found = rule(DISK, dense=dense)
    r = np.hypot(*found.nodes.T)
    assert found.weights.min() >= 0
    assert r.max() == pytest.approx(1.0, abs=1e-12)  # the boundary is among the nodes
    for power in (0, 1, 9):  # ∫ r^(2p) = 2π / (2p + 2)
        value = found.weights @ r ** (2 * power)
        assert value == pytest.approx(math.pi / (power + 1), rel=1e-12)


def test_a_hole_and_a_corner():
    found = rule("([-1, 1]^2 minus [0, 1]^2) minus disk(center = (-0.5, -0.5), radius = 0.2)")
    assert found.weights.sum() == pytest.approx(3 - 0.04 * math.pi, rel=1e-12)


def test_with_time():
    found = rule(DISK, more="time t in [0, 2]")
    x, _, t = found.nodes.T
    assert found.weights @ (x**2 * t) == pytest.approx(math.pi / 4 * 2, rel=1e-10)


def test_in_space():
    found = rule("ball(center = (0, 0, 0), radius = 1)", "(x, y, z)")
    assert found.weights.sum() == pytest.approx(4 / 3 * math.pi, rel=1e-2)
