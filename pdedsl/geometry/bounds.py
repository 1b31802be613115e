"""Intervals of the inputs of a problem.

They belong to a domain, not to the name of a coordinate: two domains with the same coordinate x
have an interval of x each.
"""

from __future__ import annotations

import sympy as sp

from pdedsl.ir import Field, OnInterface, Place, Problem, domain_of

from .shapes import domain_region

Bounds = dict[sp.Symbol, tuple[float, float]]
"""Input to the lower and upper end of its interval."""


def domain_bounds(problem: Problem, domain: str | None) -> Bounds:
    """Intervals of the coordinates of a domain, of time, and of parameters with a range.

    Args:
        problem: gives the values of parameters.
        domain: its name; the sides of the smallest known box around it count. None for no
            coordinates.
    """
    out: Bounds = {}
    if domain is not None:
        own = problem.domain(domain)
        box = domain_region(problem, own).bounding_box
        out |= zip(own.coordinates, zip(box.lower, box.upper, strict=True), strict=True)
    for interval in (*([problem.time] if problem.time else []), *problem.ranges):
        out[interval.symbol] = problem.number(interval.lower), problem.number(interval.upper)
    return out


def field_bounds(problem: Problem, field: Field) -> Bounds:
    """Intervals of the arguments of a field, in their order."""
    bounds = domain_bounds(problem, field.domain)
    return {argument: bounds[argument] for argument in field.arguments}


def place_bounds(problem: Problem, place: Place) -> Bounds:
    """Intervals of all inputs at a place, in the order of ``problem.inputs``.

    Coordinates have the intervals of the place's domain, on an interface what its domains have in
    common, and where the place is in no domain those of `hull_bounds`.
    """
    if not isinstance(place, OnInterface):
        return hull_bounds(problem) | domain_bounds(problem, domain_of(place))
    interface = problem.interface(place.name)
    first = domain_bounds(problem, interface.first)
    second = domain_bounds(problem, interface.second)
    common = {
        symbol: (max(low, second[symbol][0]), min(high, second[symbol][1]))
        for symbol, (low, high) in first.items()
    }
    return hull_bounds(problem) | common


def hull_bounds(problem: Problem) -> Bounds:
    """Intervals that hold those of all domains, for every input in the order of ``problem.inputs``.

    With a single domain these are the bounds of the problem.
    """
    out: Bounds = {}
    for domain in problem.domains:
        for symbol, (low, high) in domain_bounds(problem, domain.name).items():
            known = out.get(symbol, (low, high))
            out[symbol] = min(low, known[0]), max(high, known[1])
    out = out or domain_bounds(problem, None)
    return {symbol: out[symbol] for symbol in problem.inputs}
