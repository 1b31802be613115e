r"""Evolutions whose initial and boundary values contradict each other, started a moment later.

A rod at 0 whose end is put to 100 at t = 0 has near that end, with the diffusivity α,

.. math:: u = g + J \,\mathrm{erfc}\frac{|x - a|}{2\sqrt{α (t - t_0)}} + …,

J being the boundary value less the initial one (Carslaw and Jaeger, Conduction of Heat in Solids,
1959, 2.4). At t₀ no function is near it. The initial values here have that term at the time τ
instead of at zero. Its even derivatives vanish at a, so that the boundary values and equations
agree with it. Of lower terms, coefficients that vary and other fields nothing is assumed: they are
smoother by two orders. A flux that is put to a value in a moment, with the slope D = u_x of the
boundary law less that of the initial values, has in its place
:math:`-2 D \sqrt{α (t - t_0)}\, \mathrm{ierfc}`.

The solution would be late by τ with these terms. As in `inner_starts` they are taken with a further
one that moves them back, to O((τ/t)²), with :math:`s = |x - a|/w` and :math:`w = 2\sqrt{α τ}`

.. math:: J \Bigl(\mathrm{erfc}\, s - \frac{s\, e^{-s^2}}{\sqrtπ}\Bigr), \qquad
          -D w \Bigl(\frac{e^{-s^2}}{2\sqrtπ} - s\, \mathrm{erfc}\, s\Bigr).

A value that begins to rise in a moment, with the rate R = u_t of the boundary law less that of the
equation, has :math:`4 R (t - t_0)\, \mathrm{i^2erfc}`; at τ it is taken less R τ erfc, so that the
initial value at a is that of the boundary law still, and so is the rate. This is needed from rest
alone, where such a term is all that there is at first: beside other rates the march resolves it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import sympy as sp
from sympy.core.function import AppliedUndef

from pdedsl.calculus.given_values import Given, given
from pdedsl.geometry import hull_bounds
from pdedsl.geometry.arrays import Array
from pdedsl.ir import Boundary, Interior, Law, Problem, Substitution, normal

from .box_starts import begun_later, face_jumps
from .inner_starts import InnerJump, inner_jumps
from .single_rows import split_rows
from .start_values import at_start, diffusivity, initial_of, number_of, size_of

_AGREE = 1e-6  # of the largest value, from which on two values differ, as for L108
_SAMPLES = 64  # points of the interval at which initial values are looked at: a choice
_MOMENT = 1e-6  # of the time, over which the rate of a boundary value is taken: a choice
_AT_REST = 0.1  # largest rate of the initial values over R, up to which they rest: a choice


@dataclass(frozen=True)
class StartJump:
    """An end of the interval at which a value, or a slope, is put in a moment.

    Args:
        component: the field.
        time: the input that is time.
        end: a.
        inward: 1 at the lower end, -1 at the upper one.
        height: J, D along the inward normal, or R.
        diffusivity: α.
        slope: whether it is D.
        rate: whether it is R.
        robin: factor of the value over that of the inward slope in the law, which then asks for
            D / (1 − γ w/2√π) with w = 2√(ατ), as the term moves the value, too.
    """

    component: AppliedUndef
    time: sp.Symbol
    end: float
    inward: int
    height: float
    diffusivity: float
    slope: bool = False
    robin: float = 0.0
    rate: bool = False

    def term(self, time: float) -> sp.Expr:
        """The singular term at the time τ, a function of space."""
        width = 2 * (self.diffusivity * time) ** 0.5
        s = self.inward * (self.space - self.end) / width
        erfc, bell = 1 - sp.erf(s), sp.exp(-(s**2)) / sp.sqrt(sp.pi)
        if self.rate:
            return -2 * self.height * time * s * (bell - s * erfc)
        if not self.slope:
            return self.height * (erfc - s * bell)
        height = self.height / (1 - self.robin * width / (2 * math.pi**0.5))
        return -height * width * (bell / 2 - s * erfc)

    @property
    def space(self) -> sp.Symbol:
        """The coordinate of space."""
        return next(s for s in self.component.args if s != self.time)


Jump = StartJump | InnerJump
"""Of initial values, at an end or inside."""


def start_jumps(problem: Problem) -> tuple[Jump, ...]:
    """The jumps of a problem in time and one space coordinate, of components that diffuse.

    Those of other components, which travel with their jump, are left out.

    Args:
        problem: each of its laws is one scalar equation.
    """
    if problem.time is None or len(problem.inputs) != 2 or len(problem.domains) != 1:
        return ()
    found = list[Jump]()
    for law in problem.laws:
        start = at_start(problem, law)
        if start is None:
            continue
        found += inner_jumps(problem, start)
        for other in problem.laws:
            found += _jumps(problem, start, other)
    return tuple(found)


def smoothed(problem: Problem, jumps: Sequence[Jump], time: float) -> Problem:
    """The problem with initial values that have the singular terms at τ = ``time``."""
    laws = tuple(_smoothed(problem, law, jumps, time) for law in problem.laws)
    return replace(problem, laws=laws)


def _smoothed(problem: Problem, law: Law, jumps: Sequence[Jump], time: float) -> Law:
    start = at_start(problem, law)
    own = [] if start is None else [j for j in jumps if j.component == start.component]
    if start is None or not own:
        return law
    first = next((j.left for j in own if isinstance(j, InnerJump)), start.value)
    factor = sp.diff(problem.substitute(law.residuals[0]).xreplace({start.component: _U}), _U)
    left, right = factor * start.component, factor * sp.Add(first, *(j.term(time) for j in own))
    return replace(law, residuals=(left - right,), equations=((left, right),))


_U = sp.Dummy("u", real=True)


def _jumps(problem: Problem, start: Given, law: Law) -> list[StartJump]:
    """Where a boundary law gives another value, or another slope, than the initial values."""
    place = law.place
    if not isinstance(place, Boundary) or place.where is not None:
        return []
    assert problem.time is not None
    (x,), time = problem.domains[0].coordinates, problem.number(problem.time.lower)
    low, high = hull_bounds(problem)[x]
    size = size_of(start.value, {x: np.linspace(low, high, _SAMPLES), problem.time.symbol: time})
    out = []
    for end in (problem.number(face.value) for face in place.faces):
        at, inward = {x: end, problem.time.symbol: time}, 1 if end == low else -1
        alpha = diffusivity(problem, start, at)
        value = _value_jump(problem, start, law, at)
        found = value or _slope_jump(problem, start, law, at, inward)
        if found is None or alpha is None:
            continue
        height, usual, robin = found
        usual = max(usual, size if value else size / (high - low))
        ends = (start.component, problem.time.symbol, end, inward)
        if abs(height) > _AGREE * usual:
            out.append(StartJump(*ends, height, alpha, value is None, robin))
        elif value and (rate := _rate_jump(problem, start, law, at)):
            out.append(StartJump(*ends, rate, alpha, rate=True))
    return out


def _rate_jump(
    problem: Problem, start: Given, law: Law, at: dict[sp.Symbol, float]
) -> float | None:
    """R at an end, where the field is at rest elsewhere; None where it is not, or R is zero."""
    assert problem.time is not None
    there = given(problem.substitute(law.residuals[0]), law, problem.components)
    own = _initial_rate(problem, start)
    if there is None or own is None:
        return None
    (x,), time = problem.domains[0].coordinates, problem.time.symbol
    low, high = hull_bounds(problem)[x]
    # The values of the law a moment later, as its own rate at the start may be none.
    moment = _MOMENT * (problem.number(problem.time.upper) - at[time])
    before, after = (
        number_of(there.value.subs({**at, time: t})) for t in (at[time], at[time] + moment)
    )
    by_equation = number_of(own.subs(at))
    if before is None or after is None or by_equation is None:
        return None
    rate = (after - before) / moment - by_equation
    points = np.linspace(low, high, _SAMPLES)[1:-1]
    inside: dict[sp.Basic, Array | float] = {x: points, time: at[time]}
    return rate if size_of(own, inside) < _AT_REST * abs(rate) else None


def _initial_rate(problem: Problem, start: Given) -> sp.Expr | None:
    """u_t at the start, as the equation has it; None where it is no number there."""
    assert problem.time is not None
    slope = sp.Derivative(start.component, problem.time.symbol)
    pairs = [(c, g.value) for c in problem.components if (g := initial_of(problem, c))]
    put = Substitution(pairs)
    for law in problem.laws:
        residual = problem.substitute(law.residuals[0])
        if law.kind != "eq" or not isinstance(law.place, Interior) or not residual.has(slope):
            continue
        factor = sp.diff(residual.xreplace({slope: _U}), _U)
        if not put.covers(residual) or factor.has(_U):
            return None
        return -put(residual.xreplace({slope: sp.S.Zero})) / put(factor)
    return None


def _value_jump(
    problem: Problem, start: Given, law: Law, at: dict[sp.Symbol, float]
) -> tuple[float, float, float] | None:
    """J at an end, the size of both values and 0; None where the law gives no value."""
    there = given(problem.substitute(law.residuals[0]), law, problem.components)
    if there is None or there.component != start.component:
        return None
    before, after = (number_of(own.value.subs(at)) for own in (start, there))
    if before is None or after is None:
        return None
    return after - before, max(abs(before), abs(after)), 0.0


def _slope_jump(
    problem: Problem, start: Given, law: Law, at: dict[sp.Symbol, float], inward: int
) -> tuple[float, float, float] | None:
    """D at an end, the size of the initial slope and γ; None where the law gives no slope."""
    (x,) = problem.domains[0].coordinates
    node = sp.Derivative(start.component, x)
    residual = problem.substitute(law.residuals[0]).xreplace({normal(1): sp.Integer(-inward)})
    if residual.atoms(sp.Derivative) != {node}:
        return None
    initial = {c: g.value for c in problem.components if (g := initial_of(problem, c))}
    slope = sp.diff(start.value, x)
    factor = sp.diff(residual.xreplace({node: _U}), _U).xreplace({_U: slope})
    flat = residual.xreplace({node: slope})
    of_value = sp.diff(flat.xreplace({start.component: _U}), _U).xreplace({_U: start.value})
    known = (flat, factor, slope, of_value)
    left, rate, before, value = (number_of(e.xreplace(initial).subs(at)) for e in known)
    if left is None or not rate or before is None or value is None:
        return None
    return -left / rate * inward, abs(before), value / rate * inward


def started_later(problem: Problem, moment: float) -> Problem:
    """The problem by rows, with the start that a march has which begins so much later."""
    single = split_rows(problem)
    if not moment:
        return single
    if len(problem.inputs) > 2:
        return begun_later(single, face_jumps(single), moment)
    return smoothed(single, start_jumps(single), moment)


def as_started(problem: Problem, moment: float) -> Problem:
    """The same as far as points between the steps of the start may see it: it is to hold there."""
    if not moment or len(problem.inputs) > 2:
        return started_later(problem, moment) if moment else problem
    single = split_rows(problem)
    inner = [jump for jump in start_jumps(single) if isinstance(jump, InnerJump)]
    return smoothed(single, inner, moment) if inner else problem
