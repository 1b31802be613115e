"""Deterministic generic points: no symmetry of a problem is likely to fall on one of them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from pdedsl.ir import Box, Domain, Problem
from pdedsl.ir.membership import contains

Array = NDArray[np.float64]


def unit_points(count: int, dimension: int) -> Array:
    """Points of a Kronecker sequence with square roots of primes as steps, shape (n, d)."""
    steps = np.sqrt(np.array([sp.prime(i + 1) for i in range(dimension)], dtype=float))
    points = np.outer(np.arange(1, count + 1), steps) + 0.1357
    return np.asarray(points % 1.0)


def box_bounds(problem: Problem, box: Box) -> tuple[Array, Array]:
    """Lower and upper ends of a box as floats."""
    lower = np.array([problem.number(a) for a, _ in box.intervals])
    upper = np.array([problem.number(b) for _, b in box.intervals])
    return lower, upper


def bounding_box(problem: Problem, domain: Domain) -> tuple[Array, Array]:
    """The smallest box known to hold a domain."""
    from .outlines import bounds

    return bounds(problem, domain.region)


def inside(problem: Problem, domain: Domain, count: int) -> Array:
    """About ``count`` points of a domain, shape (n, d); at least one for any usual set."""
    lower, upper = bounding_box(problem, domain)
    dimension = len(lower)
    if isinstance(domain.region, Box):
        return lower + (upper - lower) * unit_points(count, dimension)
    points = lower + (upper - lower) * unit_points(16 * count, dimension)
    kept = points[contains(domain.region, points, problem.number)]
    return kept[:count]


def known_at(
    problem: Problem,
    symbols: tuple[sp.Symbol, ...],
    points: Array,
    fixed: Mapping[sp.Symbol, float],
) -> dict[sp.Basic, Array | float]:
    """Values of coordinates, time, parameters with a range and parameters.

    Args:
        problem: gives time, ranges and parameter values.
        symbols: the space coordinates, one for each column of ``points``.
        points: shape (n, d).
        fixed: coordinates or time with a value that replaces what the points say.
    """
    count = len(points)
    known: dict[sp.Basic, Array | float] = {p.symbol: p.value for p in problem.parameters}
    known |= {s: points[:, i] for i, s in enumerate(symbols)}
    others = [*([problem.time] if problem.time else []), *problem.ranges]
    for interval, share in zip(others, unit_points(count, len(others) + 7).T[7:], strict=True):
        low, high = problem.number(interval.lower), problem.number(interval.upper)
        known[interval.symbol] = low + (high - low) * share
    known |= {s: np.full(count, v) for s, v in fixed.items()}
    return known
