"""Errors against formulas that can be worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

import pdedsl
from pdedsl.geometry import hull_bounds
from pdedsl.solution.check_rule import check_points, field_rule
from pdedsl.solution.errors import norms
from pdedsl.solution.grids import outside
from pdedsl.solution.known import known_values
from tests import small


def test_norms_by_hand():
    found = norms(np.array([3.0, -4.0]), np.array([0.0, 10.0]), np.ones(2))
    assert found == {"rel_l2": 0.5, "linf": 4.0}
    found = norms(np.array([3.0, -4.0]), np.array([0.0, 10.0]), np.array([16.0, 9.0]))
    assert found == {"rel_l2": pytest.approx(math.sqrt(16 * 9 + 9 * 16) / 30), "linf": 4.0}


def test_norms_leave_out_places_where_the_known_solution_is_not_finite():
    found = norms(np.array([3.0, np.nan]), np.array([6.0, np.inf]), np.ones(2))
    assert found == {"rel_l2": 0.5, "linf": 3.0}


def test_errors_of_a_known_solution_of_zero_are_absolute():
    found = norms(np.array([0.5, -1.0]), np.zeros(2), np.array([4.0, 3.0]))
    assert found == {"rel_l2": pytest.approx(2), "linf": 1.0, "absolute": True}


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


@pytest.mark.parametrize("degree", [3, 12, 20])
def test_norms_are_integrals(degree):
    """The norm of a Legendre polynomial on [-1, 1]², which grows steeply towards the ends."""
    text = "domain O: (x, y) in [-1, 1]^2\nunknown u(x, y)\neq: lap(u) = 0\nbc: u = 0 on boundary\n"
    problem = pdedsl.parse(text)
    for dense, accuracy in ((True, 1e-12), (False, 1e-9)):
        rule = field_rule(problem, problem.fields[0], dense)
        values = np.polynomial.legendre.Legendre.basis(degree)(rule.nodes[:, 0])
        assert rule.weights @ values**2 == pytest.approx(4 / (2 * degree + 1), rel=accuracy)
        assert rule.weights.sum() == pytest.approx(4)


@pytest.mark.parametrize("width", [1e-2, 1e-4, 1e-6])
@pytest.mark.parametrize(("axes", "square"), [
    ("x", "(x - 0.3137)^2"), ("(x, y)", "(x - 0.3137)^2"),
    ("(x, y)", "(x - 0.3137)^2 + (y - 0.7213)^2"),
])  # fmt: skip
def test_spikes_of_a_known_solution_are_seen(axes, square, width):
    """Between all points of a grid a spike of width 1e-4 has no size, and its error is none."""
    names = axes if axes != "x" else "(x)"
    dimension = axes.count(",") + 1
    text = f"""
        domain O: {axes} in [0, 1]^{dimension}
        unknown u{names}
        eq: u_xx = 0
        bc: u = 0 on boundary
        exact u = exp(-({square})/{width}^2)
    """
    (known,) = known_values(pdedsl.parse(text))
    norm = (math.sqrt(math.pi / 2) * width) ** (2 if "y -" in square else 1)
    assert known.weights @ known.values["u"] ** 2 == pytest.approx(norm, rel=1e-3)
    assert known.values["u"].max() == pytest.approx(1, abs=1e-6)
    assert known.weights.sum() == pytest.approx(1)


def test_norms_leave_out_what_is_outside_of_the_domain():
    text = "domain O: (x, y) in disk(center = (0, 0), radius = 1)\nunknown u(x, y)\n"
    problem = pdedsl.parse(text + "eq: lap(u) = 4\nbc: u = 1 on boundary\nexact u = x^2 + y^2\n")
    (known,) = known_values(problem)
    assert np.all(np.hypot(*known.points.T) < 1 + 1e-6)
    assert known.weights @ known.values["u"] == pytest.approx(math.pi / 2, rel=0.01)


def test_fields_of_fewer_arguments_and_of_several_domains_have_rules_of_their_own():
    text = (
        "domain A: x in [0, 1]\ndomain B: x in [1, 3]\ninterface G = A intersect B\n"
        "unknown u(x) in A, v(x) in B\neq: u_xx = 0 in A, v_xx = 0 in B\n"
    )
    text = text.replace("eq: u_xx = 0 in A, v_xx = 0 in B", "eq: u_xx = 0 in A\neq: v_xx = 0 in B")
    laws = "bc: u = 0 on x = 0\nbc: v = 3 on x = 3\nbc: u = v on G\nbc: dn(u) = dn(v) on G\n"
    first, second = known_values(pdedsl.parse(text + laws + "exact u = x, v = x\n"))
    assert first.weights @ first.values["u"] ** 2 == pytest.approx(1 / 3)
    assert second.weights @ second.values["v"] ** 2 == pytest.approx(26 / 3)


def test_rows_of_a_reference_on_a_grid_have_weights(tmp_path):
    rows = [(x, t) for t in (0.0, 0.5, 1.0) for x in (0.0, 0.25, 1.0)]
    (tmp_path / "r.csv").write_text("\n".join(["x,t,u", *(f"{x},{t},{x + t}" for x, t in rows)]))
    text = small.HEAT.replace("exact u = exp(-pi^2*t)*sin(pi*x)", "")
    spec = tmp_path / "heat.pde"
    spec.write_text(text + 'reference u(x, t) from "r.csv"\n')
    (known,) = known_values(pdedsl.load(spec))
    expected = np.outer([0.25, 0.5, 0.25], [0.125, 0.5, 0.375]).ravel()
    assert known.weights == pytest.approx(expected)


def test_a_solution_that_is_zero_is_found():
    text = """
        domain O: x in [0, 1]
        unknown u(x), q(x)
        eq: u_xx = 0
        eq: d(q, x, 2) = -1 + u
        bc: u = 0, q = 0 on boundary
        exact u = 0, q = x*(1-x)/2
    """
    solution = pdedsl.solve(pdedsl.parse(text), budget=5)
    assert solution.usable
    assert solution.errors["u"]["absolute"] and solution.errors["u"]["rel_l2"] < 1e-12
    assert solution.errors["q"].keys() == {"rel_l2", "linf"}


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
    (known,) = known_values(solution.problem)
    expected = math.sqrt(known.weights @ difference**2 / (known.weights @ exact**2))
    assert error["rel_l2"] == pytest.approx(expected)
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
