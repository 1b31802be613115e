"""Values by quadrature of Green's functions, kernels and fluxes, independent of any solver."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from itertools import pairwise

import numpy as np
from scipy.integrate import IntegrationWarning, quad

Function = Callable[[float], float]


def integral(f: Function, lower: float, upper: float, centre: float, width: float) -> float:
    """∫ f over an interval, with a feature of a width at a centre, in pieces around it."""
    steps = [width * 2.0**k for k in range(-1, 60) if width * 2.0**k < upper - lower]
    inner = {centre + sign * step for step in steps for sign in (-1, 1)} | {centre}
    edges = sorted({lower, upper} | {x for x in inner if lower < x < upper})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", IntegrationWarning)  # rounding where f is next to zero
        return math.fsum(
            quad(f, a, b, epsabs=1e-15, epsrel=1e-10, limit=200)[0] for a, b in pairwise(edges)
        )


def poisson(f: Function, x: float, centre: float, width: float) -> float:
    """u(x) of -u'' = f on (0, 1) with u = 0 at its ends, by Green's function."""
    left = integral(lambda y: y * f(y), 0, x, centre, width)
    right = integral(lambda y: (1 - y) * f(y), x, 1, centre, width)
    return (1 - x) * left + x * right


def conducted(k: Function, x: float, centre: float, width: float) -> float:
    """u(x) of -(k u')' = 1 on (0, 1) with u = 0 at its ends: k u' = C - x."""

    def part(power: int, upper: float) -> float:
        return integral(lambda y: y**power / k(y), 0, upper, centre, width)

    constant = part(1, 1) / part(0, 1)
    return constant * part(0, x) - part(1, x)


def decayed(f: Function, t: float, rate: float, centre: float, width: float) -> float:
    """u(t) of u' = -rate u + f with u(0) = 1."""
    kept = math.exp(-rate * t)
    return kept + integral(lambda s: math.exp(-rate * (t - s)) * f(s), 0, t, centre, width)


def diffused(start: Function, x: float, t: float, centre: float, width: float) -> float:
    """u(x, t) of u_t = u_xx on (0, 1), zero at its ends, by the kernel and its images."""

    def kernel(y: float) -> float:
        images = np.arange(-20, 21)
        both = np.exp(-((x - y - 2 * images) ** 2) / (4 * t)) - np.exp(
            -((x + y - 2 * images) ** 2) / (4 * t)
        )
        return float(both.sum()) / math.sqrt(4 * math.pi * t)

    return integral(lambda y: kernel(y) * start(y), 0, 1, centre, width)


def harmonic(data: Function, x: float, y: float, centre: float, width: float) -> float:
    """u(x, y) of Δu = 0 on the unit square, data on y = 0 and zero elsewhere, by its series."""
    terms = []
    for n in range(1, 60):
        part = 2 * integral(lambda s, n=n: data(s) * math.sin(n * math.pi * s), 0, 1, centre, width)
        k = n * math.pi
        height = (math.exp(-k * y) - math.exp(-k * (2 - y))) / (1 - math.exp(-2 * k))
        terms.append(part * math.sin(k * x) * height)
        if k * y > 40:
            break
    return math.fsum(terms)
