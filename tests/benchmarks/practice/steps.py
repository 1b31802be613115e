"""Initial values with steps, blocks and kinks inside of the interval."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from scipy.special import erfc

from tests.benchmarks.truth.case import Case

from . import oracles as known

_KIND = "steps"


def cases() -> Iterator[Case]:
    """All of them."""
    yield _alloys()
    yield _puff()
    yield _ring()
    yield _tent()
    yield _tooth()
    yield _slugs()
    yield _shock()
    yield _fins()


def _step(y: float, spread: float) -> float:
    """A step from 0 to 1 at 0 after D t = ``spread``."""
    return float(erfc(-y / (2 * math.sqrt(spread))) / 2)


def _block(x: float, low: float, high: float, spread: float) -> float:
    return _step(x - low, spread) - _step(x - high, spread)


def _insulated(x: float, low: float, high: float, spread: float) -> float:
    """A block between insulated ends at 0 and 1."""
    images = [s * x + 2 * k for s in (-1, 1) for k in range(-6, 7)]
    return math.fsum(_block(y, low, high, spread) for y in images)


def _alloys() -> Case:
    text = """param D = 2e-14, L = 4e-6
domain Omega: x in [0, L]
time t in [0, 200]
unknown c(x, t)
eq: c_t = D*c_xx
bc: c_x = 0  on boundary
ic: c = if(x < 1.5e-6, 30, 5)  at t = 0
"""
    truths = [
        ("c", {"x": x, "t": t}, 5 + 25 * _insulated(x / 4e-6, 0, 0.375, 2e-14 * t / 1.6e-11))
        for x, t in ((1.45e-6, 1.0), (2e-6, 20.0), (3e-6, 200.0))
    ]
    return known.case(_KIND, "two alloys that diffuse into each other (SI)", text, truths)


def _puff() -> Case:
    text = """param v = 0.5, D = 2e-3, k = 0.1
domain Omega: x in [0, 10]
time t in [0, 8]
unknown c(x, t)
eq: c_t + v*c_x = D*c_xx - k*c
bc: c = 0  on boundary
ic: c = if(x > 2 and x < 2.5, 1, 0) + 3*if(x > 3.4 and x < 3.5, 1, 0)  at t = 0
"""

    def c(x: float, t: float) -> float:
        y, spread = x - 0.5 * t, 2e-3 * t
        return math.exp(-0.1 * t) * (_block(y, 2, 2.5, spread) + 3 * _block(y, 3.4, 3.5, spread))

    at = ((2.6, 0.5), (4.5, 4.0), (7.45, 8.0))
    truths = [("c", {"x": x, "t": t}, c(x, t)) for x, t in at]
    return known.case(_KIND, "two puffs that decay in the wind", text, truths)


def _ring() -> Case:
    text = """domain Omega: x in [0, 2]
time t in [0, 1]
unknown u(x, t)
eq: u_t + 2*u_x = 0.05*u_xx
bc: u periodic in x
ic: u = if(x < 0.5, 1, 0)  at t = 0
"""

    def u(x: float, t: float) -> float:
        return math.fsum(_block(x - 2 * t - 2 * k, 0, 0.5, 0.05 * t) for k in range(-6, 7))

    at = ((0.02, 0.001), (0.9, 0.2), (0.3, 1.0))
    truths = [("u", {"x": x, "t": t}, u(x, t)) for x, t in at]
    return known.case(_KIND, "a block on a ring", text, truths)


def _tent() -> Case:
    text = """domain Omega: x in [0, 1]
time t in [0, 0.1]
unknown u(x, t)
eq: u_t = u_xx
bc: u = 0  on boundary
ic: u = 1 - 2*abs(x - 0.5)  at t = 0
"""

    def u(x: float, t: float) -> float:
        n = np.arange(1, 2000) * math.pi
        sizes = 8 / n**2 * np.sin(n / 2)
        return float((sizes * np.sin(n * x) * np.exp(-n * n * t)).sum())

    at = ((0.5, 1e-4), (0.48, 1e-3), (0.3, 0.1))
    truths = [("u", {"x": x, "t": t}, u(x, t)) for x, t in at]
    return known.case(_KIND, "a plucked string in honey", text, truths)


def _tooth() -> Case:
    text = """param a = 1.1e-4, L = 0.4
domain Omega: x in [0, L]
time t in [0, 300]
unknown T(x, t)
eq: T_t = a*T_xx
bc: T = 0  on boundary
ic: T = if(x < 0.3, 200*x, 0)  at t = 0
"""

    def rise(x: float, t: float) -> float:
        n = np.arange(1, 3000) * math.pi / 0.4
        sizes = 1000 * (np.sin(0.3 * n) / n**2 - 0.3 * np.cos(0.3 * n) / n)
        return float((sizes * np.sin(n * x) * np.exp(-1.1e-4 * n * n * t)).sum())

    at = ((0.29, 0.5), (0.25, 20.0), (0.1, 300.0))
    truths = [("T", {"x": x, "t": t}, rise(x, t)) for x, t in at]
    return known.case(_KIND, "a rod that was heated along a part (SI)", text, truths)


def _slugs() -> Case:
    text = """domain Omega: x in [0, 1]
time t in [0, 0.2]
unknown a(x, t), b(x, t)
eq: a_t = 0.5*a_xx - 4*a + b
eq: b_t = 0.5*b_xx + 4*a - b
bc: a_x = 0, b_x = 0  on boundary
ic: a = if(x < 0.3, 1, 0), b = if(x < 0.6, 0, 2)  at t = 0
"""

    def fields(x: float, t: float) -> tuple[float, float]:
        # a + b diffuses alone, and 4 a − b decays beside by exp(−5 t).
        a = _insulated(x, 0, 0.3, 0.5 * t)
        b = 2 * _insulated(x, 0.6, 1, 0.5 * t)
        whole, rest = a + b, (4 * a - b) * math.exp(-5 * t)
        return (whole + rest) / 5, (4 * whole - rest) / 5

    truths = [
        (name, {"x": x, "t": t}, fields(x, t)[k])
        for x, t in ((0.31, 1e-3), (0.5, 0.2)) for k, name in enumerate("ab")
    ]  # fmt: skip
    return known.case(_KIND, "two slugs that react", text, truths)


def _shock() -> Case:
    text = """param nu = 0.05
domain Omega: x in [-2, 3]
time t in [0, 1]
unknown u(x, t)
eq: u_t + u*u_x = nu*u_xx
bc: u = 1  on x = -2
bc: u = 0  on x = 3
ic: u = if(x < 0, 1, 0)  at t = 0
"""

    def u(x: float, t: float) -> float:
        # The transformation of Cole and Hopf.
        root = 2 * math.sqrt(0.05 * t)
        left = math.exp((t - 2 * x) / 0.2) * float(erfc((x - t) / root))
        return left / (left + float(erfc(-x / root)))

    at = ((0.05, 0.01), (0.2, 0.3), (0.55, 1.0))
    truths = [("u", {"x": x, "t": t}, u(x, t)) for x, t in at]
    return known.case(_KIND, "a step that becomes a shock layer", text, truths)


def _fins() -> Case:
    text = """domain Omega: x in [0, 1]
time t in [0, 0.1]
unknown u(x, t)
eq: u_t = d((1 + x)^2*u_x, x)
bc: u = 0  on boundary
ic: u = if(x < 0.5, 0, (1 - x)/(1 + x))  at t = 0
"""
    # With s = ln(1 + x): u = v/√(1 + x), v_t = v_ss − v/4.
    length = math.log(2)
    n = np.arange(1, 1500) * math.pi / length
    s, weights = np.polynomial.legendre.leggauss(6000)
    low = math.log(1.5)
    s = low + (length - low) * (1 + s) / 2
    start = (2 - np.exp(s)) / np.exp(s) * np.exp(s / 2) * weights * (length - low) / 2
    sizes = np.array([2 / length * float(start @ np.sin(k * s)) for k in n])

    def u(x: float, t: float) -> float:
        terms = sizes * np.sin(n * math.log(1 + x)) * np.exp(-(n**2 + 0.25) * t)
        return float(terms.sum()) / math.sqrt(1 + x)

    at = ((0.52, 1e-4), (0.4, 5e-3), (0.5, 0.1))
    truths = [("u", {"x": x, "t": t}, u(x, t)) for x, t in at]
    return known.case(_KIND, "a step where the diffusivity varies", text, truths)
