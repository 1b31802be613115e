r"""What data on the sides of a box must be, for a smooth function to take them all.

Each is smooth and as periodic as its component, and two of them agree where their sides meet.
Agreement is shown in symbols where these cancel, else looked at on corners and random points.

Beside the functions that are known to be singular somewhere, jumps and kinks are found from
divided differences along lines of N steps h of each axis: with a width L = N h and half the range
A of the data g,

.. math:: \max |g'| \, L / A, \quad \sqrt{\max |g''| \, L^2 / A}

are bounded, and max |g''| must not grow when h is halved (by 2 at a kink, by 4 at a jump). What
is narrower than h may still go unseen.
"""

from __future__ import annotations

from itertools import product

import numpy as np
import sympy as sp

from pdedsl.geometry import Bounds
from pdedsl.geometry.arrays import Array
from pdedsl.ir import Problem, TooLargeError, bounded_derivative, derivative_order, evaluate, size
from pdedsl.ir.special import floor

from .dirichlet import Condition

TOLERANCE = 1e-9
"""Of the size of data: differences up to here count as none."""

LARGEST = 2_000
"""Nodes of the data of one side, and of a derivative of them ten times as many."""

_ROUGH = (
    sp.Piecewise, sp.Abs, sp.sign, sp.Heaviside, sp.DiracDelta, sp.Min, sp.Max, floor,
    sp.ceiling, sp.Mod, sp.arg,
)  # fmt: skip
_STEEPEST = 200  # lengths of variation on an interval
_STEPS, _LINES = 1024, 8  # N, even, and lines along each axis
_GROWTH = 1.5  # of second differences from 2 h to h: 1 + O(h²) where they converge
_STEEP = 1e-3  # least ratio of the smallest to the largest base of a root
_POINTS = 512
_MOST_CORNERS = 10  # dimensions


def fault(problem: Problem, condition: Condition) -> str | None:
    """Why data cannot be continued to the inside by a smooth function; None where they can."""
    data = condition.data
    if data.has(*_ROUGH):
        return "its data are not smooth"
    if size(data) > LARGEST:
        return "its data are too large"
    at = _points(condition.bounds, data)
    if not _finite(data, at):
        return "its data are not finite everywhere"
    if not _regular(data, at):
        return "its data are not smooth"
    if reason := _unresolved(condition.bounds, data):
        return reason
    try:
        for symbol in at:
            for order in range(1, _order(problem, symbol) + 1):
                if not _finite(_derivative(data, symbol, order), at):
                    return f"derivatives of its data in {symbol} are not finite everywhere"
        return _not_periodic(problem, condition)
    except TooLargeError:
        return "its data are too large"


def disagreement(problem: Problem, one: Condition, other: Condition) -> str | None:
    """What speaks against both conditions at once, in words; None where nothing does."""
    if one.component != other.component:
        return None
    if one.axis != other.axis:
        left, right = _trace(one, other), _trace(other, one)
        where = f"{one.place} meets {other.place}"
    elif (one.side, one.order) == (other.side, other.order):
        left, right, where = one.data, other.data, one.place
    else:
        return None
    difference = left - right
    if difference == 0 or sp.expand_mul(difference) == 0:
        return None
    at = _points(one.bounds, difference)
    largest = _largest(difference, at)
    sizes = [
        _largest(_slope(c, d), _points(c.bounds, c.data)) for c, d in ((one, other), (other, one))
    ]
    if largest <= TOLERANCE * max(sizes):
        return None
    return f"where {where}, the values differ by {largest:.2g}"


def largest_on_box(condition: Condition) -> float:
    """Largest |g| at corners and random points of the box of its inputs."""
    return _largest(condition.data, _points(condition.bounds, condition.data))


def _slope(condition: Condition, other: Condition) -> sp.Expr:
    """The derivative of data that the other condition fixes as well."""
    order = other.order if other.axis != condition.axis else 0
    return _derivative(condition.data, other.axis, order)


def _trace(condition: Condition, other: Condition) -> sp.Expr:
    return _slope(condition, other).xreplace({other.axis: other.end})


def _derivative(expression: sp.Expr, symbol: sp.Symbol, order: int) -> sp.Expr:
    return bounded_derivative(expression, symbol, order, 10 * LARGEST)


def _order(problem: Problem, symbol: sp.Symbol) -> int:
    """Highest order of a derivative in the symbol in any law."""
    return max(derivative_order(r, symbol) for law in problem.laws for r in law.residuals)


def _points(bounds: Bounds, data: sp.Expr) -> dict[sp.Symbol, Array]:
    """Corners of the box of the inputs that data depend on, and random points in it."""
    symbols = sorted(data.free_symbols, key=str)
    ends = np.array([bounds[s] for s in symbols]).reshape(-1, 2)
    unit = np.random.default_rng(0).random((_POINTS, len(symbols)))
    if len(symbols) <= _MOST_CORNERS:
        corners = list(product((0.0, 1.0), repeat=len(symbols)))
        unit = np.concatenate([np.reshape(corners, (len(corners), len(symbols))), unit])
    columns = ends[:, :1] + (ends[:, 1:] - ends[:, :1]) * unit.T
    return dict(zip(symbols, columns, strict=True))


def _finite(expression: sp.Expr, at: dict[sp.Symbol, Array]) -> bool:
    return bool(np.all(np.isfinite(evaluate(expression, at))))


def _largest(expression: sp.Expr, at: dict[sp.Symbol, Array]) -> float:
    """Largest |expression|, infinite where it has no finite value."""
    values = np.abs(evaluate(expression, at))
    return float(np.max(np.where(np.isfinite(values), values, np.inf)))


def _regular(data: sp.Expr, at: dict[sp.Symbol, Array]) -> bool:
    """Whether roots, logarithms, quotients and angles stay away from their singular points."""
    for power in data.atoms(sp.Pow):
        if not power.base.free_symbols or (power.exp.is_Integer and power.exp.is_positive):
            continue
        base = _values(power.base, at)
        if not (_nonzero(base) if power.exp.is_Integer else _positive(base)):
            return False
    return (
        all(_positive(_values(e.args[0], at)) for e in data.atoms(sp.log))
        and all(_without_pole(_values(e.args[0], at)) for e in data.atoms(sp.tan))
        and all(_without_cut(*(_values(a, at) for a in e.args)) for e in data.atoms(sp.atan2))
    )


def _values(expression: sp.Expr, at: dict[sp.Symbol, Array]) -> Array:
    return np.asarray(evaluate(expression, at))


def _positive(values: Array) -> bool:
    return bool(values.min() > _STEEP * values.max())


def _nonzero(values: Array) -> bool:
    return _positive(values) or _positive(-values)


def _without_pole(argument: Array) -> bool:
    """Whether a tangent is finite: no odd multiple of π/2 lies between the values."""
    half_turns = np.floor((argument + np.pi / 2) / np.pi)
    return bool(half_turns.min() == half_turns.max() and np.abs(np.cos(argument)).min() > _STEEP)


def _without_cut(y: Array, x: Array) -> bool:
    """Whether an angle does not jump: only for y = 0 > x it does, at the origin it has no value."""
    return _positive(x) or _nonzero(y)


def _unresolved(bounds: Bounds, data: sp.Expr) -> str | None:
    """Why divided differences speak against smooth data; see the head of this module."""
    symbols = sorted(data.free_symbols, key=str)
    if not symbols:
        return None
    count = _LINES if len(symbols) <= _MOST_CORNERS else 1
    values = np.empty((len(symbols), count, _STEPS + 1))
    for i, axis in enumerate(symbols):
        unit = dict(
            zip(symbols, np.random.default_rng(i).random((len(symbols), count, 1)), strict=True)
        )
        unit[axis] = np.linspace(0, 1, _STEPS + 1)[None]
        at = {s: bounds[s][0] + (bounds[s][1] - bounds[s][0]) * unit[s] for s in symbols}
        values[i] = evaluate(data, at)
    size, spread = np.abs(values).max(), np.ptp(values) / 2
    if not np.isfinite(size):
        return "its data are not finite everywhere"
    for symbol, lines in zip(symbols, values, strict=True):
        differences = np.diff(lines), np.diff(lines, 2), np.diff(lines[:, ::2], 2) / 4
        first, second, coarse = (np.abs(d).max() for d in differences)
        if second <= TOLERANCE * size:
            continue
        if max(_STEPS * first / spread, _STEPS * np.sqrt(second / spread)) > _STEEPEST:
            return f"its data change within less than 1/{_STEEPEST} of the interval of {symbol}"
        if second > _GROWTH * coarse:
            return f"its data are not smooth in {symbol}"
    return None


def _not_periodic(problem: Problem, condition: Condition) -> str | None:
    """Where a component is periodic its data must be, with as many derivatives as the laws."""
    owner = next(c for c in problem.components if c.func.__name__ == condition.component)
    for symbol, length in problem.periodic_axes(owner).items():
        if symbol not in condition.data.free_symbols:
            continue
        low, high = condition.bounds[symbol]
        period = problem.number(length)
        at = _points(condition.bounds, condition.data)
        room = max(high - low - period, 0.0)
        moved = at | {symbol: low + (at[symbol] - low) * (room / (high - low))}
        for order in range(max(_order(problem, symbol), 1)):
            slope = _derivative(condition.data, symbol, order)
            jump = slope.xreplace({symbol: symbol + period}) - slope
            if _largest(jump, moved) > TOLERANCE * _largest(slope, at):
                what = f"derivatives of order {order} of its data" if order else "its data"
                return f"{what} are not periodic in {symbol}"
    return None
