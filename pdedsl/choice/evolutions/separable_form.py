r"""Linear evolutions on a box whose operator is a sum of operators along its axes.

.. math:: m_2 u_{tt} + m_1 u_t = \sum_a \left(a_a(x_a) ∂_a^2 + b_a(x_a) ∂_a + c_a(x_a)\right) u
          + f(x, t)

with a condition :math:`α u + β ∂_n u = g(x, t)` on each side, or periodic in an axis. Heat,
advection with diffusion, waves and telegraph equations with constant coefficients are such.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import sympy as sp

from pdedsl.calculus import LawOperator, law_operators
from pdedsl.calculus.corners.box_sides import NoSidesError, SideCondition, side_conditions
from pdedsl.geometry import hull_bounds
from pdedsl.ir import Interior, Problem
from pdedsl.transforms.time_windows import window_obstacle

_FEWEST = 2  # space coordinates; with one there is a march whose elements follow the residual
_MOST = 3
Terms = dict[tuple[int, ...], sp.Expr]


class NotSeparableError(Exception):
    """Why a problem is no such evolution, in words."""


@dataclass(frozen=True)
class Line:
    """The operator of an axis.

    Args:
        symbol: x_a.
        lower: the begin of the axis.
        upper: its end.
        coefficients: c_a, b_a and a_a.
        ends: the conditions at its begin and its end; none where it is periodic.
    """

    symbol: sp.Symbol
    lower: float
    upper: float
    coefficients: tuple[sp.Expr, sp.Expr, sp.Expr]
    ends: tuple[SideCondition, ...]


@dataclass(frozen=True)
class StartTerms:
    """The terms of a condition at a side, for the start of u.

    Args:
        value: α u.
        flux: β ∂_n u.
        given: g.
        everywhere: |α u| + |β ∂_n u| in the whole box, of which zeros at the side have rounding.
    """

    value: sp.Expr
    flux: sp.Expr
    given: sp.Expr
    everywhere: sp.Expr


@dataclass(frozen=True)
class SeparableEvolution:
    """See the module docstring.

    Args:
        time: t.
        times: its begin and end.
        lines: one for each axis.
        masses: m_1 and m_2.
        source: f.
        start: u at the begin, and u_t there where m_2 is not zero.
    """

    time: sp.Symbol
    times: tuple[float, float]
    lines: tuple[Line, ...]
    masses: tuple[float, float]
    source: sp.Expr
    start: tuple[sp.Expr, ...]

    @property
    def terms_at_the_start(self) -> Iterator[StartTerms]:
        """See `terms_at`."""
        return terms_at(self.lines, self.start[0], self.time, self.times[0])


def terms_at(
    lines: tuple[Line, ...], start: sp.Expr, time: sp.Symbol, begin: float
) -> Iterator[StartTerms]:
    """The terms of each condition at the ends of lines, for the start of u."""
    for line in lines:
        for end, side, at in zip(line.ends, (-1, 1), (line.lower, line.upper), strict=False):
            flux = end.slope * side * sp.diff(start, line.symbol)
            terms = (end.value * start, flux, end.given)
            value, slope, given = (term.subs({line.symbol: at, time: begin}) for term in terms)
            yield StartTerms(value, slope, given, sp.Abs(terms[0]) + sp.Abs(flux))


def separable_evolution(problem: Problem) -> SeparableEvolution:
    """A problem in this form.

    Raises:
        NotSeparableError: it has none; the message says why.
    """
    _check(problem)
    assert problem.time is not None
    time, bounds = problem.time.symbol, hull_bounds(problem)
    laws = law_operators(problem)
    (equation,) = [law for law in laws if law.law.kind == "eq"]
    masses, sums, source = _equation(problem, equation)
    periods = {p.axis for p in problem.periodicities}
    try:
        ends = side_conditions(problem, laws)
    except NoSidesError as error:
        raise NotSeparableError(str(error)) from None
    lines = []
    for symbol in problem.domains[0].coordinates:
        own = [ends.get((symbol, side)) for side in (-1, 1)]
        known = [end for end in own if end is not None]
        if len(known) != (0 if symbol in periods else 2):
            raise NotSeparableError(f"it has no condition on both sides of {symbol}")
        lines.append(Line(symbol, *bounds[symbol], sums[symbol], tuple(known)))
    start = _start(problem, laws, 2 if masses[1] else 1)
    return SeparableEvolution(time, bounds[time], tuple(lines), masses, source, start)


def _check(problem: Problem) -> None:
    if reason := window_obstacle(problem):
        raise NotSeparableError(reason)
    check_inputs(problem)
    if len(problem.components) != 1:
        raise NotSeparableError("it is not about one function")
    if sum(law.kind == "eq" for law in problem.laws) != 1:
        raise NotSeparableError("it has not one equation")


def check_inputs(problem: Problem) -> None:
    """That a problem is about functions of time and of the coordinates of one box.

    Raises:
        NotSeparableError: it is not; the message says why.
    """
    if len(problem.domains) != 1 or not problem.domains[0].is_box or problem.ranges:
        raise NotSeparableError("it is not on one box")
    if not _FEWEST <= len(problem.domains[0].coordinates) <= _MOST:
        raise NotSeparableError("it has not two or three space coordinates")
    if any(field.arguments != problem.inputs for field in problem.fields):
        raise NotSeparableError("it is not about functions of all inputs")
    if problem.tables:
        raise NotSeparableError("it has data from tables")
    assert problem.time is not None
    if problem.inputs != (*problem.domains[0].coordinates, problem.time.symbol):
        raise NotSeparableError("its inputs have another order")


def _row(problem: Problem, law: LawOperator, row: int) -> tuple[Terms, sp.Expr]:
    """The terms of a scalar law by multi-index in all inputs, and what is known."""
    if law.operator is None or not law.linear:
        raise NotSeparableError(f"{law.law.label} is not linear")
    assert law.operator.coordinates == problem.inputs
    terms = {alpha: problem.substitute(a) for alpha, a in law.operator.rows[row][0]}
    return terms, problem.substitute(law.known[row])


def _equation(
    problem: Problem, law: LawOperator
) -> tuple[tuple[float, float], dict[sp.Symbol, tuple[sp.Expr, sp.Expr, sp.Expr]], sp.Expr]:
    """Masses, coefficients by axis, and the source."""
    if not isinstance(law.law.place, Interior) or len(law.law.residuals) != 1:
        raise NotSeparableError(f"{law.law.label} is not one equation at points")
    terms, known = _row(problem, law, 0)
    axes = problem.inputs[:-1]
    masses, sums = [0.0, 0.0], {symbol: [sp.S.Zero] * 3 for symbol in axes}
    for alpha, factor in terms.items():
        *space, time = alpha
        if time:
            if any(space) or time > 2 or not factor.is_number:
                raise NotSeparableError("its derivatives in time have other factors than numbers")
            masses[time - 1] = float(factor)
            continue
        for part in sp.Add.make_args(sp.expand(factor)):
            symbol, order = _axis_of(axes, space, part)
            sums[symbol][order] -= part
    sign = -1.0 if min(masses) < 0 else 1.0
    if not any(masses) or min(sign * m for m in masses) < 0:
        raise NotSeparableError("its derivatives in time have different signs")
    turned = {s: tuple(sign * a for a in own) for s, own in sums.items()}
    return (sign * masses[0], sign * masses[1]), turned, -sign * known


def _axis_of(
    axes: tuple[sp.Symbol, ...], space: list[int], factor: sp.Expr
) -> tuple[sp.Symbol, int]:
    """The axis that a term is along, and its order."""
    along = {axis for axis, order in zip(axes, space, strict=True) if order}
    along |= factor.free_symbols
    if len(along) > 1 or not along <= set(axes) or max(space) > 2:
        raise NotSeparableError("its operator is no sum of operators along the axes")
    return (along.pop() if along else axes[0]), max(space)


def _start(problem: Problem, laws: tuple[LawOperator, ...], count: int) -> tuple[sp.Expr, ...]:
    """u, and u_t for a count of 2, at the begin."""
    found = start_values(problem, laws)
    if set(found) != {(0, k) for k in range(count)}:
        raise NotSeparableError("its start is not given")
    return tuple(found[0, k] for k in range(count))


def start_values(problem: Problem, laws: tuple[LawOperator, ...]) -> dict[tuple[int, int], sp.Expr]:
    """By component and order, derivatives in time at the begin that initial conditions give.

    Raises:
        NotSeparableError: one does not give a value, or is not linear.
    """
    found: dict[tuple[int, int], sp.Expr] = {}
    for law in laws:
        if law.law.kind != "ic":
            continue
        if law.operator is None or not law.linear:
            raise NotSeparableError(f"{law.law.label} is not linear")
        for row, entries in enumerate(law.operator.rows):
            terms = {(j, alpha): a for j, entry in enumerate(entries) for alpha, a in entry}
            ((number, alpha), factor), *more = terms.items()
            factor = problem.substitute(factor)
            if more or sum(alpha) != alpha[-1] or not factor.is_number:
                raise NotSeparableError(f"{law.law.label} does not give a value")
            if (number, alpha[-1]) in found:
                raise NotSeparableError("its start is given twice")
            found[number, alpha[-1]] = -problem.substitute(law.known[row]) / factor
    return found
