"""The weak form of a problem: its equations against test functions, as far as they have one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import sympy as sp

from pdedsl.calculus.zero import KINKED
from pdedsl.ir import Interior, Law, Problem

from .by_parts import Integrated, NoIntegralFormError, Parts, integrate
from .natural import NaturalFlux, natural_fluxes
from .orders import KNOWN, order_of


@dataclass(frozen=True)
class WeakRow:
    """One residual against a test function v of all inputs.

    Args:
        label: its name, such as ``eq`` or ``momentum[1]``.
        residual: as it is written.
        form: integrated by parts.
        fluxes: those that the spec gives on faces of the domain.
    """

    label: str
    residual: sp.Expr
    form: Integrated
    fluxes: tuple[NaturalFlux, ...]


def has_weak_form(law: Law) -> bool:
    """Whether a law holds at all points of a domain, or at all times, and holds a field there."""
    interior = law.kind == "eq" and isinstance(law.place, Interior)
    return interior and all(order_of(r) != KNOWN for r in law.residuals)


def weak_laws(problem: Problem) -> tuple[Law, ...]:
    """The laws of a problem that have a weak form."""
    return tuple(law for law in problem.laws if has_weak_form(law))


def weak_rows(problem: Problem, law: Law, parts: Parts, natural: bool) -> Iterator[WeakRow]:
    """The residuals of a law that has a weak form, integrated by parts.

    Args:
        problem: with the law.
        law: one of `weak_laws`.
        parts: see `by_parts.integrate`.
        natural: look for fluxes that the spec gives.

    Raises:
        NoIntegralFormError: the derivative of a jump would be left.
        TooLargeError: a derivative would be too large when worked out.
    """
    assert isinstance(law.place, Interior)
    domain = None if law.place.domain is None else problem.domain(law.place.domain)
    written = problem.residuals_as_written(law)
    if problem.division is not None and any(r.has(*KINKED) for r in written):
        raise NoIntegralFormError("a coefficient of a divided domain")
    for label, residual in zip(law.row_labels, written, strict=True):
        form = integrate(residual, problem.inputs, parts)
        given = natural and domain is not None and domain.is_box
        fluxes = tuple(natural_fluxes(problem, domain, form)) if given and domain else ()
        yield WeakRow(label, residual, form, fluxes)
