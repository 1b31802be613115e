"""Terms that are narrower than the distance of points."""

from __future__ import annotations

import math
from collections.abc import Iterator

from . import closed_forms as forms
from .case import Case, Truth

_LINE = "domain O: x in [0, 1]\nunknown u(x)\n"
_SQUARE = "domain O: (x, y) in [0, 1]^2\nunknown u(x, y)\n"
_CUBE = "domain O: (x, y, z) in [0, 1]^3\nunknown u(x, y, z)\n"
_ENDS = "bc: u = 0  on boundary\n"

_PULSES = {
    "gauss": ("exp(-((x - {c})/{s})^2)/(sqrt(pi)*{s})",
              lambda z, s: math.exp(-z * z) / (math.sqrt(math.pi) * s)),
    "lorentz": ("1/(pi*{s}*(1 + ((x - {c})/{s})^2))", lambda z, s: 1 / (math.pi * s * (1 + z * z))),
    "sech": ("1/(2*{s}*cosh((x - {c})/{s})^2)",
             lambda z, s: 0.0 if abs(z) > 300 else 1 / (2 * s * math.cosh(z) ** 2)),
    "double": ("exp(-abs(x - {c})/{s})/(2*{s})", lambda z, s: math.exp(-abs(z)) / (2 * s)),
}  # fmt: skip


def cases() -> Iterator[Case]:
    """All of them."""
    yield from _sources()
    yield from _coefficients()
    yield from _evolutions()
    yield from _spikes()
    yield from _boundary_data()


def _case(name: str, text: str, at: dict[str, float], value: float, field: str = "u") -> Case:
    return Case("features", name, text, (Truth(at, field, value),))


def _sources() -> Iterator[Case]:
    places = [
        ("gauss", 0.61803, 1e-3), ("gauss", 0.0421, 3e-6), ("gauss", 0.7773, 1e-8),
        ("lorentz", 0.3331, 1e-4), ("sech", 0.8119, 2e-5), ("double", 0.27182, 1e-4),
    ]  # fmt: skip
    for kind, c, s in places:
        text, value = _PULSES[kind]
        source = text.format(c=c, s=s)
        u = forms.poisson(lambda y, v=value, c=c, s=s: 1 + v((y - c) / s, s), c, c, s)
        yield _case(
            f"source {kind} {s:g}", f"{_LINE}eq: -u_xx = 1 + {source}\n{_ENDS}", {"x": c}, u
        )
    # Two pulses of opposite signs, of which the solution is the sum.
    text, value = _PULSES["gauss"]
    pair = [(0.2113, 1e-4, 1.0), (0.8417, 5e-5, -2.0)]
    source = " + ".join(f"({a})*{text.format(c=c, s=s)}" for c, s, a in pair)
    u = sum(
        a * forms.poisson(lambda y, c=c, s=s: value((y - c) / s, s), 0.5, c, s) for c, s, a in pair
    )
    yield _case("two sources", f"{_LINE}eq: -u_xx = {source}\n{_ENDS}", {"x": 0.5}, u)


def _coefficients() -> Iterator[Case]:
    for c, s in (0.4142, 1e-3), (0.7071, 1e-5):
        text, value = _PULSES["gauss"]
        u = forms.conducted(
            lambda y, v=value, c=c, s=s: 1 / (1 + 0.3 * v((y - c) / s, s)), 0.55, c, s
        )
        k = f"1/(1 + 0.3*{text.format(c=c, s=s)})"
        spec = f"{_LINE}let k = {k}\neq: -d(k*u_x, x) = 1\n{_ENDS}"
        yield _case(f"resistive sheet {s:g}", spec, {"x": 0.55}, u)


def _evolutions() -> Iterator[Case]:
    text, value = _PULSES["gauss"]
    for c, s, rate in (0.6321, 1e-4, 2.0), (1.237, 1e-9, 0.5):
        u = forms.decayed(lambda t, c=c, s=s: value((t - c) / s, s), 2.0, rate, c, s)
        pulse = text.replace("x", "t").replace("etp", "exp").format(c=c, s=s)
        spec = (
            f"time t in [0, 2]\nunknown u(t)\neq: u_t = -{rate}*u + {pulse}\nic: u = 1 at t = 0\n"
        )
        yield _case(f"kick {s:g}", spec, {"t": 2.0}, u)
    for c, s in (0.377, 2e-3), (0.618, 1e-4):
        spec = (
            "domain O: x in [0, 1]\ntime t in [0, 0.1]\nunknown u(x, t)\neq: u_t = u_xx\n"
            f"{_ENDS}ic: u = {text.format(c=c, s=s)} at t = 0\n"
        )
        u = forms.diffused(lambda y, c=c, s=s: value((y - c) / s, s), c, 0.05, c, s)
        yield _case(f"hot spot at the start {s:g}", spec, {"x": c, "t": 0.05}, u)
    c, s = 0.2718, 4e-4
    spec = (
        "domain O: x in [0, 1]\ntime t in [0, 0.3]\nunknown u(x, t)\neq: u_t + u_x = 0\n"
        f"bc: u periodic in x\nic: u = sin(2*pi*x) + exp(-((x - {c})/{s})^2) at t = 0\n"
    )
    at = {"x": c + 0.2, "t": 0.2}
    yield _case("carried pulse", spec, at, math.sin(2 * math.pi * c) + 1)
    spec = (
        "domain O: x in [0, 1]\ntime t in [0, 0.2]\nunknown u(x, t)\neq: u_tt = 4*u_xx\n"
        f"{_ENDS}ic: u = sin(2*pi*x) + exp(-((x - 0.6)/0.0003)^2) at t = 0\nic: u_t = 0 at t = 0\n"
    )
    value_there = math.sin(2 * math.pi * 0.4) * math.cos(0.8 * math.pi) + 0.5
    yield _case("struck string", spec, {"x": 0.4, "t": 0.1}, value_there)


def _spikes() -> Iterator[Case]:
    for c, s in ((0.2239, 0.6113), 2e-3), ((0.8311, 0.4127), 2e-4):
        smooth = "sin(2*pi*x)*sin(pi*y)"
        spike = f"exp(-((x - {c[0]})^2 + (y - {c[1]})^2)/{s**2:.12f})"
        spec = f"{_SQUARE}let w = {smooth} + {spike}\neq: lap(u) - u = lap(w) - w\n{_ENDS}"
        value = math.sin(2 * math.pi * c[0]) * math.sin(math.pi * c[1]) + 1
        yield _case(f"spike in a square {s:g}", spec, {"x": c[0], "y": c[1]}, value)
    c3 = (0.31, 0.62, 0.47)
    far = "+".join(f"({name} - {c})^2" for name, c in zip("xyz", c3, strict=True))
    spec = (
        f"{_CUBE}let w = sin(pi*x)*sin(pi*y)*sin(pi*z) + exp(-({far})/0.000004)\n"
        f"eq: lap(u) = lap(w)\n{_ENDS}"
    )
    value = math.prod(math.sin(math.pi * c) for c in c3) + 1
    yield _case("spike in a cube", spec, dict(zip("xyz", c3, strict=True)), value)
    # A ridge along a line: narrow in one direction alone.
    spec = (
        f"{_SQUARE}let w = sin(pi*x)*sin(pi*y)*(1 + exp(-((x - 0.4321)/0.0002)^2))\n"
        f"eq: lap(u) = lap(w)\n{_ENDS}"
    )
    value = 2 * math.sin(math.pi * 0.4321)
    yield _case("ridge in a square", spec, {"x": 0.4321, "y": 0.5}, value)
    spec = (
        "domain O: x in [0, 1]\ntime t in [0, 1]\nunknown u(x, t)\n"
        "let w = sin(pi*x)*(exp(-t) + exp(-((t - 0.5317)/0.00003)^2))\n"
        f"eq: u_t - u_xx = d(w, t) - d(w, x, 2)\n{_ENDS}ic: u = w at t = 0\n"
    )
    value = math.exp(-0.5317) + 1
    yield _case("flash in time", spec, {"x": 0.5, "t": 0.5317}, value)


def _boundary_data() -> Iterator[Case]:
    for c, s in (0.3719, 1e-3), (0.6127, 1e-5):
        text, value = _PULSES["gauss"]
        u = forms.harmonic(lambda x, v=value, c=c, s=s: v((x - c) / s, s), 0.5, 0.5, c, s)
        spec = (
            f"{_SQUARE}eq: lap(u) = 0\nbc: u = {text.format(c=c, s=s)} on y = 0\n"
            "bc: u = 0 on x = 0, x = 1, y = 1\n"
        )
        yield _case(f"hot spot on a side {s:g}", spec, {"x": 0.5, "y": 0.5}, u)
