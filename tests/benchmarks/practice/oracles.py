"""Solutions by other means: series, roots, and solvers of scipy at tight tolerances."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

import numpy as np
from scipy.integrate import solve_ivp
from scipy.optimize import brentq

from pdedsl.geometry.arrays import Array
from tests.benchmarks.truth.case import Case, Truth

Slopes = Callable[[float, Array], Sequence[float] | Array]
Past = Callable[[float], Array]
DelayedSlopes = Callable[[float, Array, Past], Sequence[float]]


def case(
    kind: str,
    name: str,
    text: str,
    truths: Sequence[tuple[str, Mapping[str, float], float]],
    offset: float = 0.0,
    files: Mapping[str, str] | None = None,
) -> Case:
    """A case from fields, points and values."""
    rows = tuple(Truth(at, field, float(value)) for field, at, value in truths)
    return Case(kind, name, text, rows, offset, files or {})


def integrated(slopes: Slopes, start: Sequence[float], times: Sequence[float]) -> Array:
    """y at some times, shape (fields, times), of y' = f(t, y) from t = 0, stiff or not."""
    found = solve_ivp(slopes, (0, max(times)), start, "LSODA", t_eval=times, rtol=1e-11, atol=1e-25)
    return np.asarray(found.y)


def chebyshev(count: int, lower: float, upper: float) -> tuple[Array, Array]:
    """Chebyshev points, rising, and the matrix of derivatives (Trefethen, 2000, program 6)."""
    x = -np.cos(np.pi * np.arange(count + 1) / count)
    c = np.r_[2.0, np.ones(count - 1), 2.0] * (-1.0) ** np.arange(count + 1)
    apart = x[:, None] - x + np.eye(count + 1)
    d = np.outer(c, 1 / c) / apart
    d -= np.diag(d.sum(axis=1))
    half = (upper - lower) / 2
    return lower + half * (x + 1), d / half


def at_point(x: Array, values: Array, place: float) -> float:
    """The polynomial through values at Chebyshev points, by the barycentric formula."""
    near = np.abs(x - place)
    if near.min() == 0:
        return float(values[near.argmin()])
    weights = (-1.0) ** np.arange(len(x))
    weights[[0, -1]] /= 2
    parts = weights / (place - x)
    return float(parts @ values / parts.sum())


def plane_wall(fourier: float, biot: float, place: float, terms: int = 200) -> float:
    """(T − T∞)/(T₀ − T∞) of a wall cooled at 1 and insulated at 0 (Incropera, 5.5)."""
    total = 0.0
    for n in range(terms):
        low, high = n * math.pi, n * math.pi + math.pi / 2
        z = brentq(lambda s: s * math.sin(s) - biot * math.cos(s), low, high, xtol=1e-15)
        factor = 4 * math.sin(z) / (2 * z + math.sin(2 * z))
        total += factor * math.exp(-z * z * fourier) * math.cos(z * place)
    return total


def cold_ends(fourier: float, place: float, terms: int = 400) -> float:
    """u of u_t = u_xx on (0, 1) from 1, with u = 0 at its ends, at the time ``fourier``."""
    odd = np.arange(1, 2 * terms, 2) * math.pi
    return float((4 / odd * np.exp(-(odd**2) * fourier) * np.sin(odd * place)).sum())


def hot_end(fourier: float, place: float, terms: int = 800) -> float:
    """u of u_t = u_xx on (0, 1) from 0, put to 1 at 0 and held at 0 at 1."""
    n = np.arange(1, terms) * math.pi
    return float(1 - place - (2 / n * np.exp(-(n**2) * fourier) * np.sin(n * place)).sum())


def delayed(
    slopes: DelayedSlopes,
    history: Callable[[float], Sequence[float]],
    delay: float,
    times: Sequence[float],
) -> Array:
    """y at some times by the method of steps; ``slopes(t, y, past)`` with past(t) of t ≤ now."""
    pieces: list[tuple[float, float, Past]] = []

    def past(time: float) -> Array:
        for low, high, dense in pieces:
            if low <= time <= high:
                return dense(time)
        return np.asarray(history(time), dtype=float)

    edges = [delay * k for k in range(math.ceil(max(times) / delay) + 1)]
    y = np.asarray(history(0.0), dtype=float)
    for low, high in pairwise(edges):
        found = solve_ivp(
            lambda t, s: slopes(t, s, past), (low, high), y, "DOP853",
            rtol=1e-12, atol=1e-14, dense_output=True,
        )  # fmt: skip
        pieces.append((low, high, found.sol))
        y = found.y[:, -1]
    return np.stack([past(t) for t in times], axis=1)
