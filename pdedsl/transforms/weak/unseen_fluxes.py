"""Fluxes that jump where a law is taken at points, which then says nothing of them.

(a u_x)_x = f at points is a u_xx = f on either side of a jump of a: that [a u_x] = 0 there is said
by the integral ∫ a u_x v_x = −∫ f v alone. Whether a flux jumps is looked at in numbers, at the
switches of its cases along lines through the domain, with any values for fields.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import sympy as sp
from numpy.typing import NDArray
from sympy.core.function import AppliedUndef
from sympy.core.relational import Relational

from pdedsl.calculus.zero import KINKED
from pdedsl.geometry.bounds import Bounds, place_bounds
from pdedsl.ir import NotNumericError, Problem, evaluate
from pdedsl.ir.text import expression_text

from .weak_form import weak_laws

_LINES, _NODES = 8, 257  # along which switches are looked for; choices
_HALVINGS = 40
_SAME = 1e-6
_BESIDE = 1e-9  # of the length of the axis: far less than what tells a kink from a jump by `_SAME`

Array = NDArray[np.float64]


class UnseenFlux(NamedTuple):
    """A flux that jumps.

    Attributes:
        label: of the law.
        flux: what jumps and stands under a derivative there, as text.
        switch: the condition at which it jumps, such as ``x < 0.4``.
        cases: the part of the flux that has the condition.
    """

    label: str
    flux: str
    switch: str
    cases: sp.Piecewise


def unseen_fluxes(problem: Problem) -> Iterator[UnseenFlux]:
    """What is lost when the equations of a problem are taken at points."""
    for law in weak_laws(problem):
        if not any(r.has(*KINKED) for r in law.residuals):
            continue
        bounds = place_bounds(problem, law.place)
        for residual in problem.residuals_as_written(law):
            for derivative in sorted(residual.atoms(sp.Derivative), key=sp.default_sort_key):
                flux = expression_text(derivative.expr)
                for axis in derivative.variables:
                    for switch, cases in _jumps(problem, derivative.expr, axis, bounds):
                        yield UnseenFlux(law.label, flux, expression_text(switch), cases)


def _jumps(
    problem: Problem, expression: sp.Expr, axis: sp.Symbol, bounds: Bounds
) -> Iterator[tuple[Relational, sp.Piecewise]]:
    """The conditions on known expressions at which an expression jumps along an input."""
    if not expression.has(sp.Piecewise) or axis not in bounds:
        return
    known = problem.substitute(_without_fields(expression))
    for cases in sorted(expression.atoms(sp.Piecewise), key=sp.default_sort_key):
        for switch in sorted(cases.atoms(Relational), key=sp.default_sort_key):
            number = problem.substitute(switch)
            if axis in number.free_symbols and _differs(known, number, axis, bounds):
                yield switch, cases


def _without_fields(expression: sp.Expr) -> sp.Expr:
    """With a symbol for each field and each derivative of one, which are taken as continuous."""
    return expression.replace(
        lambda node: isinstance(node, (sp.Derivative, AppliedUndef)), lambda node: sp.Dummy()
    )


def _differs(expression: sp.Expr, switch: Relational, axis: sp.Symbol, bounds: Bounds) -> bool:
    """Whether both sides of a switch disagree somewhere."""
    rng = np.random.default_rng(0)
    others = sorted((expression.free_symbols | switch.free_symbols) - {axis}, key=str)
    ends = {s: bounds.get(s, (0.5, 1.5)) for s in others}
    values = {s: rng.uniform(*ends[s], (_LINES, 1)) for s in others}

    def at(node: sp.Expr, place: Array) -> Array:
        found = evaluate(node, {axis: place, **{s: v + 0 * place for s, v in values.items()}})
        return np.broadcast_to(np.asarray(found, dtype=float), place.shape)

    gap = switch.lhs - switch.rhs
    start, end = bounds[axis]
    place = np.broadcast_to(np.linspace(start, end, _NODES), (_LINES, _NODES))
    try:
        side = at(gap, place) > 0
        below, above = place[:, :-1], place[:, 1:]
        crossing = side[:, :-1] != side[:, 1:]
        for _ in range(_HALVINGS):
            middle = (below + above) / 2
            left = (at(gap, middle) > 0) == side[:, :-1]
            below, above = np.where(left, middle, below), np.where(left, above, middle)
        # Beside the switch, as the switch itself belongs to one of its sides.
        step = _BESIDE * (end - start)
        first, second = at(expression, below - step), at(expression, above + step)
    except (NotNumericError, TypeError):
        return False
    size = np.maximum(1e-300, np.maximum(np.abs(first), np.abs(second)))
    return bool(np.any(crossing & (np.abs(first - second) > _SAME * size)))
