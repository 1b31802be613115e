"""L101 and L102: too few and too many conditions, and what must not be flagged."""

from __future__ import annotations

import pytest
from checking import LINE, PLANE, check, codes, report

IC = "ic: u = sin(pi*x) at t = 0\n"
ODE = "domain O: x in [0, 1]\nunknown u(x)\n"
DISK = "region D = disk(center = (0, 0), radius = 1)\ndomain Omega: (x, y) in D\nunknown u(x, y)\n"
FLOW = "domain Omega: (x, y) in [0, 1]^2\nunknown v(x, y) in R^2, p(x, y)\n"
STOKES = "eq: -lap(v) + grad(p) = (1, 0)\neq: div(v) = 0\neq gauge: integral(p, Omega) = 0\n"

GOOD = {
    "dirichlet": PLANE + "eq: lap(u) = 1\nbc: u = 0 on boundary",
    "complementary where": PLANE
    + "eq: lap(u) = 1\nbc: u = 0 on boundary where x < 0.5\n"
    + "bc: dn(u) = 0 on boundary where x >= 0.5",
    "inflow": LINE + "eq: u_t + 2*u_x = 0\n" + IC + "bc: u = 0 on x = 0",
    "inflow from the right": LINE + "eq: u_t - 2*u_x = 0\n" + IC + "bc: u = 0 on x = 1",
    "inflow, both sides of the equation": LINE
    + "eq: 0 = -u_t + 2*u_x\n"
    + IC
    + "bc: u = 0 on x = 1",
    "values tied": LINE + "eq: u_t + 2*u_x = 0\n" + IC + "bc: u(x=0) = u(x=1)",
    "values and slopes tied": LINE
    + "eq: u_t = u_xx\n"
    + IC
    + "bc: u(x=0) = u(x=1), u_x(x=0) = u_x(x=1)",
    "evaluated at the ends": LINE + "eq: u_t = u_xx\n" + IC + "bc: u(x=0) = 0\nbc: u(1, t) = 0",
    "slope at an end": LINE + "eq: u_t = u_xx\n" + IC + "bc: u_x(x=0) = pi\nbc: u = 0 on x = 1",
    "inviscid Burgers": LINE + "eq: u_t + u*u_x = 0\n" + IC,
    "no derivative": LINE + "eq: u_t = -u\n" + IC,
    "third order": LINE
    + "eq: u_t + u_xxx = 0\n"
    + IC
    + "bc: u = 0 on boundary\nbc: u_x = -pi on x = 1",
    "all at one end": ODE + "eq: u_xx = -1\nbc: u = 0, u_x = 1 on x = 0",
    "a point inside": ODE + "eq: u_xx = -1\nbc: u = 0 on x = 0\nbc: u = 1 at x = 0.5",
    "first order": ODE + "eq: u_x = 1\nbc: u = 0 on x = 1",
    "y acts like time": PLANE
    + "eq: u_yy = u_xx + 1\nbc: u = 0, u_y = 0 on y = 0\nbc: u = 0 on x = 0, x = 1",
    "parabolic in y": PLANE + "eq: u_y = u_xx + 1\nbc: u = 0 on y = 0, x = 0, x = 1",
    "plate": PLANE + "eq: lap(lap(u)) = 1\nbc: u = 0, dn(u) = 0 on boundary",
    "plate as a system": "domain Omega: (x, y) in [0, 1]^2\nunknown u(x, y), w(x, y)\n"
    "eq: lap(u) = w, lap(w) = 1\nbc: u = 0, dn(u) = 0 on boundary",
    "Stokes": FLOW + STOKES + "bc: v = (0, 0) on boundary",
    "Stokes with an outlet": FLOW
    + STOKES.partition("eq gauge")[0]
    + "bc: v = (0, 0) on x = 0, y = 0, y = 1\nbc: dn(v) = (0, 0), p = 0 on x = 1",
    "degenerate at a face": "domain O: s in [0, 1]\ntime t in [0, 1]\nunknown u(s, t)\n"
    "eq: u_t = s^2*u_ss\nic: u = s at t = 0\nbc: u = 1 on s = 1",
    "disk": DISK + "eq: lap(u) = 1\nbc: u = 0 on boundary",
    "half disks": DISK
    + "eq: lap(u) = 1\nbc: u = 0 on boundary where y >= 0\n"
    + "bc: u + dn(u) = 0 on boundary where y < 0",
    "fewer with data": "domain Omega: x in [0, 1]\ntime t in [0, 1]\nunknown u(x, t)\n"
    'data probe(x, t, value) from "data/heat_inverse.csv"\n'
    "eq: u_t = u_xx/10\nfit: u = probe.value on probe",
    "more with a number": LINE
    + "unknown k guess 1\neq: u_t = k*u_xx\n"
    + IC
    + "bc: u = 0 on boundary\nbc: u_x = pi*exp(-t) on x = 0",
}


@pytest.mark.parametrize("name", GOOD)
def test_enough(name: str) -> None:
    assert check(GOOD[name]) == []


BAD = [
    (
        PLANE + "eq: lap(u) = 1\nbc: u = 0 on x = 0, x = 1, y = 0",
        "L101",
        "y = 1 has no condition on u",
    ),
    (
        PLANE + "eq: lap(u) = 1\nbc: u = 0 on boundary where x < 0.5\nbc: u = 0 on x = 1, y = 1",
        "L101",
        "a part of y = 0 has no condition on u, such as (",
    ),
    (
        PLANE + "eq: lap(lap(u)) = 1\nbc: u = 0 on boundary",
        "L101",
        "x = 0, x = 1, y = 0 and y = 1 have one condition on u, where two are needed",
    ),
    (LINE + "eq: u_t = u_xx\n" + IC + "bc: u = 0 on x = 0", "L101", "x = 1 has no condition on u"),
    (LINE + "eq: u_t + 2*u_x = 0\n" + IC, "L101", "x = 0 has no condition on u"),
    (
        LINE + "eq: u_t + u_xxx = 0\n" + IC + "bc: u = 0 on boundary",
        "L101",
        "x = 0 and x = 1 together have two conditions on u, where three are needed",
    ),
    (
        LINE + "eq: u_t = u_xx\n" + IC + "bc: u(x=0) = u(x=1)",
        "L101",
        "x = 0 and x = 1 together have one condition on u, where two are needed",
    ),
    (
        ODE + "eq: u_xx = 1\nbc: u = 0 on x = 0",
        "L101",
        "x = 0 and x = 1 together have one condition on u, where two are needed: x = 1 has none",
    ),
    (ODE + "eq: u_x = 1", "L101", "neither x = 0 nor x = 1 has a condition on u"),
    (
        DISK + "eq: lap(u) = 1\nbc: u = 0 on boundary where y > 0",
        "L101",
        "a part of boundary(D) has no condition on u, such as (",
    ),
    (
        FLOW + STOKES + "bc: v = (0, 0) on x = 0, y = 0, y = 1",
        "L101",
        "x = 1 has no condition on v[1]",
    ),
    (
        PLANE + "eq: lap(u) = 1\nbc: u = 0 on boundary\nbc: dn(u) = 0 on y = 1",
        "L102",
        "y = 1 has two conditions on u, where one is enough",
    ),
    (
        LINE + "eq: u_t + 2*u_x = 0\n" + IC + "bc: u = 0 on boundary",
        "L102",
        "x = 1 has one condition on u, where none is due",
    ),
    (
        LINE + "eq: u_t = -u\n" + IC + "bc: u = 0 on boundary",
        "L102",
        "x = 0 and x = 1 have one condition on u, where none is due",
    ),
    (
        ODE + "eq: u_xx = 1\nbc: u = 0, u_x = 1 on boundary",
        "L102",
        "x = 0 and x = 1 together have 4 conditions on u, where two are enough",
    ),
]


@pytest.mark.parametrize(("text", "code", "message"), BAD)
def test_flagged(text: str, code: str, message: str) -> None:
    found = [m for c, m in check(text) if c == code]
    assert len(found) == 1 and found[0].startswith(message), check(text)


def test_mend_names_the_part() -> None:
    _, found = report(PLANE + "eq: lap(u) = 1\nbc: u = 0 on x = 0, x = 1, y = 0")
    assert found[0].mend == "add bc: u = … on y = 1"


def test_interface_needs_value_and_flux() -> None:
    text = (
        "domain A: (x, y) in [-1, 0] * [0, 1]\ndomain B: (x, y) in [0, 1] * [0, 1]\n"
        "interface Gamma = A intersect B\nunknown u1(x, y) in A, u2(x, y) in B\n"
        "eq: lap(u1) = 1 in A\neq: lap(u2) = 1 in B\n"
        "bc: u1 = 0 on boundary(A) minus Gamma\nbc: u2 = 0 on boundary(B) minus Gamma\n"
        "bc: u1 = u2 on Gamma\n"
    )
    assert check(text) == [("L101", "Gamma has one condition, where two are needed")]
    assert codes(text + "bc: dn(u1) = 3*dn(u2) on Gamma") == []
    assert codes(text + "bc: dn(u1) = 3*dn(u2), u1 = 1 on Gamma") == ["L102"]


CIRCLE = """param k1 = 10, k2 = 1
domain A: (x, y) in disk(center = (0, 0), radius = 0.5)
domain B: (x, y) in [-1, 1]^2 minus disk(center = (0, 0), radius = 0.5)
interface Gamma = A intersect B
unknown u(x, y) in A, v(x, y) in B
eq: -div({k}*grad(u)) = 1 in A
eq: k2*lap(v) = 1 in B
bc: v = 0 on boundary(B) minus Gamma
"""


@pytest.mark.parametrize(
    ("k", "given", "mend"),
    [
        ("k1", "u = v", "k1*dn(u) = k2*dn(v)"),
        ("k1", "k1*dn(u) = k2*dn(v)", "u = v"),
        ("k1", "k1*dn(u) = 3*(v - u)", "k1*dn(u) = k2*dn(v)"),
        ("(k1 + x*y)", "u = v", "(k1 + x*y)*dn(u) = k2*dn(v)"),
        ("k1", "", "u = v, k1*dn(u) = k2*dn(v)"),
    ],
)
def test_what_an_interface_misses_is_typed_as_told(k: str, given: str, mend: str) -> None:
    text = CIRCLE.format(k=k)
    short = f"{text}bc own: {given}  on Gamma" if given else text
    _, found = report(short)
    assert [d.code for d in found] == ["L101"]
    assert found[0].mend == f"add bc: {mend}  on Gamma"
    assert codes(f"{short}\n{found[0].mend.removeprefix('add ')}") == []


def test_two_edges_of_one_interface_count_once() -> None:
    text = (
        "domain A: (x, y) in polygon((0, 0), (2, 0), (2, 1), (1, 1), (1, 2), (0, 2))\n"
        "domain B: (x, y) in [1, 2] * [1, 2]\ninterface G = A intersect B\n"
        "unknown u(x, y) in A, v(x, y) in B\neq: lap(u) = 1 in A\neq: lap(v) = 1 in B\n"
        "bc: u = 0 on boundary(A) minus G\nbc: v = 0 on boundary(B) minus G\n"
        "bc: u = v, dn(u) = dn(v) on G\n"
    )
    assert codes(text) == []


def test_conditions_on_an_interface_are_counted_once() -> None:
    """Two fields of a domain that no equation couples have their conditions apart."""
    text = (
        "domain A: (x, y) in [-1, 0] * [0, 1]\ndomain B: (x, y) in [0, 1] * [0, 1]\n"
        "interface Gamma = A intersect B\n"
        "unknown u(x, y) in A, v(x, y) in A, w(x, y) in B, z(x, y) in B\n"
        "eq: lap(u) = 1, lap(v) = 1 in A\neq: lap(w) = 1, lap(z) = 1 in B\n"
        "bc: u = 0, v = 0 on boundary(A)\nbc: w = 0, z = 0 on boundary(B) minus Gamma\n"
    )
    assert check(text) == [("L101", "Gamma has two conditions, where four are needed")]


def test_the_type_of_an_equation_is_that_in_its_own_domain() -> None:
    """x w_yy + w_xx is elliptic for x > 0, as in A, and hyperbolic in B."""
    text = (
        "domain A: (x, y) in [1, 2] * [0, 1]\ndomain B: (x, y) in [-2, -1] * [0, 1]\n"
        "unknown u(x, y) in A, w(x, y) in B\neq: lap(u) = 1 in A\neq: x*w_yy + w_xx = 1 in B\n"
        "bc: u = 0 on boundary(A)\nbc: w = 0 on boundary(B) where y < 1\n"
        "bc: dn(w) = 0 on boundary(B) where y <= 0\n"
    )
    assert check(text) == []


@pytest.mark.parametrize(
    ("place", "message", "mend"),
    [
        ("boundary(H)", "boundary(H) is no part of the boundary of Omega", "write on boundary(D)"),
        ("boundary where x > 2", "no point of the boundary satisfies the condition of other", ""),
        ("boundary(D) where x^2 + y^2 < 1/2", "no point of the boundary satisfies", ""),
    ],
)
def test_a_condition_that_holds_nowhere(place: str, message: str, mend: str) -> None:
    text = "region H = disk(center = (0, 0), radius = 0.5)\n" + DISK
    text += f"eq: -lap(u) = 1\nbc: u = 0 on boundary\nbc other: u = 1 on {place}\n"
    found = [d for d in report(text)[1] if d.code == "L118"]
    assert len(found) == 1
    assert message in found[0].message
    assert mend in (found[0].mend or "")


def test_a_condition_on_a_small_part_holds_somewhere() -> None:
    text = DISK + "eq: -lap(u) = 1\nbc: u = 0 on boundary where x < 0.9999\n"
    assert "L118" not in codes(text + "bc end: dn(u) = 0 on boundary where x >= 0.9999\n")
