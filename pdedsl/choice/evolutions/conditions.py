"""Given values and fluxes at the ends of the axes: whether the start fits, and how they enter."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import sympy as sp

from pdedsl.geometry.arrays import Array

from .grid_function import GridFunction
from .line_operator import LineOperator
from .separable_form import StartTerms

_CONTRADICTS = 1e-9
"""Part of its terms by which a condition is missed at the start, beyond rounding: a choice."""
_ROUNDING = 1e-14
"""Of the terms in the whole box: sin(x) is 1e-16 at the double that is nearest to π."""


def contradicts_the_start(
    terms: Iterable[StartTerms], symbols: tuple[sp.Symbol, ...], grid: Sequence[Array], time: float
) -> bool:
    """Whether a condition contradicts the start, which no polynomial follows.

    Args:
        terms: of each condition.
        symbols: the inputs.
        grid: nodes, arrays of one shape for each coordinate.
        time: of the start.
    """
    for own in terms:
        functions = [
            GridFunction(term, symbols) for term in (own.value, own.flux, own.given, own.everywhere)
        ]
        value, flux, given, everywhere = (f(grid, time, grid[0].shape) for f in functions)
        size = np.abs(value) + np.abs(flux) + np.abs(given)
        allowed = max(_CONTRADICTS * size.max(), _ROUNDING * everywhere.max())
        if not np.abs(value + flux - given).max() <= allowed:
            return True
    return False


def lift(
    lines: Sequence[LineOperator],
    given: Sequence[Sequence[GridFunction]],
    grid: Sequence[Array],
    times: Array,
) -> Array:
    """Functions with the given values and fluxes, axis by axis (transfinite interpolation).

    Args:
        lines: the axes.
        given: of each axis, at its lower and its upper end.
        grid: nodes, arrays of one shape (N_1, …, N_d) for each coordinate.
        times: shape (s,).

    Returns:
        Shape (s, N_1, …, N_d).
    """
    out = np.zeros((len(times), *grid[0].shape))
    spread = np.reshape(times, (-1, *(1,) * (len(lines) - 1)))
    for axis, (line, own) in enumerate(zip(lines, given, strict=True)):
        if not own:
            continue
        missing = []
        for row, (function, at) in enumerate(zip(own, (0, -1), strict=True)):
            face = [np.take(x, at, axis) for x in grid]
            found = np.tensordot(line.conditions[row], out, (0, axis + 1))
            missing.append(function(face, spread, found.shape) - found)
        out += np.moveaxis(np.tensordot(line.lifts, np.stack(missing), 1), 0, axis + 1)
    return out
