"""The inputs that a place leaves free, and points of the box of their intervals."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from pdedsl.geometry import (
    FloatBox,
    domain_bounds,
    hull_bounds,
    place_bounds,
    shared_face,
    side_of,
    tensor_rule,
    unit_points,
)
from pdedsl.geometry.arrays import Array
from pdedsl.geometry.tensor import product_rule
from pdedsl.ir import Global, OnInterface, Place, Problem, Slice, domain_of

from .drawing import Drawing, Weighted
from .shape_points import interior_points


def fixed_inputs(problem: Problem, place: Place) -> dict[int, float]:
    """Column to value of the inputs that a place fixes (faces of a boundary aside).

    Space stands at the centre of its interval for a law between integrals.
    """
    index, out = problem.inputs.index, dict[int, float]()
    if isinstance(place, Slice | Global):
        out = {index(s): problem.number(v) for s, v in place.fixed}
    if isinstance(place, Global):
        bounds = hull_bounds(problem)
        space = {s for domain in problem.domains for s in domain.coordinates}
        out = {index(s): sum(bounds[s]) / 2 for s in space} | out
    if isinstance(place, OnInterface):
        interface = problem.interface(place.name)
        face = shared_face(problem, interface)
        if face is not None:
            out[index(problem.domain(interface.first).coordinates[face.axis])] = face.value
    return out


def is_face(problem: Problem, place: OnInterface) -> bool:
    """Whether an interface is a face of two boxes, which fixes an input."""
    return shared_face(problem, problem.interface(place.name)) is not None


def periodic_inputs(problem: Problem, domain: str | None = None) -> tuple[bool, ...]:
    """For each input, whether every field that depends on it is periodic over its interval.

    With a domain its coordinates and fields alone count.
    """
    fields = [f for f in problem.fields if domain is None or f.domain in (domain, None)]
    components = [c for f in fields for c in f.components]
    out = []
    for symbol, (low, high) in (hull_bounds(problem) | domain_bounds(problem, domain)).items():
        lengths = [problem.periodic_axes(c).get(symbol) for c in components if symbol in c.args]
        out.append(bool(lengths) and all(
            p is not None and np.isclose(problem.number(p), high - low, rtol=1e-12, atol=0)
            for p in lengths
        ))  # fmt: skip
    return tuple(out)


def free_points(
    problem: Problem,
    place: Place,
    fixed: Mapping[int, float],
    count: int,
    how: Drawing,
    part: int = 0,
) -> Weighted:
    """Points of the box of the inputs that are not fixed, and their weights.

    Args:
        problem: gives the inputs.
        place: gives their bounds.
        fixed: column to value.
        count: number of points, about.
        how: kind, seed and rules.
        part: number of the part of the place, which has a sequence of its own.

    Returns:
        Points of shape (n, inputs), and weights of shape (n,) with the sum 1, or None where all
        count alike.
    """
    domain = domain_of(place)
    if domain is not None and not problem.domain(domain).is_box:
        return interior_points(problem, place, fixed, count, how)
    bounds = list(place_bounds(problem, place).values())
    free = [i for i in range(len(bounds)) if i not in fixed]
    if how.kind == "gauss" and how.lines is not None:
        lines = {i: (np.array([value]), np.ones(1)) for i, value in fixed.items()}
        return product_rule([lines.get(i, how.lines[i]) for i in range(len(bounds))])
    weights: Array | None = None
    if how.kind == "gauss":
        periodic = periodic_inputs(problem, domain)
        unit, weights = tensor_rule(side_of(count, len(free)), [periodic[i] for i in free])
    else:
        # Collocation has nodes of its own in windows alone.
        kind = "sobol" if how.kind == "collocation" else how.kind
        unit = unit_points(kind, count, len(free), how.seed_of(part))
    out = np.empty((len(unit), len(bounds)))
    out[:, list(fixed)] = list(fixed.values())
    lower, upper = zip(*(bounds[i] for i in free), strict=True) if free else ((), ())
    out[:, free] = FloatBox(lower, upper).place(unit)
    return out, weights
