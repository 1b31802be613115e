"""The functions at which nonlinear laws are linearised."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import sympy as sp
from sympy.core.function import AppliedUndef

from pdedsl.ir import Law, Problem, Slice, TooLargeError

from .normal_form import NonlinearError, NonlocalError, normal_form


@dataclass(frozen=True)
class State:
    """A value for every component.

    Args:
        values: component to an expression in the coordinates and parameters.
        text: which state it is, such as ``the exact solution``.
        numbers: unknown number to its first guess.
    """

    values: Mapping[AppliedUndef, sp.Expr]
    text: str
    numbers: Mapping[sp.Symbol, sp.Expr] = field(default_factory=dict)


def linearisation_state(problem: Problem) -> State:
    """The exact solution where it is known; else the initial condition; else zero.

    An initial condition of the form u = g at t = t0 is taken constant in time, and
    components without one are zero. Unknown numbers keep their first guess.
    """
    numbers = {n.symbol: n.guess for n in problem.numbers}
    given = dict(problem.exact)
    if all(c in given for c in problem.components):
        exact = {c: given[c] for c in problem.components}
        return State(exact, "the exact solution", numbers)
    initial = _initial(problem)
    values = {c: initial.get(c, sp.S.Zero) for c in problem.components}
    if not initial:
        return State(values, "zero", numbers)
    text = "the initial condition, taken constant in time"
    missing = [str(c.func) for c in problem.components if c not in initial]
    return State(
        values, text + (f", and zero for {', '.join(missing)}" if missing else ""), numbers
    )


def generic_state(problem: Problem) -> State:
    """Every component at itself: derivatives of laws as formulas in the unknowns."""
    return State({c: c for c in problem.components}, "any state")


def _initial(problem: Problem) -> dict[AppliedUndef, sp.Expr]:
    found: dict[AppliedUndef, sp.Expr] = {}
    for law in problem.laws:
        fixed = dict(law.place.fixed) if isinstance(law.place, Slice) else {}
        if problem.time and list(fixed) == [problem.time.symbol]:
            for residual in law.residuals:
                for component, value in _solve_for_fields(problem, law, residual).items():
                    found.setdefault(component, value.xreplace(fixed))
    return found


def _solve_for_fields(problem: Problem, law: Law, residual: sp.Expr) -> dict[AppliedUndef, sp.Expr]:
    """The value g of a law u = g; nothing for laws of another form."""
    if law.kind != "ic":
        return {}
    try:
        operator, (known,) = normal_form([residual], problem.components, problem.inputs)
    except (NonlinearError, NonlocalError, TooLargeError):
        return {}
    terms = operator.terms()
    if len(terms) != 1 or any(terms[0][0]) or known.atoms(AppliedUndef):
        return {}
    column = next(j for j, entry in enumerate(operator.rows[0]) if entry)
    return {problem.components[column]: -known / terms[0][1]}
