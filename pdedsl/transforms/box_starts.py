r"""Values at the sides of a box that contradict the initial ones, started a moment later.

A plate at 500 whose sides are put to 300 has near each of them what a rod has (`smooth_starts`),
and products of these near its corners. Axis by axis, the initial values here are changed at the
sides of the axis a to

.. math:: u ← u + \sum_{\text{sides}} (g - u|_{\text{side}})
          \Bigl(\mathrm{erfc}\, s - \frac{s\, e^{-s^2}}{\sqrtπ}\Bigr), \qquad
          s = \frac{|x_a - \text{side}|}{2\sqrt{α_a τ}},

with the value g of the side, so that they agree with all sides where these agree at the corners.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import sympy as sp
from sympy.core.function import AppliedUndef

from pdedsl.calculus import law_operators
from pdedsl.calculus.corners.box_sides import NoSidesError, SideCondition, side_conditions
from pdedsl.geometry import generic_points, hull_bounds
from pdedsl.geometry.arrays import Array
from pdedsl.ir import Interior, Law, Problem, evaluate

from .start_values import at_start, initial_of, number_of, size_of

_AGREE = 1e-9  # of the largest value, up to which two agree, as for the march that begins with them
_SAMPLES = 256  # points of a side: a choice
_U = sp.Dummy("u", real=True)


@dataclass(frozen=True)
class FaceJump:
    """A side at which a value is put in a moment.

    Args:
        component: the field.
        space: the coordinate that is constant on the side.
        end: its value there.
        inward: 1 at the lower end, -1 at the upper one.
        given: the value g of the side at the start.
        height: the root mean square of g − u over the side.
        area: of the side.
        diffusivity: α.
    """

    component: AppliedUndef
    space: sp.Symbol
    end: float
    inward: int
    given: sp.Expr
    height: float
    area: float
    diffusivity: float


def face_jumps(problem: Problem) -> tuple[FaceJump, ...]:
    """The sides of a box in two or three coordinates that contradict the initial values.

    There are none where a condition on a flux does, or where the field does not diffuse with
    constant coefficients along the axis.

    Args:
        problem: each of its laws is one scalar equation.
    """
    if problem.time is None or len(problem.inputs) < 3 or len(problem.components) != 1:
        return ()
    if len(problem.domains) != 1 or not problem.domains[0].is_box:
        return ()
    start = initial_of(problem, problem.components[0])
    if start is None:
        return ()
    try:
        sides = side_conditions(problem, law_operators(problem))
    except (NoSidesError, ValueError):
        return ()
    begin = {problem.time.symbol: problem.number(problem.time.lower)}
    value = start.value.subs(begin)
    size = size_of(value, _points(problem, {}))
    found = []
    for (axis, side), own in sides.items():
        jump = _jump(problem, value, axis, side, own, size)
        if jump is None:
            return ()
        found += [jump] if jump.height else []
    return tuple(found)


def _jump(
    problem: Problem, start: sp.Expr, axis: sp.Symbol, side: int, own: SideCondition, size: float
) -> FaceJump | None:
    """A side, with the height 0 where it agrees; None where it contradicts in another way."""
    assert problem.time is not None
    bounds = hull_bounds(problem)
    end, component = bounds[axis][side > 0], problem.components[0]
    begin = {problem.time.symbol: bounds[problem.time.symbol][0]}
    terms = own.value * start + own.slope * side * sp.diff(start, axis) - own.given
    points = _points(problem, {axis: end})
    missed = size_of(terms.subs(begin), points)
    lengths = [b - a for s, (a, b) in bounds.items() if s not in (axis, problem.time.symbol)]
    alpha, area = _diffusivity(problem, axis), float(np.prod(lengths))
    of_value = abs(own.value) + abs(own.slope) / (bounds[axis][1] - bounds[axis][0])
    scale = max(of_value * size, size_of(own.given.subs(begin), points))
    if missed <= _AGREE * scale:
        return FaceJump(component, axis, end, -side, sp.S.Zero, 0.0, area, alpha or 0.0)
    if own.slope or not own.value or alpha is None:
        return None
    given = (own.given / own.value).subs(begin)
    gap = ((given - start) ** 2).subs(axis, end)
    squares = np.broadcast_to(evaluate(gap, points), (_SAMPLES,))
    height = float(np.sqrt(np.mean(squares)))
    return FaceJump(component, axis, end, -side, given, height, area, alpha)


def _points(problem: Problem, fixed: dict[sp.Symbol, float]) -> dict[sp.Basic, Array | float]:
    """Points of a box or of a side of it."""
    coordinates = problem.domains[0].coordinates
    unit, bounds = generic_points(_SAMPLES, len(coordinates)), hull_bounds(problem)
    out: dict[sp.Basic, Array | float] = {}
    for column, symbol in enumerate(coordinates):
        low, high = bounds[symbol]
        out[symbol] = low + (high - low) * unit[:, column]
        if symbol in fixed:
            out[symbol] = np.full(_SAMPLES, fixed[symbol])
    return out


def _diffusivity(problem: Problem, axis: sp.Symbol) -> float | None:
    """α of u_t = α u_xx + … along an axis; None where it is no positive number."""
    assert problem.time is not None
    component, time = problem.components[0], problem.time.symbol
    for law in problem.laws:
        if law.kind != "eq" or not isinstance(law.place, Interior):
            continue
        residual = problem.substitute(law.residuals[0]).doit()
        nodes = sp.Derivative(component, (axis, 2)), sp.Derivative(component, time)
        if residual.has(sp.Derivative(component, (time, 2))):
            return None
        second, slope = (sp.diff(residual.xreplace({node: _U}), _U) for node in nodes)
        ratio = number_of(-second / slope) if slope != 0 else None
        return ratio if ratio is not None and ratio > 0 else None
    return None


def begun_later(problem: Problem, jumps: tuple[FaceJump, ...], moment: float) -> Problem:
    """The problem with initial values that agree with the sides after the moment τ."""
    laws = tuple(_begun_later(problem, law, jumps, moment) for law in problem.laws)
    return replace(problem, laws=laws)


def _begun_later(problem: Problem, law: Law, jumps: tuple[FaceJump, ...], moment: float) -> Law:
    start = at_start(problem, law) if jumps else None
    if start is None:
        return law
    value = start.value
    for axis in dict.fromkeys(jump.space for jump in jumps):
        own = [jump for jump in jumps if jump.space == axis]
        value += sp.Add(*((j.given - value.subs(axis, j.end)) * _profile(j, moment) for j in own))
    factor = sp.diff(problem.substitute(law.residuals[0]).xreplace({start.component: _U}), _U)
    left, right = factor * start.component, factor * value
    return replace(law, residuals=(left - right,), equations=((left, right),))


def _profile(jump: FaceJump, moment: float) -> sp.Expr:
    s = jump.inward * (jump.space - jump.end) / (2 * (jump.diffusivity * moment) ** 0.5)
    return 1 - sp.erf(s) - s * sp.exp(-(s**2)) / sp.sqrt(sp.pi)
