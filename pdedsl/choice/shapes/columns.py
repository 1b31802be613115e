"""The functions beside polynomials that the solution on a shape asks for."""

from __future__ import annotations

from collections.abc import Callable

from pdedsl.ir import Domain, Problem
from pdedsl.models.bases.polar_columns import PolarColumns

from .corner_columns import corner_columns
from .hole_columns import hole_columns

Source = Callable[[Problem, int], tuple[PolarColumns, ...]]
"""From a problem and a total degree of polynomials to columns that go with it."""

SOURCES: tuple[Source, ...] = (hole_columns, corner_columns)
"""What asks for columns. A new kind of them is a file with its function, and a place here."""


def shape_columns(problem: Problem, degree: int) -> tuple[PolarColumns, ...]:
    """All columns that go with polynomials of a total degree.

    A domain has none where its fields have their arguments in different orders.
    """
    found = (columns for source in SOURCES for columns in source(problem, degree))
    planes = {domain.name: _plane(problem, domain) for domain in problem.domains}
    pairs = ((own, planes[own.domain or problem.domains[0].name]) for own in found)
    return tuple(own.model_copy(update={"plane": plane}) for own, plane in pairs if plane)


def _plane(problem: Problem, domain: Domain) -> tuple[int, ...] | None:
    """The places of the coordinates of a domain among the arguments of its fields, if the same."""
    orders = {field.arguments for field in problem.fields if field.domain == domain.name}
    if len(orders) != 1 or len(domain.coordinates) != 2:
        return None
    (order,) = orders
    return tuple(order.index(s) for s in domain.coordinates)
