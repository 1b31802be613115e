"""An integral in parts on each of which a Gauss rule is right, as it is typed."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import sympy as sp

from pdedsl.calculus.features.structure import Front, Peak
from pdedsl.ir import NotNumericError, evaluate, switches, zeros_between
from pdedsl.ir.text import expression_text
from pdedsl.syntax import ast, format_expression

from .accuracy import Ends, Integrand

_FALLEN = 37  # exp(-37) is 1e-16: what is farther from a peak is rounding
_DIGITS = 2
_EXACT = 1e-14  # of a place, as a ratio of whole numbers
_MOST = 6  # parts that one would type


def divided_text(parts: list[Integrand], body: ast.Expr, name: str) -> str | None:
    """``integral(f, s in [0, x]) + integral(f, s in [x, 1])``, where that can be told.

    Args:
        parts: the components of the integrand.
        body: the integrand as it is written.
        name: of its variable.
    """
    for ends in _divisions(parts[0]):
        if all(_is_right(part.on(own)) for own in ends for part in parts):
            text = format_expression(body)
            return " + ".join(
                f"integral({text}, {name} in [{expression_text(a)}, {expression_text(b)}])"
                for a, b in ends
            )
    return None


def _is_right(part: Integrand) -> bool:
    rough = part.is_rough_at_an_end() or part.has_a_switch()
    return not rough and part.nodes() is not None


def _divisions(integrand: Integrand) -> Iterator[list[Ends]]:
    """Intervals that end at a peak or a kink, then those around a peak alone."""
    lower, upper = integrand.ends
    marks = integrand.marks()
    if places := _switched(integrand):
        yield list(pairwise([lower, *places, upper]))
    for mark in marks:
        if (place := _place(mark, integrand.variable)) is not None:
            at = _clipped(integrand, place)
            yield [(lower, at), (at, upper)]
    for mark in marks:
        width = _width(mark, integrand)
        place = _place(mark, integrand.variable)
        if width is not None and place is not None:
            yield [(sp.Max(lower, place - width), sp.Min(upper, place + width))]
            at = _clipped(integrand, place)
            yield [(sp.Max(lower, place - width), at), (at, sp.Min(upper, place + width))]


def _switched(integrand: Integrand) -> list[sp.Expr]:
    """Where cases change, which depend on the variable alone, in an interval that is known."""
    values, s = integrand.elaborator.scope.parameter_values(), integrand.variable
    own = [g.xreplace(values) for g in switches(integrand.expression) if s in g.free_symbols]
    low, high = (end.xreplace(values) for end in integrand.ends)
    if any(g.free_symbols != {s} for g in own) or not (low.is_number and high.is_number):
        return []
    found = {x for g in own for x in zeros_between(g, s, float(low), float(high))}
    exact = {sp.nsimplify(x, rational=True, tolerance=_EXACT) for x in found}
    return sorted(exact) if len(exact) < _MOST else []


def _place(mark: Peak | Front, s: sp.Symbol) -> sp.Expr | None:
    """The maximum of a peak that is quadratic in s, or the zero of a front that is linear."""
    order = 2 if isinstance(mark, Peak) else 1
    if not mark.function.is_polynomial(s) or sp.degree(mark.function, s) != order:
        return None
    slope = sp.diff(mark.function, s, order - 1)
    return sp.simplify(s - slope / sp.diff(slope, s)).expand()


def _width(mark: Peak | Front, integrand: Integrand) -> sp.Expr | None:
    """The distance at which exp(h) has fallen to rounding, rounded up to two digits."""
    s = integrand.variable
    if isinstance(mark, Front) or mark.power or _place(mark, s) is None:
        return None
    bend = sp.diff(mark.function, s, 2)
    try:
        values = np.asarray(evaluate(bend, integrand.known), dtype=float)
    except NotNumericError:
        return None
    if not np.all(values < 0):
        return None
    width = float(np.sqrt(-2 * _FALLEN / values.max()))
    unit = 10.0 ** (math.floor(math.log10(width)) - _DIGITS + 1)
    return sp.Rational(f"{math.ceil(width / unit) * unit:.{_DIGITS}g}")


def _clipped(integrand: Integrand, place: sp.Expr) -> sp.Expr:
    """A place in the interval: itself, or the end that it is beyond at some samples."""
    lower, upper = integrand.ends
    try:
        at = np.asarray(evaluate(place, integrand.known), dtype=float)
    except NotNumericError:
        return place
    low, high = integrand.interval
    if np.any(at > high):
        place = sp.Min(upper, place)
    return sp.Max(lower, place) if np.any(at < low) else place
