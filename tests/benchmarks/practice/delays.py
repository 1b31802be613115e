"""Delays with a history, by the method of steps."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from tests.benchmarks.truth.case import Case

from . import oracles as known

_KIND = "delays"


def cases() -> Iterator[Case]:
    """All of them."""
    yield _one(
        "y' = -y(t - 1)", 5, "-y(t - 1)", "1", 1,
        lambda t, _y, past: [-past(t - 1)[0]], lambda _t: [1.0],
    )  # fmt: skip
    yield _one(
        "a tail of cosines", 4, "-2*y + y(t - 1)", "cos(t - 1)", 1,
        lambda t, y, past: [-2 * y[0] + past(t - 1)[0]], lambda t: [math.cos(t)],
    )  # fmt: skip
    yield _one(
        "Hutchinson's logistic", 12, "1.4*y*(1 - y(t - 1))", "0.1", 1,
        lambda t, y, past: [1.4 * y[0] * (1 - past(t - 1)[0])], lambda _t: [0.1],
    )  # fmt: skip
    yield _one(
        "Mackey and Glass, τ = 2", 20, "0.2*y(t - 2)/(1 + y(t - 2)^10) - 0.1*y", "0.8", 2,
        lambda t, y, past: [0.2 * past(t - 2)[0] / (1 + past(t - 2)[0] ** 10) - 0.1 * y[0]],
        lambda _t: [0.8],
    )  # fmt: skip
    yield _one(
        "a delay that is short", 1, "-20*y(t - 0.05)", "1", 0.05,
        lambda t, _y, past: [-20 * past(t - 0.05)[0]], lambda _t: [1.0],
    )  # fmt: skip
    yield _thermostat()
    yield _hunters()
    yield _oscillator()
    yield _pantograph()
    yield _rod()
    yield _forgotten()


def _past(name: str, delay: float, history: str) -> str:
    """The delayed value of a field as the language has it."""
    return f"if(t - {delay:g} < 0, {history}, {name}(t - {delay:g}))"


def _one(
    name: str,
    end: float,
    right: str,
    history: str,
    delay: float,
    slopes: known.DelayedSlopes,
    before: Callable[[float], list[float]],
) -> Case:
    right = right.replace(f"y(t - {delay:g})", _past("y", delay, history))
    start = before(0.0)[0]
    text = f"time t in [0, {end}]\nunknown y(t)\neq: y_t = {right}\nic: y = {start:g}  at t = 0\n"
    times = [0.37 * end, float(end)]
    found = known.delayed(slopes, before, delay, times)
    truths = [("y", {"t": t}, found[0, i]) for i, t in enumerate(times)]
    return known.case(_KIND, name, text, truths)


def _thermostat() -> Case:
    late = _past("T", 120, "T0")
    text = f"""param C = 4e5, h = 300, K = 900, T0 = 283.15, Tset = 293.15, Tout = 273.15
time t in [0, 3600]
unknown T(t)
eq: C*T_t = h*(Tout - T) + K*(Tset + 10/3 - {late})
ic: T = T0  at t = 0
"""

    def slopes(t, y, past):
        return [(300 * (273.15 - y[0]) + 900 * (293.15 + 10 / 3 - past(t - 120)[0])) / 4e5]

    found = known.delayed(slopes, lambda _t: [283.15], 120, [900.0, 3600.0])
    truths = [("T", {"t": t}, found[0, i]) for i, t in enumerate((900.0, 3600.0))]
    return known.case(_KIND, "a room and its late thermostat (SI)", text, truths, 273.15)


def _hunters() -> Case:
    late = _past("x", 0.5, "1") + "*" + _past("y", 0.5, "0.5")
    text = f"""time t in [0, 8]
unknown x(t), y(t)
eq: x_t = x*(1 - x/3) - x*y
eq: y_t = {late} - 0.6*y
ic: x = 1, y = 0.5  at t = 0
"""

    def slopes(t, y, past):
        before = past(t - 0.5)
        return [y[0] * (1 - y[0] / 3) - y[0] * y[1], before[0] * before[1] - 0.6 * y[1]]

    found = known.delayed(slopes, lambda _t: [1.0, 0.5], 0.5, [3.0, 8.0])
    truths = [
        (name, {"t": t}, found[row, i])
        for row, name in enumerate("xy") for i, t in enumerate((3.0, 8.0))
    ]  # fmt: skip
    return known.case(_KIND, "prey and hunters that grow up", text, truths)


def _oscillator() -> Case:
    text = f"""time t in [0, 10]
unknown y(t)
eq: y_tt + y = -0.4*{_past("y", 1, "1")}
ic: y = 1, y_t = 0  at t = 0
"""
    found = known.delayed(
        lambda t, y, past: [y[1], -y[0] - 0.4 * past(t - 1)[0]], lambda _t: [1.0, 0.0], 1,
        [4.0, 10.0],
    )  # fmt: skip
    truths = [("y", {"t": t}, found[0, i]) for i, t in enumerate((4.0, 10.0))]
    return known.case(_KIND, "an oscillator with late feedback", text, truths)


def _pantograph() -> Case:
    text = "time t in [0, 4]\nunknown y(t)\neq: y_t = -y + 0.5*y(t/2)\nic: y = 1  at t = 0\n"
    # y = Σ a_n t^n with (n + 1) a_{n+1} = (2^{-n}/2 - 1) a_n.

    def value(t: float) -> float:
        term, total = 1.0, 1.0
        for n in range(120):
            term *= t * (0.5 ** (n + 1) - 1) / (n + 1)
            total += term
        return total

    return known.case(_KIND, "pantograph", text, [("y", {"t": t}, value(t)) for t in (1.5, 4.0)])


def _rod() -> Case:
    late = "if(t - 0.5 < 0, sin(pi*x), u(x, t - 0.5))"
    text = f"""domain Omega: x in [0, 1]
time t in [0, 2]
unknown u(x, t)
eq: u_t = 0.1*u_xx - {late}
bc: u = 0          on boundary
ic: u = sin(pi*x)  at t = 0
"""
    found = known.delayed(
        lambda t, y, past: [-0.1 * math.pi**2 * y[0] - past(t - 0.5)[0]], lambda _t: [1.0], 0.5,
        [0.4, 1.2],
    )  # fmt: skip
    truths = [
        ("u", {"x": 0.3, "t": t}, found[0, i] * math.sin(0.3 * math.pi))
        for i, t in enumerate((0.4, 1.2))
    ]
    return known.case(_KIND, "a rod with late feedback", text, truths)


def _forgotten() -> Case:
    text = "time t in [0, 5]\nunknown y(t)\neq: y_t = -y(t - 1)\nic: y = 1  at t = 0\n"
    return known.case(_KIND, "a history that is not given", text, [])
