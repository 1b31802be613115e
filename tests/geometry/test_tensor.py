from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from pdedsl.geometry import side_of, tensor_rule
from pdedsl.geometry.tensor import composite_rule, product_rule, radau_rule


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


@pytest.mark.parametrize("nodes", [1, 2, 3, 8, 20])
def test_radau_rules_are_exact_up_to_twice_the_nodes_less_two(nodes: int) -> None:
    x, weights = radau_rule(nodes)
    assert x[-1] == 1.0 and (np.diff(x) > 0).all() and x[0] > 0
    assert (weights > 0).all()
    for power in range(2 * nodes - 1):
        assert weights @ x**power == pytest.approx(1 / (power + 1), rel=1e-12)
    # The error of degree 2n - 1 is that of a polynomial of one sign.
    exact = 1 / (2 * nodes)
    assert weights @ x ** (2 * nodes - 1) > exact * (1 + 1e-14) or nodes > 8


def test_the_radau_rule_of_three_nodes() -> None:
    x, weights = radau_rule(3)
    root = np.sqrt(6)
    assert x == pytest.approx([(4 - root) / 10, (4 + root) / 10, 1])
    assert weights == pytest.approx([(16 - root) / 36, (16 + root) / 36, 1 / 9])


def test_composite_rules_are_exact_on_every_element() -> None:
    edges = [-1.0, -0.5, 0.25, 2.0]
    x, weights = composite_rule(edges, 3)
    assert x.shape == weights.shape == (9,)
    assert (np.diff(x) > 0).all()
    assert weights.sum() == pytest.approx(1)
    for k, (low, high) in enumerate(pairwise(edges)):
        own = slice(3 * k, 3 * k + 3)
        for power in range(6):
            exact = (high ** (power + 1) - low ** (power + 1)) / (power + 1)
            assert 3.0 * weights[own] @ x[own] ** power == pytest.approx(exact)


def test_products_of_rules() -> None:
    first, second = composite_rule([0.0, 1.0, 4.0], 2), radau_rule(3)
    nodes, weights = product_rule([first, second])
    assert nodes.shape == (12, 2) and weights.shape == (12,)
    assert nodes[:3, 1].tolist() == second[0].tolist()
    exact = (4**4 / 4 / 4) * (1 / 3)
    assert weights @ (nodes[:, 0] ** 3 * nodes[:, 1] ** 2) == pytest.approx(exact)
