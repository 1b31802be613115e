"""Determinants of the symbol of an operator at points spread over its bounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import sympy as sp

from pdedsl.calculus.operator import LinearOperator
from pdedsl.ir import NotNumericError

from .determinant import (
    MAX_UNKNOWNS,
    PointSymbol,
    TooManyTermsError,
    determinant,
    largest_order,
    sampled_entries,
    symbols_at_points,
)
from .points import spread_points

_MANY, _FEW = 256, 64  # points, for degree 2 at most and above

Bounds = Mapping[sp.Symbol, tuple[float, float]]
Points = dict[sp.Basic, np.ndarray]


class UndecidedError(Exception):
    """The type cannot be told; the text says why."""


@dataclass(frozen=True)
class Sample:
    """Determinants of the symbol at the points where they are finite.

    Args:
        symbols: in the active coordinates alone.
        active: indices of the coordinates with derivatives.
        points: values of the coordinates that coefficients depend on.
        degree: largest of the determinants; -1 where all vanish.
        left_out: number of points where a coefficient is not finite.
    """

    symbols: list[PointSymbol]
    active: list[int]
    points: Points
    degree: int
    left_out: int


def sample(operator: LinearOperator, bounds: Bounds) -> Sample:
    """Determinants of the symbol at points of the bounds; at one point for constant coefficients.

    Raises:
        UndecidedError: not square, too large, without values, or the leading parts cancel.
        ValueError: a coefficient depends on a coordinate without bounds.
    """
    rows, columns = operator.shape
    if rows != columns:
        raise UndecidedError(
            f"{rows} equations for {columns} unknown functions: the type is that of the "
            "determinant of the symbol, which takes as many equations as unknown functions"
        )
    if rows > MAX_UNKNOWNS:
        raise UndecidedError(f"{rows} unknown functions, more than {MAX_UNKNOWNS}")
    points, count = _points(operator, bounds)
    try:
        polynomial = determinant(sampled_entries(operator, points))
    except NotNumericError as error:
        what = str(error)[:60]
        raise UndecidedError(f"a coefficient holds {what}, which has no value here") from None
    except TooManyTermsError as error:
        raise UndecidedError(str(error)) from None
    symbols = symbols_at_points(polynomial, count)
    kept = np.array([s is not None for s in symbols])
    if not kept.any():
        raise UndecidedError("the coefficients are finite at no point")
    finite = [s for s in symbols if s is not None]
    degree = max((sum(a) for s in finite for a in s), default=-1)
    if not operator.constant and 0 <= degree < (largest_order(operator) or 0):
        raise UndecidedError(
            "the parts of highest order cancel in the determinant of the symbol, and what is left "
            "tells the type for constant coefficients only"
        )
    axes = range(len(operator.coordinates))
    active = [i for i in axes if any(a[i] for s in finite for a in s)]
    reduced = [{tuple(a[i] for i in active): v for a, v in s.items()} for s in finite]
    inside = {symbol: values[kept] for symbol, values in points.items()}
    return Sample(reduced, active, inside, degree, int(np.sum(~kept)))


def _points(operator: LinearOperator, bounds: Bounds) -> tuple[Points, int]:
    """Values of the coordinates that coefficients depend on, and the number of points."""
    used = set().union(*(a.free_symbols for _, a in operator.terms()))
    symbols = [s for s in operator.coordinates if s in used]
    if not symbols:
        return {}, 1
    for symbol in symbols:
        if symbol not in bounds:
            raise ValueError(f"a coefficient depends on {symbol}, which has no bounds")
    count = _MANY if (largest_order(operator) or 0) <= 2 else _FEW
    unit = spread_points(count, len(symbols))
    ends = [bounds[s] for s in symbols]
    columns = zip(symbols, ends, unit.T, strict=True)
    return {s: a + (b - a) * x for s, (a, b), x in columns}, count
