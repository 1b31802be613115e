"""Values of all that a residual may ask at points of a domain."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from pdedsl.geometry import generic_points
from pdedsl.ir import Problem

Array = NDArray[np.float64]


def point_text(names: Iterable[object], point: Iterable[float]) -> str:
    """A point in words: ``x = 0.3, t = 0.5``."""
    return ", ".join(f"{n} = {v:.4g}" for n, v in zip(names, point, strict=True))


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
    for interval, share in zip(others, generic_points(count, len(others) + 7).T[7:], strict=True):
        low, high = problem.number(interval.lower), problem.number(interval.upper)
        known[interval.symbol] = low + (high - low) * share
    known |= {s: np.full(count, v) for s, v in fixed.items()}
    return known
