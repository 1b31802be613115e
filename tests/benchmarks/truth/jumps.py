"""Coefficients and sources that jump."""

from __future__ import annotations

from collections.abc import Iterator

from . import closed_forms as forms
from .case import Case, Truth

_LINE = "domain O: x in [0, 1]\nunknown u(x)\n"
_SQUARE = "domain O: (x, y) in [0, 1]^2\nunknown u(x, y)\n"
_ENDS = "bc: u = 0  on boundary\n"

SPELLINGS = {
    "if": "if(x > {c}, {b}, {a})",
    "if, turned": "if(x < {c}, {a}, {b})",
    "heaviside": "{a} + ({b} - {a})*heaviside(x - {c})",
    "sign": "({a} + {b})/2 + ({b} - {a})/2*sign(x - {c})",
}


def cases() -> Iterator[Case]:
    """All of them."""
    for number, (name, text) in enumerate(SPELLINGS.items()):
        c, a, b = 0.31 + 0.13 * number, 2, 35
        u = forms.conducted(lambda y, c=c: 2 if y < c else 35, 0.5, c, 1e-3)
        k = text.format(a=a, b=b, c=c)
        for form, eq in ("d", "-d(k*u_x, x) = 1"), ("div", "-div(k*grad(u)) = 1"):
            spec = f"{_LINE}let k = {k}\neq: {eq}\n{_ENDS}"
            yield _case(f"{name}, {form}", spec, {"x": 0.5}, u)
    k = "if(x < 0.2, 1, if(x < 0.7, 20, 0.5))"
    u = forms.conducted(lambda y: 1 if y < 0.2 else 20 if y < 0.7 else 0.5, 0.45, 0.2, 1e-3)
    yield _case(
        "three layers", f"{_LINE}let k = {k}\neq: -d(k*u_x, x) = 1\n{_ENDS}", {"x": 0.45}, u
    )
    sheets = (
        f"{_SQUARE}let k = if(y < 0.3, 1, 7)\neq: div(k*grad(u)) = 0\n"
        "bc: u = 0 on y = 0\nbc: u = 1 on y = 1\nbc: dn(u) = 0 on x = 0, x = 1\n"
    )
    yield _case("two sheets", sheets, {"x": 0.5, "y": 0.3}, 0.3 / (0.3 + 0.1))
    source = f"{_LINE}eq: -u_xx = if(x < 0.37, 1, -3)\n{_ENDS}"
    u = forms.poisson(lambda y: 1 if y < 0.37 else -3, 0.37, 0.37, 1e-3)
    yield _case("source", source, {"x": 0.37}, u)
    lost = f"{_LINE}eq: u_xx = d(if(x < 0.41, 1, 2), x)\n{_ENDS}"
    # u'' = δ(x - 0.41): u(0.41) = -0.41 (1 - 0.41).
    yield _case("derivative of a known jump", lost, {"x": 0.41}, -0.41 * 0.59)
    drift = "time t in [0, 2]\nunknown u(t)\neq: u_t = if(t < 0.77, 1, -2)\nic: u = 0 at t = 0\n"
    yield _case("switched in time", drift, {"t": 2.0}, 0.77 - 2 * 1.23)
    absolute = f"{_LINE}eq: u_xx = d(abs(x - 0.44), x)\n{_ENDS}"
    u = -forms.poisson(lambda y: -1 if y < 0.44 else 1, 0.6, 0.44, 1e-3)
    yield _case("slope of a bend", absolute, {"x": 0.6}, u)
    disc = (
        f"{_SQUARE}let k = if((x - 0.5)^2 + (y - 0.5)^2 < 0.04, 10, 1)\n"
        "eq: div(k*grad(u)) = 0\nbc: u = x on boundary\n"
    )
    # Extrapolated from finite volumes with 100², 200² and 400² cells: 0.53133, 0.53107, 0.53092.
    yield _case("disc in a square", disc, {"x": 0.65, "y": 0.5}, 0.5308)


def _case(name: str, text: str, at: dict[str, float], value: float) -> Case:
    return Case("jumps", name, text, (Truth(at, "u", value),))
