"""Where known expressions have kinks and jumps: the zeros of what their cases compare."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import numpy as np
import sympy as sp
from sympy.core.function import AppliedUndef
from sympy.core.relational import Relational

from .problem import Problem
from .special import floor

KINKED = (sp.Piecewise, sp.Abs, sp.sign, sp.Min, sp.Max, sp.Heaviside, sp.DiracDelta, floor)
"""Functions that are not analytic: zero at some points says nothing about others."""

_SAME = 1e-9  # of the size of a root: an imaginary part that is rounding


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
            lower, upper = interval[axis]
            found[axis] |= {root for root in real_roots(switch, axis) if lower < root < upper}
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


def real_roots(expression: sp.Expr, axis: sp.Symbol) -> Iterator[float]:
    """The real zeros of a polynomial in one input; none of what is no polynomial."""
    if not expression.is_polynomial(axis):
        return
    polynomial = sp.Poly(expression, axis)
    if polynomial.degree() == 1:  # without the rounding of what follows
        slope, constant = polynomial.all_coeffs()
        yield float(-constant / slope)
        return
    for root in np.roots([float(c) for c in polynomial.all_coeffs()]):
        if abs(root.imag) <= _SAME * max(1.0, abs(root)):
            yield float(root.real)
