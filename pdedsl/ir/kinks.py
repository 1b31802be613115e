"""Where known expressions have kinks and jumps: the zeros of what their cases compare."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import sympy as sp
from sympy.core.function import AppliedUndef
from sympy.core.relational import Relational

from .evaluation import NotNumericError
from .problem import Problem
from .roots import real_roots
from .special import floor
from .staircases import TooManyStepsError, steps_between, turns_of

KINKED = (sp.Piecewise, sp.Abs, sp.sign, sp.Min, sp.Max, sp.Heaviside, sp.DiracDelta, floor)
"""Functions that are not analytic: zero at some points says nothing about others."""


def kinks_of(
    problem: Problem,
    expressions: Iterable[sp.Expr],
    interval: Mapping[sp.Symbol, tuple[float, float]],
) -> dict[sp.Symbol, list[float]]:
    """Input to the numbers inside its interval at which an expression has a kink or a jump.

    Kinks at curves and surfaces that are no face of a box, or where a field has some value, are
    not found.
    """
    found: dict[sp.Symbol, set[float]] = {axis: set() for axis in interval}
    for expression in expressions:
        for switch in switches(problem.substitute(expression)):
            moving = switch.free_symbols & interval.keys()
            if len(moving) != 1 or switch.atoms(AppliedUndef):
                continue
            (axis,) = moving
            if is_stepwise(switch, axis):
                continue
            found[axis].update(zeros_between(switch, axis, *interval[axis]))
    return {axis: sorted(numbers) for axis, numbers in found.items()}


def switches(expression: sp.Expr) -> Iterator[sp.Expr]:
    """Expressions at whose zeros it has a kink or a jump."""
    for node in sorted(expression.atoms(*KINKED), key=sp.default_sort_key):
        yield from switches_of(node)


def switches_of(node: sp.Expr) -> Iterator[sp.Expr]:
    """The same of one of `KINKED`, without those of what stands in it."""
    if isinstance(node, sp.Piecewise):
        for _, condition in node.args:
            relations = sorted(condition.atoms(Relational), key=sp.default_sort_key)
            yield from (r.lhs - r.rhs for r in relations)
    elif isinstance(node, (sp.Min, sp.Max)):
        yield from (a - b for i, a in enumerate(node.args) for b in node.args[:i])
    elif isinstance(node, floor):
        yield sp.sin(sp.pi * node.args[0])
    else:
        yield node.args[0]


def is_stepwise(switch: sp.Expr, axis: sp.Symbol) -> bool:
    """Whether it is constant along an input but for steps, which are switches of their own."""
    steps = switch.atoms(floor, sp.sign, sp.Heaviside)
    flat = switch.xreplace({node: sp.Dummy(real=True) for node in steps})
    return axis in switch.free_symbols and axis not in flat.free_symbols


def as_cases(expression: sp.Expr) -> sp.Expr:
    """sign(g) and heaviside(g) of known g as cases of g > 0, whose derivative beside is zero."""
    if not expression.has(sp.sign, sp.Heaviside):
        return expression
    return expression.replace(
        lambda node: isinstance(node, (sp.sign, sp.Heaviside)) and not node.has(AppliedUndef),
        lambda node: sp.Piecewise(
            (sp.S.One, node.args[0] > 0), (sp.S(-isinstance(node, sp.sign)), True)
        ),
    )


def zeros_between(switch: sp.Expr, axis: sp.Symbol, lower: float, upper: float) -> list[float]:
    """The zeros of a switch of one input inside an interval, ascending.

    Of polynomials and of the steps of floor; none of all else, and none of more than
    `MOST_STEPS` steps.
    """
    turns = turns_of(switch)
    if turns is None:
        return sorted({root for root in real_roots(switch, axis) if lower < root < upper})
    try:
        return steps_between(turns, axis, lower, upper)
    except (TooManyStepsError, NotNumericError):
        return []
