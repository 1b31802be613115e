r"""What values an expression takes on a box, and on the ellipses around its intervals.

The box is cut into cells, and the expression is evaluated on discs around these (`discs`), so that
every value lies in one of them. On an interval [a, b] the Bernstein ellipse of the parameter ρ ≥ 1
has the foci a and b and the half axes (b − a)(ρ ± 1/ρ)/4.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping, Sequence
from functools import reduce

import numpy as np
import sympy as sp

from .discs import (
    Discs,
    NotAnalyticError,
    arc_tangent,
    cosine,
    disc,
    error_function,
    exponential,
    hyperbolic_cosine,
    hyperbolic_sine,
    hyperbolic_tangent,
    interval,
    inverse,
    logarithm,
    number,
    real_power,
    sine,
    whole_power,
)

Box = Mapping[sp.Symbol, tuple[float, float]]
"""Input to both ends of its interval."""

_CELLS = {0: 1, 1: 1024, 2: 64, 3: 20}
"""Cells of each axis by the number of axes: some 4,000 to 8,000, a few milliseconds."""
_ACROSS, _UP, _BESIDE = {1: 96, 2: 20, 3: 12}, {1: 12, 2: 5, 3: 4}, {1: 1, 2: 10, 3: 5}
"""Cells of an ellipse along both of its axes, and of each other axis; some 1,000."""
_ROUNDING = 1e-15  # of a number
_LARGEST_POWER = 60  # of whole exponents, whose terms are written out


def range_of(expression: sp.Expr, box: Box) -> tuple[float, float]:
    """Numbers below and above all values of a real expression on a box.

    Raises:
        NotAnalyticError: the expression has a kink or a pole, or is not known to have none.
    """
    axes = _axes(expression, box)
    cells = _product([_pieces(*box[axis], _CELLS[len(axes)]) for axis in axes])
    lower, upper = enclose(expression, dict(zip(axes, cells, strict=True))).real
    return float(np.min(lower)), float(np.max(upper))


def largest_on(expression: sp.Expr, box: Box, axis: sp.Symbol | None, rho: float) -> float:
    """At least sup |f| where one axis is in the ellipse of ρ and the others are real.

    Infinite where f is not known to be analytic there.

    Args:
        expression: f, real for real inputs, so that half of the ellipse is enough.
        box: intervals of all inputs.
        axis: the one that is complex; None for real inputs.
        rho: the parameter of the ellipse.
    """
    if not expression.free_symbols:
        return abs(float(expression)) * (1 + _ROUNDING)
    try:
        axes = _axes(expression, box)
        if axis is None or axis not in axes:
            cells = _product([_pieces(*box[other], _CELLS[len(axes)]) for other in axes])
        else:
            count = len(axes)
            cells = _product([
                _ellipse(*box[s], rho, _ACROSS[count], _UP[count]) if s == axis
                else _pieces(*box[s], _BESIDE[count]) for s in axes
            ])  # fmt: skip
        found = enclose(expression, dict(zip(axes, cells, strict=True))).largest
    except NotAnalyticError:
        return np.inf
    top = float(np.max(found))
    return top if np.isfinite(top) else np.inf


def around(ends: Sequence[float], rho: float) -> float:
    """The parameter of the ellipse around an interval that holds those of its elements.

    Args:
        ends: of the elements, ascending.
        rho: of the ellipses around these.
    """
    if len(ends) == 2:
        return rho
    own, low, high = np.asarray(ends), ends[0], ends[-1]
    middles, halves = (own[1:] + own[:-1]) / 2, np.diff(own) / 2
    # On a rectangle around each the sum of the distances from the foci, which is convex, is largest
    # at a corner.
    wide, tall = (rho + 1 / rho) / 2 * halves, (rho - 1 / rho) / 2 * halves
    corners = np.concatenate([middles + wide + 1j * tall, middles - wide + 1j * tall])
    scaled = (corners - (low + high) / 2) / ((high - low) / 2)
    sums = (np.abs(scaled - 1) + np.abs(scaled + 1)) / 2  # ρ + 1/ρ = 2 s on the ellipse of ρ
    largest = float(np.max(sums)) * (1 + _ROUNDING)
    return largest + math.sqrt(max(0.0, largest**2 - 1))


def enclose(expression: sp.Expr, inputs: Mapping[sp.Symbol, Discs]) -> Discs:
    """Discs that hold all values of an expression for inputs in discs.

    Raises:
        NotAnalyticError: it has a function that is not analytic, or may have a singularity.
    """
    with np.errstate(all="ignore"):
        made = _Evaluation(inputs).node(sp.sympify(expression))
    if not (np.all(np.isfinite(made.centre)) and np.all(np.isfinite(made.radius))):
        raise NotAnalyticError("a coefficient has values that are too large")
    return made


class _Evaluation:
    """One run over an expression; equal nodes are evaluated once."""

    def __init__(self, inputs: Mapping[sp.Symbol, Discs]) -> None:
        self._done: dict[sp.Basic, Discs] = dict(inputs)

    def node(self, e: sp.Basic) -> Discs:
        if e not in self._done:
            self._done[e] = self._fresh(e)
        return self._done[e]

    def _fresh(self, e: sp.Basic) -> Discs:
        if e.is_number:
            value = complex(e)
            if not np.isfinite(value):
                raise NotAnalyticError("a coefficient has no finite value")
            return number(value)
        if e.is_Add:
            return reduce(operator.add, map(self.node, e.args))
        if e.is_Mul:
            return reduce(operator.mul, map(self.node, e.args))
        if e.is_Pow:
            return self._power(e)
        function = _FUNCTIONS.get(e.func)
        if function is None:
            raise NotAnalyticError(f"{e.func} in a coefficient is not known to be analytic")
        return function(self.node(e.args[0]))

    def _power(self, e: sp.Basic) -> Discs:
        base, exponent = self.node(e.base), e.exp
        if not exponent.is_number:
            return exponential(self.node(exponent) * logarithm(base))
        if exponent.is_Integer and abs(int(exponent)) <= _LARGEST_POWER:
            found = whole_power(base, abs(int(exponent)))
            return found if exponent >= 0 else inverse(found)
        return real_power(base, float(exponent))


def _tangent(z: Discs) -> Discs:
    return sine(z) * inverse(cosine(z))


_FUNCTIONS: dict[type, Callable[[Discs], Discs]] = {
    sp.exp: exponential,
    sp.sin: sine,
    sp.cos: cosine,
    sp.tan: _tangent,
    sp.cot: lambda z: cosine(z) * inverse(sine(z)),
    sp.sec: lambda z: inverse(cosine(z)),
    sp.csc: lambda z: inverse(sine(z)),
    sp.sinh: hyperbolic_sine,
    sp.cosh: hyperbolic_cosine,
    sp.tanh: hyperbolic_tangent,
    sp.coth: lambda z: inverse(hyperbolic_tangent(z)),
    sp.log: logarithm,
    sp.atan: arc_tangent,
    sp.erf: error_function,
}


def _axes(expression: sp.Expr, box: Box) -> list[sp.Symbol]:
    """The inputs that an expression depends on, in the order of the box.

    Raises:
        NotAnalyticError: it depends on something else, or on too many inputs.
    """
    free = sp.sympify(expression).free_symbols
    axes = [axis for axis in box if axis in free]
    if len(axes) < len(free) or len(axes) not in _CELLS:
        raise NotAnalyticError("a coefficient depends on more than three inputs, or on data")
    return axes


def _pieces(lower: float, upper: float, count: int) -> Discs:
    ends = np.linspace(lower, upper, (count if upper > lower else 1) + 1)
    return interval(ends[:-1], ends[1:])


def _ellipse(lower: float, upper: float, rho: float, across: int, up: int) -> Discs:
    """Discs around cells that cover the upper half of an ellipse."""
    half, middle = (upper - lower) / 2, (upper + lower) / 2
    wide, high = (rho + 1 / rho) / 2, (rho - 1 / rho) / 2
    ends = np.linspace(-wide, wide, across + 1)
    inner = np.where(ends[:-1] * ends[1:] <= 0, 0.0, np.minimum(abs(ends[:-1]), abs(ends[1:])))
    heights = high * np.sqrt(np.clip(1 - (inner / wide) ** 2, 0, 1))
    steps = (np.arange(up) + 0.5) / up
    real = np.repeat((ends[:-1] + ends[1:]) / 2, up)
    imaginary = np.outer(heights, steps).ravel()
    radius = np.hypot(wide / across, np.repeat(heights, up) / (2 * up))
    centre = (middle + half * real + 1j * half * imaginary).astype(np.complex128)
    return disc(centre, half * radius)


def _product(parts: list[Discs]) -> list[Discs]:
    """All products of cells, for each axis the discs of all of them."""
    grids = np.meshgrid(*[np.arange(len(part.radius)) for part in parts], indexing="ij")
    return [
        Discs(part.centre[grid.ravel()], part.radius[grid.ravel()])
        for part, grid in zip(parts, grids, strict=True)
    ]
