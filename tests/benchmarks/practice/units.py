"""Problems in metres, seconds, pascals and kelvins."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from scipy.integrate import quad, solve_bvp, solve_ivp
from scipy.linalg import expm

from tests.benchmarks.truth.case import Case

from . import oracles as known

_KIND = "units"


def cases() -> Iterator[Case]:
    """All of them."""
    yield _slab()
    yield _beam()
    yield _moving_source()
    yield _ions()
    yield _infiltration()
    yield _exchanger()
    yield _radiating_fin()
    yield _consolidation()
    yield _cable()
    yield _membrane()


def _slab() -> Case:
    text = """param k = 50, rho = 7800, cp = 470, h = 500, L = 0.05, T0 = 1173.15, Tf = 293.15
domain Omega: x in [0, L]
time t in [0, 600]
unknown T(x, t)
eq: rho*cp*T_t = k*T_xx
bc: T_x = 0               on x = 0
bc: -k*T_x = h*(T - Tf)   on x = L
ic: T = T0                at t = 0
"""
    fourier = 50 / (7800 * 470) / 0.05**2
    truths = [
        ("T", {"x": x, "t": t}, 293.15 + 880 * known.plane_wall(fourier * t, 0.5, x / 0.05))
        for x, t in ((0.0, 600.0), (0.05, 100.0), (0.025, 30.0))
    ]
    return known.case(_KIND, "steel slab quenched, convection", text, truths, 293.15)


def _beam() -> Case:
    text = """param E = 2e11, I = 8e-9, rho = 7850, A = 4e-4, L = 1.5
domain Omega: x in [0, L]
time t in [0, 0.08]
unknown w(x, t)
eq: rho*A*w_tt + E*I*d(w, x, 4) = 0
bc: w = 0, w_xx = 0  on boundary
ic: w = 0.002*sin(pi*x/L) + 0.0005*sin(2*pi*x/L), w_t = 0  at t = 0
"""
    speed = math.sqrt(2e11 * 8e-9 / (7850 * 4e-4)) * (math.pi / 1.5) ** 2

    def w(x: float, t: float) -> float:
        return 0.002 * math.sin(math.pi * x / 1.5) * math.cos(speed * t) + 0.0005 * math.sin(
            2 * math.pi * x / 1.5
        ) * math.cos(4 * speed * t)

    truths = [("w", {"x": x, "t": t}, w(x, t)) for x, t in ((0.4, 0.03), (1.0, 0.08))]
    return known.case(_KIND, "steel beam vibrating, E = 2e11", text, truths)


def _moving_source() -> Case:
    text = """param k = 45, rho = 7850, cp = 480, q = 4e9, s = 0.002, v = 0.01
domain Omega: x in [0, 0.1]
time t in [0, 6]
unknown T(x, t)
eq: rho*cp*T_t = k*T_xx + q*exp(-((x - 0.02 - v*t)/s)^2)
bc: T = 300  on boundary
ic: T = 300  at t = 0
"""
    alpha, heat = 45 / (7850 * 480), 4e9 / (7850 * 480)

    def rise(x: float, t: float) -> float:
        total = 0.0
        for n in range(1, 120):
            k = n * math.pi / 0.1
            size = 2 / 0.1 * math.sqrt(math.pi) * 0.002 * math.exp(-((k * 0.002) ** 2) / 4)
            part = quad(
                lambda s, k=k: math.sin(k * (0.02 + 0.01 * s)) * math.exp(-alpha * k * k * (t - s)),
                0, t, epsrel=1e-11, limit=500,
            )[0]  # fmt: skip
            total += heat * size * part * math.sin(k * x)
        return total

    truths = [("T", {"x": x, "t": t}, 300 + rise(x, t)) for x, t in ((0.05, 3.0), (0.07, 6.0))]
    return known.case(_KIND, "moving heat source (welding)", text, truths, 300)


def _ions() -> Case:
    text = """param D = 1e-9, F = 96485, c0 = 1, eps = 7e-10, Vt = 0.0257, V = 0.02, L = 1e-7
domain Omega: x in [0, L]
time t in [0, 2e-6]
unknown p(x, t), m(x, t), phi(x, t)
eq cations: p_t = D*d(p_x + p*phi_x/Vt, x)
eq anions:  m_t = D*d(m_x - m*phi_x/Vt, x)
eq poisson: eps*phi_xx = F*(m - p)
bc: p_x + p*phi_x/Vt = 0, m_x - m*phi_x/Vt = 0  on boundary
bc: phi = -V  on x = 0
bc: phi = V   on x = L
ic: p = c0, m = c0  at t = 0
"""
    # In units of L, L²/D, c₀ and Vt: φ'' = κ (m - p).
    kappa, high = 96485 * 1e-14 / (7e-10 * 0.0257), 0.02 / 0.0257
    times = [0.5e-6 * 1e-9 / 1e-14, 2e-6 * 1e-9 / 1e-14]
    x, d = known.chebyshev(48, 0, 1)
    inner, ends = slice(1, -1), [0, -1]
    second = (d @ d)[inner]

    def fields(s: known.Array) -> tuple[known.Array, known.Array, known.Array]:
        """Values at all points from those inside, with fluxes that are zero at the ends."""
        p, m = np.empty(49), np.empty(49)
        p[inner], m[inner] = np.split(s, 2)
        phi = np.empty(49)
        phi[ends] = -high, high
        rest = kappa * (m - p)[inner] - second[:, ends] @ phi[ends]
        phi[inner] = np.linalg.solve(second[:, inner], rest)
        slope = np.diag((d @ phi)[ends])
        for own, sign in (p, 1), (m, -1):
            matrix = d[np.ix_(ends, ends)] + sign * slope
            own[ends] = np.linalg.solve(matrix, -d[ends, inner] @ own[inner])
        return p, m, phi

    def slopes(_: float, s: known.Array) -> known.Array:
        p, m, phi = fields(s)
        field = d @ phi
        return np.r_[(d @ (d @ p + p * field))[inner], (d @ (d @ m - m * field))[inner]]

    start = np.ones(2 * 47)
    found = solve_ivp(slopes, (0, times[1]), start, "LSODA", t_eval=times, rtol=1e-9, atol=1e-12)
    truths = []
    for column, t in enumerate((0.5e-6, 2e-6)):
        p, _, phi = fields(found.y[:, column])
        truths += [
            ("p", {"x": 1e-8, "t": t}, known.at_point(x, p, 0.1)),
            ("phi", {"x": 2e-8, "t": t}, 0.0257 * known.at_point(x, phi, 0.2)),
        ]
    return known.case(_KIND, "Poisson–Nernst–Planck from rest, 100 nm", text, truths)


def _infiltration() -> Case:
    text = """param Ks = 1e-6, a = 2, dtheta = 0.35, dry = -4, tau = 600
domain Omega: z in [0, 1]
time t in [0, 36000]
unknown h(z, t)
let K = Ks*exp(a*h)
eq: dtheta*a*exp(a*h)*h_t = d(K*(h_z - 1), z)
bc: h = dry*exp(-t/tau)  on z = 0
bc: h = dry              on z = 1
ic: h = dry              at t = 0
"""
    # Gardner's law: Φ = exp(a h) diffuses and is carried, Δθ Φ_t = (Ks/a) Φ_zz - Ks Φ_z.
    x, d = known.chebyshev(120, 0, 1)
    inner = slice(1, -1)
    operator = (1e-6 / 2 * d @ d - 1e-6 * d) / 0.35
    dry = math.exp(-8)

    def slopes(t: float, s: known.Array) -> known.Array:
        phi = np.r_[math.exp(-8 * math.exp(-t / 600)), s, dry]
        return (operator @ phi)[inner]

    times = [3600.0, 36000.0]
    start = np.full(119, dry)
    found = solve_ivp(slopes, (0, 36000), start, "LSODA", t_eval=times, rtol=1e-10, atol=1e-14)
    truths = []
    for column, t in enumerate(times):
        phi = np.r_[math.exp(-8 * math.exp(-t / 600)), found.y[:, column], dry]
        for z in 0.1, 0.4:
            value = math.log(known.at_point(x, phi, z)) / 2
            truths.append(("h", {"z": z, "t": t}, value))
    return known.case(_KIND, "infiltration into dry soil (Richards)", text, truths)


def _exchanger() -> Case:
    text = """param U = 800, P = 0.12, m1 = 0.3, c1 = 4180, m2 = 0.2, c2 = 2100, L = 8
domain Omega: x in [0, L]
unknown Tc(x), Th(x)
eq cold: m1*c1*Tc_x = U*P*(Th - Tc)
eq hot:  -m2*c2*Th_x = U*P*(Tc - Th)
bc: Tc = 288.15  on x = 0
bc: Th = 363.15  on x = L
"""
    a, b = 800 * 0.12 / (0.3 * 4180), 800 * 0.12 / (0.2 * 2100)
    matrix = np.array([[-a, a], [-b, b]])
    whole = expm(8 * matrix)
    hot = (363.15 - whole[1, 0] * 288.15) / whole[1, 1]
    start = np.array([288.15, hot])
    half = expm(3 * matrix) @ start
    truths = [("Th", {"x": 0.0}, hot), ("Tc", {"x": 3.0}, half[0]), ("Th", {"x": 3.0}, half[1])]
    return known.case(_KIND, "counterflow heat exchanger", text, truths, 288.15)


def _radiating_fin() -> Case:
    text = """param k = 25, s = 5.67e-8, eps = 0.9, b = 0.004, Tw = 1200, Ts = 300, L = 0.1
domain Omega: x in [0, L]
unknown T(x)
eq: k*b*T_xx = 2*eps*s*(T^4 - Ts^4)
bc: T = Tw   on x = 0
bc: T_x = 0  on x = L
"""
    factor = 2 * 0.9 * 5.67e-8 / (25 * 0.004)

    def slopes(_: known.Array, y: known.Array) -> known.Array:
        return np.stack([y[1], factor * (y[0] ** 4 - 300.0**4)])

    x = np.linspace(0, 0.1, 400)
    guess = np.stack([1200 - 6000 * x, np.full(400, -6000.0)])
    found = solve_bvp(
        slopes, lambda a, b: np.array([a[0] - 1200, b[1]]), x, guess, tol=1e-11, max_nodes=100_000
    )
    truths = [("T", {"x": p}, found.sol(p)[0]) for p in (0.02, 0.1)]
    return known.case(_KIND, "fin that radiates, T⁴", text, truths)


def _consolidation() -> Case:
    text = """param cv = 1e-7, H = 5
domain Omega: z in [0, H]
time t in [0, 3.15e7]
unknown u(z, t)
eq: u_t = cv*u_zz
bc: u = 0    on z = 0
bc: u_z = 0  on z = H
ic: u = 1e5  at t = 0
"""
    truths = [
        ("u", {"z": z, "t": t}, 1e5 * known.cold_ends(1e-7 * t / 100, z / 10))
        for z, t in ((1.0, 3.15e6), (2.0, 3.15e7), (5.0, 3.15e7))
    ]
    return known.case(_KIND, "consolidation of clay over a year", text, truths)


def _cable() -> Case:
    text = """param R = 1e5, C = 1e-10, L = 1, V0 = 5, tau = 2e-7
domain Omega: x in [0, L]
time t in [0, 2e-5]
unknown V(x, t)
eq: R*C*V_t = V_xx
bc: V = V0*(1 - exp(-t/tau))  on x = 0
bc: V_x = 0                   on x = L
ic: V = 0                     at t = 0
"""
    x, d = known.chebyshev(80, 0, 1)
    second = d @ d

    def whole(t: float, s: known.Array) -> known.Array:
        first = 5 * (1 - math.exp(-t / 0.02))
        v = np.r_[first, s, 0.0]
        v[-1] = -(d[-1, :-1] @ v[:-1]) / d[-1, -1]
        return v

    times = [0.2, 2.0]
    found = solve_ivp(
        lambda t, s: (second @ whole(t, s))[1:-1], (0, 2), np.zeros(79), "LSODA",
        t_eval=times, rtol=1e-10, atol=1e-13,
    )  # fmt: skip
    truths = []
    for column, t in enumerate(times):
        v = whole(t, found.y[:, column])
        truths += [("V", {"x": p, "t": t * 1e-5}, known.at_point(x, v, p)) for p in (0.3, 1.0)]
    return known.case(_KIND, "RC cable, step behind a filter", text, truths)


def _membrane() -> Case:
    text = """param N = 3000, m = 0.26, a = 0.3
domain Omega: (x, y) in [0, a]^2
time t in [0, 0.006]
unknown w(x, y, t)
eq: m*w_tt = N*lap(w)
bc: w = 0  on boundary
ic: w = 1e-3*sin(pi*x/a)*sin(2*pi*y/a), w_t = 0  at t = 0
"""
    speed = math.sqrt(3000 / 0.26 * 5) * math.pi / 0.3

    def w(x: float, y: float, t: float) -> float:
        shape = math.sin(math.pi * x / 0.3) * math.sin(2 * math.pi * y / 0.3)
        return 1e-3 * shape * math.cos(speed * t)

    at = ((0.1, 0.05, 0.002), (0.2, 0.1, 0.006))
    truths = [("w", {"x": x, "y": y, "t": t}, w(x, y, t)) for x, y, t in at]
    return known.case(_KIND, "square drum", text, truths)
