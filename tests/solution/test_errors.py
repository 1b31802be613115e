"""Errors against formulas that can be worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

import pdedsl
from pdedsl.geometry import hull_bounds
from pdedsl.solution.errors import norms
from pdedsl.solution.grids import check_points, outside
from pdedsl.solution.known import known_values
from tests import small


def test_norms_by_hand():
    assert norms(np.array([3.0, -4.0]), np.array([0.0, 10.0])) == {"rel_l2": 0.5, "linf": 4.0}


def test_norms_leave_out_places_where_the_known_solution_is_not_finite():
    found = norms(np.array([3.0, np.nan]), np.array([6.0, np.inf]))
    assert found == {"rel_l2": 0.5, "linf": 3.0}


def test_a_known_solution_of_zero_has_no_relative_error():
    found = norms(np.array([0.5, -1.0]), np.zeros(2))
    assert math.isnan(found["rel_l2"])
    assert found["linf"] == 1.0


@pytest.mark.parametrize(
    ("text", "shape"),
    [(small.LINE, (2001, 1)), (small.PLANE, (201**2, 2)), (small.FLOW, (41**3, 3)),
     (small.CUBE, (20_000, 5))],
)  # fmt: skip
def test_points_fill_the_box(text, shape):
    problem = pdedsl.parse(text)
    points = check_points(problem)
    assert points.shape == shape
    assert not outside(problem, points).any()
    ends = np.array(list(hull_bounds(problem).values()))
    assert np.abs(points.min(axis=0) - ends[:, 0]).max() < 1e-2
    assert np.abs(points.max(axis=0) - ends[:, 1]).max() < 1e-2
    assert outside(problem, points + 1.5 * (ends[:, 1] - ends[:, 0])).all()


def test_exact_values_use_the_parameters():
    problem = pdedsl.parse(small.LINE, params={"k": 3.0})
    (known,) = known_values(problem)
    assert known.values["u"] == pytest.approx(np.sin(3 * known.points[:, 0]), abs=1e-14)


def test_constant_exact_solutions_have_a_value_at_every_point():
    values = known_values(pdedsl.parse(small.FLOW), dense=False)[0]
    assert values.values["p"].shape == (len(values.points),)


def test_errors_of_a_solution_are_those_of_its_values():
    solution = small.solved(small.PLANE)
    points = check_points(solution.problem)
    exact = points[:, 0] ** 2 + points[:, 1] ** 2
    difference = solution(x=points[:, 0], y=points[:, 1]) - exact
    error = solution.errors["u"]
    assert error["rel_l2"] == pytest.approx(np.linalg.norm(difference) / np.linalg.norm(exact))
    assert error["linf"] == pytest.approx(np.abs(difference).max())


def test_vectors_have_an_error_together_and_by_component():
    errors = small.solved(small.PLANE_VECTOR).errors
    assert set(errors) == {"v", "v[1]", "v[2]"}
    assert errors["v"]["linf"] == max(errors["v[1]"]["linf"], errors["v[2]"]["linf"])


def test_a_family_is_compared_over_its_range():
    solution = small.solved(small.FAMILY, 20)
    assert solution.errors["u"]["rel_l2"] < 0.05
    assert solution(x=0.5, a=[1.0, 2.0]) == pytest.approx([0.5, 1.0], abs=0.1)


def test_references_are_compared_at_their_rows(tmp_path):
    rows = [(x, t, x * t + 1) for t in (0.0, 0.5, 1.0) for x in (0.0, 0.25, 1.0)]
    lines = ["t,x,value", *(f"{t},{x},{v}" for x, t, v in rows)]
    (tmp_path / "r.csv").write_text("\n".join(lines))
    text = small.HEAT.replace("exact u = exp(-pi^2*t)*sin(pi*x)", "")
    spec = tmp_path / "heat.pde"
    spec.write_text(text + 'reference u(x, t) from "r.csv"\n')
    (tmp_path / "r.csv").write_text((tmp_path / "r.csv").read_text().replace("value", "u"))
    solution = pdedsl.solve(pdedsl.load(spec), small.method(2))
    x, t, u = np.array(rows).T
    difference = solution(x=x, t=t) - u
    assert solution.errors["u"]["linf"] == pytest.approx(np.abs(difference).max())


def test_nothing_known_gives_no_errors():
    assert small.solved(small.UNKNOWN_SOLUTION, 2).errors is None
