"""Problems without a solution, and with more than one."""

from __future__ import annotations

import math
from collections.abc import Iterator

from scipy.optimize import brentq

from .case import Case

_LINE = "domain O: x in [0, 1]\nunknown u(x)\n"
_SQUARE = "domain O: (x, y) in [0, 1]^2\nunknown u(x, y)\n"
_CUBE = "domain O: (x, y, z) in [0, 1]^3\nunknown u(x, y, z)\n"
_ROBIN = brentq(lambda k: k * math.cos(k) + 2 * math.sin(k), 2.0, 3.0, xtol=1e-15)
"""The least k with k cos k + 2 sin k = 0: u'' + k² u = 0, u(0) = 0, u'(1) + 2 u(1) = 0."""

NO_SOLUTION = {
    "Neumann on a line": f"{_LINE}eq: u_xx = 1\nbc: dn(u) = 0 on boundary\n",
    "Neumann, fluxes": f"{_LINE}eq: u_xx = x\nbc: dn(u) = 1 on x = 0\nbc: dn(u) = 1 on x = 1\n",
    "Neumann on a square": f"{_SQUARE}eq: lap(u) = x*y\nbc: dn(u) = 0 on boundary\n",
    "Neumann, coefficient": (
        f"{_SQUARE}eq: div((1 + x^2)*grad(u)) = 1 + y\nbc: dn(u) = 0 on boundary\n"
    ),
    "Neumann on a cube": f"{_CUBE}eq: lap(u) = 1 + cos(pi*x)\nbc: dn(u) = 0 on boundary\n",
    "periodic line": f"{_LINE}eq: u_xx = 0.02 + cos(2*pi*x)\nbc: u periodic in x\n",
    "periodic, coefficient": f"{_LINE}eq: d((2 + sin(2*pi*x))*u_x, x) = 1\nbc: u periodic in x\n",
    "periodic square": f"{_SQUARE}eq: lap(u) = 1\nbc: u periodic in x, y\n",
    "periodic first order": f"{_LINE}eq: u_x = 1 + sin(2*pi*x)\nbc: u periodic in x\n",
    "resonance on a line": f"{_LINE}eq: u_xx + pi^2*u = 1\nbc: u = 0 on boundary\n",
    "resonance on a square": f"{_SQUARE}eq: lap(u) + 5*pi^2*u = x\nbc: u = 0 on boundary\n",
    "resonance, Neumann": f"{_LINE}eq: u_xx + pi^2*u = x\nbc: dn(u) = 0 on boundary\n",
    "resonance, mixed": (
        f"{_LINE}eq: u_xx + (pi/2)^2*u = 1\nbc: u = 0 on x = 0\nbc: dn(u) = 0 on x = 1\n"
    ),
    "resonance, Robin": (
        f"{_LINE}param k = {_ROBIN!r}\neq: u_xx + k^2*u = 1\nbc: u = 0 on x = 0\n"
        "bc: dn(u) + 2*u = 0 on x = 1\n"
    ),
    "too many conditions": (
        f"{_LINE}eq: u_xx = 1\nbc: u = 0 on boundary\nbc: dn(u) = 0 on boundary\n"
    ),
    "contradicting values": (
        f"{_SQUARE}eq: lap(u) = 0\nbc: u = 0 on boundary\nbc: u = 1 on x = 0\n"
    ),
    "Bratu beyond its fold": f"{_LINE}eq: u_xx + 4*exp(u) = 0\nbc: u = 0 on boundary\n",
    "Bratu on a square": f"{_SQUARE}eq: lap(u) + 8*exp(u) = 0\nbc: u = 0 on boundary\n",
    "square of a slope": f"{_LINE}eq: u_x^2 = -1\nbc: u = 0 on x = 0\n",
    "beam without support": (
        f"{_LINE}eq: d(u, x, 4) = 1\n"
        "bc: d(u, x, 2) = 0 on boundary\nbc: d(u, x, 3) = 0 on boundary\n"
    ),
}
NOT_UNIQUE = {
    "Neumann on a line": f"{_LINE}eq: u_xx = cos(pi*x)\nbc: dn(u) = 0 on boundary\n",
    "Neumann on a square": (
        f"{_SQUARE}eq: lap(u) = cos(pi*x)*cos(pi*y)\nbc: dn(u) = 0 on boundary\n"
    ),
    "Neumann, coefficient": (
        f"{_LINE}eq: d((1 + x)*u_x, x) = d((1 + x)*d(cos(pi*x), x), x)\nbc: dn(u) = 0 on boundary\n"
    ),
    "Neumann on a cube": f"{_CUBE}eq: lap(u) = cos(pi*z)\nbc: dn(u) = 0 on boundary\n",
    "periodic line": f"{_LINE}eq: u_xx = sin(2*pi*x)\nbc: u periodic in x\n",
    "periodic square": f"{_SQUARE}eq: lap(u) = sin(2*pi*x)*cos(2*pi*y)\nbc: u periodic in x, y\n",
    "periodic first order": f"{_LINE}eq: u_x = sin(2*pi*x)\nbc: u periodic in x\n",
    "resonance on a line": (
        f"{_LINE}let g = x^2*(1 - x)\neq: u_xx + 4*pi^2*u = d(g, x, 2) + 4*pi^2*g\n"
        "bc: u = 0 on boundary\n"
    ),
    "resonance on a square": (
        f"{_SQUARE}let g = x*(1 - x)*y*(1 - y)\neq: lap(u) + 2*pi^2*u = lap(g) + 2*pi^2*g\n"
        "bc: u = 0 on boundary\n"
    ),
    "resonance, Robin": (
        f"{_LINE}param k = {_ROBIN!r}\nlet g = x*(1 - x)^2\n"
        "eq: u_xx + k^2*u = d(g, x, 2) + k^2*g\n"
        "bc: u = 0 on x = 0\nbc: dn(u) + 2*u = 0 on x = 1\n"
    ),
    "resonance, mixed": (
        f"{_LINE}let g = x*(2 - x)\neq: u_xx + (pi/2)^2*u = d(g, x, 2) + (pi/2)^2*g\n"
        "bc: u = 0 on x = 0\nbc: dn(u) = 0 on x = 1\n"
    ),
    "resonance, coefficient": (  # Euler's equation: x sin(π log x / log 2) has both ends at zero
        "domain O: x in [1, 2]\nunknown u(x)\nparam w = pi/log(2)\nlet g = (x - 1)*(2 - x)\n"
        "eq: x^2*u_xx - x*u_x + (1 + w^2)*u = x^2*d(g, x, 2) - x*d(g, x) + (1 + w^2)*g\n"
        "bc: u = 0 on boundary\n"
    ),
    "a condition is missing": f"{_LINE}eq: u_xx = 1\nbc: u = 0 on x = 0\n",
    "an equation of second order in one half": (f"{_SQUARE}eq: u_xx = 1\nbc: u = 0 on x = 0\n"),
    "homogeneous Neumann": f"{_SQUARE}eq: lap(u) = 0\nbc: dn(u) = 0 on boundary\n",
    "free beam": (
        f"{_LINE}eq: d(u, x, 4) = 0\n"
        "bc: d(u, x, 2) = 0 on boundary\nbc: d(u, x, 3) = 0 on boundary\n"
    ),
    "pressure without a gauge": (
        "domain O: (x, y) in [0, 1]^2\nunknown v(x, y) in R^2, p(x, y)\n"
        "eq: lap(v) - grad(p) = (1, 0)\neq: div(v) = 0\nbc: v = (0, 0) on boundary\n"
    ),
    "system of two": (
        "domain O: x in [0, 1]\nunknown u(x), v(x)\neq: u_xx + v = cos(pi*x)\neq: v_xx = 0\n"
        "bc: dn(u) = 0 on boundary\nbc: v = 0 on boundary\n"
    ),
    "rigid motions": (
        "domain O: (x, y) in [0, 1]^2\nunknown a(x, y), b(x, y)\n"
        "eq: 3*d(a, x, 2) + d(a, y, 2) + 2*d(d(b, x), y) = 0\n"
        "eq: d(b, x, 2) + 3*d(b, y, 2) + 2*d(d(a, x), y) = 0\n"
        "bc: 3*d(a, x) + d(b, y) = 0, d(a, y) + d(b, x) = 0 on x = 0, x = 1\n"
        "bc: 3*d(b, y) + d(a, x) = 0, d(a, y) + d(b, x) = 0 on y = 0, y = 1\n"
    ),
    "transport in a circle": (f"{_SQUARE}eq: u_x = 0\nbc: u periodic in x\n"),
}


def cases() -> Iterator[Case]:
    """All of them."""
    for name, text in NO_SOLUTION.items():
        yield Case("no solution", name, text)
    for name, text in NOT_UNIQUE.items():
        yield Case("not unique", name, text)
