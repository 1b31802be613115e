"""Integrals over sets that are no boxes, over their boundaries and over curved interfaces."""

from __future__ import annotations

import numpy as np

from pdedsl.geometry import FloatBox, FloatRegion, area_rule, domain_region, hull_bounds
from pdedsl.geometry.adaptive import integrate
from pdedsl.geometry.arrays import Array
from pdedsl.geometry.boundary_places import outlined
from pdedsl.ir import Boundary, Domain, Interior, OnInterface, Place, Problem

from .patches import Patch, boundary_patches, interior_patches
from .pointwise import NormalFunction

_DEGREES = (10, 14)  # of the rules in space whose difference is the error: choices, 1 s


def shape_integral(problem: Problem, place: Place, function: NormalFunction) -> tuple[float, float]:
    """∫ f over a place, with an error as of `integrate`.

    Args:
        problem: gives the values of parameters.
        place: a domain, a part of its boundary, or an interface.
        function: f, of points (n, inputs) and normals (n, dimension).

    Returns:
        The integral, and an estimate of its error; in space over a domain the difference of two
        rules of `area_rule`.
    """
    if isinstance(place, Boundary | OnInterface):
        patches = boundary_patches(problem, place)
        return _over(problem, outlined(problem, place), patches, function)
    assert isinstance(place, Interior) and place.domain is not None
    domain = problem.domain(place.domain)
    region = domain_region(problem, domain)
    inside = interior_patches(region)
    if inside is None:
        return _of_solid(problem, domain, region, function)
    return _over(problem, domain, inside, function)


def _over(
    problem: Problem, domain: Domain, patches: list[Patch], function: NormalFunction
) -> tuple[float, float]:
    total = error = 0.0
    for patch in patches:

        def values(unit: Array, patch: Patch = patch) -> Array:
            places, normals, measure = patch.placed(unit)
            out = np.zeros(len(places))
            on = measure != 0
            own = None if normals is None else normals[on]
            out[on] = function(_inputs(problem, domain, places[on]), own) * measure[on]
            return out

        dimension = len(patch.cells)
        cube = FloatBox((0.0,) * dimension, (1.0,) * dimension)
        value, missed = integrate(values, cube, cells=patch.cells)
        total, error = total + value, error + missed
    return total, error


def _of_solid(
    problem: Problem, domain: Domain, region: FloatRegion, function: NormalFunction
) -> tuple[float, float]:
    found, largest = [], 0.0
    for degree in _DEGREES:
        rule = area_rule(region, degree)
        values = function(_inputs(problem, domain, rule.nodes))
        found.append(float(rule.weights @ values))
        largest = rule.accuracy * float(np.abs(values).max()) * float(rule.weights.sum())
    return found[-1], max(abs(found[0] - found[-1]), largest)


def _inputs(problem: Problem, domain: Domain, places: Array) -> Array:
    """Points (n, inputs) of coordinates (n, dimension); on the others nothing depends."""
    middle = [(low + high) / 2 for low, high in hull_bounds(problem).values()]
    out = np.tile(middle, (len(places), 1))
    out[:, [problem.inputs.index(s) for s in domain.coordinates]] = places
    return out
