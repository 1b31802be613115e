"""A law on a list of boundaries is a law on each."""

from __future__ import annotations

import pdedsl

RING = """
region A = disk(center = (0, 0), radius = 1)
region B = disk(center = (0, 0), radius = 2)
domain Omega: (x, y) in B minus A
unknown u(x, y)
eq: -lap(u) = 1
"""
TUBE = """
region H = ball(center = (0, 0, 0), radius = 0.5)
domain Omega: (x, y, z) in [-1, 1]^3 minus H
unknown u(x, y, z)
eq: -lap(u) = 1
"""


def test_a_list_says_what_single_laws_say():
    listed = pdedsl.parse(RING + "bc: u = x on boundary(A), boundary(B)\n")
    single = pdedsl.parse(RING + "bc: u = x on boundary(A)\nbc: u = x on boundary(B)\n")
    assert [law.place for law in listed.laws] == [law.place for law in single.laws]
    assert [law.label for law in listed.laws] == [law.label for law in single.laws]


def test_parts_of_a_named_law_are_numbered():
    problem = pdedsl.parse(RING + "bc rims: u = 0 on boundary(A), boundary(B)\n")
    assert [law.label for law in problem.laws] == ["eq", "rims.1", "rims.2"]


def test_sides_beside_a_boundary_stay_together():
    sides = "x = -1, x = 1, y = -1, y = 1, z = -1, z = 1"
    problem = pdedsl.parse(TUBE + f"bc: u = 0 on boundary(H), {sides}\n")
    assert len(problem.laws) == 3
    assert not problem.lints


def test_a_condition_holds_on_each_of_a_list():
    upper = pdedsl.parse(RING + "bc: u = 0 on boundary(A), boundary(B) where y > 0\n")
    assert all(law.place.where is not None for law in upper.laws[1:])


def test_a_place_listed_twice_is_told():
    problem = pdedsl.parse(RING + "bc: u = 0 on boundary, boundary(B)\n")
    assert [lint.code for lint in problem.lints] == ["L102"]
