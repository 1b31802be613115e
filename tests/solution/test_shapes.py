"""Sets that are no boxes are solved on: smooth solutions to rounding."""

from __future__ import annotations

import numpy as np
import pytest

import pdedsl
from tests.conftest import ROOT

SMOOTH = """domain Omega: (x, y) in {set}
unknown u(x, y)
let v = exp({s}*x)*sin({s}*3*y + ({s}*x)^2)
eq: -lap(u) + {c}*u = -lap(v) + {c}*v
{bc}
exact u = v
"""
GIVEN = "bc: u = v  on boundary"


@pytest.mark.parametrize(
    ("region", "bc", "scale", "c"),
    [
        ("disk(center = (0, 0), radius = 1)", GIVEN, 1, 0),
        ("disk(center = (0, 0), radius = 1)", "bc: dn(u) = dn(v)  on boundary", 1, 1),
        ("[-1, 1]^2 minus disk(center = (0.1, 0), radius = 0.3)", GIVEN, 1, 0),
        ("polygon((0, 0), (1, 0), (1, -1), (-1, -1), (-1, 1), (0, 1))",
         "bc a: u = v  on boundary where y > 0.1\nbc b: dn(u) = dn(v)  on boundary where y <= 0.1",
         1, 0),
        ("disk(center = (2000, 0), radius = 1000)", GIVEN, 1e-3, 0),
        ("curve(((1 + 0.3*cos(3*s))*cos(s), (1 + 0.3*cos(3*s))*sin(s)) for s in 0..2*pi)", GIVEN,
         1, 0),
    ],
)  # fmt: skip
def test_in_the_plane(region: str, bc: str, scale: float, c: int) -> None:
    text = SMOOTH.format(set=region, bc=bc, s=scale, c=c)
    solution = pdedsl.solve(pdedsl.parse(text), budget=90)
    assert solution.errors["u"]["rel_l2"] < 1e-10
    assert solution.status == "converged"


def test_an_integral_over_the_set() -> None:
    """Neumann conditions leave a constant free; ∫ x² over the unit disk is π/4."""
    text = """domain Omega: (x, y) in disk(center = (0, 0), radius = 1)
unknown u(x, y)
eq: lap(u) = 2
bc: dn(u) = 2*x^2 on boundary
eq size: integral(u, Omega) = pi/4
exact u = x^2
"""
    solution = pdedsl.solve(pdedsl.parse(text), budget=90)
    assert solution.errors["u"]["rel_l2"] < 1e-12


def test_an_integral_over_a_solid_whose_faces_cut_each_other_is_refused() -> None:
    text = """domain Omega: (x, y, z) in ball(center = (0, 0, 0), radius = 1) intersect [0, 2]^3
unknown u(x, y, z)
eq: lap(u) = 0
bc: dn(u) = 0 on boundary
eq size: integral(u, Omega) = 1
"""
    with pytest.raises(pdedsl.UserError, match="three digits"):
        pdedsl.compile(pdedsl.parse(text))


def test_in_space() -> None:
    text = """domain Omega: (x, y, z) in ball(center = (0, 0, 0), radius = 1) minus [-0.3, 0.3]^3
unknown u(x, y, z)
let v = exp(x)*sin(y + z)
eq: -lap(u) = -lap(v)
bc: u = v  on boundary
exact u = v
"""
    solution = pdedsl.solve(pdedsl.parse(text), budget=90)
    assert solution.errors["u"]["rel_l2"] < 1e-9


def test_points_lie_in_the_set_and_on_its_boundary() -> None:
    text = SMOOTH.format(set="[-1, 1]^2 minus disk(center = (0.1, 0), radius = 0.3)",
                         bc="bc: u = v  on boundary where x > 0", s=1, c=0)  # fmt: skip
    for sampling in ("sobol", "gauss", "uniform"):
        system = pdedsl.compile(pdedsl.parse(text), sampling=sampling)
        inside, outline = (np.asarray(block.data.points) for block in system.blocks)
        away = np.hypot(inside[:, 0] - 0.1, inside[:, 1])
        assert (away > 0.3).all() and (np.abs(inside) < 1).all()
        x, y = outline.T
        circle = np.abs(np.hypot(x - 0.1, y) - 0.3) < 1e-12
        square = np.abs(np.maximum(np.abs(x), np.abs(y)) - 1) < 1e-12
        assert (circle | square).all() and circle.any() and square.any() and (x > 0).all()


def test_in_time() -> None:
    solution = pdedsl.solve(pdedsl.load(ROOT / "specs" / "heat_disk.pde"), budget=90)
    assert solution.errors["u"]["rel_l2"] < 1e-8
    assert solution.status == "converged"
