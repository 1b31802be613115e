"""Values of everything but the variable of an integral, spread over where they may be."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import sympy as sp

from pdedsl.diagnostics import Span
from pdedsl.geometry import generic_points, region_of
from pdedsl.geometry.arrays import Array
from pdedsl.ir import evaluate

if TYPE_CHECKING:
    from pdedsl.sema.expressions import Elaborator

Samples = Mapping[sp.Symbol, Array]


def sampled(
    elaborator: Elaborator, symbols: frozenset[sp.Symbol], span: Span, count: int
) -> dict[sp.Symbol, Array]:
    """Values of symbols: parameters and guesses, inputs spread and at the ends of their intervals.

    Args:
        elaborator: knows what is declared, and the integrals around this one.
        symbols: those that are wanted; an unknown one is left out.
        span: of the integral, for messages.
        count: of the samples.

    Returns:
        Symbol to its values, shape (count,).
    """
    number = partial(elaborator.float_of, span=span)
    around = {s: ends for s, ends in elaborator.intervals.items() if s in symbols}
    for ends in around.values():
        symbols |= ends[0].free_symbols | ends[1].free_symbols
    fixed = {s: number(value) for s, value in elaborator.scope.parameter_values().items()}
    for own in elaborator.scope.role("an unknown number").values():
        fixed[own.symbol] = number(own.guess)
    found = {s: np.full(count, value) for s, value in fixed.items() if s in symbols}
    bounds = {s: own for s, own in _bounds(elaborator, span).items() if s in symbols}
    inner = [s for s in around if s not in bounds]
    unit = _spread(count, len(bounds) + len(inner))
    for column, (symbol, (low, high)) in enumerate(bounds.items()):
        found[symbol] = low + (high - low) * unit[:, column]
    for column, symbol in enumerate(inner, start=len(bounds)):
        low, high = (evaluate(end, found) for end in around[symbol])
        found[symbol] = low + (high - low) * unit[:, column]
    return found


def _spread(count: int, dimension: int) -> Array:
    """Points of the unit cube: both ends of its diagonal, and generic ones."""
    if dimension == 0:
        return np.zeros((count, 0))
    ends = np.array([np.zeros(dimension), np.ones(dimension)])
    return np.concatenate([ends, generic_points(count, dimension)])[:count]


def _bounds(elaborator: Elaborator, span: Span) -> dict[sp.Symbol, tuple[float, float]]:
    """Intervals of the inputs; of a coordinate of several domains the one around all."""
    number = partial(elaborator.float_of, span=span)
    found: dict[sp.Symbol, tuple[float, float]] = {}
    for domain in elaborator.scope.role("a domain").values():
        box = region_of(domain.region, number).bounding_box
        for symbol, low, high in zip(domain.coordinates, box.lower, box.upper, strict=True):
            known = found.get(symbol, (low, high))
            found[symbol] = min(float(low), known[0]), max(float(high), known[1])
    for interval in elaborator.scope.role("the time", "a parameter with a range").values():
        found[interval.symbol] = number(interval.lower), number(interval.upper)
    return found
