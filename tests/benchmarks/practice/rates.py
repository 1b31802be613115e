"""Numbers to be found that lie decades away from their guess."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from scipy.integrate import solve_ivp

from tests.benchmarks.truth.case import Case

from . import oracles as known

_KIND = "rates"


def cases() -> Iterator[Case]:
    """All of them."""
    yield _decay("fluorescence, 7.8e8 from 1e8 (SI)", 7.8e8, "1e8")
    yield _decay("corrosion, 3e-5 from 1 (SI)", 3e-5, "1")
    yield _half_life()
    yield _two_rates()
    yield _diffusivity()
    yield _film()
    yield _source()
    yield _logistic()
    yield _enzyme()
    yield _steel()


def _table(names: str, *columns: Sequence[float]) -> str:
    rows = [",".join(f"{value!r}" for value in row) for row in zip(*columns, strict=True)]
    return "\n".join([names, *rows]) + "\n"


def _grid(end: float, count: int = 20) -> list[float]:
    return [float(t) for t in np.linspace(0, end, count)]


def _values(times: Sequence[float], value: Callable[[float], float]) -> list[float]:
    return [float(value(t)) for t in times]


def _decay(name: str, rate: float, guess: str) -> Case:
    end = 3 / rate
    text = f"""time t in [0, {end:.6g}]
unknown y(t)
unknown k > 0 guess {guess}
data probe(t, value) from "probe.csv"
eq: y_t = -k*y
ic: y = 1  at t = 0
fit: y = probe.value  on probe
"""
    times = _grid(float(f"{end:.6g}"))
    table = _table("t,value", times, _values(times, lambda t: math.exp(-rate * t)))
    return known.case(_KIND, name, text, [("k", {}, rate)], files={"probe.csv": table})


def _half_life() -> Case:
    text = """time t in [0, 1e6]
unknown y(t)
unknown k > 0 guess 1
eq: y_t = -k*y
ic: y = 1      at t = 0
ic: y = 0.25   at t = 1e6
"""
    return known.case(_KIND, "by a value at the end, no data", text, [("k", {}, math.log(4) / 1e6)])


def _two_rates() -> Case:
    text = """time t in [0, 0.5]
unknown a(t), b(t)
unknown k1 > 0 guess 1, k2 > 0 guess 1
data probe(t, first, second) from "probe.csv"
eq: a_t = -k1*a
eq: b_t = k1*a - k2*b
ic: a = 1, b = 0  at t = 0
fit: a = probe.first, b = probe.second  on probe
"""
    fast, slow = 2000.0, 5.0
    times = [0.0, *np.geomspace(1e-5, 0.5, 30).tolist()]
    a = _values(times, lambda t: math.exp(-fast * t))
    b = _values(times, lambda t: fast / (fast - slow) * (math.exp(-slow * t) - math.exp(-fast * t)))
    table = _table("t,first,second", times, a, b)
    truths = [("k1", {}, fast), ("k2", {}, slow)]
    return known.case(_KIND, "two rates, 2000 and 5 from 1", text, truths,
                      files={"probe.csv": table})  # fmt: skip


def _diffusivity() -> Case:
    text = """domain Omega: x in [0, 0.1]
time t in [0, 60]
unknown T(x, t)
unknown alpha > 0 guess 1e-2
data probe(x, t, value) from "probe.csv"
eq: T_t = alpha*T_xx
bc: T = 300  on boundary
ic: T = 300 + 80*sin(pi*x/0.1)  at t = 0
fit: T = probe.value  on probe
"""
    times = _grid(60, 15)[1:]
    rate = 1.2e-5 * (math.pi / 0.1) ** 2
    values = _values(times, lambda t: 300 + 80 * math.exp(-rate * t))
    table = _table("x,t,value", [0.05] * len(times), times, values)
    return known.case(_KIND, "diffusivity, 1.2e-5 from 1e-2 (SI)", text, [("alpha", {}, 1.2e-5)],
                      files={"probe.csv": table})  # fmt: skip


def _film() -> Case:
    text = """param k = 15, L = 0.2
domain Omega: x in [0, L]
unknown T(x)
unknown h > 0 guess 1
eq: T_xx = 0
bc: T = 400                  on x = 0
bc: -k*T_x = h*(T - 290)     on x = L
eq probe: T = 350            at x = 0.1
"""
    # 50 K over 0.1 m are 7500 W/m², and 300 K at the end.
    return known.case(_KIND, "film coefficient, 750 from 1 (SI)", text, [("h", {}, 7500 / 10)])


def _source() -> Case:
    text = """domain Omega: (x, y) in [0, 1]^2
unknown u(x, y)
unknown q guess 1
eq: -lap(u) = q*sin(pi*x)*sin(pi*y)
bc: u = 0  on boundary
eq probe: u = 4e5  at (x, y) = (0.5, 0.5)
"""
    return known.case(_KIND, "a source, 8e6 from 1", text, [("q", {}, 4e5 * 2 * math.pi**2)])


def _logistic() -> Case:
    text = """time t in [0, 48]
unknown n(t)
unknown r > 0 guess 1, K > 0 guess 1e4
data probe(t, value) from "probe.csv"
eq: n_t = r*n*(1 - n/K)
ic: n = 2e5  at t = 0
fit: n = probe.value  on probe
"""
    times = _grid(48, 25)
    values = _values(times, lambda t: 8e6 / (1 + 39 * math.exp(-0.25 * t)))
    table = _table("t,value", times, values)
    truths = [("r", {}, 0.25), ("K", {}, 8e6)]
    return known.case(_KIND, "a culture, K = 8e6 from 1e4", text, truths,
                      files={"probe.csv": table})  # fmt: skip


def _enzyme() -> Case:
    text = """time t in [0, 4000]
unknown s(t)
unknown V > 0 guess 1, K > 0 guess 1
data probe(t, value) from "probe.csv"
eq: s_t = -V*s/(K + s)
ic: s = 1e-3  at t = 0
fit: s = probe.value  on probe
"""
    times = _grid(4000, 25)
    found = solve_ivp(
        lambda _, s: -4e-7 * s / (2e-4 + s), (0, 4000), [1e-3], "LSODA", t_eval=times,
        rtol=1e-12, atol=1e-18,
    )  # fmt: skip
    table = _table("t,value", times, [float(v) for v in found.y[0]])
    truths = [("V", {}, 4e-7), ("K", {}, 2e-4)]
    return known.case(_KIND, "Michaelis and Menten, from 1 (SI)", text, truths,
                      files={"probe.csv": table})  # fmt: skip


def _steel() -> Case:
    text = """param q = 5000, L = 3, I = 8e-6
domain Omega: x in [0, L]
unknown w(x)
unknown E > 0 guess 1e9
data probe(x, value) from "probe.csv"
eq: E*I*d(w, x, 4) = q
bc: w = 0, w_xx = 0  on boundary
fit: w = probe.value  on probe
"""
    places = _grid(3, 11)
    values = _values(places, lambda x: 5000 * x * (27 - 6 * x * x + x**3) / (24 * 2.1e11 * 8e-6))
    table = _table("x,value", places, values)
    return known.case(_KIND, "Young's modulus, 2.1e11 from 1e9 (SI)", text, [("E", {}, 2.1e11)],
                      files={"probe.csv": table})  # fmt: skip
