from __future__ import annotations

import pytest

import pdedsl
from pdedsl.geometry import domain_bounds, field_bounds, hull_bounds, place_bounds
from pdedsl.ir import Global, Interior, OnInterface

HALVES = """
problem "two rods"
param a = 0.4
param k in [1, 3]
domain A: x in [0, a]
domain B: x in [a, 1]
time t in [0, 2]
interface Gamma = A intersect B
unknown u(x, t) in A
unknown v(x, t) in B
eq left: u_t = u_xx in A
eq right: v_t = k*v_xx in B
bc: u = 0 on boundary(A) minus Gamma
bc: v = 1 on boundary(B) minus Gamma
bc: u = v on Gamma
bc: dn(u) = dn(v) on Gamma
ic: u = 0 at t = 0
ic: v = x at t = 0
"""


@pytest.fixture(scope="module")
def problem() -> pdedsl.Problem:
    return pdedsl.parse(HALVES)


def named(bounds: dict) -> dict[str, tuple[float, float]]:
    return {symbol.name: ends for symbol, ends in bounds.items()}


def test_domains_that_share_a_coordinate_keep_their_bounds(problem: pdedsl.Problem) -> None:
    assert named(domain_bounds(problem, "A")) == {"x": (0, 0.4), "t": (0, 2), "k": (1, 3)}
    assert named(domain_bounds(problem, "B"))["x"] == (0.4, 1)
    assert named(domain_bounds(problem, None)) == {"t": (0, 2), "k": (1, 3)}


def test_fields_have_the_bounds_of_their_domain(problem: pdedsl.Problem) -> None:
    first, second = (list(named(field_bounds(problem, f)).items()) for f in problem.fields)
    assert first == [("x", (0, 0.4)), ("t", (0, 2)), ("k", (1, 3))]
    assert second == [("x", (0.4, 1)), ("t", (0, 2)), ("k", (1, 3))]


@pytest.mark.parametrize(
    ("place", "x"),
    [
        (Interior("A"), (0, 0.4)),
        (Interior("B"), (0.4, 1)),
        (OnInterface("Gamma"), (0.4, 0.4)),
        (Global(), (0, 1)),
    ],
)
def test_places_have_the_bounds_of_their_domain(problem, place, x) -> None:
    assert list(named(place_bounds(problem, place)).items()) == [
        ("x", x), ("t", (0, 2)), ("k", (1, 3)),
    ]  # fmt: skip


def test_the_hull_holds_all_domains(problem: pdedsl.Problem) -> None:
    assert tuple(hull_bounds(problem)) == problem.inputs
    assert named(hull_bounds(problem))["x"] == (0, 1)


def test_parameters_move_the_bounds(problem: pdedsl.Problem) -> None:
    moved = problem.with_params(a=0.25)
    assert named(domain_bounds(moved, "A"))["x"] == (0, 0.25)


def test_a_law_of_time_alone_has_no_coordinates() -> None:
    pendulum = pdedsl.parse("time t in [0, 3]\nunknown u(t)\neq: u_t = u\nic: u = 1 at t = 0")
    assert named(hull_bounds(pendulum)) == {"t": (0, 3)}
    assert named(field_bounds(pendulum, pendulum.fields[0])) == {"t": (0, 3)}
