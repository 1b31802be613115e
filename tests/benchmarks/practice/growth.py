"""Growth from a small seed, and rates that lie decades apart."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from scipy.integrate import quad, solve_ivp
from scipy.linalg import expm
from scipy.special import lambertw

from tests.benchmarks.truth.case import Case

from . import oracles as known

_KIND = "growth"


def cases() -> Iterator[Case]:
    """All of them."""
    yield _robertson()
    yield _van_der_pol()
    yield _chain()
    yield _fisher()
    yield _laser()
    yield _flame()
    yield _enzyme()
    yield _ignition()
    yield _boundary_layer()
    yield _measles()


def _robertson() -> Case:
    text = """time t in [0, 4000]
unknown a(t), b(t), c(t)
eq: a_t = -0.04*a + 1e4*b*c
eq: b_t = 0.04*a - 1e4*b*c - 3e7*b^2
eq: c_t = 3e7*b^2
ic: a = 1, b = 0, c = 0  at t = 0
"""

    def slopes(_: float, y: known.Array) -> list[float]:
        a, b, c = y
        first, last = 0.04 * a - 1e4 * b * c, 3e7 * b * b
        return [-first, first - last, last]

    found = known.integrated(slopes, [1.0, 0.0, 0.0], [40.0, 4000.0])
    truths = [
        (name, {"t": t}, found[row, column])
        for row, name in enumerate("abc") for column, t in enumerate((40.0, 4000.0))
    ]  # fmt: skip
    return known.case(_KIND, "Robertson's kinetics", text, truths)


def _van_der_pol() -> Case:
    text = """time t in [0, 150]
unknown y(t)
eq: y_tt = 100*(1 - y^2)*y_t - y
ic: y = 2, y_t = 0  at t = 0
"""
    found = known.integrated(
        lambda _, y: [y[1], 100 * (1 - y[0] ** 2) * y[1] - y[0]], [2.0, 0.0], [60.0, 150.0]
    )
    truths = [("y", {"t": t}, found[0, i]) for i, t in enumerate((60.0, 150.0))]
    return known.case(_KIND, "van der Pol, μ = 100", text, truths)


def _chain() -> Case:
    text = """param l1 = 1.5e-10, l2 = 3.3e-7, l3 = 2.1e-6, l4 = 3.8e-3
time t in [0, 1e7]
unknown n1(t), n2(t), n3(t), n4(t)
eq: d(n1, t) = -l1*n1
eq: d(n2, t) = l1*n1 - l2*n2
eq: d(n3, t) = l2*n2 - l3*n3
eq: d(n4, t) = l3*n3 - l4*n4
ic: n1 = 1e20, n2 = 0, n3 = 0, n4 = 0  at t = 0
"""
    rates = [1.5e-10, 3.3e-7, 2.1e-6, 3.8e-3]
    matrix = np.diag([-r for r in rates]) + np.diag(rates[:3], -1)
    truths = []
    for t in 1e6, 1e7:
        end = expm(matrix * t) @ [1e20, 0, 0, 0]
        truths += [(f"n{i + 1}", {"t": t}, end[i]) for i in (1, 2, 3)]
    return known.case(_KIND, "a chain of decays (SI)", text, truths)


def _fisher() -> Case:
    text = """domain Omega: x in [0, 1]
time t in [0, 6]
unknown u(x, t)
eq: u_t = 0.003*u_xx + 4*u*(1 - u)
bc: dn(u) = 0  on boundary
ic: u = 1e-6*exp(-(x/0.1)^2)  at t = 0
"""
    x, d = known.chebyshev(64, 0, 1)
    second, ends = d @ d, [0, -1]
    corners = d[np.ix_(ends, ends)]

    def whole(s: known.Array) -> known.Array:
        u = np.empty(65)
        u[1:-1] = s
        u[ends] = np.linalg.solve(corners, -d[ends, 1:-1] @ s)
        return u

    def slopes(_: float, s: known.Array) -> known.Array:
        u = whole(s)
        return (0.003 * second @ u + 4 * u * (1 - u))[1:-1]

    start = 1e-6 * np.exp(-((x[1:-1] / 0.1) ** 2))
    found = solve_ivp(slopes, (0, 6), start, "LSODA", t_eval=[4, 6], rtol=1e-9, atol=1e-14)
    truths = [
        ("u", {"x": p, "t": t}, known.at_point(x, whole(found.y[:, i]), p))
        for i, t in enumerate((4.0, 6.0)) for p in (0.0, 0.5)
    ]  # fmt: skip
    return known.case(_KIND, "a species from one in a million", text, truths)


def _laser() -> Case:
    text = """param B = 2e-9, W = 4e24, tc = 1e-8, tf = 2.3e-4, s = 1e3
time t in [0, 3e-7]
unknown n(t), q(t)
eq: n_t = W - n/tf - B*n*q
eq: q_t = B*n*q - q/tc + s*n
ic: n = 0, q = 0  at t = 0
"""

    def slopes(_: float, y: known.Array) -> list[float]:
        n, q = y
        return [4e24 - n / 2.3e-4 - 2e-9 * n * q, 2e-9 * n * q - q / 1e-8 + 1e3 * n]

    found = known.integrated(slopes, [0.0, 0.0], [3e-8, 3e-7])
    truths = [
        (name, {"t": t}, found[row, column])
        for row, name in enumerate("nq") for column, t in enumerate((3e-8, 3e-7))
    ]  # fmt: skip
    return known.case(_KIND, "a laser switched on (SI)", text, truths)


def _flame() -> Case:
    text = """time t in [0, 2000]
unknown y(t)
eq: y_t = y^2 - y^3
ic: y = 1e-3  at t = 0
"""

    def radius(t: float) -> float:
        # y = 1/(1 + W(a exp(a - t))), a = 1/δ - 1 (Corless et al.); exp(999) overflows at t = 0.
        return 1 / (1 + float(lambertw(999 * math.exp(999 - t)).real))

    truths = [("y", {"t": t}, radius(t)) for t in (900.0, 1005.0, 2000.0)]
    return known.case(_KIND, "a ball of flame", text, truths)


def _enzyme() -> Case:
    text = """param kf = 1e8, kr = 1e3, kc = 50, E0 = 1e-8, S0 = 1e-5
time t in [0, 20]
unknown S(t), C(t), P(t)
eq: S_t = -kf*(E0 - C)*S + kr*C
eq: C_t = kf*(E0 - C)*S - (kr + kc)*C
eq: P_t = kc*C
ic: S = S0, C = 0, P = 0  at t = 0
"""

    def slopes(_: float, y: known.Array) -> list[float]:
        s, c, _p = y
        bound = 1e8 * (1e-8 - c) * s
        return [-bound + 1e3 * c, bound - 1.05e3 * c, 50 * c]

    found = known.integrated(slopes, [1e-5, 0.0, 0.0], [1e-3, 20.0])
    truths = [
        (name, {"t": t}, found[row, column])
        for row, name in enumerate("SCP") for column, t in enumerate((1e-3, 20.0))
    ]  # fmt: skip
    return known.case(_KIND, "an enzyme, from nanomoles (SI)", text, truths)


def _ignition() -> Case:
    text = """param A = 1e9, Ta = 12000, dT = 1500, T0 = 700
time t in [0, 0.05]
unknown T(t), Y(t)
eq: T_t = dT*A*Y*exp(-Ta/T)
eq: Y_t = -A*Y*exp(-Ta/T)
ic: T = T0, Y = 1  at t = 0
"""

    def slopes(_: float, y: known.Array) -> list[float]:
        rate = 1e9 * y[1] * math.exp(-12000 / y[0])
        return [1500 * rate, -rate]

    found = known.integrated(slopes, [700.0, 1.0], [0.0005, 0.002, 0.05])
    truths = [("T", {"t": t}, found[0, i]) for i, t in enumerate((0.0005, 0.002, 0.05))]
    return known.case(_KIND, "thermal explosion, Arrhenius (SI)", text, truths)


def _boundary_layer() -> Case:
    text = """param eps = 1e-4
domain Omega: x in [0, 1]
unknown u(x)
eq: eps*u_xx + (1 + x)*u_x + u = 0
bc: u = 0  on x = 0
bc: u = 1  on x = 1
"""
    eps = 1e-4

    # ((1 + x) u)' = u_x (1 + x) + u: ε u' + (1 + x) u = C, u = 2/(1 + x) + O(ε) outside.
    def weight(x: float, y: float) -> float:
        """exp of minus the integral of (1 + s)/ε from y to x."""
        return math.exp(-((x - y) + (x * x - y * y) / 2) / eps)

    def part(x: float) -> float:
        scale = eps / (1 + x)
        edges = [max(0.0, x - k * scale) for k in (60, 30, 15, 7, 3, 1, 0)]
        pieces = pairwise(edges)
        return math.fsum(
            quad(lambda y: weight(x, y), a, b, epsrel=1e-12)[0] / eps for a, b in pieces if b > a
        )

    truths = [("u", {"x": x}, part(x) / part(1.0)) for x in (1e-4, 0.01, 0.5)]
    return known.case(_KIND, "a boundary layer of 1e-4", text, truths)


def _measles() -> Case:
    text = """param N = 3e6, beta = 1.2, sigma = 0.125, gamma = 0.2
time t in [0, 150]
unknown S(t), E(t), I(t), R(t)
eq: S_t = -beta*S*I/N
eq: E_t = beta*S*I/N - sigma*E
eq: I_t = sigma*E - gamma*I
eq: R_t = gamma*I
ic: S = N - 1, E = 0, I = 1, R = 0  at t = 0
"""

    def slopes(_: float, y: known.Array) -> list[float]:
        s, e, i, _r = y
        new = 1.2 * s * i / 3e6
        return [-new, new - 0.125 * e, 0.125 * e - 0.2 * i, 0.2 * i]

    found = known.integrated(slopes, [3e6 - 1, 0.0, 1.0, 0.0], [40.0, 90.0, 150.0])
    truths = [
        (name, {"t": t}, found[row, column])
        for row, name in ((0, "S"), (2, "I")) for column, t in enumerate((40.0, 90.0, 150.0))
    ]  # fmt: skip
    return known.case(_KIND, "measles from one case", text, truths)
