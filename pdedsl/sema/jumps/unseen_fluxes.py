"""Fluxes that jump where a law is taken at points, which then says nothing of them.

(a u_x)_x = f at points is a u_xx = f on either side of a jump of a: that [a u_x] = 0 there is said
by the integral ∫ a u_x v_x = −∫ f v alone. Whether a flux jumps is looked at in numbers, at the
switches of its cases along lines through the domain, with any values for fields.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import sympy as sp
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
    is_stepwise,
    switches_of,
)
from pdedsl.ir.special import floor
from pdedsl.ir.staircases import MOST_STEPS
from pdedsl.ir.text import expression_text

from .sides import BESIDE, Lines, positions

_LARGEST = 20_000  # nodes of a derivative that is worked out, as in the language
_POLES = (sp.tan, sp.atan2, sp.Pow)
"""Functions with poles or a cut, across which a function of them may jump: atan(1/x)."""


class _Jump(NamedTuple):
    switch: str
    gap: sp.Expr
    at: tuple[float, ...]
    uncut: str


class UnseenFlux(NamedTuple):
    """A flux that jumps.

    Attributes:
        law: whose label is named in messages.
        flux: what jumps and stands under a derivative there, as text.
        switch: the condition at which it jumps, such as ``x < 0.4``.
        axis: the input of the derivative.
        at: the positions along it, where they are the same for all other inputs; else empty.
        gap: what changes its sign at the switch.
        uncut: why the domain cannot be cut at the positions; empty where it can.
        integral: whether the law has an integral form, which sees the flux: it is an equation in
            a domain that holds a field.
    """

    law: Law
    flux: str
    switch: str
    axis: sp.Symbol
    at: tuple[float, ...]
    gap: sp.Expr
    uncut: str
    integral: bool


def unseen_fluxes(problem: Problem) -> Iterator[UnseenFlux]:
    """What is lost when the laws of a problem are taken at points."""
    for law in problem.laws:
        bounds = _bounds(problem, law.place)
        whole = law.kind == "eq" and isinstance(law.place, Interior)
        for residual in problem.residuals_as_written(law):
            integral = whole and _holds_field(residual)
            for flux, axis in _differentiated(residual):
                for jump in _jumps(problem, flux, axis, bounds):
                    text = expression_text(flux)
                    yield UnseenFlux(
                        law, text, jump.switch, axis, jump.at, jump.gap, jump.uncut, integral
                    )


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
        value, beside = problem.number(fixed[axis]), BESIDE * (bounds[axis][1] - bounds[axis][0])
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
        if not derivative.has(*KINKED, *_POLES):
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
) -> Iterator[_Jump]:
    """The switches of known expressions at which an expression jumps along an input."""
    if axis not in bounds:
        return
    known = problem.substitute(_without_fields(expression))
    done = set()
    for pole, node in _rough_nodes(expression):
        for switch, text in _named_switches(node):
            number = problem.substitute(switch)
            if axis not in number.free_symbols or number in done or number.atoms(AppliedUndef):
                continue
            if is_stepwise(number, axis):
                continue
            done.add(number)
            if not _is_jump(known, number, axis, bounds, pole):
                continue
            if pole:
                yield _Jump(text, number, (), "a function has a pole there, and no value")
            elif (number.free_symbols - {axis}) & bounds.keys():
                no = f"the jump is not at a fixed {axis}, where the domain could be cut"
                yield _Jump(text, number, (), no)
            else:
                at = positions(number, axis, bounds[axis])
                no = "" if at else f"it jumps at more than {MOST_STEPS} places"
                yield _Jump(text, number, tuple(at), no)


def _rough_nodes(expression: sp.Expr) -> Iterator[tuple[bool, sp.Expr]]:
    """What may jump, cases before poles: the domain is cut at the jump of abs(x)/x."""
    for kinds in (KINKED, _POLES):
        for node in sorted(expression.atoms(*kinds), key=sp.default_sort_key):
            yield kinds is _POLES, node


def _is_jump(known: sp.Expr, switch: sp.Expr, axis: sp.Symbol, bounds: Bounds, pole: bool) -> bool:
    try:
        lines = Lines(known, switch, axis, bounds)
        return lines.jump_at_pole() if pole else lines.differ()
    except (NotNumericError, TypeError):
        return False


def _named_switches(node: sp.Expr) -> Iterator[tuple[sp.Expr, str]]:
    """The switches of a node, with them as a reader would name them."""
    if isinstance(node, sp.Piecewise):
        for _, condition in node.args:
            for relation in sorted(condition.atoms(Relational), key=sp.default_sort_key):
                yield relation.lhs - relation.rhs, expression_text(relation)
    elif isinstance(node, floor):
        yield from ((switch, expression_text(node)) for switch in switches_of(node))
    elif isinstance(node, KINKED):
        yield from ((switch, expression_text(switch > 0)) for switch in switches_of(node))
    elif isinstance(node, sp.tan):
        yield sp.cos(node.args[0]), expression_text(node)
    elif isinstance(node, sp.atan2):
        yield node.args[0], expression_text(node)
    elif node.exp.could_extract_minus_sign():
        yield node.base, expression_text(node)


def _without_fields(expression: sp.Expr) -> sp.Expr:
    """With a symbol for each field and each derivative of one, which are taken as continuous."""
    fields = (sp.Derivative, AppliedUndef, DomainIntegral, sp.Subs)
    nodes = {n for n in sp.preorder_traversal(expression) if isinstance(n, fields)}
    return expression.xreplace({node: sp.Dummy(real=True) for node in nodes})
