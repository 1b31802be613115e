"""Initial values that contradict boundary values, steps and kinks of data."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from scipy.integrate import solve_ivp
from scipy.special import erfc

from tests.benchmarks.truth.case import Case

from . import oracles as known

_KIND = "starts"


def cases() -> Iterator[Case]:
    """All of them."""
    yield _hot_end()
    yield _two_cold_ends()
    yield _flux()
    yield _film()
    yield _step()
    yield _plate()
    yield _block_in_wind()
    yield _kinked_ramp()
    yield _walls()
    yield _reacting()
    yield _couette()


def _hot_end() -> Case:
    text = """param alpha = 1.2e-5, L = 0.3
domain Omega: x in [0, L]
time t in [0, 1800]
unknown T(x, t)
eq: T_t = alpha*T_xx
bc: T = 100  on x = 0
bc: T = 20   on x = L
ic: T = 20   at t = 0
"""
    truths = [
        ("T", {"x": x, "t": t}, 20 + 80 * known.hot_end(1.2e-5 * t / 0.09, x / 0.3))
        for x, t in ((0.02, 20.0), (0.1, 300.0), (0.15, 1800.0))
    ]
    return known.case(_KIND, "rod put to 100 °C at one end (SI)", text, truths, 20)


def _two_cold_ends() -> Case:
    text = """domain Omega: x in [0, 1]
time t in [0, 0.2]
unknown u(x, t)
eq: u_t = u_xx
bc: u = 0  on boundary
ic: u = 1  at t = 0
"""
    truths = [
        ("u", {"x": x, "t": t}, known.cold_ends(t, x))
        for x, t in ((0.1, 0.002), (0.5, 0.05), (0.3, 0.2))
    ]
    return known.case(_KIND, "both ends put to 0", text, truths)


def _flux() -> Case:
    text = """param k = 16, rho = 8000, cp = 500, q = 2e4
domain Omega: x in [0, 0.5]
time t in [0, 600]
unknown T(x, t)
eq: rho*cp*T_t = k*T_xx
bc: -k*T_x = q  on x = 0
bc: T = 293     on x = 0.5
ic: T = 293     at t = 0
"""
    alpha = 16 / 4e6

    def rise(x: float, t: float) -> float:
        # Of a half space (Carslaw and Jaeger, 2.9): the other end is 10 diffusion lengths away.
        depth = math.sqrt(alpha * t)
        s = x / (2 * depth)
        ierfc = math.exp(-s * s) / math.sqrt(math.pi) - s * erfc(s)
        return 2e4 / 16 * 2 * depth * ierfc

    truths = [
        ("T", {"x": x, "t": t}, 293 + rise(x, t))
        for x, t in ((0.0, 10.0), (0.0, 600.0), (0.05, 600.0))
    ]
    return known.case(_KIND, "a flux switched on (SI)", text, truths, 293)


def _film() -> Case:
    text = """param Bi = 5
domain Omega: x in [0, 1]
time t in [0, 1]
unknown u(x, t)
eq: u_t = u_xx
bc: u_x = 0       on x = 0
bc: u_x + Bi*u = 0  on x = 1
ic: u = 1         at t = 0
"""
    truths = [
        ("u", {"x": x, "t": t}, known.plane_wall(t, 5.0, x))
        for x, t in ((1.0, 0.01), (0.5, 0.2), (0.0, 1.0))
    ]
    return known.case(_KIND, "convection that begins in a moment", text, truths)


def _step() -> Case:
    text = """domain Omega: x in [0, 1]
time t in [0, 0.1]
unknown c(x, t)
eq: c_t = c_xx
bc: dn(c) = 0  on boundary
ic: c = if(x < 0.4, 1, 0)  at t = 0
"""

    def c(x: float, t: float) -> float:
        n = np.arange(1, 400) * math.pi
        return float(0.4 + (2 / n * np.sin(0.4 * n) * np.cos(n * x) * np.exp(-n * n * t)).sum())

    at = ((0.35, 0.003), (0.6, 0.02), (0.0, 0.1))
    truths = [("c", {"x": x, "t": t}, c(x, t)) for x, t in at]
    return known.case(_KIND, "a step that diffuses", text, truths)


def _plate() -> Case:
    text = """param alpha = 4e-6
domain Omega: (x, y) in [0, 0.1] * [0, 0.06]
time t in [0, 100]
unknown T(x, y, t)
eq: T_t = alpha*lap(T)
bc: T = 300  on boundary
ic: T = 500  at t = 0
"""

    def part(t: float, x: float, side: float) -> float:
        return known.cold_ends(4e-6 * t / side**2, x / side)

    truths = [
        ("T", {"x": x, "y": y, "t": t}, 300 + 200 * part(t, x, 0.1) * part(t, y, 0.06))
        for x, y, t in ((0.05, 0.03, 100.0), (0.02, 0.02, 50.0))
    ]
    return known.case(_KIND, "plate quenched at its edges (SI)", text, truths, 300)


def _block_in_wind() -> Case:
    text = """param v = 1, D = 0.01
domain Omega: x in [-2, 4]
time t in [0, 1.5]
unknown c(x, t)
eq: c_t + v*c_x = D*c_xx
bc: c = 0  on boundary
ic: c = heaviside(x + 0.5)*heaviside(0.5 - x)  at t = 0
"""

    def c(x: float, t: float) -> float:
        width = 2 * math.sqrt(0.01 * t)
        return (math.erf((x - t + 0.5) / width) - math.erf((x - t - 0.5) / width)) / 2

    at = ((0.2, 0.5), (1.0, 1.5), (2.1, 1.5))
    truths = [("c", {"x": x, "t": t}, c(x, t)) for x, t in at]
    return known.case(_KIND, "a block of smoke in the wind", text, truths)


def _kinked_ramp() -> Case:
    text = """domain Omega: x in [0, 1]
time t in [0, 1]
unknown u(x, t)
eq: u_t = u_xx
bc: u = min(t/0.3, 1)  on x = 0
bc: u = 0              on x = 1
ic: u = 0              at t = 0
"""

    def ramp(x: float, t: float) -> float:
        # ∫ of the answer to a step.
        n = np.arange(1, 2000) * math.pi
        terms = 2 / n * np.sin(n * x) * (1 - np.exp(-n * n * t)) / (n * n)
        return float((1 - x) * t - terms.sum()) / 0.3 if t > 0 else 0.0

    truths = [
        ("u", {"x": x, "t": t}, ramp(x, t) - ramp(x, t - 0.3) if t > 0.3 else ramp(x, t))
        for x, t in ((0.2, 0.2), (0.2, 0.5), (0.5, 1.0))
    ]
    return known.case(_KIND, "a ramp that ends", text, truths)


def _walls() -> Case:
    text = """domain Omega: (x, y) in [0, 0.5]^2
unknown T(x, y)
eq: lap(T) = 0
bc: T = 300  on x = 0
bc: T = 350  on x = 0.5
bc: T = 400  on y = 0
bc: T = 500  on y = 0.5
"""

    def side(x: float, y: float) -> float:
        """1 on y = 1 of the unit square, 0 elsewhere."""
        n = np.arange(1, 400, 2) * math.pi
        heights = (np.exp(n * (y - 1)) - np.exp(-n * (y + 1))) / (1 - np.exp(-2 * n))
        return float((4 / n * np.sin(n * x) * heights).sum())

    def wall(x: float, y: float) -> float:
        parts = [300 * side(y, 1 - x), 350 * side(y, x), 400 * side(x, 1 - y), 500 * side(x, y)]
        return math.fsum(parts)

    truths = [("T", {"x": x, "y": y}, wall(2 * x, 2 * y)) for x, y in ((0.25, 0.25), (0.1, 0.4))]
    return known.case(_KIND, "a square with four hot walls", text, truths, 300)


def _reacting() -> Case:
    text = """param D = 1e-9, k = 2e-3, c0 = 10, L = 1e-3
domain Omega: x in [0, L]
time t in [0, 300]
unknown a(x, t), b(x, t)
eq: a_t = D*a_xx - k*a*b
eq: b_t = D*b_xx - k*a*b
bc: a = c0, dn(b) = 0  on x = 0
bc: dn(a) = 0, dn(b) = 0  on x = L
ic: a = 0, b = 1  at t = 0
"""
    # In units of L and L²/D: the rate k L²/D = 2.
    x, d = known.chebyshev(48, 0, 1)
    second = d @ d
    corners = d[np.ix_([0, -1], [0, -1])]

    def whole(s: known.Array) -> tuple[known.Array, known.Array]:
        a, b = np.empty(49), np.empty(49)
        a[1:-1], b[1:-1] = np.split(s, 2)
        a[0] = 10.0
        a[-1] = -(d[-1, :-1] @ a[:-1]) / d[-1, -1]
        b[[0, -1]] = np.linalg.solve(corners, -d[[0, -1], 1:-1] @ b[1:-1])
        return a, b

    def slopes(_: float, s: known.Array) -> known.Array:
        a, b = whole(s)
        loss = 2 * a * b
        return np.r_[(second @ a - loss)[1:-1], (second @ b - loss)[1:-1]]

    start = np.r_[np.zeros(47), np.ones(47)]
    found = solve_ivp(slopes, (0, 0.3), start, "LSODA", t_eval=[0.1, 0.3], rtol=1e-8, atol=1e-10)
    truths = []
    for column, t in enumerate((100.0, 300.0)):
        a, b = whole(found.y[:, column])
        truths += [
            ("a", {"x": 3e-4, "t": t}, known.at_point(x, a, 0.3)),
            ("b", {"x": 3e-4, "t": t}, known.at_point(x, b, 0.3)),
        ]
    return known.case(_KIND, "a reagent let in, second order (SI)", text, truths)


def _couette() -> Case:
    text = """param nu = 1e-6, U = 0.02, H = 0.001
domain Omega: y in [0, H]
time t in [0, 1]
unknown v(y, t)
eq: v_t = nu*v_yy
bc: v = U  on y = 0
bc: v = 0  on y = H
ic: v = 0  at t = 0
"""
    truths = [
        ("v", {"y": y, "t": t}, 0.02 * known.hot_end(t, y / 0.001))
        for y, t in ((0.0002, 0.01), (0.0005, 0.1), (0.0005, 1.0))
    ]
    return known.case(_KIND, "a plate set in motion (SI)", text, truths)
