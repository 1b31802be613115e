r"""The conditions that join the fields of two subdomains where they meet.

A field that has the order p in x has p of them: continuous derivatives below p − 1, and a
continuous flux

.. math:: F_i = \sum_j \sum_{α_x = p_j} a_{ijα}\, ∂^{α - e_x} u_j,

where :math:`a_{ijα} ∂^α u_j` are the terms of highest order in x of equation i. So
:math:`-(a u_x)_x = f` gives [u] = 0 and [a u_x] = 0, also where a jumps. Laws are read as balances:
the coefficients of highest order stand inside the outer derivative. Once expanded, a law that is
none, such as :math:`u_{tt} = c^2 u_{xx}` with a jump of the density in c, looks the same; its
condition has to be written by hand. Where coefficients differ, orders above 2 and terms of order
p − 1, which may belong to the flux, are refused. In place of the flux
:math:`∂_x^{p-1} u` is continuous where all a are the same constants on both sides, where there are
not as many equations of order p > 1 as fields, and where an equation is not linear in its highest
derivatives.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import sympy as sp

from pdedsl.calculus.frechet import frechet
from pdedsl.calculus.normal_form import NonlocalError
from pdedsl.calculus.operator import differentiate
from pdedsl.ir import DomainIntegral, Interior, Problem, TooLargeError, derivative_order

from .subdomains import Subdomain

Pair = tuple[sp.Expr, sp.Expr]


def interface_conditions(
    problem: Problem, first: Subdomain, second: Subdomain
) -> Iterator[tuple[str, Pair]]:
    """The conditions where two parts meet: a name (``u``, ``u_x``, ``flux``) and both sides.

    Raises:
        ValueError: coefficients differ between the parts in a way that leaves the flux open.
    """
    below, above = _traces(problem, first), _traces(problem, second)
    same = below.constants is not None and below.constants == above.constants
    if below.constants != above.constants and max(below.orders.values()) > 2:
        raise ValueError("the coefficients of an equation of order above 2 differ between parts")
    if below.beneath != above.beneath:
        raise ValueError("coefficients of the order below the highest differ between parts")
    matching = not same and len(below.fluxes) == len(above.fluxes)
    fluxes = list(zip(below.fluxes, above.fluxes, strict=True)) if matching else []
    for component in first.components:
        order = max(below.orders[component], above.orders[component])
        for i in range(order - 1 if fluxes and order > 1 else order):
            name = str(component.func).replace("[", "").replace("]", "")
            name += "_" * bool(i) + str(first.x) * i
            pair = (sp.diff(part.components[component], first.x, i) for part in (first, second))
            yield name, (next(pair), next(pair))
    for number, pair_of_fluxes in enumerate(fluxes, start=1):
        yield f"flux{number}" if len(fluxes) > 1 else "flux", pair_of_fluxes


@dataclass(frozen=True)
class _Traces:
    """What a part has at an interface.

    Args:
        orders: component of the problem to its order in x.
        fluxes: F_i, see the module docstring; none where there are not as many as fields.
        constants: the coefficients in the fluxes where all are numbers; else None.
        beneath: the coefficients of the order in x below the highest, of second order or more,
            for values of fields and inputs where they stand.
    """

    orders: dict[sp.Expr, int]
    fluxes: tuple[sp.Expr, ...] = ()
    constants: tuple[sp.Expr, ...] | None = None
    beneath: tuple[sp.Expr, ...] = ()


def _traces(problem: Problem, part: Subdomain) -> _Traces:
    residuals = [
        part.of(residual)
        for law in problem.laws if law.kind == "eq" and isinstance(law.place, Interior)
        for residual in law.residuals
    ]  # fmt: skip
    fields = part.components
    orders = {old: _order(residuals, new, part.x) for old, new in fields.items()}
    try:
        operator = frechet(residuals, tuple(fields.values()), problem.inputs)
    except (NonlocalError, TooLargeError):
        return _Traces(orders)
    axis = problem.inputs.index(part.x)
    rows = []
    for entries in operator.rows:
        terms = [
            (a, field, alpha)
            for entry, (old, field) in zip(entries, fields.items(), strict=True)
            for alpha, a in entry if alpha[axis] == orders[old] > 1
        ]  # fmt: skip
        rows += [terms] if terms else []
    if len(rows) != sum(order > 1 for order in orders.values()):
        return _Traces(orders)
    highest = {differentiate(f, problem.inputs, alpha) for terms in rows for _, f, alpha in terms}
    coefficients = tuple(a.xreplace(part.parameters) for terms in rows for a, _, _ in terms)
    if any(a.atoms(sp.Derivative) & highest or a.has(DomainIntegral) for a in coefficients):
        return _Traces(orders)
    lower = tuple(int(k == axis) for k in range(len(problem.inputs)))
    fluxes = tuple(
        sp.Add(*(
            a * differentiate(f, problem.inputs, tuple(map(int.__sub__, alpha, lower)))
            for a, f, alpha in terms
        ))
        for terms in rows
    )  # fmt: skip
    constants = coefficients if all(a.is_number for a in coefficients) else None
    # In the fields of the problem, so that both parts can be compared.
    old = {new: old for old, new in fields.items()}
    beneath = tuple(
        a.xreplace(part.parameters).subs(old)
        for entries in operator.rows
        for entry, component in zip(entries, fields, strict=True)
        for alpha, a in entry if orders[component] > 1 and alpha[axis] == orders[component] - 1
    )  # fmt: skip
    return _Traces(orders, fluxes, constants, beneath)


def _order(residuals: list[sp.Expr], field: sp.Expr, x: sp.Symbol) -> int:
    """The order in x of a field in some equations."""
    own = (d for r in residuals for d in r.atoms(sp.Derivative) if d.expr == field)
    return max((derivative_order(d, x) for d in own), default=0)
