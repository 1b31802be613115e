r"""Initial values with steps and kinks inside of their interval, smoothed.

With smooth functions :math:`f_0, f_1, …` between the places :math:`a_1 < a_2 < …` the initial
values are :math:`f_0 + \sum_k (f_k - f_{k-1}) H(x - a_k)`, H being the step. No function of a basis
is near that. Here H is

.. math:: H_w(x) = \tfrac12 \mathrm{erfc}(-s) + \frac{s\, e^{-s^2}}{2\sqrtπ}, \qquad
          s = \frac xw, \quad w = 2\sqrt{α τ},

α being the diffusivity at the place. The first term alone is what diffuses from the step in the
time τ (Carslaw and Jaeger, Conduction of Heat in Solids, 1959, 2.2). With the second one the
moments of :math:`H - H_w` are zero up to the second, so that the solution a time t later differs by
:math:`O((τ/t)^2)` of the step and not by O(τ/t), whether a value, a slope or both jump.

On a circle the values at both ends of the interval are neighbours, and may differ likewise.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import sympy as sp
from sympy.core.function import AppliedUndef

from pdedsl.calculus.features import features_at
from pdedsl.calculus.given_values import Given
from pdedsl.calculus.smooth_pieces import smooth_piece
from pdedsl.geometry import hull_bounds
from pdedsl.geometry.arrays import Array
from pdedsl.ir import KINKED, NotNumericError, Problem, evaluate

from .start_values import diffusivity, size_of

_SAME = 1e-12  # of the values and of the interval, from which on two differ: a choice
_LARGEST = 1e3
"""Of the values, up to which a function may rise beyond its piece: their sum has its rounding."""
_BESIDE = 1e-6  # of the interval: where both sides of a place are looked at
_SAMPLES = 512  # points at which the pieces are compared with the values: a choice
_MOST = 30  # pieces, whose terms are evaluated at all points: a choice


@dataclass(frozen=True)
class InnerJump:
    """A place at which initial values have a step or a kink.

    Args:
        component: the field.
        time: the input that is time.
        end: a.
        left: the smooth function before it.
        right: that behind it.
        diffusivity: α.
        apart: the distance to the next such place, or to an end.
    """

    component: AppliedUndef
    time: sp.Symbol
    end: float
    left: sp.Expr
    right: sp.Expr
    diffusivity: float
    apart: float
    rate: bool = False

    @property
    def space(self) -> sp.Symbol:
        """The coordinate of space."""
        return next(s for s in self.component.args if s != self.time)

    @property
    def height(self) -> float:
        """By how much the value jumps."""
        return float((self.right - self.left).subs(self.space, self.end))

    def term(self, time: float) -> sp.Expr:
        """What is added to the function before it, with the moment τ."""
        s = (self.space - self.end) / (2 * (self.diffusivity * time) ** 0.5)
        step = (1 + sp.erf(s)) / 2 + s * sp.exp(-(s**2)) / (2 * sp.sqrt(sp.pi))
        return (self.right - self.left) * step


def inner_jumps(problem: Problem, start: Given) -> tuple[InnerJump, ...]:
    """The steps and kinks of the initial values of a component that diffuses, ascending.

    The function before the first one and their terms are all of the initial values. There are none
    where a piece has no values beyond its ends, or where what jumps would travel.

    Args:
        problem: in time and one space coordinate.
        start: the initial values.
    """
    assert problem.time is not None
    (x,), moment = problem.domains[0].coordinates, problem.time.symbol
    circle = x in problem.periodic_axes(start.component)
    time = problem.number(problem.time.lower)
    value = start.value.subs(moment, time)
    if value.free_symbols - {x} or not (value.has(*KINKED) or circle):
        return ()
    ends = hull_bounds(problem)[x]
    pieces = _pieces(value, x, ends, _places(problem, start, ends, time), circle)
    if pieces is None or not pieces.bends:
        return ()
    return _jumps(problem, start, pieces)


@dataclass(frozen=True)
class _Pieces:
    """Smooth functions of x, and the places between them."""

    x: sp.Symbol
    ends: tuple[float, float]
    at: tuple[float, ...]
    functions: tuple[sp.Expr, ...]
    size: float

    @property
    def bends(self) -> bool:
        """Whether a value or a slope jumps anywhere."""
        length = self.ends[1] - self.ends[0]
        steps = [b - a for a, b in pairwise(self.functions)]
        pairs = [(own, sp.diff(own, self.x) * length) for own in steps]
        return any(
            size_of(own, {self.x: place}) > _SAME * self.size
            for place, pair in zip(self.at, pairs, strict=True) for own in pair
        )  # fmt: skip

    def merged(self) -> _Pieces:
        """Without places at which the function does not change."""
        line: dict[sp.Basic, Array | float] = {self.x: np.linspace(*self.ends, _SAMPLES)}
        changes = [size_of(b - a, line) > _SAME * self.size for a, b in pairwise(self.functions)]
        at = tuple(a for a, own in zip(self.at, changes, strict=True) if own)
        later = (f for f, own in zip(self.functions[1:], changes, strict=True) if own)
        return _Pieces(self.x, self.ends, at, (self.functions[0], *later), self.size)


def _pieces(
    value: sp.Expr, x: sp.Symbol, ends: tuple[float, float], places: list[float], circle: bool
) -> _Pieces | None:
    """Those of initial values; None where they do not make up the values."""
    low, high = ends
    middles = [(a + b) / 2 for a, b in pairwise((low, *places, high))]
    found = [smooth_piece(value, {x: middle}) for middle in middles]
    functions = [own for own in found if own is not None]
    if len(functions) < len(found):
        return None
    at = list(places)
    if circle:
        before, behind = functions[-1].subs(x, x + high - low), functions[0].subs(x, x - high + low)
        functions, at = [before, *functions, behind], [low, *at, high]
    nodes = low + (high - low) * (np.arange(_SAMPLES) + 0.5) / _SAMPLES
    try:
        known = np.broadcast_to(evaluate(value, {x: nodes}), nodes.shape)
        table = [np.broadcast_to(evaluate(f, {x: nodes}), nodes.shape) for f in functions]
    except NotNumericError:
        return None
    size = float(np.abs(known).max())
    which = np.searchsorted(at, nodes)
    sums = np.choose(which, table) if len(table) <= _MOST else known + np.inf
    if not np.abs(sums - known).max() <= _SAME * size or not np.abs(table).max() <= _LARGEST * size:
        return None
    return _Pieces(x, ends, tuple(at), tuple(functions), size).merged()


def _places(problem: Problem, start: Given, ends: tuple[float, float], time: float) -> list[float]:
    """Where the initial values may jump or bend inside of the interval, ascending."""
    assert problem.time is not None
    found = features_at(problem, start.law, {problem.time.symbol: time})
    column, (low, high) = problem.inputs.index(problem.domains[0].coordinates[0]), ends
    near, out = _SAME * (high - low), list[float]()
    for at in sorted(float(p.centre[column]) for f in found for p in f.points if not p.width):
        if low + near < at < high - near and (not out or at - out[-1] > 1e3 * near):
            out.append(at)
    return out


def _jumps(problem: Problem, start: Given, pieces: _Pieces) -> tuple[InnerJump, ...]:
    """The places with what diffuses there; none where something does not."""
    assert problem.time is not None
    (low, high), out = pieces.ends, list[InnerJump]()
    moment = problem.time.symbol
    for i, at in enumerate(pieces.at):
        beside = (at - _BESIDE * (high - low), at + _BESIDE * (high - low))
        alphas = [
            diffusivity(problem, start, {pieces.x: a, moment: problem.number(problem.time.lower)})
            for a in beside if low < a < high
        ]  # fmt: skip
        known = [alpha for alpha in alphas if alpha is not None]
        if len(known) < len(alphas):
            return ()
        others = (abs(at - other) for other in (low, *pieces.at, high))
        apart = min((d for d in others if d > _SAME * (high - low)), default=high - low)
        left, right = pieces.functions[i : i + 2]
        out.append(InnerJump(start.component, moment, at, left, right, max(known), apart))
    return tuple(out)
