"""Fluxes that jump where a law is taken at points, which then says nothing of them.

(a u_x)_x = f at points is a u_xx = f on either side of a jump of a: that [a u_x] = 0 there is said
by the integral ∫ a u_x v_x = −∫ f v alone. Whether a flux jumps is looked at in numbers, at the
switches of its cases along lines through the domain, with any values for fields.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import sympy as sp
from numpy.typing import NDArray
from sympy.core.function import AppliedUndef
from sympy.core.relational import Relational

from pdedsl.geometry.bounds import Bounds, place_bounds
from pdedsl.ir import (
    KINKED,
    Boundary,
    DomainIntegral,
    Global,
    Interior,
    Law,
    NotNumericError,
    Place,
    Problem,
    Slice,
    TooLargeError,
    as_cases,
    bounded_derivative,
    evaluate,
    kinks_of,
    switches_of,
)
from pdedsl.ir.text import expression_text

_LINES, _NODES = 8, 257  # along which switches are looked for; choices
_HALVINGS = 40
_SAME = 1e-6
_BESIDE = 1e-9  # of the length of the axis: far less than what tells a kink from a jump by `_SAME`
_LARGEST = 20_000  # nodes of a derivative that is worked out, as in the language
_WORDS = re.compile(r"\b(if|abs|sign|heaviside|min|max)\b")

Array = NDArray[np.float64]


class UnseenFlux(NamedTuple):
    """A flux that jumps.

    Attributes:
        law: whose label is named in messages.
        flux: what jumps and stands under a derivative there, as text.
        switch: the condition at which it jumps, such as ``x < 0.4``.
        axis: the input of the derivative.
        at: the positions along it, where they are the same for all other inputs; else empty.
        gap: what changes its sign at the switch.
        integral: whether the law has an integral form, which sees the flux: it is an equation in
            a domain that holds a field.
    """

    law: Law
    flux: str
    switch: str
    axis: sp.Symbol
    at: tuple[float, ...]
    gap: sp.Expr
    integral: bool


def unseen_fluxes(problem: Problem) -> Iterator[UnseenFlux]:
    """What is lost when the laws of a problem are taken at points."""
    if not _WORDS.search(problem.source.whole):  # laws are read again for what follows
        return
    for law in problem.laws:
        bounds = _bounds(problem, law.place)
        whole = law.kind == "eq" and isinstance(law.place, Interior)
        for residual in problem.residuals_as_written(law):
            integral = whole and _holds_field(residual)
            for flux, axis in _differentiated(residual):
                for switch, at, gap in _jumps(problem, flux, axis, bounds):
                    text = expression_text(flux)
                    yield UnseenFlux(law, text, switch, axis, at, gap, integral)


def _bounds(problem: Problem, place: Place) -> Bounds:
    """Of the inputs at a place; on one side of a box, and at a point, a coordinate has one value.

    Only jumps at that value are met there, whatever the coefficient does elsewhere.
    """
    fixed: dict[sp.Symbol, sp.Expr] = {}
    if isinstance(place, Boundary) and len(place.faces) == 1:
        fixed = {place.faces[0].axis: place.faces[0].value}
    elif isinstance(place, Slice | Global):
        fixed = dict(place.fixed)
    bounds = place_bounds(problem, place)
    for axis in fixed.keys() & bounds.keys():
        value, beside = problem.number(fixed[axis]), _BESIDE * (bounds[axis][1] - bounds[axis][0])
        bounds[axis] = value - beside, value + beside
    return bounds


def unseen_text(found: UnseenFlux) -> str:
    """What is lost, in words."""
    return (
        f"{found.law.label} takes the derivative of {found.flux}, which jumps where "
        f"{found.switch} changes, and residuals at points say nothing of the flux there"
    )


def split_text(found: Sequence[UnseenFlux]) -> str:
    """The cuts at jumps as an option: ``'{ x = [0.37] }'``."""
    cuts: dict[str, set[float]] = {}
    for one in found:
        cuts.setdefault(one.axis.name, set()).update(one.at)
    own = ", ".join(f"{axis} = [{', '.join(map(repr, sorted(at)))}]" for axis, at in cuts.items())
    return f"'{{ {own} }}'"


def _holds_field(residual: sp.Expr) -> bool:
    return any("." not in str(node.func) for node in residual.atoms(AppliedUndef))


def _differentiated(residual: sp.Expr) -> Iterator[tuple[sp.Expr, sp.Symbol]]:
    """What stands under a derivative, with its input; of a derivative of order n, n of them."""
    for derivative in sorted(residual.atoms(sp.Derivative), key=sp.default_sort_key):
        if not derivative.has(*KINKED):
            continue
        try:
            flux = _worked_out(derivative.expr)
            for number, axis in enumerate(derivative.variables):
                if number:
                    flux = bounded_derivative(
                        as_cases(flux), derivative.variables[number - 1], 1, _LARGEST
                    )
                yield flux, axis
        except TooLargeError:
            continue


def _worked_out(expression: sp.Expr) -> sp.Expr:
    """With the derivatives in it worked out, as they are at points."""
    if isinstance(expression, sp.Derivative) and not isinstance(expression.expr, AppliedUndef):
        inner = _worked_out(expression.expr)
        for axis in expression.variables:
            inner = bounded_derivative(as_cases(inner), axis, 1, _LARGEST)
        return inner
    if not expression.has(sp.Derivative) or isinstance(expression, sp.Derivative):
        return expression
    return expression.func(*(_worked_out(a) for a in expression.args))


def _jumps(
    problem: Problem, expression: sp.Expr, axis: sp.Symbol, bounds: Bounds
) -> Iterator[tuple[str, tuple[float, ...], sp.Expr]]:
    """The switches of known expressions at which an expression jumps along an input, and where.

    With each its name, the positions, and what changes its sign.
    """
    if axis not in bounds:
        return
    known = problem.substitute(_without_fields(expression))
    done = set()
    for cases in sorted(expression.atoms(*KINKED), key=sp.default_sort_key):
        named = _names(cases)
        for switch, text in zip(switches_of(cases), named, strict=True):
            number = problem.substitute(switch)
            if axis not in number.free_symbols or number in done or number.atoms(AppliedUndef):
                continue
            done.add(number)
            if _differs(known, number, axis, bounds):
                only = not (number.free_symbols - {axis}) & bounds.keys()
                positions = _positions(problem, number, axis, bounds) if only else []
                yield text, tuple(positions), number


def _names(cases: sp.Expr) -> list[str]:
    """The switches of a node, as a reader would name them."""
    if isinstance(cases, sp.Piecewise):
        return [
            expression_text(r)
            for _, condition in cases.args
            for r in sorted(condition.atoms(Relational), key=sp.default_sort_key)
        ]
    return [expression_text(switch > 0) for switch in switches_of(cases)]


def _positions(problem: Problem, switch: sp.Expr, axis: sp.Symbol, bounds: Bounds) -> list[float]:
    """Where a switch of one input alone changes its sign."""
    place = sp.Piecewise((sp.S.One, switch > 0), (sp.S.Zero, True))
    found = kinks_of(problem, [place], {axis: bounds[axis]})[axis]
    if found or switch.is_polynomial(axis):
        return found
    start, end = bounds[axis]
    nodes = np.linspace(start, end, _NODES)[None]
    below, above, crossing = _crossings(lambda x: evaluate(switch, {axis: x}), nodes)
    return ((below + above)[crossing] / 2).tolist()


def _without_fields(expression: sp.Expr) -> sp.Expr:
    """With a symbol for each field and each derivative of one, which are taken as continuous."""
    fields = (sp.Derivative, AppliedUndef, DomainIntegral, sp.Subs)
    nodes = {n for n in sp.preorder_traversal(expression) if isinstance(n, fields)}
    return expression.xreplace({node: sp.Dummy(real=True) for node in nodes})


def _crossings(gap: object, place: Array) -> tuple[Array, Array, NDArray[np.bool_]]:
    """Both sides of every change of sign between neighbouring nodes, and whether there is one."""
    assert callable(gap)

    def positive(x: Array) -> NDArray[np.bool_]:
        return np.broadcast_to(np.asarray(gap(x), dtype=float), x.shape) > 0

    side = positive(place)
    below, above = place[:, :-1], place[:, 1:]
    for _ in range(_HALVINGS):
        middle = (below + above) / 2
        left = positive(middle) == side[:, :-1]
        below, above = np.where(left, middle, below), np.where(left, above, middle)
    return below, above, side[:, :-1] != side[:, 1:]


def _differs(expression: sp.Expr, switch: sp.Expr, axis: sp.Symbol, bounds: Bounds) -> bool:
    """Whether both sides of a switch disagree somewhere."""
    rng = np.random.default_rng(0)
    others = sorted((expression.free_symbols | switch.free_symbols) - {axis}, key=str)
    ends = {s: bounds.get(s, (0.5, 1.5)) for s in others}
    values = {s: rng.uniform(*ends[s], (_LINES, 1)) for s in others}

    def at(node: sp.Expr, place: Array) -> Array:
        found = evaluate(node, {axis: place, **{s: v + 0 * place for s, v in values.items()}})
        return np.broadcast_to(np.asarray(found, dtype=float), place.shape)

    start, end = bounds[axis]
    place = np.broadcast_to(np.linspace(start, end, _NODES), (_LINES, _NODES))
    try:
        below, above, crossing = _crossings(lambda x: at(switch, x), place)
        # Beside the switch, as the switch itself belongs to one of its sides.
        step = _BESIDE * (end - start)
        first, second = at(expression, below - step), at(expression, above + step)
    except (NotNumericError, TypeError):
        return False
    size = np.maximum(1e-300, np.maximum(np.abs(first), np.abs(second)))
    return bool(np.any(crossing & (np.abs(first - second) > _SAME * size)))
