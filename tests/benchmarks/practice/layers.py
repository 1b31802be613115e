"""Stacked materials, and coefficients that jump in space."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from tests.benchmarks.truth.case import Case

from . import oracles as known

_KIND = "layers"


def cases() -> Iterator[Case]:
    """All of them."""
    yield _wall()
    yield _two_layers_in_time()
    yield _strips()
    yield _beam()
    yield _seepage()
    yield _glass()
    yield _capacitor()
    yield _pipe()
    yield _fibre()
    yield _half_heated()
    yield _catalyst()


def _wall() -> Case:
    text = """param hi = 8, ho = 25, Ti = 293.15, To = 263.15
domain Omega: x in [0, 0.45]
unknown T(x)
let k = if(x < 0.02, 0.7, if(x < 0.32, 0.81, if(x < 0.44, 0.035, 1.0)))
eq: d(k*T_x, x) = 0
bc: -k*T_x = hi*(Ti - T)  on x = 0
bc: -k*T_x = ho*(T - To)  on x = 0.45
"""
    parts = [1 / 8, 0.02 / 0.7, 0.3 / 0.81, 0.12 / 0.035, 0.01 / 1.0, 1 / 25]
    flux = 30 / sum(parts)
    truths = [
        ("T", {"x": 0.0}, 293.15 - flux * parts[0]),
        ("T", {"x": 0.32}, 293.15 - flux * sum(parts[:3])),
        ("T", {"x": 0.45}, 293.15 - flux * sum(parts[:5])),
    ]
    return known.case(_KIND, "insulated wall of four layers (SI)", text, truths, 263.15)


def _two_layers_in_time() -> Case:
    text = """domain Omega: x in [0, 1]
time t in [0, 0.5]
unknown T(x, t)
let k = if(x < 0.5, 1, 0.1), c = if(x < 0.5, 1, 3)
eq: c*T_t = d(k*T_x, x)
bc: T = 0  on boundary
ic: T = sin(pi*x)^2  at t = 0
"""

    def value(cells: int) -> known.Array:
        x = (np.arange(cells) + 0.5) / cells
        k, c = np.where(x < 0.5, 1.0, 0.1), np.where(x < 0.5, 1.0, 3.0)
        inner = 2 / (1 / k[1:] + 1 / k[:-1])
        face = np.r_[2 * k[0], inner, 2 * k[-1]] * cells**2
        matrix = np.diag(-(face[:-1] + face[1:]) / c)
        matrix += np.diag(inner * cells**2 / c[:-1], 1) + np.diag(inner * cells**2 / c[1:], -1)
        start = 0.5 - np.sin(2 * np.pi / cells) / (4 * np.pi / cells) * np.cos(2 * np.pi * x)
        weights = np.sqrt(c)
        symmetric = weights[:, None] * matrix / weights
        rates, modes = np.linalg.eigh((symmetric + symmetric.T) / 2)
        end = modes @ (np.exp(0.5 * rates) * (modes.T @ (weights * start))) / weights
        # At x = 1/4 and 3/4, between two cells each.
        return np.array([end[i - 1 : i + 1].mean() for i in (cells // 4, 3 * cells // 4)])

    coarse, fine = value(400), value(800)
    best = fine + (fine - coarse) / 3
    truths = [("T", {"x": x, "t": 0.5}, v) for x, v in zip((0.25, 0.75), best, strict=True)]
    return known.case(_KIND, "two layers in time, k and c jump", text, truths)


def _strips() -> Case:
    text = """domain Omega: (x, y) in [0, 2] * [0, 1]
unknown u(x, y)
let k = if(x < 0.8, 1, 25)
eq: div(k*grad(u)) = 0
bc: u = 0            on y = 0, y = 1, x = 0
bc: u = sin(pi*y)    on x = 2
"""
    # sin(πy) (A sinh πx) left, sin(πy) (B cosh π(x - 2) + C sinh π(x - 2)) right, B = 1.
    s, c = math.sinh(0.8 * math.pi), math.cosh(0.8 * math.pi)
    sr, cr = math.sinh(-1.2 * math.pi), math.cosh(-1.2 * math.pi)
    a, b = np.linalg.solve([[s, -sr], [c, -25 * cr]], [cr, 25 * sr])
    truths = [
        ("u", {"x": 0.5, "y": 0.5}, a * math.sinh(0.5 * math.pi)),
        ("u", {"x": 1.4, "y": 0.5}, math.cosh(0.6 * math.pi) - b * math.sinh(0.6 * math.pi)),
    ]
    return known.case(_KIND, "two strips side by side", text, truths)


def _beam() -> Case:
    text = """param q = 1500, L = 2
domain Omega: x in [0, L]
unknown w(x)
let EI = if(x < 1.2, 2e5, 5e4)
eq: d(EI*w_xx, x, 2) = q
bc: w = 0, w_x = 0                    on x = 0
bc: EI*w_xx = 0, d(EI*w_xx, x) = 0    on x = L
"""
    # w'' = q (L - x)²/2 / EI, integrated twice.
    moment = np.polynomial.Polynomial([2, -1]) ** 2 * 1500 / 2
    slope, low = (moment / 2e5).integ(), (moment / 2e5).integ().integ()
    high = (moment / 5e4).integ(lbnd=1.2)
    end = low(1.2) + slope(1.2) * 0.8 + high.integ(lbnd=1.2)(2.0)
    truths = [("w", {"x": 1.2}, low(1.2)), ("w", {"x": 2.0}, end)]
    return known.case(_KIND, "cantilever of two sections (SI)", text, truths)


def _seepage() -> Case:
    text = """param mu = 1e-3
domain Omega: z in [0, 10]
unknown p(z)
let k = if(z < 4, 1e-12, if(z < 6, 1e-15, 5e-13))
eq: d(k/mu*p_z, z) = 0
bc: p = 3e5  on z = 0
bc: p = 1e5  on z = 10
"""
    parts = [4 / 1e-12, 2 / 1e-15, 4 / 5e-13]
    truths = [
        ("p", {"z": 4.0}, 3e5 - 2e5 * parts[0] / sum(parts)),
        ("p", {"z": 5.0}, 3e5 - 2e5 * (parts[0] + parts[1] / 2) / sum(parts)),
    ]
    return known.case(_KIND, "seepage through clay between sands (SI)", text, truths)


def _glass() -> Case:
    text = """param k0 = 6
domain Omega: x in [0, 3]
unknown u(x)
let n2 = if(x < 1, 1, if(x < 2, 2.25, 1))
eq: u_xx + k0^2*n2*u = 0
bc: u = 1  on x = 0
bc: u = 0  on x = 3
"""

    def through(k: float, length: float) -> known.Array:
        c, s = math.cos(k * length), math.sin(k * length)
        return np.array([[c, s / k], [-k * s, c]])

    first, second = through(6, 1), through(9, 1)
    whole = first @ second @ first
    slope = -whole[0, 0] / whole[0, 1]
    middle = through(9, 0.5) @ first @ [1, slope]
    truths = [("u", {"x": 1.0}, (first @ [1, slope])[0]), ("u", {"x": 1.5}, middle[0])]
    return known.case(_KIND, "waves through a sheet of glass", text, truths)


def _capacitor() -> Case:
    text = """param e0 = 8.854e-12, V = 1000, rho = 1e-3
domain Omega: x in [0, 2e-3]
unknown phi(x)
let eps = e0*if(x < 5e-4, 6, 1), charge = if(x < 5e-4, rho, 0)
eq: -d(eps*phi_x, x) = charge
bc: phi = V  on x = 0
bc: phi = 0  on x = 2e-3
"""
    # D = -ε φ': D = D₀ + ρ x in the dielectric, constant beyond.
    e1, e2, a, b, rho = 6 * 8.854e-12, 8.854e-12, 5e-4, 1.5e-3, 1e-3
    start = (1000 - rho * a * a / (2 * e1) - rho * a * b / e2) / (a / e1 + b / e2)
    truths = [("phi", {"x": a}, (start + rho * a) * b / e2)]
    return known.case(_KIND, "capacitor with a charged dielectric (SI)", text, truths)


def _pipe() -> Case:
    text = """param hot = 450, cold = 290, h = 12
domain Omega: r in [0.04, 0.10]
unknown T(r)
let k = if(r < 0.05, 45, 0.06)
eq: d(r*k*T_r, r) = 0
bc: T = hot                  on r = 0.04
bc: -k*T_r = h*(T - cold)    on r = 0.10
"""
    parts = [math.log(0.05 / 0.04) / 45, math.log(2) / 0.06, 1 / (12 * 0.1)]
    flux = 160 / sum(parts)
    truths = [
        ("T", {"r": 0.05}, 450 - flux * parts[0]),
        ("T", {"r": 0.1}, 450 - flux * sum(parts[:2])),
    ]
    return known.case(_KIND, "insulated steam pipe (SI)", text, truths, 290)


def _fibre() -> Case:
    text = """param a = 0.4, k = 10
domain Omega: (x, y) in [-1, 1]^2
unknown u(x, y)
let r2 = x^2 + y^2
let outside = x + (1 - k)/(1 + k)*a^2*x/r2
let K = if(r2 < a^2, k, 1)
eq: div(K*grad(u)) = 0
bc: u = outside  on boundary
"""
    ratio = -9 / 11

    def u(x: float, y: float) -> float:
        r2 = x * x + y * y
        return 2 / 11 * x if r2 < 0.16 else x + ratio * 0.16 * x / r2

    truths = [("u", {"x": x, "y": y}, u(x, y)) for x, y in ((0.2, 0.1), (0.5, 0.3))]
    return known.case(_KIND, "a fibre in a matrix", text, truths)


def _half_heated() -> Case:
    text = """domain Omega: (x, y) in [0, 1]^2
unknown u(x, y)
eq: lap(u) = 0
bc: dn(u) = if(x < 0.5, 1, 0)  on y = 1
bc: dn(u) = 0                  on x = 0, x = 1
bc: u = 0                      on y = 0
"""

    def u(x: float, y: float) -> float:
        n = np.arange(1, 400) * math.pi
        heights = (np.exp(n * (y - 1)) - np.exp(-n * (y + 1))) / (1 + np.exp(-2 * n))
        return float(y / 2 + (2 / n**2 * np.sin(n / 2) * np.cos(n * x) * heights).sum())

    truths = [("u", {"x": x, "y": y}, u(x, y)) for x, y in ((0.3, 0.8), (0.8, 0.5))]
    return known.case(_KIND, "heated on half of a side", text, truths)


def _catalyst() -> Case:
    text = """param D = 2e-9, k = 0.5
domain Omega: x in [0, 1e-3]
unknown c(x)
eq: D*c_xx = if(x > 6e-4, k*c, 0)
bc: c = 4    on x = 0
bc: c_x = 0  on x = 1e-3
"""
    rate = math.sqrt(0.5 / 2e-9)
    # c = 4 - g x before the layer, e cosh(rate (L - x)) in it.
    s, ch = math.sinh(rate * 4e-4), math.cosh(rate * 4e-4)
    edge = 4 / (1 + 6e-4 * rate * s / ch)
    truths = [("c", {"x": 6e-4}, edge), ("c", {"x": 1e-3}, edge / ch)]
    return known.case(_KIND, "a catalyst behind a film (SI)", text, truths)
