r"""The conditions that join the fields of two parts across an input x, a coordinate or time.

A field that has the order p in x has p of them: equal derivatives :math:`∂_x^i u` for i < p − 1,
and one for i = p − 1, which is

``continuity``
    :math:`∂_x^{p-1} u` where all coefficients of highest order are the same constants on both
    sides, else the flux of highest order, see `principal_flux`;
``flux``
    the whole flux F of the conservative form :math:`∂_x F + … = 0` (`conservative_flux`), such as
    :math:`u^2/2 - ν u_x` for Burgers' equation (cPINN; Jagtap, Kharazmi and Karniadakis, CMAME 365,
    2020), where every equation has one, that of `jumping_flux` where its coefficients jump; else
    those of ``continuity``. A flux without derivatives along x is left out: it is continuous with
    the fields;
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
from pdedsl.calculus.zero import KINKED
from pdedsl.ir import Interior, Joint, Law, Problem, derivative_order

from .jumping_flux import jumping_flux
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
    """Equal derivatives, and the whole flux in place of the highest of them where there is one.

    Raises:
        ValueError: a field is not continuous, since a coefficient of its flux b u jumps.
    """
    needed = sum(order > 1 for order in below.orders.values())
    fluxes: list[Pair] = []
    lacking: list[str] = []
    jumping: list[str] = []
    for law, row, residual in _equations(problem):
        name = law.label if len(law.residuals) == 1 else f"{law.label}[{row + 1}]"
        lower, upper = (
            conservative_flux(part.of(residual), part.components.values(), axis)
            for part in (first, second)
        )
        none = lower is None or upper is None
        agreed = not none and _agree(first, second, lower, upper)
        # A case elsewhere hides the flux, and the derivative of a known jump is no longer in it.
        kinked = problem.residuals_as_written(law)[row].has(*KINKED)
        written = jumping_flux(problem, law, row, axis) if kinked or not (none or agreed) else None
        if written is not None:
            lower, upper = first.of(written), second.of(written)
        elif lower is None or upper is None or not agreed:
            (lacking if none else jumping).append(name)
            continue
        if any(derivative_order(flux, axis) for flux in (lower, upper)):
            fluxes.append((lower, upper))
        elif not _agree(first, second, lower, upper):
            raise ValueError(f"the flux of {name} along {axis} jumps, so that fields are not equal")
    if not needed or (not lacking and not jumping and len(fluxes) == needed):
        return InterfaceConditions(_joined(axis, first, second, below, above, fluxes))
    if jumping and not lacking:
        why = f"coefficients jump at a cut of {axis} outside of a derivative along it"
        joined = "the flux of highest order is joined"
    else:
        why, joined = f"no conservative form along {axis} found", "normal derivatives are joined"
    note = f"{', '.join(lacking or jumping) or 'the system'}: {why}, so {joined}"
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
    for law, row, residual in _equations(problem):
        number = row + 1 if len(law.residuals) > 1 else ""
        name = f"{law.label.replace('.', '')}{number}_residual"
        sides = first.of(residual), second.of(residual)
        found.append(Condition("residual", name, sides))
    return found


def _equations(problem: Problem) -> list[tuple[Law, int, sp.Expr]]:
    """Each equation as its law, its number in that, from 0, and its residual."""
    return [
        (law, row, residual)
        for law in problem.laws if law.kind == "eq" and isinstance(law.place, Interior)
        for row, residual in enumerate(law.residuals)
    ]  # fmt: skip
