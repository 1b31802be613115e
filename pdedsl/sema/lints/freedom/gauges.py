"""L105: a field that every law leaves fixed up to a constant.

A constant K is added to the field; if no residual changes, K is free. Where no derivative in
time of the field occurs, K may depend on time, and laws at one time do not fix it.
"""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp
from sympy.core.function import AppliedUndef, UndefinedFunction

from pdedsl.calculus.coefficients import LARGEST_RESIDUAL, isolated
from pdedsl.diagnostics import Diagnostic
from pdedsl.ir import DomainIntegral, Global, Interior, Problem, Slice, size
from pdedsl.sema.draft import Draft
from pdedsl.sema.lints.coverage.interfaces import is_short
from pdedsl.sema.lints.structure import Equation, equations, is_differentiated, order, owner


def gauges(problem: Problem, draft: Draft) -> Iterator[Diagnostic]:
    """A pressure, a potential or a pure Neumann problem without a gauge."""
    for component in problem.components:
        laws = [e for e in equations(problem) if component.func in e.functions]
        if not laws or not any(is_differentiated(e.residual, component.func) for e in laws):
            continue
        alone = all(e.functions == {component.func} for e in laws)
        bare = alone and not problem.periodic_axes(component)
        if bare and all(isinstance(e.law.place, Interior) for e in laws):
            continue  # no condition at all, which the lints of coverage and counts say
        if is_short(problem, owner(problem, component.func).domain):
            continue
        if not any(_fixes(problem, e, component, laws) for e in laws):
            yield _finding(problem, component)


def _finding(problem: Problem, component: AppliedUndef) -> Diagnostic:
    field = owner(problem, component.func)
    name = str(component.func)
    message = f"every law leaves {name} free up to a constant"
    mend = None
    if field.domain is not None:
        mend = f"add eq gauge: integral({name}, {field.domain}) = 0"
    return Diagnostic("L105", message, field.span, mend)


def _fixes(
    problem: Problem, equation: Equation, component: AppliedUndef, laws: list[Equation]
) -> bool:
    time = problem.time.symbol if problem.time else None
    place = equation.law.place
    if time in component.args and isinstance(place, (Slice, Global)) and time in dict(place.fixed):
        assert time is not None
        if not any(order(e.residual, component.func, time) for e in laws):
            return False
    return not shift_invariant(equation.residual, component.func)


def shift_invariant(residual: sp.Expr, function: UndefinedFunction) -> bool:
    """Whether adding a constant to the function leaves the residual as it is."""
    if size(residual) > LARGEST_RESIDUAL:
        return False
    plain = residual.replace(
        lambda e: isinstance(e, DomainIntegral), lambda e: e.args[0] * sp.Dummy(positive=True)
    )
    flat, names = isolated(plain)
    bare = [s for node, s in names.items() if getattr(node, "func", None) == function]
    if not bare:
        return True
    change = sp.Add(*(sp.diff(flat, s) for s in bare))
    return bool(change == 0 or (size(change) < 200 and sp.expand_mul(change) == 0))
