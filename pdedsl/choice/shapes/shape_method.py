"""The method on a shape for a total degree: polynomials, columns, points and optimizer."""

from __future__ import annotations

import math
from collections.abc import Mapping

from pdedsl.choice.tuning import SHAPES
from pdedsl.compiler.points.counts import shape_count
from pdedsl.conditioning.discretisation import component_axes
from pdedsl.geometry import domain_region
from pdedsl.ir import OnInterface, Place, Problem, domain_of
from pdedsl.models.bases import BasisOptions, basis_size
from pdedsl.models.bases.polar_functions import polar_count
from pdedsl.optimizers.gauss_newton.lstsq import LstsqOptions
from pdedsl.settings.method import Method, Sampling

from .branch_cuts import has_singular_corners
from .columns import shape_columns
from .row_weights import completed

_MORE = 4  # degrees of a smaller domain: a choice


def on_shapes(problem: Problem) -> bool:
    """Whether a domain is no box, or one with corners near which no polynomial is the solution."""
    return not all(domain.is_box for domain in problem.domains) or has_singular_corners(problem)


def shape_method(
    problem: Problem, degree: int, weights: Mapping[str, float], tolerance: float = 0.0
) -> Method:
    """Polynomials of a total degree on the box around the shape, with the columns that they need.

    Args:
        problem: a domain of it is no box.
        degree: n.
        weights: of the loss, by kind or label; the others are those of `row_weights`.
        tolerance: the loss at which the run ends.
    """
    options = shape_options(problem, degree)
    return Method(
        model=options,
        optimizer=LstsqOptions(tolerance=tolerance, cutoff=SHAPES.cutoff),
        weights=completed(problem, degree, weights),
        sampling=Sampling(kind="gauss", points=points_on_shape(problem, options)),
    )


def shape_options(problem: Problem, degree: int) -> BasisOptions:
    """The functions for a total degree, of all domains."""
    columns = shape_columns(problem, degree)
    return BasisOptions(
        family="mixed", modes=degree, index="total", columns=columns,
        domain_modes=tuple(sorted(domain_degrees(problem, degree).items())),
    )  # fmt: skip


def points_on_shape(problem: Problem, options: BasisOptions) -> dict[str, int]:
    """Points of every law, by label, that tell all functions of these options apart."""
    inputs, counts = len(problem.inputs), dict[str, int]()
    for law in problem.laws:
        domains = _domains(problem, law.place)
        own = [options.in_domain(name) for name in domains]
        largest = max(_largest(problem, name, options) for name in domains)
        beside = max(sum(polar_count(c, inputs) for c in o.columns) for o in own)
        most = max(o.modes_of(0) for o in own)
        counts[law.label] = shape_count(problem, law, most, largest, beside)
    return counts


def functions_on_shape(problem: Problem, degree: int) -> int:
    """Number of functions of all components together."""
    options, axes = shape_options(problem, degree), iter(component_axes(problem))
    domains = [field.domain for field in problem.fields for _ in field.components]
    return sum(basis_size(options.in_domain(d), a) for d, a in zip(domains, axes, strict=True))


def domain_degrees(problem: Problem, degree: int) -> dict[str, int]:
    """The total degree in every domain that has another one than the largest domain.

    A function that is as smooth in both needs on a domain of half the size half the degree.

    Args:
        problem: one with a single domain has none.
        degree: that of the largest domain.
    """
    sizes = {domain.name: domain_region(problem, domain).size for domain in problem.domains}
    largest = max(sizes.values())
    found = {name: math.ceil(size / largest * degree) + _MORE for name, size in sizes.items()}
    return {name: own for name, own in found.items() if own < degree}


def _domains(problem: Problem, place: Place) -> tuple[str | None, ...]:
    """The domains whose fields a law may have."""
    if isinstance(place, OnInterface):
        interface = problem.interface(place.name)
        return interface.first, interface.second
    own = domain_of(place)
    return (own,) if own is not None else tuple(d.name for d in problem.domains)


def _largest(problem: Problem, domain: str | None, options: BasisOptions) -> int:
    """The most functions of a component of a domain."""
    own, axes = options.in_domain(domain), iter(component_axes(problem))
    fields = [field for field in problem.fields for _ in field.components]
    sizes = [basis_size(own, a) for f, a in zip(fields, axes, strict=True) if f.domain == domain]
    return max(sizes, default=1)
