from __future__ import annotations

import numpy as np
import pytest

from pdedsl.geometry import side_of, tensor_rule


@pytest.mark.parametrize("side", [1, 2, 7, 130])
def test_the_gauss_rule_is_exact_up_to_its_degree(side: int) -> None:
    nodes, weights = tensor_rule(side, (False,))
    assert weights.sum() == pytest.approx(1, rel=1e-13)
    for power in (2 * side - 1, max(2 * side - 2, 0)):
        assert weights @ nodes[:, 0] ** power == pytest.approx(1 / (power + 1), rel=1e-12)
    assert abs(weights @ nodes[:, 0] ** (2 * side) - 1 / (2 * side + 1)) > 0


def test_a_periodic_axis_is_exact_for_trigonometric_polynomials() -> None:
    side = 6
    nodes, weights = tensor_rule(side, (True, False))
    assert nodes.shape == (36, 2)
    for k in range(1, side):
        wave = np.exp(2j * np.pi * k * nodes[:, 0]) * nodes[:, 1] ** 3
        assert abs(weights @ wave) < 1e-15
    assert abs(weights @ np.exp(2j * np.pi * side * nodes[:, 0])) == pytest.approx(1)


def test_no_axes_are_one_point() -> None:
    nodes, weights = tensor_rule(3, ())
    assert nodes.shape == (1, 0)
    assert weights.tolist() == [1.0]


@pytest.mark.parametrize(("n", "d", "side"), [(1, 1, 1), (10, 2, 3), (27, 3, 3), (5, 0, 1)])
def test_sides(n: int, d: int, side: int) -> None:
    assert side_of(n, d) == side
