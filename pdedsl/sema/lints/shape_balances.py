r"""The integrals of a source and of fluxes over a set that is no box.

With div F + S = 0, where the flux F holds all of the unknown field, and κ F·n + g = 0 with a known
κ on the whole boundary, a solution needs, by the divergence theorem,

.. math:: -\int_Ω S = \oint_{∂Ω} F·n = -\oint_{∂Ω} g / κ .
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import sympy as sp
from sympy.core.function import AppliedUndef

from pdedsl.calculus.coefficients import coefficients
from pdedsl.calculus.conservation import conservative_flux
from pdedsl.geometry import box_of, domain_region
from pdedsl.geometry.arrays import Array
from pdedsl.geometry.boundary_places import place_arcs
from pdedsl.geometry.plane_boundary import boundary_rule
from pdedsl.geometry.shape_quadrature import area_rule, has_exact_rule
from pdedsl.geometry.solid.surfaces import surface_rule
from pdedsl.ir import Boundary, Domain, NotNumericError, Problem, Substitution, evaluate, normal

from .conditions import conditions_on
from .outlines import parts
from .sampling import is_steep, known_at, values_at
from .structure import Equation, Group

_RULES = {2: ((16, 32), (24, 48)), 3: ((8, 24), (12, 32))}
"""Degree of the source and nodes of each arc or surface, of two rules: 0.1 s for the finer one."""

Sides = tuple[float, float, float]
"""∫ f, ∮ g, and the sum of both with absolute values."""
Flux = tuple[Equation, sp.Expr]


def sides_of_shape(problem: Problem, domain: Domain, group: Group) -> tuple[Sides, Sides] | None:
    """Both integrals by two rules; None where a condition is no flux, or no numbers are known."""
    rules = _RULES.get(len(domain.coordinates))
    form = None if rules is None else _flux_form(domain, group)
    fluxes = None if form is None else _fluxes(problem, domain, group, form[0])
    if rules is None or form is None or not fluxes:
        return None
    if len(domain.coordinates) > 2 and not (
        len(fluxes) == 1 and has_exact_rule(domain_region(problem, domain))
    ):
        return None  # faces that cut each other, and parts of a surface, have samples alone
    coarse, fine = (_sides(problem, domain, form[1], fluxes, *rule) for rule in rules)
    return None if coarse is None or fine is None else (coarse, fine)


def volume_of(problem: Problem, domain: Domain) -> float:
    """The volume of a box, or ∮ x·n/d of a set that is none."""
    if domain.is_box:
        return box_of(problem, domain).volume
    dimension = len(domain.coordinates)
    nodes = _RULES[dimension][1][1]
    region = domain_region(problem, domain)
    if dimension == 2:
        points, normals, weights = boundary_rule(region, nodes)
    else:
        whole = surface_rule(region, nodes)
        points, normals, weights = whole.points, whole.normals, whole.weights
    return float(weights @ (points * normals).sum(axis=1)) / dimension


def _flux_form(domain: Domain, group: Group) -> tuple[list[sp.Expr], sp.Expr] | None:
    """F and S of the equation; None where S has the unknown."""
    (component,), flux, rest = group.components, [], group.equations[0].residual
    for axis in domain.coordinates:
        own = conservative_flux(rest, [component], axis)
        if own is None:
            return None
        flux.append(own)
        rest = sp.expand((rest - sp.diff(own, axis)).doit())
    return None if rest.has(component) else (flux, rest)


def _fluxes(
    problem: Problem, domain: Domain, group: Group, flux: list[sp.Expr]
) -> list[Flux] | None:
    """The conditions with their κ; None unless each point has one, and that a flux."""
    component, found = group.components[0], {}
    for part in parts(problem, domain):
        own = [c for c in conditions_on(problem, part) if component.func in c.equation.functions]
        times = sum((c.mask.astype(int) for c in own), np.zeros(len(part.points), int))
        if any(c.tied for c in own) or np.any(times != 1):
            return None
        for condition in own:
            factor = _factor(component, condition.equation, flux)
            if factor is None or not isinstance(condition.equation.law.place, Boundary):
                return None
            found[condition.equation.law.label] = condition.equation, factor
    return list(found.values())


def _factor(component: AppliedUndef, equation: Equation, flux: list[sp.Expr]) -> sp.Expr | None:
    """κ, where the residual is κ F·n and what is known."""
    outward = sp.expand(sum(f * normal(i) for i, f in enumerate(flux, 1)))
    given, own = coefficients(equation.residual), coefficients(outward)
    if not own or set(given) != set(own):
        return None
    shares = [sp.simplify(given[node] / own[node]) for node in own]
    known = not any(share.has(AppliedUndef) for share in shares)
    alike = all(sp.simplify(share - shares[0]) == 0 for share in shares)
    return shares[0] if known and alike and shares[0] != 0 else None


def _sides(
    problem: Problem, domain: Domain, rest: sp.Expr, fluxes: list[Flux], degree: int, nodes: int
) -> Sides | None:
    inside = area_rule(domain_region(problem, domain), degree)
    given = values_at(problem, domain, inside.nodes, rest)
    if given is None or is_steep(problem, domain, inside.nodes, rest):
        return None
    source, size = -float(inside.weights @ given), float(np.abs(inside.weights) @ np.abs(given))
    flux = 0.0
    for equation, factor in fluxes:
        residual = equation.residual
        zero = Substitution([(c, sp.S.Zero) for c in residual.atoms(AppliedUndef)])
        known = zero(residual)
        assert isinstance(equation.law.place, Boundary)
        for points, normals, weights in _rules(problem, domain, equation.law.place, nodes):
            values = _values(problem, domain, points, normals, known / factor)
            if values is None or is_steep(problem, domain, points, known):
                return None
            flux -= float(weights @ values)
            size += float(weights @ np.abs(values))
    return (source, flux, size) if np.isfinite([source, flux, size]).all() else None


def _rules(
    problem: Problem, domain: Domain, place: Boundary, nodes: int
) -> Iterator[tuple[Array, Array, Array]]:
    """Points, normals and weights of every arc, or of the whole surface of a body."""
    if len(domain.coordinates) == 2:
        yield from (arc.rule(nodes) for arc in place_arcs(problem, place))
    else:
        whole = surface_rule(domain_region(problem, domain), nodes)
        yield whole.points, whole.normals, whole.weights


def _values(
    problem: Problem, domain: Domain, points: Array, normals: Array, residual: sp.Expr
) -> Array | None:
    known = known_at(problem, domain.coordinates, points, {})
    known |= {normal(i): column for i, column in enumerate(normals.T, 1)}
    try:
        return np.broadcast_to(np.asarray(evaluate(residual, known), float), (len(points),))
    except NotNumericError:
        return None
