"""The functions in which the error of a solution is looked for on a set that is no box.

They are those that are solved with there: polynomials of a total degree above that of the solution,
and beside them the columns of that degree for corners and holes. An error around a corner that the
columns of the solution do not resolve is seen by more columns, and by no polynomials. Each of
several domains has its own degree, and the columns of its own: those around an inclusion are
singular inside of it.
"""

from __future__ import annotations

from collections.abc import Sequence

from pdedsl.choice.shapes.shape_method import domain_degrees, points_on_shape, shape_options
from pdedsl.compiler.lowering.groups import Group
from pdedsl.geometry import domain_region
from pdedsl.geometry.junctions import junctions
from pdedsl.ir import Problem
from pdedsl.models.bases import BasisOptions
from pdedsl.models.bases.polar_columns import PolarColumns

from .richer_basis import NEAR, STEP


def may_be_singular(problem: Problem) -> bool:
    """Whether a set that is no box has corners or edges, or a condition that ends on its boundary.

    Of bodies that is not known, and said of all.
    """
    shapes = (domain for domain in problem.domains if not domain.is_box)
    return any(
        domain_region(problem, domain).dimension > 2 or bool(junctions(problem, domain))
        for domain in shapes
        if len(domain.coordinates) > 1
    )


def on_shape(
    problem: Problem, groups: Sequence[Group], options: Sequence[BasisOptions]
) -> tuple[BasisOptions, ...]:
    """The same degrees, or those that their domains have beside the highest, with its columns.

    Args:
        problem: a domain of it is no box.
        groups: the components of each network.
        options: of polynomials, for each network.
    """
    degrees = [degree_of(own) for own in options]
    return _with_columns(problem, groups, max(degrees), degrees)


def raised_on_shape(
    problem: Problem, groups: Sequence[Group], options: Sequence[BasisOptions], left: float
) -> tuple[BasisOptions, ...]:
    """Higher degrees with their columns, by more where much of the residual is left."""
    degrees = [degree_of(own) for own in options]
    before = max(degrees)
    after = before + (STEP if left < NEAR else 2 * STEP)
    low, high = domain_degrees(problem, before), domain_degrees(problem, after)
    names = [group.domain or "" for group in groups]
    steps = [high.get(name, after) - low.get(name, before) for name in names]
    least = [degree + step for degree, step in zip(degrees, steps, strict=True)]
    return _with_columns(problem, groups, after, least)


def _with_columns(
    problem: Problem, groups: Sequence[Group], degree: int, least: Sequence[int]
) -> tuple[BasisOptions, ...]:
    """The functions of a degree in each domain, and of the least degree of each network."""
    whole = shape_options(problem, degree)
    own = [whole.in_domain(group.domain) for group in groups]
    return tuple(
        options.model_copy(update={"modes": max(degree_of(options), fewest)})
        for options, fewest in zip(own, least, strict=True)
    )


def shape_points(
    problem: Problem, groups: Sequence[Group], options: Sequence[BasisOptions]
) -> dict[str, int]:
    """Points of a fit with these functions, by label."""
    columns: dict[PolarColumns, None] = {}
    degrees: dict[str, int] = {}
    for group, own in zip(groups, options, strict=True):
        columns |= dict.fromkeys(own.columns)
        name = group.domain or ""
        degrees[name] = max(degrees.get(name, 0), degree_of(own))
    whole = BasisOptions(
        modes=max(degrees.values()), index="total", columns=tuple(columns),
        domain_modes=tuple(sorted(degrees.items())),
    )  # fmt: skip
    return points_on_shape(problem, whole)


def degree_of(options: BasisOptions) -> int:
    """The highest degree of an axis, which becomes that of all."""
    return max(options.modes) if isinstance(options.modes, tuple) else options.modes
