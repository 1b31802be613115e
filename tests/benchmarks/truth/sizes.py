"""Laws and fields of different sizes, and results that are right though they look wrong."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from scipy.integrate import solve_ivp

from . import closed_forms as forms
from .case import Case, Truth

_LINE = "domain O: x in [0, 1]\nunknown u(x)\n"
_SQUARE = "domain O: (x, y) in [0, 1]^2\nunknown u(x, y)\n"


def cases() -> Iterator[Case]:
    """All of them."""
    yield from _offsets()
    yield from _growth()
    yield from _right()


def _offsets() -> Iterator[Case]:
    for wall, s in (300.0, 0.15), (1e5, 0.05), (293.15, 0.02):
        spot = f"20*exp(-2*(x - 0.5)^2/{s}^2)"
        u = forms.poisson(lambda y, s=s: 20 * math.exp(-2 * (y - 0.5) ** 2 / s**2), 0.5, 0.5, s)
        spec = f"{_LINE}eq: u_xx + {spot} = 0\nbc: u = {wall} on boundary\n"
        truth = Truth({"x": 0.5}, "u", wall + u)
        yield Case("sizes", f"warm spot on {wall:g}", spec, (truth,), wall)
    # Δu = -20 sin(πx) sin(πy) on walls of 300: u = 300 + 20/(2π²) sin sin.
    spec = f"{_SQUARE}eq: lap(u) + 20*sin(pi*x)*sin(pi*y) = 0\nbc: u = 300 on boundary\n"
    value = 300 + 20 / (2 * math.pi**2)
    yield Case("sizes", "heated square", spec, (Truth({"x": 0.5, "y": 0.5}, "u", value),), 300.0)
    small = (
        "domain O: x in [0, 1]\nunknown u(x), v(x)\neq: u_xx = -1e6\neq: v_xx + v = 1e-3\n"
        "bc: u = 0, v = 0 on boundary\n"
    )
    value = 1e-3 * (1 - math.cos(0.5 - 0.5) / math.cos(0.5))
    yield Case("sizes", "a small field beside a large one", small, (Truth({"x": 0.5}, "v", value),))


def _growth() -> Iterator[Case]:
    for seed in 1e-4, 1e-6, 1e-9, 1e-12:
        end = -math.log(seed) + 3
        spec = (
            f"time t in [0, {end:.6f}]\nunknown y(t), z(t)\neq: y_t = y*z\neq: z_t = -y*z\n"
            f"ic: y = {seed:g}, z = 1 at t = 0\n"
        )
        total = 1 + seed
        y = total / (1 + math.exp(-total * round(end, 6)) / seed)
        yield Case("growth", f"from {seed:g}", spec, (Truth({"t": round(end, 6)}, "y", y),))
    for people, first, beta, gamma, end in (8e6, 10, 0.5, 0.33, 150), (1e5, 1, 0.6, 0.2, 60):
        spec = (
            f"param N = {people:.0f}\ntime t in [0, {end}]\nunknown S(t), I(t), R(t)\n"
            f"eq: S_t = -{beta}*S*I/N\neq: I_t = {beta}*S*I/N - {gamma}*I\neq: R_t = {gamma}*I\n"
            f"ic: S = N - {first}, I = {first}, R = 0 at t = 0\n"
        )

        def slopes(_, s, n=people, b=beta, g=gamma):
            return [-b * s[0] * s[1] / n, b * s[0] * s[1] / n - g * s[1], g * s[1]]

        start = [people - first, first, 0.0]
        found = solve_ivp(slopes, (0, end), start, method="DOP853", rtol=1e-12, atol=1e-9)
        truths = tuple(
            Truth({"t": float(end)}, name, float(value))
            for name, value in zip("SIR", found.y[:, -1], strict=True)
        )
        yield Case("growth", f"epidemic among {people:g}", spec, truths)
    logistic = "time t in [0, 40]\nunknown u(t)\neq: u_t = u*(1 - u)\nic: u = 1e-10 at t = 0\n"
    value = 1 / (1 + (1e10 - 1) * math.exp(-40))
    yield Case("growth", "logistic", logistic, (Truth({"t": 40.0}, "u", value),))
    front = (
        "domain O: x in [0, 1]\ntime t in [0, 8]\nunknown u(x, t)\n"
        "eq: u_t = 0.01*u_xx + 3*u*(1 - u)\nbc: dn(u) = 0 on boundary\nic: u = 1e-7 at t = 0\n"
    )
    value = 1 / (1 + (1e7 - 1) * math.exp(-24))
    yield Case("growth", "uniform logistic", front, (Truth({"x": 0.3, "t": 8.0}, "u", value),))


def _right() -> Iterator[Case]:
    for rate in 20, 50, 100:
        spec = (
            f"time t in [0, 1]\nunknown u(t)\neq: u_t = {rate}*(u - cos(t)) - sin(t)\n"
            "ic: u = 1.001 at t = 0\n"
        )
        value = math.cos(0.5) + 1e-3 * math.exp(rate * 0.5)
        yield Case("right", f"unstable {rate}", spec, (Truth({"t": 0.5}, "u", value),))
    zero = (
        "domain O: (x, y) in [0, 1]^2\nunknown u(x, y), q(x, y)\neq: lap(u) = 0\n"
        "eq: lap(q) = -2*(x*(1 - x) + y*(1 - y)) + u\nbc: u = 0, q = 0 on boundary\n"
        "exact u = 0, q = x*(1 - x)*y*(1 - y)\n"
    )
    yield Case("right", "a field that is zero", zero, (Truth({"x": 0.5, "y": 0.5}, "q", 1 / 16),))
    still = (
        "domain O: x in [0, 1]\ntime t in [0, 1]\nunknown u(x, t)\neq: u_t = u_xx\n"
        "bc: u = 0 on boundary\nic: u = 0 at t = 0\n"
    )
    yield Case("right", "nothing happens", still, (Truth({"x": 0.5, "t": 0.5}, "u", 0.0),))
    tiny = f"{_LINE}eq: u_xx = -1e-9\nbc: u = 0 on boundary\n"
    yield Case("right", "tiny", tiny, (Truth({"x": 0.5}, "u", 1e-9 / 8),))
    stiff = "time t in [0, 1]\nunknown u(t)\neq: u_t = -1e6*(u - cos(t))\nic: u = 0 at t = 0\n"
    value = float(np.cos(1.0) + 1e-6 * np.sin(1.0))
    yield Case("right", "stiff", stiff, (Truth({"t": 1.0}, "u", value),))
    vector = (
        "domain O: (x, y) in [0, 1]^2\nunknown v(x, y) in R^2\neq: lap(v) = (0, 0)\n"
        "bc: v = (x, 0) on boundary\nexact v = (x, 0)\n"
    )
    first = Truth({"x": 0.3, "y": 0.4}, "v[1]", 0.3)
    yield Case("right", "a component that is zero", vector, (first,))
