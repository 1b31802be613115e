"""Problems on sets that are no boxes: corners, holes, gaps, spikes, and no or many solutions."""

from __future__ import annotations

import math
from collections.abc import Iterator

from .case import Case, Truth

_L = "polygon((0, 0), (1, 0), (1, -1), (-1, -1), (-1, 1), (0, 1))"
_DISK = "disk(center = (0, 0), radius = 1)"
_HOLE = "[-1, 1]^2 minus disk(center = (0, 0), radius = 0.3)"
_NEAR = (
    "[-1, 1]^2 minus disk(center = (-0.205, 0), radius = 0.2) "
    "minus disk(center = (0.205, 0), radius = 0.2)"
)
_BESSEL_ZERO = 2.404825557695773  # the first zero of J_0


def cases() -> Iterator[Case]:
    """All of them."""
    yield from _singular()
    yield from _given()
    yield from _closed()
    yield from _solvability()


def _case(name: str, region: str, laws: str, at: tuple[float, float], value: float) -> Case:
    text = f"domain O: (x, y) in {region}\nunknown u(x, y)\n{laws}"
    return Case("shapes", name, text, (Truth({"x": at[0], "y": at[1]}, "u", value),))


def _harmonic(v: str) -> str:
    return f"let v = {v}\neq: lap(u) = 0\nbc: u = v on boundary\n"


def _singular() -> Iterator[Case]:
    # r^{2/3} cos(2φ/3), with φ from the middle of the corner; on the diagonal φ = 0.
    corner = "(x^2 + y^2)^(1/3)*cos(2/3*atan2(x - y, -x - y))"
    yield _case("r^(2/3) on an L", _L, _harmonic(corner), (-0.3, -0.3), 0.18 ** (1 / 3))
    root = (
        "let v = sqrt((sqrt(x^2 + y^2) + x)/2)\neq: lap(u) = 0\n"
        "bc: u = v on boundary where y > 0\nbc: u = 0 on boundary where y <= 0 and x < 0\n"
        "bc: dn(u) = 0 on boundary where y <= 0 and x >= 0\n"
    )
    half = f"{_DISK} intersect [-2, 2] * [0, 2]"
    yield _case("sqrt(r) where a condition changes", half, root, (0.0, 0.5), 0.5)
    near = _harmonic("(x - 1.01)/((x - 1.01)^2 + y^2)")
    yield _case("a pole beside a disk", _DISK, near, (0.9, 0.0), -1 / 0.11)
    logarithm = _harmonic("log((x - 0.15)^2 + (y + 0.1)^2)")
    yield _case("a logarithm off the centre of a hole", _HOLE, logarithm, (0.5, 0.5),
                math.log(0.35**2 + 0.6**2))  # fmt: skip
    dipole = _harmonic("log((x - 0.205)^2 + y^2) - log((x + 0.205)^2 + y^2)")
    yield _case("holes that nearly touch", _NEAR, dipole, (0.5, 0.0),
                2 * math.log(0.295 / 0.705))  # fmt: skip


def _given() -> Iterator[Case]:
    for name, region, (a, b), s in (
        ("spike in an L", _L, (-0.4321, -0.5678), 0.02),
        ("thin spike in an L", _L, (-0.4321, -0.5678), 1e-3),
        ("spike on a disk", _DISK, (0.3456, 0.4567), 0.01),
        ("spike beside a hole", _HOLE, (0.345, 0.0), 0.02),
    ):
        spike = f"exp(-((x - ({a}))^2 + (y - ({b}))^2)/{s}^2)"
        laws = f"let v = {spike}\neq: lap(u) - u = lap(v) - v\nbc: u = v on boundary\n"
        yield _case(name, region, laws, (a, b), 1.0)
    crescent = f"{_DISK} minus disk(center = (-0.01, 0), radius = 1)"
    yield _case("crescent", crescent, _harmonic("x*y + x"), (0.995, 0.0), 0.995)
    waves = "let v = sin(12*x + 16*y)\neq: lap(u) + 400*u = 0\nbc: u = v on boundary\n"
    yield _case("twenty waves on a disk", _DISK, waves, (0.4, 0.1), math.sin(6.4))


def _closed() -> Iterator[Case]:
    thin = "disk(center = (0, 0), radius = 1) minus disk(center = (0, 0), radius = 0.999)"
    laws = (
        "eq: lap(u) = 0\nbc: u = 0 on boundary where x^2 + y^2 > 0.999\n"
        "bc: u = 1 on boundary where x^2 + y^2 <= 0.999\n"
    )
    value = math.log(0.9995) / math.log(0.999)
    yield _case("thin annulus", thin, laws, (0.0, 0.9995), value)
    ring = "disk(center = (0, 0), radius = 1) minus disk(center = (0, 0), radius = 0.2)"
    # u = (1 - r²)/4 + c log r with u(0.2) = 0.
    c = -(1 - 0.04) / (4 * math.log(0.2))
    value = (1 - 0.25) / 4 + c * math.log(0.5)
    yield _case("f = 1 on an annulus", ring, "eq: -lap(u) = 1\nbc: u = 0 on boundary\n",
                (0.5, 0.0), value)  # fmt: skip
    for radius in 1e-6, 1e6:
        disk = f"disk(center = (0, 0), radius = {radius:g})"
        laws = f"eq: -lap(u) = {4 / radius**2:g}\nbc: u = 0 on boundary\n"
        yield _case(f"disk of {radius:g}", disk, laws, (0.0, 0.0), 1.0)


def _solvability() -> Iterator[Case]:
    head = f"domain O: (x, y) in {_DISK}\nunknown u(x, y)\n"
    insulated = "bc: dn(u) = 0 on boundary\n"
    for name, laws in (
        ("Neumann on a disk", f"eq: lap(u) = 1 + x\n{insulated}"),
        ("resonance on a disk",
         f"param k = {_BESSEL_ZERO!r}\neq: lap(u) + k^2*u = 1\nbc: u = 0 on boundary\n"),
        ("two values on a circle",
         "eq: lap(u) = 0\nbc: u = 0 on boundary\nbc: u = 1 on boundary where x > 0\n"),
    ):  # fmt: skip
        yield Case("shapes", f"no solution: {name}", head + laws)
    hole = f"domain O: (x, y) in {_HOLE}\nunknown u(x, y)\n"
    for name, text in (
        ("Neumann on a disk", f"{head}eq: lap(u) = x\n{insulated}"),
        ("Neumann around a hole", f"{hole}eq: lap(u) = x*y\n{insulated}"),
        ("a hole without condition",
         f"{hole}eq: lap(u) = 1\nbc: u = 0 on boundary where x^2 + y^2 > 0.2\n"),
    ):  # fmt: skip
        yield Case("shapes", f"not unique: {name}", text)
