r"""Fluxes that a spec gives on its boundary, in place of those of the solution.

Where a boundary law R = 0 holds a multiple of the outward flux :math:`B = n_j σ_j`, as Neumann and
Robin conditions in the conormal of the equation do, B in the boundary integral is replaced by

.. math:: B - κ R, \qquad κ = \frac{∂B/∂D}{∂R/∂D},

which holds no derivative D of the highest normal order any more: the condition is imposed by the
weak form.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import sympy as sp
from sympy.core.function import AppliedUndef

from pdedsl.calculus.tidy import tidy
from pdedsl.calculus.zero import KINKED
from pdedsl.ir import Boundary, Domain, Face, Law, Problem, normal

from .by_parts import Integrated
from .orders import order_of


@dataclass(frozen=True)
class NaturalFlux:
    """B on one face of a box, by a boundary law.

    Args:
        axis: j, the number of the input that is fixed on the face.
        face: where.
        flux: n_j σ_j, without the highest normal derivative.
        law: label of the boundary law.
        row: the number of its residual.
    """

    axis: int
    face: Face
    flux: sp.Expr
    law: str
    row: int


def natural_fluxes(
    problem: Problem, domain: Domain, integrated: Integrated
) -> Iterator[NaturalFlux]:
    """The faces of a domain on which the spec gives the flux of a weak form."""
    inputs = problem.inputs
    for face in domain.faces:
        axis = inputs.index(face.axis)
        own = integrated.boundary.get((axis, (0,) * len(inputs)))
        if own is None or order_of(own, face.axis) < 1:
            continue
        for law in problem.laws:
            found = _by(law, domain, face, face.side * own)
            if found is not None:
                row, flux = found
                yield NaturalFlux(axis, face, flux, law.label, row)
                break


def imposed(problem: Problem, used: set[tuple[str, int, Face]]) -> tuple[str, ...]:
    """The boundary laws all of whose residuals are imposed on all of their faces.

    Args:
        problem: with the laws.
        used: label, residual and face of the natural fluxes.
    """
    return tuple(
        law.label
        for law in problem.laws
        if isinstance(law.place, Boundary) and law.place.faces
        and all((law.label, i, face) in used
                for i in range(len(law.residuals)) for face in law.place.faces)
    )  # fmt: skip


def _by(law: Law, domain: Domain, face: Face, flux: sp.Expr) -> tuple[int, sp.Expr] | None:
    """The number of a residual of the law that gives the flux, and the flux by it."""
    place = law.place
    if not isinstance(place, Boundary) or place.domain != domain.name or face not in place.faces:
        return None
    if place.of or place.minus or place.where is not None:
        return None
    outward = {
        normal(i + 1): sp.Integer(face.side if s == face.axis else 0)
        for i, s in enumerate(domain.coordinates)
    }
    for row, residual in enumerate(law.residuals):
        found = _replaced(flux, residual.xreplace(outward), face.axis)
        if found is not None:
            return row, found
    return None


def _replaced(flux: sp.Expr, residual: sp.Expr, axis: sp.Symbol) -> sp.Expr | None:
    """B − κ R; None where a normal derivative of the order of B is left."""
    order = order_of(flux, axis)
    if order_of(residual, axis) != order:
        return None
    # Quotients of cases would become cases, which do not cancel.
    cases = {node: sp.Dummy(real=True) for e in (flux, residual) for node in e.atoms(*KINKED)}
    flux, residual = flux.xreplace(cases), residual.xreplace(cases)
    highest = [d for d in _jets(residual) if order_of(d, axis) == order and d in _jets(flux)]
    if not highest:
        return None
    slopes = [_slope(e, highest[0]) for e in (flux, residual)]
    if slopes[1] == 0:
        return None
    found = tidy(sp.expand(flux - sp.cancel(slopes[0] / slopes[1]) * residual))
    return (
        found.xreplace({d: c for c, d in cases.items()}) if order_of(found, axis) < order else None
    )


def _jets(expression: sp.Expr) -> list[sp.Expr]:
    found = expression.atoms(sp.Derivative)
    return sorted((d for d in found if isinstance(d.expr, AppliedUndef)), key=sp.default_sort_key)


def _slope(expression: sp.Expr, jet: sp.Expr) -> sp.Expr:
    symbol = sp.Dummy(real=True)
    return sp.diff(expression.xreplace({jet: symbol}), symbol).xreplace({symbol: jet})
