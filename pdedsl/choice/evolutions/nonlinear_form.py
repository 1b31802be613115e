r"""Evolutions on a box: nonlinear, of coupled fields, or with coefficients of several inputs.

.. math:: m_{2,i}\, ∂_t^2 u_i + m_{1,i}\, ∂_t u_i = F_i(x, t, ∂^α u_1, …, ∂^α u_c)

with a condition :math:`α u_i + β ∂_n u_i = g(x, t)` on each side for each of them, or all of them
periodic in an axis. Equations of Burgers, reactions with diffusion, sine-Gordon and heat in what
is not homogeneous are such.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from pdedsl.calculus import LawOperator, law_operators
from pdedsl.calculus.corners.box_sides import NoSidesError, component_conditions
from pdedsl.calculus.separation import NonlocalError, separate, slope
from pdedsl.calculus.state import generic_state
from pdedsl.compiler.lowering.groups import groups_of
from pdedsl.geometry import hull_bounds
from pdedsl.ir import Interior, Problem, TooLargeError
from pdedsl.transforms.time_windows import window_obstacle

from .separable_form import Line, NotSeparableError, check_inputs, start_values

Slot = tuple[int, tuple[int, ...]]


@dataclass(frozen=True)
class Evolution:
    """The equation of one component.

    Args:
        masses: m_1 and m_2.
        right: F in the symbols of the slots.
        slots: symbol of ∂^α u_j, for j and α in the coordinates of space.
        slopes: ∂F/∂(∂^α u_j) in the same symbols.
    """

    masses: tuple[float, float]
    right: sp.Expr
    slots: dict[Slot, sp.Dummy]
    slopes: dict[Slot, sp.Expr]


@dataclass(frozen=True)
class NonlinearEvolution:
    """See the module docstring.

    Args:
        time: t.
        times: its begin and end.
        sides: of each component the axes, whose lines have conditions and no coefficients.
        equations: of each component.
        starts: u at the begin, and u_t there where m_2 is not zero, of each component.
    """

    time: sp.Symbol
    times: tuple[float, float]
    sides: tuple[tuple[Line, ...], ...]
    equations: tuple[Evolution, ...]
    starts: tuple[tuple[sp.Expr, ...], ...]

    @property
    def lines(self) -> tuple[Line, ...]:
        """The axes."""
        return self.sides[0]

    @property
    def linear(self) -> bool:
        """Whether no slope depends on the fields."""
        return not any(
            slope.free_symbols & set(own.slots.values())
            for own in self.equations
            for slope in own.slopes.values()
        )


def nonlinear_evolution(problem: Problem) -> NonlinearEvolution:
    """A problem in this form.

    Raises:
        NotSeparableError: it has none; the message says why.
    """
    if reason := window_obstacle(problem):
        raise NotSeparableError(reason)
    check_inputs(problem)
    if len(groups_of(problem)) != 1:
        raise NotSeparableError("its fields have different inputs or periods")
    assert problem.time is not None
    time, bounds = problem.time.symbol, hull_bounds(problem)
    sides = _sides(problem, bounds)
    equations = _equations(problem)
    circles = {line.symbol for line in sides[0] if not line.ends}
    for own in equations:
        for _, alpha in own.slots:
            for symbol, order in zip(problem.inputs[:-1], alpha, strict=True):
                if order > 2 and symbol not in circles:
                    raise NotSeparableError("it has derivatives of an order above two")
    starts = _starts(problem, equations)
    return NonlinearEvolution(time, bounds[time], sides, equations, starts)


def _conditions(problem: Problem, kind: str) -> tuple[LawOperator, ...]:
    """Operators of the laws of a kind."""
    laws = tuple(law for law in problem.laws if law.kind == kind)
    return tuple(
        own
        for own in law_operators(problem, generic_state(problem))
        if any(own.law is law for law in laws)
    )


def _sides(
    problem: Problem, bounds: dict[sp.Symbol, tuple[float, float]]
) -> tuple[tuple[Line, ...], ...]:
    periods = {p.axis for p in problem.periodicities}
    try:
        ends = component_conditions(problem, _conditions(problem, "bc"))
    except NoSidesError as error:
        raise NotSeparableError(str(error)) from None
    none = (sp.S.Zero, sp.S.Zero, sp.S.Zero)
    out = []
    for number in range(len(problem.components)):
        lines = []
        for symbol in problem.domains[0].coordinates:
            known = [ends[k] for k in ((number, symbol, -1), (number, symbol, 1)) if k in ends]
            if len(known) != (0 if symbol in periods else 2):
                raise NotSeparableError(f"it has no condition on both sides of {symbol}")
            lines.append(Line(symbol, *bounds[symbol], none, tuple(known)))
        out.append(tuple(lines))
    return tuple(out)


def _equations(problem: Problem) -> tuple[Evolution, ...]:
    """One for each component, in their order."""
    residuals = []
    for law in problem.laws:
        if law.kind != "eq":
            continue
        if not isinstance(law.place, Interior):
            raise NotSeparableError(f"{law.label} is not an equation at points")
        residuals += [problem.substitute(own) for own in law.residuals]
    found: dict[int, Evolution] = {}
    for residual in residuals:
        number, own = _equation(problem, residual)
        if number in found:
            raise NotSeparableError("two equations are about the change of one field")
        found[number] = own
    if set(found) != set(range(len(problem.components))):
        raise NotSeparableError("it has not one equation for the change of each field")
    return tuple(found[k] for k in sorted(found))


def _equation(problem: Problem, residual: sp.Expr) -> tuple[int, Evolution]:
    try:
        separated = separate(residual, problem.components, problem.inputs)
        slopes = {slot: slope(separated, symbol) for slot, symbol in separated.slots.items()}
    except (NonlocalError, TooLargeError, ValueError) as error:
        raise NotSeparableError(str(error)) from None
    masses, changing, rest = [0.0, 0.0], set(), separated.plain
    slots: dict[Slot, sp.Dummy] = {}
    for (number, alpha), symbol in separated.slots.items():
        *space, order = alpha
        if not order:
            slots[number, tuple(space)] = symbol
            continue
        factor = slopes[number, alpha]
        if any(space) or order > 2 or not factor.is_number:
            raise NotSeparableError("its derivatives in time have other factors than numbers")
        masses[order - 1] = float(factor)
        changing.add(number)
        rest = rest.xreplace({symbol: sp.S.Zero})
    if len(changing) != 1:
        raise NotSeparableError("an equation has not the change of one field")
    sign = -1.0 if min(masses) < 0 else 1.0
    if not any(masses) or min(sign * m for m in masses) < 0:
        raise NotSeparableError("its derivatives in time have different signs")
    own = {slot: -sign * slopes[slot[0], (*slot[1], 0)] for slot in slots}
    (number,) = changing
    scaled = (sign * masses[0], sign * masses[1])
    return number, Evolution(scaled, -sign * rest, slots, own)


def _starts(problem: Problem, equations: tuple[Evolution, ...]) -> tuple[tuple[sp.Expr, ...], ...]:
    found = start_values(problem, _conditions(problem, "ic"))
    out = []
    for number, equation in enumerate(equations):
        orders = range(2 if equation.masses[1] else 1)
        if any((number, k) not in found for k in orders):
            raise NotSeparableError("its start is not given")
        out.append(tuple(found[number, k] for k in orders))
    if len(found) != sum(map(len, out)):
        raise NotSeparableError("its start has more values than it takes")
    return tuple(out)
