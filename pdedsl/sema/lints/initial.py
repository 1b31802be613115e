"""L103: a field with m derivatives in time has its m initial conditions.

Conditions at any one time count, so that final values and two-point problems in time pass.
The conditions of coupled fields are counted for every field that they speak of.
"""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp
from sympy.core.function import AppliedUndef

from pdedsl.diagnostics import Diagnostic, Note
from pdedsl.ir import Global, Problem, Slice
from pdedsl.sema.draft import Draft

from .conditions import touched
from .structure import Equation, Group, elsewhere, fitted, groups, order, owner


def initial(problem: Problem, draft: Draft) -> Iterator[Diagnostic]:
    """An initial condition that is missing, or one too many."""
    if problem.time is None:
        return
    for group in groups(problem):
        if fitted(problem, group) or _at_two_times(problem, group, problem.time.symbol):
            continue
        for component in group.components:
            if problem.time.symbol in problem.periodic_axes(component):
                continue
            yield from _component(problem, group, component, problem.time.symbol)


def _at_two_times(problem: Problem, group: Group, time: sp.Symbol) -> bool:
    """Whether coupled fields have as many conditions as they need, at the start and later.

    Which of the fields they speak of is free then: u at both ends is as good as u and v at one.
    """
    needed, found = _conditions(problem, group, time)
    times = {v for e in found for v in _times(problem, e, time)}
    return len(group.components) > 1 and len(times) > 1 and len(found) == needed


def surplus_in_time(problem: Problem) -> bool:
    """Whether some fields have more conditions in time than they alone need."""
    if problem.time is None:
        return False
    counts = [_conditions(problem, group, problem.time.symbol) for group in groups(problem)]
    return any(len(found) > needed > 0 for needed, found in counts)


def _conditions(problem: Problem, group: Group, time: sp.Symbol) -> tuple[int, list[Equation]]:
    """How many conditions in time coupled fields need, and those that they have."""
    needed = sum(group.order(c, time) for c in group.components)
    found = [
        e for e in elsewhere(problem)
        if any(_is_initial(problem, e, c, time) for c in group.components)
    ]  # fmt: skip
    return needed, found


def _times(problem: Problem, equation: Equation, time: sp.Symbol) -> set[float]:
    place = equation.law.place
    return touched(problem, equation.residual, time, place) if isinstance(place, Slice) else set()


def _component(
    problem: Problem, group: Group, component: AppliedUndef, time: sp.Symbol
) -> Iterator[Diagnostic]:
    needed = group.order(component, time)
    found = [e for e in elsewhere(problem) if _is_initial(problem, e, component, time)]
    useful = [e for e in found if order(e.residual, component.func, time) < max(needed, 1)]
    useless = [e for e in found if e not in useful]
    if useless and needed:
        yield _too_high(component, useless[0], time)
    if len(useful) < needed:
        yield _missing(problem, component, time, needed, useful)
    alone = [e for e in useful if len(e.functions) == 1]
    if problem.numbers:
        return
    if len(alone) > needed > 0:
        message = f"{component.func} has {len(alone)} conditions in {time}"
        notes = tuple(Note("this is one of them", e.law.span) for e in alone[:-1])
        message += f", where {'one is' if needed == 1 else f'{needed} are'} enough"
        yield Diagnostic("L103", message, alone[-1].law.span, None, notes)
    elif alone and not any(group.order(c, time) for c in group.components):
        message = f"no equation has a derivative of {component.func} in {time}, so that "
        message += "an initial condition is one too many"
        yield Diagnostic("L103", message, alone[0].law.span)


def _is_initial(
    problem: Problem, equation: Equation, component: AppliedUndef, time: sp.Symbol
) -> bool:
    """Whether the condition is at fixed times, in all of the domain."""
    place = equation.law.place
    if component.func not in equation.functions or time not in component.args:
        return False
    if isinstance(place, Slice):
        only_time = len(place.fixed) == 1
        return only_time and bool(touched(problem, equation.residual, time, place))
    return isinstance(place, Global) and time in dict(place.fixed) and len(component.args) == 1


def _too_high(component: AppliedUndef, equation: Equation, time: sp.Symbol) -> Diagnostic:
    name = str(component.func)
    degree = order(equation.residual, component.func, time)
    value = f"d({name}, {time}{f', {degree}' if degree > 1 else ''})"
    if "[" not in name and degree < 4 and len(time.name) == 1:
        value = f"{name}_{time.name * degree}"
    place = equation.law.place
    start = dict(place.fixed).get(time) if isinstance(place, (Global, Slice)) else None
    at = "" if start is None else f" at {time} = {start}"
    message = f"{value}{at} follows from the equation"
    return Diagnostic("L103", message, equation.law.span, "leave it out")


def _missing(
    problem: Problem, component: AppliedUndef, time: sp.Symbol, needed: int, found: list[Equation]
) -> Diagnostic:
    assert problem.time is not None
    field = owner(problem, component.func)
    name = str(component.func)
    present = {order(e.residual, component.func, time) for e in found}
    rate = f"{name}_{time}" if not field.vector else f"d({name}, {time})"
    degree = min(set(range(needed)) - present, default=0)
    lacking = {0: name, 1: rate}.get(degree, f"d({name}, {time}, {degree})")
    count = {1: "one", 2: "two"}.get(needed, str(needed))
    have = {0: "none", 1: "one"}.get(len(found), str(len(found)))
    message = f"{name} needs {count} initial condition{'s' if needed > 1 else ''} and has {have}"
    start = problem.number(problem.time.lower)
    return Diagnostic("L103", message, field.span, f"add ic: {lacking} = … at {time} = {start:g}")
