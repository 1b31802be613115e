"""The type of the equations of a domain, at the parameters and guesses of the problem."""

from __future__ import annotations

from pdedsl.calculus.laws import SystemOperator
from pdedsl.geometry import domain_bounds
from pdedsl.ir import Problem

from .classify import Classification, classify


def system_type(problem: Problem, own: SystemOperator | None) -> Classification:
    """The type of a system at the state that it was linearised at; None has no derivative there."""
    if own is None:
        return Classification("undetermined", (), "the equations have no derivative at the state")
    numbers = {n.symbol: n.guess for n in problem.numbers}
    numeric = own.operator.map(lambda a: problem.substitute(a.xreplace(numbers)))
    time = problem.time.symbol if problem.time else None
    return classify(numeric, time, domain_bounds(problem, own.domain))
