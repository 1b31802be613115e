"""L101 and L102 on interfaces: both sides need their conditions, as a rule a value and a flux."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import sympy as sp
from sympy.core.function import AppliedUndef

from pdedsl.calculus import law_operators
from pdedsl.diagnostics import Diagnostic
from pdedsl.geometry import on_interface
from pdedsl.ir import Domain, Interface, OnInterface, Problem
from pdedsl.ir.text import expression_text
from pdedsl.sema.lints.conditions import conditions_on
from pdedsl.sema.lints.needs import need
from pdedsl.sema.lints.outlines import parts
from pdedsl.sema.lints.structure import Equation, elsewhere, groups_on, is_differentiated

from .tally import conditions_text, enough_text, needed_text


def interface_conditions(problem: Problem) -> Iterator[Diagnostic]:
    """An interface with too few conditions (L101) or too many (L102)."""
    for interface in problem.interfaces:
        needed, have, joint = _balance(problem, interface)
        if have < needed:
            message = f"{interface.name} has {conditions_text(have)}, where {needed_text(needed)}"
            mend = _missing(problem, interface, joint) or (
                "add the value (u1 = u2) or the flux (k1*dn(u1) = k2*dn(u2)) on it"
            )
            yield Diagnostic("L101", message, interface.span, mend)
        elif have > needed > 0 and not problem.numbers:
            message = f"{interface.name} has {conditions_text(have)}, where {enough_text(needed)}"
            yield Diagnostic("L102", message, interface.span)


def is_short(problem: Problem, domain: str | None) -> bool:
    """Whether an interface of a domain has too few conditions, which is told of it alone."""
    own = [i for i in problem.interfaces if domain in (i.first, i.second)]
    found = (_balance(problem, interface) for interface in own)
    return any(have < needed for needed, have, _ in found)


def _balance(problem: Problem, interface: Interface) -> tuple[int, int, list[Equation]]:
    """Conditions that are needed, those that there are, and those of both sides among these."""
    needed = have = 0
    for name in (interface.first, interface.second):
        due, own = _counted(problem, interface, problem.domain(name))
        needed, have = needed + due, have + own
    joint = [e for e in elsewhere(problem) if e.law.place == OnInterface(interface.name)]
    return needed, have + len(joint), joint


def _counted(problem: Problem, interface: Interface, domain: Domain) -> tuple[int, int]:
    """Conditions that one side needs, and those that it has as its own boundary.

    An interface may be made of several pieces of the boundary, such as edges: each has them all.
    """
    needed = have = 0
    for part in parts(problem, domain):
        mask = on_interface(problem, interface.name, domain.name, part.points)
        if not mask.any():
            continue
        due = own = 0
        for group in groups_on(problem, domain):
            due += int(need(problem, group, part).least.max())
            for condition in conditions_on(problem, part):
                about = bool(condition.equation.functions & group.functions)
                own += about and bool(np.any(condition.mask & mask))
        needed, have = max(needed, due), max(have, own)
    return needed, have


def _missing(problem: Problem, interface: Interface, joint: list[Equation]) -> str | None:
    """The conditions to add between two scalar equations of second order, as they are typed."""
    sides = [_flux(problem, problem.domain(d)) for d in (interface.first, interface.second)]
    if None in sides or len(joint) > 1:
        return None
    (u, first), (v, second) = (side for side in sides if side is not None)
    value = f"{u.func} = {v.func}"
    flux = f"{first} = {second}"
    has_flux = [is_differentiated(e.residual, c.func) for e in joint for c in (u, v)]
    if not joint:
        return f"add bc: {value}, {flux}  on {interface.name}"
    return f"add bc: {value if all(has_flux) else flux}  on {interface.name}"


def _flux(problem: Problem, domain: Domain) -> tuple[AppliedUndef, str] | None:
    """The field of a domain and k ∂u/∂n of its equation −div(k grad u) = f, as text.

    None where there is another number of fields or equations, or another kind of operator.
    """
    groups = groups_on(problem, domain)
    if len(groups) != 1 or len(groups[0].components) != 1 or len(groups[0].equations) != 1:
        return None
    component = groups[0].components[0]
    law = next(o for o in law_operators(problem) if o.law == groups[0].equations[0].law)
    if law.operator is None:
        return None
    entry = dict(law.operator.rows[0][problem.components.index(component)])
    places = [problem.inputs.index(s) for s in domain.coordinates]
    second = {alpha: a for alpha, a in entry.items() if sum(alpha[i] for i in places) == 2}
    pure = [a for alpha, a in second.items() if 2 in alpha]
    order = max(sum(alpha[i] for i in places) for alpha in entry)
    if order != 2 or len(second) != len(places) or len(pure) != len(places):
        return None
    if any(sp.simplify(a - pure[0]) != 0 for a in pure):
        return None
    k = -pure[0] if pure[0].could_extract_minus_sign() else pure[0]
    return component, _times(k, f"dn({component.func})")


def _times(factor: sp.Expr, text: str) -> str:
    if factor == 1:
        return text
    own = expression_text(factor)
    return f"({own})*{text}" if factor.is_Add or factor.is_Piecewise else f"{own}*{text}"
