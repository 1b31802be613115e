"""Conservation laws before and after their solutions break, and fronts with viscosity."""

from __future__ import annotations

import math
from collections.abc import Iterator

from scipy.integrate import quad
from scipy.optimize import brentq

from tests.benchmarks.truth.case import Case

from . import oracles as known

_KIND = "shocks"


def cases() -> Iterator[Case]:
    """All of them; those without a value have no classical solution."""
    yield _sine("past 1/2π", 0.3)
    yield _sine("before 1/2π", 0.12)
    yield _dam()
    yield _traffic()
    yield _oil()
    yield _viscous()
    yield _layer()
    yield _rarefaction()
    yield _pulse()
    yield _blow_up()
    yield _piston()


def _sine(name: str, end: float) -> Case:
    text = f"""domain Omega: x in [0, 1]
time t in [0, {end}]
unknown u(x, t)
eq: u_t + u*u_x = 0
bc: u periodic in x
ic: u = sin(2*pi*x)  at t = 0
"""
    if end > 1 / (2 * math.pi):
        return known.case(_KIND, f"Burgers, no viscosity, {name}", text, [])

    def u(x: float, t: float) -> float:
        foot = brentq(lambda s: s + t * math.sin(2 * math.pi * s) - x, -1, 2, xtol=1e-15)
        return math.sin(2 * math.pi * foot)

    truths = [("u", {"x": x, "t": end}, u(x, end)) for x in (0.2, 0.4)]
    return known.case(_KIND, f"Burgers, no viscosity, {name}", text, truths)


def _dam() -> Case:
    text = """param g = 9.81
domain Omega: x in [0, 50]
time t in [0, 5]
unknown h(x, t), q(x, t)
eq mass: h_t + q_x = 0
eq momentum: q_t + d(q^2/h + g*h^2/2, x) = 0
bc: q = 0  on boundary
ic: h = if(x < 25, 4, 1), q = 0  at t = 0
"""
    return known.case(_KIND, "dam break (SI)", text, [])


def _traffic() -> Case:
    text = """param vmax = 25, jam = 0.12
domain Omega: x in [0, 2000]
time t in [0, 120]
unknown n(x, t)
eq: n_t + d(vmax*n*(1 - n/jam), x) = 0
bc: n = 0.02  on x = 0
ic: n = 0.02 + 0.06*exp(-((x - 800)/150)^2)  at t = 0
"""
    return known.case(_KIND, "traffic that jams (SI)", text, [])


def _oil() -> Case:
    text = """domain Omega: x in [0, 1]
time t in [0, 0.4]
unknown s(x, t)
let f = s^2/(s^2 + 0.5*(1 - s)^2)
eq: s_t + d(f, x) = 0
bc: s = 1  on x = 0
ic: s = exp(-(x/0.1)^2)  at t = 0
"""
    return known.case(_KIND, "Buckley and Leverett", text, [])


def _viscous() -> Case:
    text = """param nu = 0.02
domain Omega: x in [-1, 1]
time t in [0, 1]
unknown u(x, t)
eq: u_t + u*u_x = nu*u_xx
bc: u = 0            on boundary
ic: u = -sin(pi*x)   at t = 0
"""

    def u(x: float, t: float) -> float:
        # Cole and Hopf (Basdevant et al., 1986).
        def weight(s: float) -> float:
            y = x - s
            return math.exp(
                -math.cos(math.pi * y) / (2 * math.pi * 0.02) - s * s / (4 * 0.02 * t)
                - 1 / (2 * math.pi * 0.02)
            )  # fmt: skip

        up = quad(lambda s: -math.sin(math.pi * (x - s)) * weight(s), -3, 3, limit=400)[0]
        return up / quad(weight, -3, 3, limit=400)[0]

    truths = [("u", {"x": x, "t": t}, u(x, t)) for x, t in ((0.05, 0.5), (0.5, 1.0))]
    return known.case(_KIND, "Burgers, ν = 0.02", text, truths)


def _layer() -> Case:
    text = """param nu = 0.01
domain Omega: x in [-1, 1]
unknown u(x)
eq: u*u_x = nu*u_xx
bc: u = 1   on x = -1
bc: u = -1  on x = 1
"""
    # u = -a tanh(a x/2ν) with a tanh(a/2ν) = 1.
    truths = [("u", {"x": x}, -math.tanh(x / 0.02)) for x in (0.01, -0.3)]
    return known.case(_KIND, "a standing shock layer, ν = 0.01", text, truths)


def _rarefaction() -> Case:
    # On x = -1 the wave itself, to 1e-6: its characteristics there have the speed s.
    text = """param s = 2/(1 + exp(2/0.3))
domain Omega: x in [-1, 3]
time t in [0, 1]
unknown u(x, t)
eq: u_t + u*u_x = 0
bc: u = 1 + tanh((-1 - s*t)/0.3)  on x = -1
ic: u = 1 + tanh(x/0.3)           at t = 0
"""

    def u(x: float, t: float) -> float:
        foot = brentq(lambda s: s + t * (1 + math.tanh(s / 0.3)) - x, -4, 4, xtol=1e-15)
        return 1 + math.tanh(foot / 0.3)

    truths = [("u", {"x": x, "t": 1.0}, u(x, 1.0)) for x in (0.5, 1.5)]
    return known.case(_KIND, "a wave that spreads, no viscosity", text, truths)


def _pulse() -> Case:
    text = """domain Omega: x in [0, 10]
time t in [0, 4]
unknown c(x, t)
eq: c_t + 2*c_x = 0
bc: c = exp(-((-2*t - 0.5)/0.3)^2) + exp(-((1 - 2*t)/0.3)^2)  on x = 0
ic: c = exp(-((x - 0.5)/0.3)^2) + exp(-((x + 1)/0.3)^2)       at t = 0
"""

    def c(x: float, t: float) -> float:
        s = x - 2 * t
        return math.exp(-(((s - 0.5) / 0.3) ** 2)) + math.exp(-(((s + 1) / 0.3) ** 2))

    truths = [("c", {"x": x, "t": t}, c(x, t)) for x, t in ((5.3, 2.5), (6.9, 4.0))]
    return known.case(_KIND, "pulses carried through a pipe", text, truths)


def _blow_up() -> Case:
    text = """domain Omega: x in [0, 1]
time t in [0, 1]
unknown u(x, t)
eq: u_t = u_xx + u^3
bc: u = 0  on boundary
ic: u = 12*sin(pi*x)  at t = 0
"""
    return known.case(_KIND, "a reaction that blows up", text, [])


def _piston() -> Case:
    text = """param nu = 0.002
domain Omega: x in [0, 2]
time t in [0, 1]
unknown u(x, t)
eq: u_t + u*u_x = nu*u_xx
bc: u = 1/(1 + exp((-0.4 - t/2)/(2*nu)))  on x = 0
bc: u = 1/(1 + exp((1.6 - t/2)/(2*nu)))      on x = 2
ic: u = 1/(1 + exp((x - 0.4)/(2*nu)))        at t = 0
"""
    value = 1 / (1 + math.exp((0.905 - 0.4 - 0.5) / 0.004))
    truths = [("u", {"x": 0.905, "t": 1.0}, value), ("u", {"x": 0.5, "t": 1.0}, 1.0)]
    return known.case(_KIND, "a travelling shock layer, ν = 0.002", text, truths)
