r"""L113: a source and fluxes that do not balance.

For Σ a_i ∂²u/∂x_i² = f on a box, with constants a_i, every axis periodic or with ∂u/∂n = g on both
sides, a solution needs

.. math:: \int_Ω f = \sum_i a_i \int_{Γ_i} g .

Of other sets in the plane `shape_balances` has the integrals.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import sympy as sp
from sympy.core.function import AppliedUndef

from pdedsl.calculus.coefficients import coefficients
from pdedsl.diagnostics import Diagnostic
from pdedsl.geometry import FloatBox, box_of, gauss_legendre
from pdedsl.geometry.arrays import Array
from pdedsl.ir import Domain, DomainIntegral, Problem, Substitution
from pdedsl.sema.draft import Draft

from .conditions import Condition, conditions_on
from .outlines import Part, parts
from .sampling import is_steep, values_at
from .shape_balances import Sides, sides_of_shape, volume_of
from .structure import Group, groups_on

_ORDERS = {0: (1, 1), 1: (64, 96), 2: (32, 48), 3: (12, 18)}
"""Nodes of two rules along an axis, by dimension: where they differ, nothing is said."""
_AGREE = 1e-3
"""Of the defect, the most that two rules may differ by; a choice."""
_LEAST = 1e-6
"""Of the sizes of source and fluxes, a defect that is no rounding of numbers in the text."""


def balances(problem: Problem, draft: Draft) -> Iterator[Diagnostic]:
    """Pure Neumann and periodic problems whose source does not match the fluxes."""
    if problem.time is not None or problem.ranges:
        return
    for domain in problem.domains:
        for group in groups_on(problem, domain):
            if len(group.components) == len(group.equations) == 1:
                yield from _of_group(problem, domain, group)


def _of_group(problem: Problem, domain: Domain, group: Group) -> Iterator[Diagnostic]:
    rules = (_on_box if domain.is_box else sides_of_shape)(problem, domain, group)
    if rules is None:
        return
    equation, component = group.equations[0], group.components[0]
    coarse, fine = rules
    (source, flux, size), defect = fine, fine[0] - fine[1]
    if abs(coarse[0] - coarse[1] - defect) > _AGREE * abs(defect) or abs(defect) <= _LEAST * size:
        return
    name = group.names
    given = f"the source integrates to {_short(source)}"
    closed = domain.is_box and set(domain.coordinates) <= set(problem.periodic_axes(component))
    given += " over a period, not to 0" if closed else f" and the fluxes to {_short(flux)}"
    mean = defect / volume_of(problem, domain)
    message = f"no {name} can satisfy {equation.law.label}: {given}"
    sign = "+" if mean > 0 else "-"
    mend = f"write {sign} {abs(mean):.9g} more on the left side of the equation"
    yield Diagnostic("L113", message, equation.law.span, mend)


def _on_box(problem: Problem, domain: Domain, group: Group) -> tuple[Sides, Sides] | None:
    """The integrals by two rules."""
    weights = _weights(domain, group)
    if not weights or len(domain.coordinates) not in _ORDERS:
        return None
    fluxes = _fluxes(problem, domain, group.components[0])
    if fluxes is None:
        return None
    coarse, fine = (_sides(problem, domain, group, weights, fluxes, k) for k in (0, 1))
    return None if coarse is None or fine is None else (coarse, fine)


def _short(value: float) -> str:
    return f"{value:.4g}" if abs(value) > 1e-12 else "0"


def _weights(domain: Domain, group: Group) -> list[float]:
    """The a_i; empty where the equation is of another form."""
    component, residual = group.components[0], group.equations[0].residual
    second = [sp.diff(component, axis, 2) for axis in domain.coordinates]
    found = coefficients(residual)
    if set(found) != set(second) or residual.has(DomainIntegral):
        return []
    return [float(found[s]) for s in second] if all(found[s].is_number for s in second) else []


Fluxes = list[tuple[Part, Condition, float]]


def _fluxes(problem: Problem, domain: Domain, component: AppliedUndef) -> Fluxes | None:
    """The condition on each side with the factor of ∂u/∂n in it; None for others than fluxes."""
    circles, found = problem.periodic_axes(component), []
    for part in parts(problem, domain, 8):
        assert part.face is not None
        axis, side = part.face
        if domain.coordinates[axis] in circles:
            continue
        own = [c for c in conditions_on(problem, part) if component.func in c.equation.functions]
        if len(own) != 1 or own[0].tied or not own[0].mask.all():
            return None
        normal = _normal(domain, part)
        nodes = {
            node: factor.xreplace(normal)
            for node, factor in coefficients(own[0].equation.residual).items()
        }
        active = {node: factor for node, factor in nodes.items() if factor != 0}
        slope = sp.diff(component, domain.coordinates[axis])
        if set(active) != {slope} or not active[slope].is_number:
            return None
        found.append((part, own[0], side * float(active[slope])))
    return found


def _normal(domain: Domain, part: Part) -> dict[sp.Basic, sp.Basic]:
    assert part.face is not None
    count = len(domain.coordinates)
    found: dict[sp.Basic, sp.Basic] = {
        sp.Symbol(f"n[{i + 1}]", real=True): sp.S.Zero for i in range(count)
    }
    found[sp.Symbol(f"n[{part.face[0] + 1}]", real=True)] = sp.Integer(part.face[1])
    return found


def _sides(
    problem: Problem, domain: Domain, group: Group, weights: list[float], fluxes: Fluxes, rule: int
) -> Sides | None:
    """∫ f, Σ a_i ∫ g, and the sum of both with absolute values; None where they are not numbers."""
    box, zero = box_of(problem, domain), Substitution([(group.components[0], sp.S.Zero)])
    whole = gauss_legendre(box, _ORDERS[box.dimension][rule])
    given = values_at(problem, domain, whole.nodes, zero(group.equations[0].residual))
    if given is None or is_steep(problem, domain, whole.nodes, group.equations[0].residual):
        return None
    source, size = -float(whole.weights @ given), float(whole.weights @ np.abs(given))
    flux = 0.0
    for part, condition, factor in fluxes:
        assert part.face is not None
        axis, side = part.face
        points, areas = _on_face(box, axis, side, _ORDERS[box.dimension - 1][rule])
        residual = zero(condition.equation.residual).xreplace(_normal(domain, part))
        given = values_at(problem, domain, points, residual)
        if given is None or is_steep(problem, domain, points, residual):
            return None
        scaled = -weights[axis] * given / factor
        flux += float(areas @ scaled)
        size += float(areas @ np.abs(scaled))
    known = np.isfinite([source, flux, size]).all()
    return (source, flux, size) if known else None


def _on_face(box: FloatBox, axis: int, side: int, order: int) -> tuple[Array, Array]:
    """Nodes on a side, shape (n, d), and their weights, with the sum equal to its area."""
    keep = [i for i in range(box.dimension) if i != axis]
    flat = FloatBox(tuple(box.lower[i] for i in keep), tuple(box.upper[i] for i in keep))
    rule = gauss_legendre(flat, order)
    points = np.insert(rule.nodes, axis, (box.upper if side > 0 else box.lower)[axis], axis=1)
    return points, rule.weights
