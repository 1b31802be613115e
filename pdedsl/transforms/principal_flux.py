r"""The flux of highest order across an input x.

.. math:: F_i = \sum_j \sum_{α_x = p_j} a_{ijα}\, ∂^{α - e_x} u_j,

where :math:`a_{ijα} ∂^α u_j` are the terms of highest order in x of equation i. So
:math:`-(a u_x)_x = f` gives [u] = 0 and [a u_x] = 0, also where a jumps. Laws are read as balances:
the coefficients of highest order stand inside the outer derivative. Once expanded, a law that is
none, such as :math:`u_{tt} = c^2 u_{xx}` with a jump of the density in c, looks the same; its
condition has to be written by hand. There is no such flux where there are not as many equations of
order p > 1 as fields, and where an equation is not linear in its highest derivatives.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from pdedsl.calculus.frechet import frechet
from pdedsl.calculus.normal_form import NonlocalError
from pdedsl.calculus.operator import differentiate
from pdedsl.ir import DomainIntegral, Interior, Problem, TooLargeError, derivative_order

from .subdomains import Subdomain


@dataclass(frozen=True)
class Traces:
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


def traces(problem: Problem, axis: sp.Symbol, part: Subdomain) -> Traces:
    """Orders and fluxes of a part across an input."""
    residuals = [
        part.of(residual)
        for law in problem.laws if law.kind == "eq" and isinstance(law.place, Interior)
        for residual in law.residuals
    ]  # fmt: skip
    fields = part.components
    orders = {old: _order(residuals, new, axis) for old, new in fields.items()}
    try:
        operator = frechet(residuals, tuple(fields.values()), problem.inputs)
    except (NonlocalError, TooLargeError):
        return Traces(orders)
    column = problem.inputs.index(axis)
    rows = []
    for entries in operator.rows:
        terms = [
            (a, field, alpha)
            for entry, (old, field) in zip(entries, fields.items(), strict=True)
            for alpha, a in entry if alpha[column] == orders[old] > 1
        ]  # fmt: skip
        rows += [terms] if terms else []
    if len(rows) != sum(order > 1 for order in orders.values()):
        return Traces(orders)
    highest = {differentiate(f, problem.inputs, alpha) for terms in rows for _, f, alpha in terms}
    coefficients = tuple(a.xreplace(part.parameters) for terms in rows for a, _, _ in terms)
    if any(a.atoms(sp.Derivative) & highest or a.has(DomainIntegral) for a in coefficients):
        return Traces(orders)
    lower = tuple(int(k == column) for k in range(len(problem.inputs)))
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
        for alpha, a in entry if orders[component] > 1 and alpha[column] == orders[component] - 1
    )  # fmt: skip
    return Traces(orders, fluxes, constants, beneath)


def _order(residuals: list[sp.Expr], field: sp.Expr, x: sp.Symbol) -> int:
    """The order in x of a field in some equations."""
    own = (d for r in residuals for d in r.atoms(sp.Derivative) if d.expr == field)
    return max((derivative_order(d, x) for d in own), default=0)
