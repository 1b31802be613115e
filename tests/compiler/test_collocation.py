"""Nodes of collocation: as many rows as functions, and the units of the rows."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

import pdedsl
from pdedsl.compiler.points.collocation import (
    collocation_lines,
    finer_lines,
    space_order,
    time_orders,
    window_weights,
)
from pdedsl.models.bases import BasisOptions
from pdedsl.training.windows.window_system import windows_of

ENDS = {
    1: ("u = 0  on x = 0",),
    2: ("u = 0  on boundary",),
    3: ("u = 0  on boundary", "u_x = 0  on x = 1"),
    4: ("u = 0  on boundary", "u_x = 0  on boundary"),
}


def spec(order: int, circle: bool = False, slope: str = "u_t", more: str = "") -> str:
    conditions = ("u periodic in x",) if circle else ENDS[order]
    laws = "\n".join(f"bc b{k}: {text}" for k, text in enumerate(conditions))
    first = ", u_t = 0" if slope == "u_tt" else ""
    return f"""problem "p"
param e = 1
domain Omega: x in [0, 1]
time t in [0, 1]
unknown u(x, t)
eq: {slope} = e*d(u, x, {order}) {more}
ic: u = sin(2*pi*x)^2{first}  at t = 0
{laws}
"""


def window(text: str, degree: int, smoothness: int, count: int = 5, modes: int = 4, **params):
    breaks = [k / count for k in range(1, count)]
    model = {"kind": "windows", "pieces": [{
        "kind": "basis", "modes": [degree, modes], "breaks": [breaks, []],
        "smoothness": smoothness,
    }]}  # fmt: skip
    problem = pdedsl.parse(text, params=params or None)
    return windows_of(pdedsl.compile(problem, model=model, sampling="collocation"))[0].system(
        None, 0
    )


@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_as_many_rows_as_functions_on_an_interval(order: int) -> None:
    system = window(spec(order), order + 3, order - 1)
    assert system.rows == system.parameters == (5 * 4 + order) * 5


@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_as_many_rows_as_functions_on_a_circle(order: int) -> None:
    system = window(spec(order, circle=True), order + 4, order | 1)
    assert system.rows == system.parameters


@pytest.mark.parametrize(("order", "circle"), [(1, False), (2, False), (3, False), (2, True)])
def test_the_rows_determine_the_functions(order: int, circle: bool) -> None:
    smoothness = 1 if circle else order - 1
    matrix = window(spec(order, circle), order + 3, smoothness).jacobian
    system = window(spec(order, circle), order + 3, smoothness)
    values = np.linalg.svd(matrix(system.theta0).numpy(), compute_uv=False)
    assert values[-1] > 1e-9 * values[0]


def test_equations_of_second_order_in_time_have_two_rows_more_for_each_node() -> None:
    system = window(spec(2, slope="u_tt"), 5, 1)
    sizes = {block.kind: block.rows.stop - block.rows.start for block in system.blocks}
    assert sizes == {"eq": 5 * 4 * 5, "bc": 2 * 5, "ic": 2 * 5 * 4}


def test_waves_do_not_grow() -> None:
    """Beyond what a window resolves they must not; they do with one row for every function."""
    from pdedsl.geometry.tensor import radau_rule

    legendre, modes = np.polynomial.legendre, 8
    nodes, weights = radau_rule(modes + 1)

    def growth(frequency: float) -> float:
        def rows(x, order):
            slopes = [legendre.legder(one, order) for one in np.eye(modes + 1)]
            return np.stack([legendre.legval(x, c) * 2**order for c in slopes], axis=-1)

        equation = rows(2 * nodes - 1, 2) + frequency**2 * rows(2 * nodes - 1, 0)
        first, last = (np.stack([rows(x, 0), rows(x, 1)]) for x in (-1.0, 1.0))
        matrix = np.concatenate((equation * np.sqrt(weights)[:, None], first))
        right = np.concatenate((np.zeros((modes + 1, 2)), np.eye(2)))
        norms = np.linalg.norm(matrix, axis=0)
        found = np.linalg.lstsq(matrix / norms, right, rcond=None)[0] / norms[:, None]
        return float(np.abs(np.linalg.eigvals(last @ found)).max())

    assert max(growth(w) for w in np.geomspace(0.1, 1e4, 150)) < 1 + 1e-10


@pytest.mark.parametrize("count", [2, 5])
def test_fields_without_conditions_have_more_nodes(count: int) -> None:
    text = """problem "p"
domain Omega: x in [0, 1]
time t in [0, 1]
unknown u(x, t), w(x, t)
eq f: u_t = u_xx - w
eq g: w_t = u - w
ic: u = 0, w = 1  at t = 0
bc: u = 0  on boundary
"""
    system = window(text, 5, 1, count=count)
    assert system.rows >= system.parameters
    values = np.linalg.svd(system.jacobian(system.theta0).numpy(), compute_uv=False)
    assert values[-1] > 1e-9 * values[0]


def test_waves_of_a_circle_have_enough_nodes() -> None:
    model = {"kind": "windows", "pieces": [{"kind": "basis", "modes": [6, 4]}]}
    problem = pdedsl.parse(spec(2, circle=True))
    whole = pdedsl.compile(problem, model=model, sampling="collocation")
    system = windows_of(whole)[0].system(None, 0)
    assert system.parameters == 13 * 5 == system.rows


def test_orders_count_terms_that_are_there() -> None:
    text = spec(4, circle=True, slope="e*u_tt + u_t", more="+ u_x")
    with_all, without = pdedsl.parse(text), pdedsl.parse(text, params={"e": 0})
    assert (space_order(with_all), space_order(without)) == (4, 1)
    assert (time_orders(with_all)["eq"], time_orders(without)["eq"]) == (2, 1)


def test_rows_have_the_unit_of_the_field() -> None:
    problem = pdedsl.parse(spec(2, slope="u_tt"))
    weights = window_weights(time_orders(problem), 0.1)
    assert weights == pytest.approx({"eq": 1e-4, "ic": 1.0, "b0": 1.0})


def test_lines_lie_in_the_window_and_sum_to_one() -> None:
    options = BasisOptions(modes=(5, 4), breaks=((0.25, 0.5), ()), smoothness=1)
    problem, bounds = pdedsl.parse(spec(2)), [(0.0, 1.0), (0.5, 0.7)]
    own, finer = (make(problem, options, bounds) for make in (collocation_lines, finer_lines))
    for lines in (own, finer):
        for rules in lines.values():
            for (nodes, weights), (low, high) in zip(rules.values(), bounds, strict=True):
                assert weights.sum() == pytest.approx(1)
                assert low <= nodes.min() and nodes.max() <= high + 1e-15
                assert all(a < b for a, b in pairwise(nodes))
    assert own["eq"][1][0][-1] == pytest.approx(0.7)
    assert own["bc"][1][0][0] == own["ic"][1][0][0] == 0.5
    assert not np.intersect1d(own["eq"][0][0], finer["eq"][0][0]).size
    assert len(finer["eq"][0][0]) == 3 * (4 + 2)
