"""Types that differ from part to part of the domain, and what is not decided."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp

from pdedsl.calculus.types.classify import classify

from .typed import X, Y, operator, typed

REGIONS = {
    "Tricomi": ({"xx": Y, "yy": 1}, {"elliptic": "y > 0", "hyperbolic": "y < 0"}),
    "Keldysh": ({"xx": 1, "yy": Y, "y": 1}, {"elliptic": "y > 0", "hyperbolic": "y < 0"}),
    "shifted": ({"xx": 3 - 4 * X, "yy": 2}, {"elliptic": "x < 3/4", "hyperbolic": "x > 3/4"}),
    "a circle": (
        {"xx": 4 * X**2 + 4 * Y**2 - 2, "yy": -6},
        {"elliptic": "-2*x^2 - 2*y^2 + 1 > 0", "hyperbolic": "-2*x^2 - 2*y^2 + 1 < 0"},
    ),
    "a jump": (
        {"xx": 1, "yy": sp.Heaviside(X), "y": 1},
        {"elliptic": "heaviside(x) > 0", "parabolic": "heaviside(x) = 0"},
    ),
}


@pytest.mark.parametrize("name", REGIONS)
def test_types_by_region(name: str) -> None:
    entry, expected = REGIONS[name]
    found = typed("xy", entry)
    assert found.kind == "mixed"
    assert {p.kind: p.where for p in found.parts} == expected
    assert sum(p.share for p in found.parts) == pytest.approx(1.0)
    assert all(f"{p.kind} where {p.where}" in found.reason for p in found.parts)


def test_shares_are_those_of_the_areas() -> None:
    found = typed("xy", REGIONS["a circle"][0])
    shares = {p.kind: p.share for p in found.parts}
    assert shares["elliptic"] == pytest.approx(np.pi / 8, abs=0.02)
    assert found.parts[0].kind == "hyperbolic"


def test_shares_alone_for_other_orders_and_long_conditions() -> None:
    beam = typed("xt", {"tt": 1, "xxxx": X})
    assert beam.kind == "mixed"
    assert {(p.kind, p.where) for p in beam.parts} == {("dispersive", ""), ("degenerate", "")}
    long = sum((sp.sin(k * X) * sp.cos(k * Y) for k in range(1, 9)), sp.S.Zero)
    found = typed("xy", {"xx": long, "yy": 1})
    assert found.kind == "mixed"
    assert all(p.where == "" for p in found.parts)


def test_forward_and_backward_parts() -> None:
    found = typed("xt", {"t": 1, "xx": -X})
    assert found.kind == "parabolic"
    assert sorted((p.where, p.share) for p in found.parts) == [("", 0.5), ("backward in time", 0.5)]


def test_points_without_finite_coefficients_are_left_out() -> None:
    found = typed("xy", {"xx": sp.log(X), "yy": 1})
    assert found.kind == "hyperbolic"
    assert "left out: 128 of 256 points" in found.reason
    nowhere = typed("xy", {"xx": sp.log(X - 2), "yy": 1})
    assert (nowhere.kind, nowhere.parts) == ("undetermined", ())


def test_what_is_not_decided() -> None:
    more = typed("xy", ({"x": 1},), ({"y": 1},))
    assert (more.kind, more.parts) == ("undetermined", ())
    assert "2 equations for 1 unknown" in more.reason
    a = sp.Symbol("a", real=True)
    assert "holds a, which" in typed("xy", {"xx": a, "yy": 1}).reason
    u = sp.Function("u")(X, Y)
    assert "holds u(x, y)" in typed("xy", {"xx": u, "yy": 1}).reason
    eleven = [tuple({"x": 1, "y": 1} if i == j else {} for j in range(11)) for i in range(11)]
    assert "11 unknown functions, more than 10" in typed("xy", *eleven).reason
    # ∂_x (x ∂_y v) − x ∂_y ∂_x v = ∂_y v is lost where coefficients are frozen.
    hidden = typed("xy", ({"x": 1}, {"y": X}), ({"x": 1}, {"y": X, "": 1}))
    assert "cancel" in hidden.reason
    with pytest.raises(ValueError, match="x, which has no bounds"):
        classify(operator("xy", {"xx": X, "yy": 1}), None, {Y: (0.0, 1.0)})


def test_a_monstrous_power_ends() -> None:
    power = (2 * Y + 2) ** (10**9)
    assert "points with no finite coefficients" in typed("xy", {"xx": power, "yy": 1}).reason
