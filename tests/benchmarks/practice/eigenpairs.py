"""Unknown numbers that are eigenvalues, found next to their guess."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from scipy.linalg import eig
from scipy.optimize import brentq
from scipy.special import jn_zeros, mathieu_b

from tests.benchmarks.truth.case import Case

from . import oracles as known

_KIND = "eigen"
_ENDS = "bc: u = 0  on boundary\neq norm: integral(u^2, Omega) = 1\n"


def cases() -> Iterator[Case]:
    """All of them."""
    for state in 0, 3:
        text = (
            "domain Omega: x in [-9, 9]\nunknown u(x)\n"
            f"unknown E > 0 guess {state + 0.4}\n"
            f"eq: -u_xx/2 + x^2/2*u = E*u\n{_ENDS}"
        )
        truths = [("E", {}, state + 0.5)]
        yield known.case(_KIND, f"harmonic oscillator, state {state}", text, truths)
    yield _well()
    yield _column()
    yield _cantilever()
    yield _mathieu()
    yield _string()
    yield _quartic()
    yield _membrane()
    yield _disc()
    yield _reactor()


def _well() -> Case:
    text = f"""param hbar = 1.054571817e-34, me = 9.1093837015e-31, L = 5e-9
domain Omega: x in [0, L]
unknown u(x)
unknown E > 0 guess 8e-21
eq: -hbar^2/(2*me)*u_xx = E*u
{_ENDS}"""
    energy = (1.054571817e-34 * math.pi * 2 / 5e-9) ** 2 / (2 * 9.1093837015e-31)
    return known.case(_KIND, "electron in a well of 5 nm (SI)", text, [("E", {}, energy)])


def _column() -> Case:
    text = """param E = 2.1e11, I = 4e-8, L = 2.5
domain Omega: x in [0, L]
unknown w(x)
unknown P > 0 guess 4e4
eq: E*I*d(w, x, 4) + P*w_xx = 0
bc: w = 0, w_x = 0  on boundary
eq norm: integral(w^2, Omega) = 1
"""
    load = 4 * math.pi**2 * 2.1e11 * 4e-8 / 2.5**2
    return known.case(_KIND, "buckling of a clamped column (SI)", text, [("P", {}, load)])


def _cantilever() -> Case:
    text = """param E = 7e10, I = 2e-10, rho = 2700, A = 1e-4, L = 0.8
domain Omega: x in [0, L]
unknown w(x)
unknown s > 0 guess 4000
eq: E*I*d(w, x, 4) = rho*A*s*w
bc: w = 0, w_x = 0            on x = 0
bc: w_xx = 0, d(w, x, 3) = 0  on x = L
eq norm: integral(w^2, Omega) = 1
"""
    root = brentq(lambda z: math.cos(z) * math.cosh(z) + 1, 1.5, 2.5, xtol=1e-15)
    square = 7e10 * 2e-10 / (2700 * 1e-4) * (root / 0.8) ** 4
    return known.case(_KIND, "tuning fork, ω² of a cantilever (SI)", text, [("s", {}, square)])


def _mathieu() -> Case:
    text = f"""domain Omega: x in [0, pi]
unknown u(x)
unknown a guess 8.5
eq: -u_xx + 10*cos(2*x)*u = a*u
{_ENDS}"""
    return known.case(_KIND, "Mathieu's equation, b₃", text, [("a", {}, float(mathieu_b(3, 5)))])


def _string() -> Case:
    text = f"""domain Omega: x in [0, 1]
unknown u(x)
unknown s > 0 guess 6
eq: -u_xx = s*(1 + 3*x^2)*u
{_ENDS}"""
    x, d = known.chebyshev(40, 0, 1)
    found = eig(-(d @ d)[1:-1, 1:-1], np.diag(1 + 3 * x[1:-1] ** 2))[0].real
    return known.case(_KIND, "string of varying density", text, [("s", {}, min(found))])


def _quartic() -> Case:
    # Bender and Wu's E₀ to 13 digits; the box at 5 changes none of them.
    text = f"""domain Omega: x in [-5, 5]
unknown u(x)
unknown E > 0 guess 0.8
eq: -u_xx + x^4*u = E*u
{_ENDS}"""
    return known.case(_KIND, "quartic oscillator", text, [("E", {}, 1.0603620904841829)])


def _membrane() -> Case:
    text = f"""domain Omega: (x, y) in [0, 1] * [0, 1.3]
unknown u(x, y)
unknown s > 0 guess 44
eq: -lap(u) = s*u
{_ENDS}"""
    value = math.pi**2 * (4 + 1 / 1.69)
    return known.case(_KIND, "rectangular drum, third tone", text, [("s", {}, value)])


def _disc() -> Case:
    text = f"""domain Omega: (x, y) in disk(center = (0, 0), radius = 1)
unknown u(x, y)
unknown s > 0 guess 5
eq: -lap(u) = s*u
{_ENDS}"""
    return known.case(_KIND, "round drum", text, [("s", {}, float(jn_zeros(0, 1)[0]) ** 2)])


def _reactor() -> Case:
    text = f"""param D = 0.9, Sa = 0.066, nu = 0.07, H = 60
domain Omega: x in [0, H]
unknown u(x)
unknown m > 0 guess 1
eq: -D*u_xx + Sa*u = m*nu*u
{_ENDS}"""
    value = (0.066 + 0.9 * (math.pi / 60) ** 2) / 0.07
    return known.case(_KIND, "critical slab, 1/k", text, [("m", {}, value)])
