"""What changes fast along curved boundaries is found there, and spikes on shapes are named."""

from __future__ import annotations

import pytest

import pdedsl

DISK = "disk(center = (0, 0), radius = 1)"
RING = f"{DISK} minus disk(center = (0.2, 0), radius = 0.3)"
CORNER = "polygon((0, 0), (1, 0), (1, -1), (-1, -1), (-1, 1), (0, 1))"
TEXT = "domain O: (x, y) in {region}\nunknown u(x, y)\neq: lap(u) = {f}\n{bc}\n"
PULSE = "exp(-((x - {a})^2 + (y - {b})^2)/{s}^2)"
HEAT = (
    f"domain O: (x, y) in {DISK}\ntime t in [0, 1]\nunknown u(x, y, t)\neq: u_t = lap(u)\n"
    "ic: u = 0 at t = 0\nbc: u = t*exp(-((x - 0.6)^2 + (y - 0.8)^2)/1e-8) on boundary\n"
)


def on_disk(value: str, region: str = DISK, rest: str = "") -> str:
    return TEXT.format(region=region, f=1, bc=f"bc: u = {value} on boundary{rest}")


def solve(text: str, degree: int = 10) -> pdedsl.Solution:
    method = {
        "model": {"kind": "basis", "modes": degree, "index": "total"},
        "optimizer": {"kind": "lstsq"},
    }
    return pdedsl.solve(pdedsl.parse(text), method=pdedsl.Method.model_validate(method), budget=2)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (on_disk("x + " + PULSE.format(a=0.6, b=0.8, s=1e-4)), "x = 0.6, y = 0.8"),
        (on_disk("x + " + PULSE.format(a=-1, b=0, s=1e-4)), "x = -1, y = "),  # where s begins
        (on_disk("exp(-((x - 0.5123)/1e-4)^2)", CORNER), "x = 0.5123"),
        (on_disk("x + y/(1 + exp((x - 1.2)/1e-3))", "ellipse(center = (0, 0), radii = (2, 1))"),
         "x = 1.2"),
        (TEXT.format(region=RING, f=0, bc="bc: u = 0 on boundary where x^2 + y^2 > 0.9\n"
         "bc hole: dn(u) = 1e4*" + PULSE.format(a=0.2, b=0.3, s=1e-4)
         + " on boundary where x^2 + y^2 < 0.9"), "of hole do not see it near x = 0.2, y = 0.3"),
        (HEAT, "x = 0.6, y = 0.8"),
    ],
)  # fmt: skip
def test_a_pulse_along_an_arc_is_found(text: str, place: str) -> None:
    solution = solve(text)
    assert not solution.usable
    assert place in (solution.failure or "")


@pytest.mark.parametrize(
    "text",
    [
        on_disk(PULSE.format(a=0.6, b=0.8, s=1.0)),  # wide
        on_disk("x + 1e-9*" + PULSE.format(a=0.6, b=0.8, s=1e-4)),  # too small to matter
        on_disk("x + " + PULSE.format(a=0.3, b=0.4, s=1e-2)),  # off the curve
        on_disk("x + " + PULSE.format(a=0.6, b=-0.8, s=1e-4), rest=" where y > 0")
        + "bc lower: u = x on boundary where y <= 0\n",  # on another part of it
    ],
)
def test_what_no_arc_has_is_no_finding(text: str) -> None:
    assert solve(text, 24).usable


@pytest.mark.parametrize(
    ("region", "a", "b"), [(CORNER, -0.4321, -0.5678), (DISK, 0.3456, 0.4567), (RING, 0.55, 0)]
)
def test_a_spike_that_points_see_and_functions_do_not_follow_is_named(
    region: str, a: float, b: float
) -> None:
    spike = PULSE.format(a=a, b=b, s=0.05)
    solution = solve(TEXT.format(region=region, f=f"400*{spike}", bc="bc: u = 0 on boundary"))
    assert not solution.usable
    failure = solution.failure or ""
    assert f"x = {a:g}, y = {b:g} (width 0.05)" in failure
    assert "--budget" not in failure
