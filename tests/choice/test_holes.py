"""Around holes solutions have functions that polynomials lack."""

from __future__ import annotations

import math

import numpy as np
import pytest

import pdedsl
from pdedsl.choice.shapes.columns import shape_columns
from pdedsl.choice.shapes.hole_columns import hole_columns
from pdedsl.choice.shapes.hole_terms import hole_terms, plane_kind
from pdedsl.choice.shapes.shape_degrees import operator_waves, shape_degrees
from pdedsl.geometry.arrays import Array
from tests.conftest import ROOT

from .shape_fits import error, fitted

HOLE = "domain Omega: (x, y) in disk(center = (0, 0), radius = 1) minus disk(center = (0.2, 0.1), "
SPEC = HOLE + "radius = 0.3)\n{unknown}\n{eq}\nbc: u = v  on boundary\nexact u = v\n"


def problem_of(eq: str, v: str = "0", unknown: str = "unknown u(x, y)") -> pdedsl.Problem:
    return pdedsl.parse(SPEC.format(eq=eq, unknown=f"{unknown}\nlet v = {v}"))


@pytest.mark.parametrize(
    ("eq", "frame", "most"),
    [
        ("eq: -lap(u) = 1", ((1, 0), (0, 1)), 0),
        ("eq: -d(u, x, 2) - 4*d(u, y, 2) = 1", ((2, 0), (0, 1)), 0),
        ("eq: lap(lap(u)) = 1\nbc b: dn(u) = 0  on boundary", ((1, 0), (0, 1)), 1),
        ("eq: -lap(u) + u = 1", ((1, 0), (0, 1)), None),
        ("eq: -div((2 + x)*grad(u)) = 1", ((1, 0), (0, 1)), None),
        ("eq: -lap(u) + u^3 = 1", ((1, 0), (0, 1)), None),
    ],
)
def test_kinds_of_equations(eq: str, frame: object, most: int | None) -> None:
    kind = plane_kind(problem_of(eq), "Omega")
    assert kind.most == most
    assert [list(row) for row in kind.frame] == [pytest.approx(row) for row in frame]  # type: ignore[attr-defined]


def test_a_homogeneous_system() -> None:
    eq = "eq a: lap(u) + grad(div(u)) = (0, 0)"
    problem = problem_of(eq, "(0, 0)", "unknown u(x, y) in R^2")
    assert plane_kind(problem, "Omega").most == 1


@pytest.mark.parametrize("order", ["u(x, y)", "u(y, x)"])
def test_arguments_may_have_any_order(order: str) -> None:
    v = "log((x - 0.2)^2 + (y - 0.1)^2) + x"
    text = SPEC.format(eq="eq: lap(u) = 0", unknown=f"unknown {order}\nlet v = {v}")

    def exact(points: Array) -> Array:
        return np.asarray(np.log(((points - [0.2, 0.1]) ** 2).sum(axis=1)) + points[:, 0])

    assert error(text, 8, exact) < 1e-12


def test_fields_whose_arguments_differ_in_order_have_no_columns() -> None:
    unknown = "unknown u(x, y), w(y, x)\nlet v = 0\neq w: lap(w) = 1\nbc also: w = 0  on boundary"
    problem = pdedsl.parse(SPEC.format(eq="eq: lap(u) = 0", unknown=unknown))
    assert hole_columns(problem, 8) and not shape_columns(problem, 8)


def test_functions_of_the_laplacian_are_harmonic() -> None:
    terms = hole_terms(3, 0, 0, 0)
    assert {(t.power, t.wave, t.log_r) for t in terms} == {
        (0, 0, 1), (-1, 1, 0), (-2, 2, 0), (-3, 3, 0)
    }  # fmt: skip
    assert len(terms) == 7


def test_no_function_is_a_polynomial() -> None:
    for term in hole_terms(6, 4, 4, 4):
        assert term.log_r or term.power < 0 or term.wave > term.power
        assert (term.power + term.wave) % 2 == 0  # z^i z̄^j with whole numbers


def test_many_holes_have_fewer_functions_each() -> None:
    one = "disk(center = ({}, {}), radius = 0.05)"
    disks = " union ".join(one.format(i / 10, j / 10) for i in (-5, 0, 5) for j in (-5, 0, 5))
    text = f"domain Omega: (x, y) in [-1, 1]^2 minus ({disks})\nunknown u(x, y)\neq: lap(u) = 1\n"
    found = hole_columns(pdedsl.parse(text + "bc: u = 0  on boundary"), 20)
    own = [columns for columns in found if max(np.abs(columns.centre)) < 1]
    assert len(own) == 9
    assert sum(len(columns.terms) for columns in own) <= 2 * math.comb(22, 2)
    images = sum(len(columns.terms) for columns in found) - sum(len(c.terms) for c in own)
    assert 0 < images <= math.comb(22, 2)


def test_degrees_grow_up_to_the_bound() -> None:
    problem = pdedsl.load(ROOT / "specs" / "helmholtz_disk.pde")
    degrees = list(shape_degrees(problem, 1_500))
    assert degrees == sorted(set(degrees))
    assert math.comb(degrees[-1] + 3, 2) > 1_500 / 1.15 >= math.comb(degrees[0] + 2, 2)
    assert operator_waves(problem) == pytest.approx(20)


MANUFACTURED = "x*log((x - 0.2)^2 + (y - 0.1)^2) + exp(x)*(x - 0.2)/((x - 0.2)^2 + (y - 0.1)^2)"


@pytest.mark.parametrize(
    ("operator", "bound"),
    [("-lap({}) + 4*{}", 1e-10), ("-div((1 + 0.3*x + 0.2*y)*grad({})) + d({}, x)", 1e-10)],
)
def test_functions_that_are_singular_in_the_hole(operator: str, bound: float) -> None:
    eq = f"eq: {operator.format('u', 'u')} = {operator.format('v', 'v')}"
    solution = pdedsl.solve(problem_of(eq, MANUFACTURED), budget=60)
    assert solution.errors["u"]["rel_l2"] < bound
    assert solution.status == "converged"


@pytest.mark.parametrize("spec", ["annulus", "kirsch"])
def test_exact_solutions_with_a_hole(spec: str) -> None:
    solution = pdedsl.solve(pdedsl.load(ROOT / "specs" / f"{spec}.pde"), budget=60)
    assert solution.errors["u"]["rel_l2"] < 1e-12
    assert solution.status == "converged"


def test_a_hole_that_is_longer_than_wide() -> None:
    text = """region E = ellipse(center = (0.1, 0), radii = (0.4, 0.2))
domain Omega: (x, y) in disk(center = (0, 0), radius = 1) minus E
unknown u(x, y)
let v = log((x - 0.4)^2 + y^2) + 2*log((x + 0.2)^2 + y^2)
eq: -lap(u) = 0
bc: u = v  on boundary
exact u = v
"""
    solution = pdedsl.solve(pdedsl.parse(text), budget=60)
    assert solution.errors["u"]["rel_l2"] < 1e-9


def test_holes_near_sides_have_their_images() -> None:
    problem = pdedsl.load(ROOT / "specs" / "four_holes.pde")
    *points, want = np.loadtxt(ROOT / "specs/data/four_holes.csv", delimiter=",", skiprows=1).T
    got = fitted(problem, 16)(np.stack(points, axis=1))
    assert np.linalg.norm(got - want) < 1e-8 * np.linalg.norm(want)  # 1e-6 without them
