"""Types in regions that lie between the points of the sample."""

from __future__ import annotations

import pytest
import sympy as sp

from .typed import X, Y, Z, typed

R = sp.Rational
THIN = {
    "a band in the plane": ("xy", {"xx": (X - R(1, 7)) ** 2 - R(1, 10**6), "yy": 1}, "hyperbolic"),
    "a slanted band": ("xy", {"xx": (X - 2 * Y) ** 2 - R(1, 10**8), "yy": 3}, "hyperbolic"),
    "a disk": (
        "xy",
        {"xx": 1, "yy": (X - R(1, 3)) ** 2 + (Y + R(1, 5)) ** 2 - R(1, 10**7)},
        "hyperbolic",
    ),
    "a shell in space": ("xyz", {"xx": 1, "yy": 1, "zz": (Z + R(1, 9)) ** 2 - R(1, 10**9)},
                         "hyperbolic"),
    "an elliptic band": ("xy", {"xx": R(1, 10**8) - (Y - R(2, 7)) ** 2, "yy": 1}, "elliptic"),
    "cross terms": ("xy", {"xx": 1, "xy": 2, "yy": 1 + (X + R(1, 3)) ** 2 - R(1, 10**6)},
                    "hyperbolic"),
}  # fmt: skip


@pytest.mark.parametrize("name", THIN)
def test_a_thin_region_is_found(name: str) -> None:
    coordinates, entry, kind = THIN[name]
    found = typed(coordinates, entry)
    assert found.kind == "mixed"
    assert kind in {part.kind for part in found.parts if part.share == 0.0}
    assert f"{kind} near" in found.reason


def test_the_place_of_a_thin_region_is_in_it() -> None:
    found = typed("xy", THIN["a band in the plane"][1])
    where = next(part.where for part in found.parts if part.kind == "hyperbolic")
    assert float(where.removeprefix("near x = ")) == pytest.approx(1 / 7, abs=1.1e-3)


def test_a_diffusion_that_is_backward_in_a_thin_band() -> None:
    found = typed("xt", {"t": 1, "xx": R(1, 10**8) - (X + R(1, 7)) ** 2})
    assert found.kind == "parabolic"
    assert typed("xt", {"t": 1, "xx": -(R(1, 10**8) + (X + R(1, 7)) ** 2)}).parts[0].where == (
        "everywhere"
    )
    assert any(part.where.startswith("backward in time near x = -0.1") for part in found.parts)


@pytest.mark.parametrize("entry, place", [
    ({"xx": X**2, "yy": 1}, "x = 0"),
    ({"xx": 1, "yy": (Y - R(1, 4)) ** 2}, "y = 0.25"),
])  # fmt: skip
def test_a_definite_form_that_vanishes_on_a_line_is_said_to(entry: dict, place: str) -> None:
    found = typed("xy", entry)
    assert found.kind == "elliptic"
    assert f"degenerate near {place}" in found.reason


@pytest.mark.parametrize("entry", [
    {"xx": X**2 + R(1, 10**6), "yy": 1},
    {"xx": 2 + sp.sin(9 * X) * sp.cos(7 * Y), "xy": 1, "yy": 1},
])  # fmt: skip
def test_a_definite_form_is_definite(entry: dict) -> None:
    found = typed("xy", entry)
    assert (found.kind, found.parts[0].where) == ("elliptic", "everywhere")
    assert "degenerate" not in found.reason


def test_definite_coefficients_that_vanish_on_a_line() -> None:
    found = typed("xy", {"xx": X**2, "yy": 1})
    assert "definite, but not everywhere: degenerate near x = 0" in found.reason


@pytest.mark.parametrize("width", [R(1, 10**3), R(1, 10**5)])
def test_a_band_across_the_second_coordinate(width: sp.Rational) -> None:
    assert typed("xy", {"xx": 1, "yy": (Y + R(317, 1000)) ** 2 - width**2}).kind == "mixed"


def test_a_case_between_jumps_is_found_however_narrow() -> None:
    low, high = R(5003, 10000), R(5004, 10000)
    band = sp.Piecewise((-1, (low < X) & (high > X)), (1, True))
    found = typed("xy", {"xx": band, "yy": 1})
    assert found.kind == "mixed"
    assert "hyperbolic where 0.5003 < x < 0.5004" in found.reason


def test_a_case_of_the_same_type_adds_nothing() -> None:
    band = sp.Piecewise((2, R(1, 3) < X), (1, True))
    found = typed("xy", {"xx": band, "yy": 1})
    assert (found.kind, len(found.parts)) == ("elliptic", 1)


@pytest.mark.parametrize("coordinates, entry, kind", [
    ("xy", {"xx": X**2, "yy": 1}, "elliptic"),
    ("xy", {"xx": 1, "yy": X**2 + Y**2}, "elliptic"),
    ("xt", {"t": 1, "xx": -(X**2)}, "parabolic"),
])  # fmt: skip
def test_what_is_degenerate_on_a_line_says_so(coordinates: str, entry: dict, kind: str) -> None:
    found = typed(coordinates, entry)
    assert found.kind == kind
    assert "degenerate near x = 0" in found.reason
    assert [p.kind for p in found.parts if p.share == 0.0] == ["degenerate"]


def test_a_narrow_band_with_both_ends_written_out() -> None:
    """(x − 0.122)(x − 0.124) u_xx + u_yy is hyperbolic for 0.122 < x < 0.124 alone."""
    found = typed("xy", {"xx": (X - R(122, 1000)) * (X - R(124, 1000)), "yy": 1})
    assert found.kind == "mixed"
    assert {p.kind for p in found.parts} == {"elliptic", "hyperbolic"}
