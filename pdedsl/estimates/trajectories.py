"""Ordinary differential equations by a Runge–Kutta method: do they blow up, are they chaotic?

An answer that is independent of the method that solves them, and takes a second at most.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
import sympy as sp
from scipy.integrate import solve_ivp

from pdedsl.geometry.arrays import Array
from pdedsl.ir import Global, Interior, Problem, Slice

from .blow_up import follow

_MOST = 60_000  # evaluations of the right-hand side: two seconds or so
_MOST_EQUATIONS = 6  # that are solved for their highest derivatives in symbols
_TOLERANCE, _METHOD = 1e-9, "DOP853"
_ROUGH = 1e-6  # tolerance for neighbours, whose steps are the same
_CERTAIN = 40.0  # exponent of the growth of neighbours from which it is not followed any further
_NEAR, _SEGMENTS = 1e-7, 40  # of neighbours, relative, which are brought back so many times


@dataclass(frozen=True)
class Trajectory:
    """What became of an initial value problem.

    Args:
        blow_up: the time at which it ends; None where it does not.
        grows: whether it grows without bound there, rather than its derivative alone.
        rate: λ, with which neighbours part as e^{λt} relative to its own growth; None if unknown.
    """

    blow_up: float | None = None
    rate: float | None = None
    grows: bool = True


@lru_cache(maxsize=4)
def trajectory(problem: Problem) -> Trajectory | None:
    """That of a problem; None where it is no explicit initial value problem in time alone."""
    made = _Initial.of(problem)
    if made is None:
        return None
    try:
        with np.errstate(all="ignore"):
            return _followed(made)
    except (_TooLong, ValueError, ArithmeticError, np.linalg.LinAlgError):
        return None


class _TooLong(Exception):
    """More evaluations than were meant."""


@dataclass(frozen=True)
class _Initial:
    """y' = f(t, y), y(start) = first, up to the end."""

    slope: Callable[[float, Array], Array]
    first: Array
    start: float
    end: float

    @staticmethod
    def of(problem: Problem) -> _Initial | None:
        """The problem as a system of first order in values and derivatives."""
        time = problem.time
        if time is None or problem.numbers or problem.ranges:
            return None
        if any(c.args != (time.symbol,) for c in problem.components):
            return None
        equations = [r for w in problem.laws if isinstance(w.place, Interior) for r in w.residuals]
        start = problem.number(time.lower)
        given = [r for w in problem.laws if _at(problem, w.place, time.symbol, start)
                 for r in w.residuals]  # fmt: skip
        whole = len(equations) + len(given) == sum(len(w.residuals) for w in problem.laws)
        if not whole or len(equations) != len(problem.components):
            return None
        return _compiled(problem, [problem.substitute(r) for r in equations],
                         [problem.substitute(r) for r in given])  # fmt: skip


def _at(problem: Problem, place: object, time: sp.Symbol, start: float) -> bool:
    if not isinstance(place, Global | Slice):
        return False
    fixed = dict(place.fixed)
    return time in fixed and problem.number(fixed[time]) == start


def _compiled(problem: Problem, equations: list[sp.Expr], given: list[sp.Expr]) -> _Initial | None:
    time = problem.time
    assert time is not None
    t, states, tops = time.symbol, [], []
    for component in problem.components:
        orders = [
            int(n.derivative_count) for e in equations for n in e.atoms(sp.Derivative)
            if n.expr == component
        ]  # fmt: skip
        if not orders:
            return None
        states += [sp.diff(component, t, k) if k else component for k in range(max(orders))]
        tops.append(sp.diff(component, t, max(orders)))
    names = {node: sp.Dummy() for node in sorted([*states, *tops], key=_order, reverse=True)}
    flat = [e.xreplace(names) for e in equations]
    first = [e.xreplace(names) for e in given]
    y, d = [names[s] for s in states], [names[s] for s in tops]
    if any(e.has(sp.Derivative, sp.Subs) for e in [*flat, *first]) or len(first) != len(y):
        return None
    if any((e.free_symbols - {t, *y, *d}) for e in [*flat, *first]):
        return None
    slope = _slope(t, y, d, flat, [(names[s], names[sp.diff(s, t)]) for s in states])
    if slope is None:
        return None
    matrix = sp.Matrix(first).jacobian(y)
    low, high = problem.number(time.lower), problem.number(time.upper)
    A, b = sp.lambdify((t, *y), [matrix, first], modules="numpy")(low, *np.zeros(len(y)))
    initial = np.linalg.solve(np.array(A, dtype=float), -np.array(b, dtype=float))
    return _Initial(slope, initial, low, high)


def _slope(
    t: sp.Symbol,
    y: list[sp.Dummy],
    d: list[sp.Dummy],
    flat: list[sp.Expr],
    pairs: list[tuple[sp.Dummy, sp.Dummy]],
) -> Callable[[float, Array], Array] | None:
    """f(t, y) from equations that are affine in the highest derivatives d; None for others."""
    mass = sp.Matrix(flat).jacobian(d)
    if mass.free_symbols & set(d) or len(d) > _MOST_EQUATIONS:
        return None
    solved = mass.LUsolve(-sp.Matrix([e.subs(dict.fromkeys(d, 0)) for e in flat]))
    given = dict(zip(d, solved, strict=True))
    follows = [given.get(after, after) for _, after in pairs]
    made = sp.lambdify((t, *y), follows, modules=["scipy", "numpy"], cse=True)
    calls = [0]

    def slope(at: float, values: Array) -> Array:
        calls[0] += 1
        if calls[0] > _MOST:
            raise _TooLong
        return np.array(made(at, *values), dtype=float)

    return slope


def _order(node: sp.Expr) -> int:
    return int(node.derivative_count) if isinstance(node, sp.Derivative) else 0


def _followed(made: _Initial) -> Trajectory:
    size = max(1.0, float(np.abs(made.first).max()))
    found = follow(made.slope, made.first, (made.start, made.end), method=_METHOD,
                   rtol=_TOLERANCE, atol=1e-10 * size)  # fmt: skip
    if found.ends:
        return Trajectory(found.end, grows=found.grows)
    return Trajectory(rate=_parting(made) if found.whole else None)


def _parting(made: _Initial) -> float:
    """The mean rate at which neighbours part, relative to the growth of the solution itself.

    Source: G. Benettin, L. Galgani and J.-M. Strelcyn, Phys. Rev. A 14 (1976), 2338–2345.
    """
    own = made.first.copy()
    apart = _NEAR * max(1.0, float(np.linalg.norm(own)))
    other = own + apart / math.sqrt(len(own))
    total, times = 0.0, np.linspace(made.start, made.end, _SEGMENTS + 1)
    for low, high in pairwise(times):
        both = np.concatenate([own, other])
        n = len(own)

        def pair(t: float, y: Array, n: int = n) -> Array:
            return np.concatenate([made.slope(t, y[:n]), made.slope(t, y[n:])])

        end = solve_ivp(pair, (low, high), both, _METHOD, rtol=_ROUGH, atol=1e-10).y[:, -1]
        before = max(1.0, float(np.linalg.norm(own)))
        own, gap = end[:n], end[n:] - end[:n]
        grown = max(1.0, float(np.linalg.norm(own))) / before
        total += math.log(float(np.linalg.norm(gap)) / apart / grown)
        apart = _NEAR * max(1.0, float(np.linalg.norm(own)))
        other = own + gap * (apart / float(np.linalg.norm(gap)))
        if total > _CERTAIN:
            return total / (high - made.start)
    return total / (made.end - made.start)
