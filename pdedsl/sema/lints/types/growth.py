"""L112 for systems, and for mixed derivatives in time: short waves that grow without bound.

With u = exp(λt + i k·x) the determinant of the symbol gives the rates λ_j(k). Where Re λ_j is not
bounded as |k| → ∞, values at the start determine no stable solution (Hadamard; Petrovskii). As many
rates grow as conditions would have to stand at the end in place of the start.
"""

from __future__ import annotations

from pdedsl.calculus.types.determinant import PointSymbol
from pdedsl.calculus.types.evolution import short_waves
from pdedsl.diagnostics import Diagnostic
from pdedsl.ir import Interval, Problem, Slice
from pdedsl.sema.lints.structure import Equation, Group, elsewhere, order, owner

from .symbols import symbols_of


def ill_posed(problem: Problem, group: Group, time: Interval) -> Diagnostic | None:
    """The finding for coupled equations with values at the start, or None.

    Linear equations are looked at at points of their domain, where one is enough; nonlinear ones
    with generic states, at all of which short waves must grow.
    """
    domain = owner(problem, group.components[0].func).domain
    if domain is None or not group.highest(time.symbol):
        return None
    axes = (*problem.domain(domain).coordinates, time.symbol)
    symbols = symbols_of(problem, group, axes)
    if symbols is None:
        return None
    counts = [_growing(own, len(axes)) for own in symbols.points]
    growing = min(counts) if symbols.nonlinear else max(counts)
    if growing == 0:
        return None
    where = "" if min(counts) else f" near {symbols.places[counts.index(growing)]}"
    return _finding(problem, group, time, growing, where)


def _growing(symbol: PointSymbol, dimension: int) -> int:
    """Largest number of rates that grow, over the directions of the waves."""
    found = short_waves(symbol, dimension, dimension - 1)
    return max(sum(mode.growth > 0 for mode in modes) for modes in found)


def _finding(
    problem: Problem, group: Group, time: Interval, growing: int, where: str
) -> Diagnostic:
    given = [e for e in elsewhere(problem) if group.functions & e.functions and _starts(e, time)]
    back = growing >= len(given)
    law = group.equations[0].law
    alone = all(e.law is law for e in group.equations)
    subject = law.label if alone else f"the system of {group.names}"
    message = (
        f"{subject} {'runs backward' if back else 'is no evolution'} in {time.symbol}{where}: "
        f"short waves grow without bound, so that values of {group.names} at the start determine "
        "no stable solution"
    )
    end = f"{time.symbol} = {problem.number(time.upper):g}"
    if back:
        mend = f"give values at {end} in place of those at the start"
    elif growing == 1:
        kept, left = _named(given[0], time), _named(given[-1], time)
        mend = f"give {kept} at {end} in place of {left} at the start"
    else:
        mend = f"give {growing} of the {len(given)} conditions at {end} in place of the start"
    return Diagnostic("L112", message, law.span, mend)


def _starts(equation: Equation, time: Interval) -> bool:
    place = equation.law.place
    return isinstance(place, Slice) and time.symbol in dict(place.fixed)


def _named(equation: Equation, time: Interval) -> str:
    """What a condition is on: ``u``, or its derivative in time."""
    function = min(equation.functions, key=str)
    degree = order(equation.residual, function, time.symbol)
    name, letter = str(function), time.symbol.name
    return f"{name}_{letter * degree}" if degree else name
