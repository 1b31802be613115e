"""Where the elements of an axis end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import sympy as sp
from sympy.core.function import AppliedUndef

from pdedsl.calculus.zero import KINKED
from pdedsl.ir import Problem
from pdedsl.models import MisfitError

from .options import FormOptions

_SAME = 1e-9  # of the interval: two edges that are one


def edges_of(
    options: FormOptions, axis: str, interval: tuple[float, float], kinks: Iterable[float]
) -> tuple[float, ...]:
    """The edges of an axis: those that are asked for, and the kinks inside.

    Raises:
        MisfitError: edges that are given lie outside the interval.
    """
    lower, upper = interval
    if inner := options.edges.get(axis, ()):
        if not lower < inner[0] <= inner[-1] < upper:
            raise MisfitError(
                f"form: edges of {axis} must lie inside ({lower:g}, {upper:g}), got {list(inner)}"
            )
        found = [lower, *inner, upper]
    else:
        found = [*np.linspace(lower, upper, options.elements_of(axis) + 1)]
    for kink in kinks:
        near = min(found, key=lambda edge: abs(edge - kink))
        if abs(near - kink) > _SAME * (upper - lower):
            found.append(kink)
        elif near not in (lower, upper):
            found[found.index(near)] = kink
    return tuple(map(float, sorted(found)))


def kinks_of(
    problem: Problem, residuals: Iterable[sp.Expr], interval: dict[sp.Symbol, tuple[float, float]]
) -> dict[sp.Symbol, list[float]]:
    """Input to the numbers inside its interval at which a coefficient has a kink or a jump.

    Kinks at curves and surfaces that are no face of a box, or where a field has some value, are
    not found.
    """
    found: dict[sp.Symbol, set[float]] = {axis: set() for axis in interval}
    for residual in residuals:
        for condition in _switches(problem.substitute(residual)):
            moving = condition.free_symbols & interval.keys()
            if len(moving) != 1 or condition.atoms(AppliedUndef):
                continue
            (axis,) = moving
            lower, upper = interval[axis]
            found[axis] |= {root for root in _roots(condition, axis) if lower < root < upper}
    return {axis: sorted(numbers) for axis, numbers in found.items()}


def _switches(expression: sp.Expr) -> Iterator[sp.Expr]:
    """Expressions at whose zeros it has a kink or a jump."""
    for node in expression.atoms(*KINKED):
        if isinstance(node, sp.Piecewise):
            for _, condition in node.args:
                yield from (r.lhs - r.rhs for r in condition.atoms(sp.core.relational.Relational))
        elif isinstance(node, (sp.Min, sp.Max)):
            yield from (a - b for i, a in enumerate(node.args) for b in node.args[:i])
        else:
            yield node.args[0]


def _roots(expression: sp.Expr, axis: sp.Symbol) -> Iterator[float]:
    """The real zeros of a polynomial in one input."""
    if expression.is_polynomial(axis):
        coefficients = [float(c) for c in sp.Poly(expression, axis).all_coeffs()]
        for root in np.roots(coefficients):
            if abs(root.imag) <= _SAME * max(1.0, abs(root)):
                yield float(root.real)
