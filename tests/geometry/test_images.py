"""Mirror images of holes in straight sides."""

from __future__ import annotations

import pytest

import pdedsl
from pdedsl.geometry import domain_region
from pdedsl.geometry.plane.images import images


def of(region: str) -> set[tuple[float, float, float]]:
    text = f"domain Omega: (x, y) in {region}\nunknown u(x, y)\neq: lap(u) = 1\n"
    problem = pdedsl.parse(text + "bc: u = 0  on boundary")
    found = images(domain_region(problem, problem.domains[0]))
    return {(round(h.centre[0], 9), round(h.centre[1], 9), round(h.radius, 9)) for h in found}


def test_a_hole_in_a_corner_of_a_square_has_three() -> None:
    hole = "disk(center = (0.5, 0.6), radius = 0.2)"
    assert of(f"[-1, 1]^2 minus {hole}") == {(1.5, 0.6, 0.2), (0.5, 1.4, 0.2), (1.5, 1.4, 0.2)}


@pytest.mark.parametrize(
    "region",
    ["[-1, 1]^2", "disk(center = (0, 0), radius = 1) minus disk(center = (0.2, 0), radius = 0.3)"],
)
def test_none_without_a_side_or_a_hole(region: str) -> None:
    assert not of(region)


def test_an_image_that_meets_the_set_is_none() -> None:
    # Of the sides at the corner that goes in, that at x = 0 mirrors the hole into the set.
    notched = "([-1, 1]^2 minus [-1, 0]^2)"
    found = of(f"{notched} minus disk(center = (0.4, 0.5), radius = 0.2)")
    assert (-0.4, 0.5, 0.2) not in found
    assert (1.6, 0.5, 0.2) in found
