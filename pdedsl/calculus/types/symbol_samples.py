"""Determinants of the symbol of an operator at points spread over its bounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import sympy as sp

from pdedsl.calculus.operator import LinearOperator
from pdedsl.geometry.arrays import Array
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
Ends = dict[sp.Symbol, tuple[float, float]]
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
        unit: the points in the unit cube, shape (n, coordinates of the points).
        ends: bounds of these coordinates.
    """

    symbols: list[PointSymbol]
    active: list[int]
    points: Points
    degree: int
    left_out: int
    unit: Array
    ends: Ends

    def points_at(self, unit: Array) -> Points:
        """Other points of the unit cube, shape (n, coordinates), as points of the bounds."""
        return _inside(self.ends, unit)

    def symbols_at(self, operator: LinearOperator, unit: Array) -> list[PointSymbol | None]:
        """Determinants in the active coordinates at points of the unit cube; None where not finite.

        Raises:
            NotNumericError: a coefficient has no value.
        """
        found = symbols_of(operator, self.points_at(unit), len(unit))
        return [None if s is None else _reduced(s, self.active) for s in found]


def _reduced(symbol: PointSymbol, active: list[int]) -> PointSymbol:
    return {tuple(alpha[i] for i in active): value for alpha, value in symbol.items()}


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
    ends = _ends(operator, bounds)
    count = (_MANY if (largest_order(operator) or 0) <= 2 else _FEW) if ends else 1
    unit = spread_points(count, len(ends)) if ends else np.empty((1, 0))
    points = _inside(ends, unit)
    try:
        symbols = symbols_of(operator, points, count)
    except NotNumericError as error:
        what = str(error)[:60]
        raise UndecidedError(f"a coefficient holds {what}, which has no value here") from None
    except TooManyTermsError as error:
        raise UndecidedError(str(error)) from None
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
    reduced = [_reduced(s, active) for s in finite]
    inside = {symbol: values[kept] for symbol, values in points.items()}
    return Sample(reduced, active, inside, degree, int(np.sum(~kept)), unit[kept], ends)


def symbols_of(operator: LinearOperator, points: Points, count: int) -> list[PointSymbol | None]:
    """Determinants of the symbol at given points; None where they are not finite.

    Raises:
        NotNumericError: a coefficient has no value.
        TooManyTermsError: the determinant is too large.
    """
    return symbols_at_points(determinant(sampled_entries(operator, points)), count)


def _inside(ends: Ends, unit: Array) -> Points:
    """Points of the unit cube, shape (n, coordinates), as points of the bounds."""
    return {
        s: low + (high - low) * x for (s, (low, high)), x in zip(ends.items(), unit.T, strict=True)
    }


def _ends(operator: LinearOperator, bounds: Bounds) -> Ends:
    """The bounds of the coordinates that coefficients depend on."""
    used = set().union(*(a.free_symbols for _, a in operator.terms()))
    symbols = [s for s in operator.coordinates if s in used]
    for symbol in symbols:
        if symbol not in bounds:
            raise ValueError(f"a coefficient depends on {symbol}, which has no bounds")
    return {s: bounds[s] for s in symbols}
