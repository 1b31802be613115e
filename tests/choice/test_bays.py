"""Behind the bays of a smooth boundary solutions have singularities that polynomials lack."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import pdedsl
from pdedsl.geometry import domain_region
from pdedsl.geometry.arrays import Array
from pdedsl.geometry.plane.bays import bays

from .shape_fits import error

STAR = "curve(((1 + 0.3*cos(5*s))*cos(s), (1 + 0.3*cos(5*s))*sin(s)) for s in 0..2*pi)"
BITTEN = "[-1, 1]^2 minus ellipse(center = (0, 1), radii = (0.3, 0.6))"
TEXT = """domain Omega: (x, y) in {region}
unknown u(x, y)
let v = {v}
{eq}
bc: u = v  on boundary
"""


def discs(region: str) -> tuple[list[Array], list[float]]:
    text = TEXT.format(region=region, v="0", eq="eq: lap(u) = 1")
    problem = pdedsl.parse(text)
    found = bays(domain_region(problem, problem.domains[0]))
    return [np.array(own.centre) for own in found], [own.radius for own in found]


def test_a_chain_for_each_bay() -> None:
    centres, radii = discs(STAR)
    # The radius of curvature at r = 0.7 is r^2/(r'' - r), as r' = 0 there.
    curved = 0.7**2 / (0.3 * 25 - 0.7)
    first = [c for c, r in zip(centres, radii, strict=True) if r < curved]
    assert len(first) == 5
    for centre in first:
        assert np.linalg.norm(centre) == pytest.approx(0.7 + 0.6 * curved, rel=1e-5)
    assert radii[0] == pytest.approx(0.6 * curved, rel=0.02)


@pytest.mark.parametrize(
    "region",
    [
        "disk(center = (0, 0), radius = 1)",
        "ellipse(center = (0, 0), radii = (2, 1))",
        "[-1, 1]^2",
        "[-1, 1]^2 minus disk(center = (0, 1), radius = 0.3)",
        "[-1, 1]^2 minus ellipse(center = (0, 0), radii = (0.3, 0.6))",
        "rotate(polygon((0, 0), (2, 0), (0.5, 0.5), (0, 2)), 1)",
    ],
)
def test_none_where_nothing_bends_inwards_or_holes_have_functions(region: str) -> None:
    assert discs(region) == ([], [])


def test_an_ellipse_that_is_bitten_out() -> None:
    centres, _ = discs(BITTEN)
    assert centres and all(c[0] == pytest.approx(0.0, abs=1e-6) for c in centres)


def from_pole(points: Array) -> Array:
    x, y = points.T + np.array([[0.75], [0.0]])
    return np.asarray(x / (x**2 + y**2))


def from_logarithm(points: Array) -> Array:
    x, y = points.T - np.array([[0.0], [0.45]])
    return np.asarray(np.log(x**2 + y**2))


@pytest.mark.parametrize(
    ("region", "v", "exact"),
    [
        (STAR, "(x + 0.75)/((x + 0.75)^2 + y^2)", from_pole),
        (BITTEN, "log((y - 0.45)^2 + x^2)", from_logarithm),
    ],
)
def test_fits(
    region: str, v: str, exact: Callable[[Array], Array], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = TEXT.format(region=region, v=v, eq="eq: lap(u) = 0")
    found = error(text, 16, exact)
    monkeypatch.setattr("pdedsl.choice.shapes.hole_columns.bays", lambda *_: ())
    without = error(text, 16, exact)
    assert found < 1e-3 * without
