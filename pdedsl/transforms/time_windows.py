r"""A problem in time on a part of its time, as a march or a model of windows solves it.

Windows of time are the sequential case of a decomposition (`decomposition`): the interfaces lie at
times :math:`t_1 < t_2 < …`, and information crosses them in one direction alone. So the conditions
at an interface, equal values of what the initial conditions fix, are the initial conditions of the
window after it, and the windows can be solved one after another instead of all at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import sympy as sp
from sympy.core.function import AppliedUndef, UndefinedFunction

from pdedsl.calculus.linearity import is_linear
from pdedsl.ir import Boundary, Global, Law, OnData, Place, Problem, Slice


def restrict_in_time(problem: Problem, lower: float, upper: float) -> Problem:
    """A problem without `window_obstacle` on t ∈ [lower, upper], its initial laws at the begin."""
    assert problem.time is not None
    start = sp.Float(lower)
    time = replace(problem.time, lower=start, upper=sp.Float(upper))
    laws = tuple(replace(law, place=_moved(law.place, time.symbol, start)) for law in problem.laws)
    return replace(problem, time=time, laws=laws)


def _moved(place: Place, time: sp.Symbol, start: sp.Expr) -> Place:
    if not isinstance(place, Slice | Global):
        return place
    return replace(place, fixed=tuple((s, start if s == time else v) for s, v in place.fixed))


def window_obstacle(problem: Problem) -> str | None:
    """Why a problem cannot be solved window by window, or None where it can."""
    time = problem.time
    if time is None:
        return "it has no time"
    if any(time.symbol not in field.arguments for field in problem.fields):
        return "a field does not depend on time"
    if problem.numbers:
        return "its unknown numbers belong to all times"
    if any(p.axis == time.symbol for p in problem.periodicities):
        return "it is periodic in time"
    for law in problem.laws:
        if reason := _obstacle_in(problem, law, time.symbol):
            return f"{law.label} {reason}"
    return None


def _obstacle_in(problem: Problem, law: Law, time: sp.Symbol) -> str | None:
    place = law.place
    if isinstance(place, OnData):
        return "has data of all times"
    if isinstance(place, Boundary) and place.where is not None and place.where.has(time):
        return "holds at some times alone"
    fixed = dict(place.fixed) if isinstance(place, Slice | Global) else {}
    if time not in fixed:
        return None if _is_local_in_time(problem, law, time) else "has fields at several times"
    assert problem.time is not None
    if problem.number(fixed[time]) != problem.number(problem.time.lower):
        return "holds at one time after the start"
    return None if is_linear(problem, law) else "is a nonlinear initial condition"


def _is_local_in_time(problem: Problem, law: Law, time: sp.Symbol) -> bool:
    """Whether the law has every field at the time t where it holds."""
    fields = {component.func for component in problem.components}
    return all(
        [a for a in arguments if a.has(time)] == [time]
        for residual in law.residuals
        for function, arguments in _applied(problem.substitute(residual))
        if function in fields
    )


def _applied(expression: sp.Basic) -> Iterator[tuple[UndefinedFunction, tuple[sp.Expr, ...]]]:
    """Every undefined function with its arguments; for a derivative elsewhere, those there."""
    if isinstance(expression, sp.Subs):
        there = dict(zip(expression.variables, expression.point, strict=True))
        for function, arguments in _applied(expression.expr):
            yield function, tuple(a.xreplace(there) for a in arguments)
        return
    if isinstance(expression, AppliedUndef):
        yield expression.func, expression.args
    for part in expression.args:
        yield from _applied(part)
