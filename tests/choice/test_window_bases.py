"""Evolutions in two space coordinates whose fluxes begin in a moment, against series."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.optimize import brentq

import pdedsl
from pdedsl.choice.evolutions.window_bases import cannot_evolve
from pdedsl.choice.traits import traits

BAR = """param k = 45, rho = 7800, cp = 500, h = 50, Tw = 300, T0 = 900, a = 0.05
domain  Omega: (x, y) in [0, a]^2
time    t in [0, 300]
unknown T(x, y, t)
eq: rho*cp*T_t = k*lap(T)
bc: -k*dn(T) = h*(T - Tw)  on x = a, y = a
bc: dn(T) = 0              on x = 0, y = 0
ic: T = T0                 at t = 0
"""
PULSE = """domain  Omega: (x, y) in [0, 2]^2
time    t in [0, 1.25]
unknown u(x, y, t)
let us = exp(-((x - 0.8*t - 0.5)^2 + (y - 0.8*t - 0.5)^2)/(0.01*(4*t + 1)))/(4*t + 1)
eq: u_t + 0.8*u_x + 0.8*u_y = 0.01*lap(u)
bc: u = us  on boundary
ic: u = us  at t = 0
"""


def slab(s: float, t: float, biot: float) -> float:
    """A slab of half-width 1 and diffusivity 1, from 1 on, in a wind of 0."""
    b = np.array([
        brentq(lambda b: b * math.tan(b) - biot, n * np.pi + 1e-9, (n + 0.5) * np.pi - 1e-9)
        for n in range(40)
    ])  # fmt: skip
    weights = 4 * np.sin(b) / (2 * b + np.sin(2 * b))
    return float((weights * np.exp(-(b**2) * t) * np.cos(b * s)).sum())


def bar(x: float, y: float, t: float) -> float:
    time = 45 / 7800 / 500 * t / 0.05**2
    return 300 + 600 * math.prod(slab(s / 0.05, time, 50 * 0.05 / 45) for s in (x, y))


def test_a_bar_of_steel() -> None:
    solution = pdedsl.solve(pdedsl.parse(BAR), budget=20)
    assert solution.finding is None
    for x, y, t in ((0.05, 0.05, 300.0), (0.0, 0.0, 300.0), (0.02, 0.04, 60.0)):
        assert float(solution(x=x, y=y, t=t)) == pytest.approx(bar(x, y, t), rel=2e-4)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (PULSE.replace("eq: u_t", "eq: u*u_t"), "it is no linear equation of first order in time"),
        ("domain O: x in [0, 1]\ntime t in [0, 1]\nunknown u(x, t)\neq: u_t = u_xx\n"
         "bc: u = 0 on boundary\nic: u = sin(pi*x) at t = 0\n", "it has one space coordinate"),
    ],
)  # fmt: skip
def test_what_has_no_such_windows(text: str, reason: str) -> None:
    problem = pdedsl.parse(text)
    assert cannot_evolve(problem, traits(problem)) == reason


def test_a_thin_pulse_is_solved_or_told() -> None:
    solution = pdedsl.solve(pdedsl.parse(PULSE + "exact u = us\n"), budget=4)
    assert solution.errors is not None
    assert solution.finding is not None or solution.errors["u"]["rel_l2"] < 1e-3


def test_windows_of_what_grows_are_right_or_told() -> None:
    """What is left of the laws is 5e-4 of their terms, and the error 2 %."""
    text = """domain Omega: (x, y) in [0, pi]^2
time t in [0, 4]
unknown u(x, y, t)
let grown = 1e-6*exp(1.5*t)
eq: u_t = 0.1*lap(u) + 0.02*u_xy + 2*u - 0.04*grown*cos(x)*cos(2*y)
bc: u = 0  on boundary
ic: u = 1e-6*sin(x)*sin(2*y)  at t = 0
"""
    solution = pdedsl.solve(pdedsl.parse(text), budget=30)
    x = np.random.default_rng(0).uniform([0, 0, 0], [np.pi, np.pi, 4], (2000, 3))
    truth = 1e-6 * np.exp(1.5 * x[:, 2]) * np.sin(x[:, 0]) * np.sin(2 * x[:, 1])
    error = np.linalg.norm(solution.at(x)["u"] - truth) / np.linalg.norm(truth)
    assert error < 2e-3 if solution.usable else solution.failure
