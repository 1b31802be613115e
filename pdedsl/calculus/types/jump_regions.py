r"""Types between the jumps of coefficients, which may be nearer to each other than the points.

Where coefficients are given by cases of one coordinate, such as :math:`a(x) = -1` for
:math:`0.5003 < x < 0.5004` and 1 elsewhere, no search finds the case from outside. Every interval
between neighbouring jumps has points of its own here.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import sympy as sp

from pdedsl.calculus.operator import LinearOperator
from pdedsl.ir.kinks import switches, zeros_between

from .determinant import PointSymbol
from .points import spread_points
from .symbol_samples import Sample

_EACH = 4  # points in an interval, which differ in the other coordinates
_MOST = 64  # intervals of a coordinate that are looked at


def jump_regions(operator: LinearOperator, sampled: Sample) -> Iterator[tuple[str, PointSymbol]]:
    """Determinants in all intervals between jumps, with the interval in words.

    Args:
        operator: the operator.
        sampled: its points, with the bounds of the coordinates that coefficients depend on.
    """
    for axis, (symbol, (low, high)) in enumerate(sampled.ends.items()):
        jumps = _jumps(operator, symbol, low, high)
        if not jumps:
            continue
        for left, right in list(pairwise([low, *jumps, high]))[:_MOST]:
            unit = spread_points(_EACH, len(sampled.ends))
            unit[:, axis] = ((left + right) / 2 - low) / (high - low)
            where = f"where {left:.6g} < {symbol} < {right:.6g}"
            for own in sampled.symbols_at(operator, unit):
                if own is not None:
                    yield where, own


def _jumps(operator: LinearOperator, symbol: sp.Symbol, low: float, high: float) -> list[float]:
    """Numbers between the bounds at which a case of a coefficient ends, in order."""
    found = {
        root
        for _, coefficient in operator.terms()
        for switch in switches(coefficient)
        if switch.free_symbols == {symbol}
        for root in zeros_between(switch, symbol, low, high)
    }
    return sorted(found)
