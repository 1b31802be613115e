"""Tiny problems and methods that solve in a fraction of a second."""

from __future__ import annotations

from functools import cache
from typing import Any

import pdedsl
from pdedsl.settings.method import Method

LINE = """problem "line"
param   k = 2
domain  Omega: x in [0, 1]
unknown u(x)
eq: u_xx = -k^2*sin(k*x)
bc: u = sin(k*x)  on boundary
exact u = sin(k*x)
"""
PLANE = """problem "plane"
domain  Omega: (x, y) in [0, 2] * [0, 1]
unknown u(x, y)
eq: lap(u) = 4
bc: u = x^2 + y^2  on boundary
exact u = x^2 + y^2
"""
HEAT = """problem "heat"
domain  Omega: x in [0, 1]
time    t in [0, 1]
unknown u(x, t)
eq: u_t = u_xx
ic: u = sin(pi*x)  at t = 0
bc: u = 0          on boundary
exact u = exp(-pi^2*t)*sin(pi*x)
"""
SHORT_HEAT = HEAT.replace("time    t in [0, 1]", "time    t in [0, 0.2]")
ODES = """problem "two springs"
time    t in [0, 2]
unknown a(t), b(t)
eq first:  a_t = b
eq second: b_t = -a
ic: a = 0, b = 1  at t = 0
exact a = sin(t), b = cos(t)
"""
FLOW = """problem "flow"
domain  Omega: (x, y) in [0, 1]^2
time    t in [0, 1]
unknown v(x, y, t) in R^2, p(x, y, t)
eq momentum: d(v, t) = -grad(p) + lap(v)
eq mass:     div(v) = 0
ic:          v = (y, -x)  at t = 0
bc:          v = (y, -x)  on boundary
eq gauge:    integral(p, Omega) = 0
exact v = (y, -x), p = 0
"""
PLANE_VECTOR = """problem "turn"
domain  Omega: (x, y) in [0, 1]^2
unknown v(x, y) in R^2
eq: lap(v) = (0, 0)
bc: v = (y, -x)  on boundary
exact v = (y, -x)
"""
CUBE = """problem "five"
domain  Omega: x in [0, 1]^5
unknown u(x)
let us = sum(x[i]^2 for i in 1..5)
eq: lap(u) = 10
bc: u = us  on boundary
exact u = us
"""
FAMILY = """problem "family"
param   a in [1, 2]
domain  Omega: x in [0, 1]
unknown u(x)
eq: u_x = a
bc: u = 0  on x = 0
exact u = a*x
"""
NUMBER = """problem "find c"
domain  Omega: x in [0, 1]
unknown u(x)
unknown c > 0 guess 1
eq: u_x = c
bc start: u = 0  on x = 0
bc end:   u = 2  on x = 1
exact u = 2*x, c = 2
"""
ENZYME = """time t in [0, 3]
unknown S(t)
unknown V > 0 guess 1, K > 0 guess 1
data probe(t, S) from "probe.csv"
eq: S_t = -V*S/(K + S)
ic: S = 2  at t = 0
fit: S = probe.S  on probe
"""
UNKNOWN_SOLUTION = """problem "nothing is known"
domain  Omega: (x, y) in [0, 1]^2
unknown u(x, y)
eq: lap(u) = 1
bc: u = 0  on boundary
"""


def method(iterations: int = 8, **more: Any) -> Method:
    """A small network and a few steps of Levenberg–Marquardt."""
    data = {
        "model": {"width": 6, "depth": 1},
        "optimizer": {"kind": "lm", "iterations": iterations},
        "sampling": {"points": {"eq": 40, "bc": 8}},
    }
    return Method.model_validate(data | more)


TOML = """# a tiny network
[model]
width = 6
depth = 1
[optimizer]
kind = "lm"
iterations = 30
[sampling]
points = { eq = 40, bc = 8 }
"""


@cache
def solved(text: str, iterations: int = 8) -> Any:
    """The solution of a text, made once."""
    return pdedsl.solve(pdedsl.parse(text), method(iterations))
