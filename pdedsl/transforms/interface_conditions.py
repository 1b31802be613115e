r"""The conditions that join the fields of two parts across an input x, a coordinate or time.

A field that has the order p in x has p of them: equal derivatives :math:`∂_x^i u` for i < p − 1,
and one for i = p − 1, which is

``continuity``
    :math:`∂_x^{p-1} u` where all coefficients of highest order are the same constants on both
    sides, else the flux of highest order, see `principal_flux`;
``flux``
    the whole flux F of the conservative form :math:`∂_x F + … = 0` (`conservative_flux`), such as
    :math:`u^2/2 - ν u_x` for Burgers' equation (cPINN; Jagtap, Kharazmi and Karniadakis, CMAME 365,
    2020), where every equation has one and both sides agree on it; else those of ``continuity``. A
    flux without derivatives along x is left out: it is continuous with the fields;
``residual``
    besides values of the fields, equal residuals of the equations (XPINN; Jagtap and Karniadakis,
    Commun. Comput. Phys. 28, 2020). For p = 2 they leave the trace of u on the interface free,
    since every trace has a solution with zero residual on both sides: the pair is singular. So the
    conditions of ``flux`` are added unless they are unwanted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import sympy as sp

from pdedsl.calculus.conservation import conservative_flux
from pdedsl.ir import Interior, Joint, Problem, derivative_order

from .principal_flux import Traces, traces
from .subdomains import Subdomain

Coupling = Literal["continuity", "flux", "residual"]
Pair = tuple[sp.Expr, sp.Expr]


@dataclass(frozen=True)
class Condition:
    """What is equal on both sides.

    Args:
        joint: its kind.
        name: such as ``u``, ``u_x`` or ``flux``.
        sides: on the lower and on the upper part.
    """

    joint: Joint
    name: str
    sides: Pair


@dataclass(frozen=True)
class InterfaceConditions:
    """All conditions of an interface, and what a user should know of them."""

    conditions: tuple[Condition, ...]
    notes: tuple[str, ...] = ()


def interface_conditions(
    problem: Problem,
    axis: sp.Symbol,
    first: Subdomain,
    second: Subdomain,
    coupling: Coupling = "continuity",
    flux_row: bool = True,
) -> InterfaceConditions:
    """The conditions where two parts meet; see the module docstring.

    Args:
        problem: the whole problem.
        axis: the input that the interface is across.
        first: the part below.
        second: the part above.
        coupling: the kind of conditions.
        flux_row: whether ``residual`` has those of ``flux`` as well.

    Raises:
        ValueError: coefficients differ between the parts in a way that leaves the flux open.
    """
    below, above = traces(problem, axis, first), traces(problem, axis, second)
    if coupling == "continuity":
        return InterfaceConditions(_continuity(axis, first, second, below, above))
    smooth = _flux(problem, axis, first, second, below, above)
    if coupling == "flux":
        return smooth
    residuals = tuple(_residuals(problem, first, second))
    if max(below.orders.values()) < 2:  # one condition for each field, which is its value
        return InterfaceConditions((*smooth.conditions, *residuals), smooth.notes)
    if flux_row:
        note = (
            "equal values and residuals alone leave the values on an interface free where the "
            f"equation is of second order in {axis}: rows of the flux have been added"
        )
        return InterfaceConditions((*smooth.conditions, *residuals), (note, *smooth.notes))
    note = (
        f"equal values and residuals leave the values on an interface across {axis} free, so that "
        "the coupled matrix is singular; write domain.flux_row = true, or domain.coupling = flux"
    )
    values = tuple(
        _equal(component, axis, 0, first, second, "value") for component in first.components
    )
    return InterfaceConditions((*values, *residuals), (note,))


def _continuity(
    axis: sp.Symbol, first: Subdomain, second: Subdomain, below: Traces, above: Traces
) -> tuple[Condition, ...]:
    """Equal derivatives, the highest replaced by the flux of highest order where that is needed."""
    same = below.constants is not None and below.constants == above.constants
    if below.constants != above.constants and max(below.orders.values()) > 2:
        raise ValueError("the coefficients of an equation of order above 2 differ between parts")
    if below.beneath != above.beneath:
        raise ValueError("coefficients of the order below the highest differ between parts")
    matching = not same and len(below.fluxes) == len(above.fluxes)
    fluxes = list(zip(below.fluxes, above.fluxes, strict=True)) if matching else []
    return _joined(axis, first, second, below, above, fluxes)


def _flux(
    problem: Problem,
    axis: sp.Symbol,
    first: Subdomain,
    second: Subdomain,
    below: Traces,
    above: Traces,
) -> InterfaceConditions:
    """Equal derivatives, and the whole flux in place of the highest of them where there is one."""
    needed = sum(order > 1 for order in below.orders.values())
    if not needed:
        return InterfaceConditions(_joined(axis, first, second, below, above, []))
    fluxes, lacking = [], []
    for label, number, residual in _equations(problem):
        pair = tuple(
            conservative_flux(part.of(residual), part.components.values(), axis)
            for part in (first, second)
        )
        lower, upper = pair
        if lower is None or upper is None or not _agree(first, second, lower, upper):
            lacking.append(label if number is None else f"{label}[{number}]")
        elif any(derivative_order(flux, axis) for flux in pair):
            fluxes.append((lower, upper))
    if not lacking and len(fluxes) == needed:
        return InterfaceConditions(_joined(axis, first, second, below, above, fluxes))
    who = ", ".join(lacking) or "the system"
    note = f"{who}: no conservative form along {axis} found, so normal derivatives are joined"
    return InterfaceConditions(_continuity(axis, first, second, below, above), (note,))


def _agree(first: Subdomain, second: Subdomain, below: sp.Expr, above: sp.Expr) -> bool:
    """Whether fluxes are the same function of fields and inputs; the coefficients do not jump."""
    lower, upper = (
        flux.xreplace(part.parameters).subs({new: old for old, new in part.components.items()})
        for part, flux in ((first, below), (second, above))
    )
    return bool(lower == upper or sp.expand(lower - upper) == 0)


def _joined(
    axis: sp.Symbol,
    first: Subdomain,
    second: Subdomain,
    below: Traces,
    above: Traces,
    fluxes: list[Pair],
) -> tuple[Condition, ...]:
    found = []
    for component in first.components:
        order = max(below.orders[component], above.orders[component])
        for i in range(order - 1 if fluxes and order > 1 else order):
            joint: Joint = "flux" if 0 < i == order - 1 else "value"
            found.append(_equal(component, axis, i, first, second, joint))
    for number, sides in enumerate(fluxes, start=1):
        found.append(Condition("flux", f"flux{number}" if len(fluxes) > 1 else "flux", sides))
    return tuple(found)


def _equal(
    component: sp.Expr,
    axis: sp.Symbol,
    order: int,
    first: Subdomain,
    second: Subdomain,
    joint: Joint,
) -> Condition:
    """The derivative ∂_x^i u is the same on both sides."""
    name = str(component.func).replace("[", "").replace("]", "") + "_" * bool(order)
    lower, upper = (sp.diff(part.components[component], axis, order) for part in (first, second))
    return Condition(joint, name + str(axis) * order, (lower, upper))


def _residuals(problem: Problem, first: Subdomain, second: Subdomain) -> list[Condition]:
    found = []
    for label, number, residual in _equations(problem):
        name = f"{label.replace('.', '')}{number or ''}_residual"
        sides = first.of(residual), second.of(residual)
        found.append(Condition("residual", name, sides))
    return found


def _equations(problem: Problem) -> list[tuple[str, int | None, sp.Expr]]:
    """Label, number in the law (None where it is alone) and residual of each equation."""
    return [
        (law.label, number if len(law.residuals) > 1 else None, residual)
        for law in problem.laws if law.kind == "eq" and isinstance(law.place, Interior)
        for number, residual in enumerate(law.residuals, start=1)
    ]  # fmt: skip
