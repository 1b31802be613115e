"""Points at which residuals and misfits are taken, element by element of the solution."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from pdedsl.geometry.arrays import Array
from pdedsl.geometry.tensor import composite_rule, product_rule

from .approximation import Approximation, Misfit


def gauss(solution: Approximation, misfit: Misfit, counts: Sequence[int]) -> tuple[Array, Array]:
    """Gauss nodes, so many on each element of each free input.

    Returns:
        Points of all inputs, shape (n, inputs), and weights with the sum 1, shape (n,).
    """
    places = zip(misfit.axes, counts, strict=True)
    lines = [composite_rule(solution.elements(misfit, axis), count) for axis, count in places]
    unit, weights = product_rule(lines)
    return _placed(misfit, unit), weights


def chebyshev(solution: Approximation, misfit: Misfit, counts: Sequence[int]) -> Array:
    """The zeros of Chebyshev polynomials of these degrees on each element, (n, inputs)."""
    lines = []
    for axis, count in zip(misfit.axes, counts, strict=True):
        ends = np.array(solution.elements(misfit, axis))
        unit = (1 - np.cos(np.pi * (np.arange(count) + 0.5) / count)) / 2
        nodes = (ends[:-1, None] + np.diff(ends)[:, None] * unit).ravel()
        lines.append((nodes, np.ones_like(nodes)))
    return _placed(misfit, product_rule(lines)[0])


def size(solution: Approximation, misfit: Misfit, counts: Sequence[int]) -> int:
    """How many points those are."""
    places = zip(misfit.axes, counts, strict=True)
    return math.prod((len(solution.elements(misfit, axis)) - 1) * n for axis, n in places)


def _placed(misfit: Misfit, free: Array) -> Array:
    """Points of all inputs for those of the inputs that are free."""
    points = np.tile([low for low, _ in misfit.box.values()], (len(free), 1))
    points[:, list(misfit.axes)] = free
    return points
