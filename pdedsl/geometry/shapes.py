"""From sets in symbols to sets in numbers, and the register of shapes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import sympy as sp

from pdedsl.ir import Box, Combination, Domain, Enclosed, MeshBody, Moved, Problem, Region, Shape

from . import ellipsoids, halfspaces
from .arrays import Array
from .boxes import FloatBox
from .combinations import FloatCombination
from .language import ShapeKind
from .moved import motion, moved
from .plane import polygons, round
from .plane.arcs import arcs
from .plane.enclosed import enclosed
from .region import FloatRegion
from .solid import revolution
from .solid.mesh_body import mesh_body

SHAPES: dict[str, ShapeKind] = {kind.name: kind for kind in (
    *ellipsoids.KINDS,
    *polygons.KINDS,
    *halfspaces.KINDS,
    *round.KINDS,
    *revolution.KINDS,
)}  # fmt: skip
"""Name in the language to a shape. A new one is a file with its kind, and a line here."""


_BOUNDARY_POINTS = 1024  # of a piece: parts of a thousandth of it are found


def region_of(region: Region, number: Callable[[sp.Expr], float]) -> FloatRegion:
    """A set in numbers.

    Args:
        region: in symbols.
        number: value of an expression of parameters.
    """
    found = _region_of(region, number)
    if found.bounded and not all(own.bounded for own in found.primitives()):
        return found.within(found.bounding_box)
    return found


def _region_of(region: Region, number: Callable[[sp.Expr], float]) -> FloatRegion:
    match region:
        case Box(intervals):
            return FloatBox(*(tuple(map(number, ends)) for ends in zip(*intervals, strict=True)))
        case Combination(op, left, right):
            return FloatCombination(op, _region_of(left, number), _region_of(right, number))
        case Moved(name, inner, arguments):
            values = values_of(arguments, number)
            return moved(_region_of(inner, number), *motion(name, values, inner.dimension))
        case Enclosed():
            return enclosed(region, number)
        case MeshBody(scale=scale):
            return mesh_body(region, number(scale))
        case Shape(name, arguments):
            return SHAPES[name].region(*values_of(arguments, number))
    raise TypeError(f"unknown region {region!r}")


def values_of(
    arguments: Sequence[sp.Expr | tuple[sp.Expr, ...]], number: Callable[[sp.Expr], float]
) -> list[Array]:
    """Arguments of a shape as arrays of shape () or (d,)."""
    return [
        np.array([number(x) for x in a] if isinstance(a, tuple) else number(a), dtype=np.float64)
        for a in arguments
    ]


def domain_region(problem: Problem, domain: Domain) -> FloatRegion:
    """The set of a domain, at the values of the parameters."""
    return region_of(domain.region, problem.number)


def is_empty(region: FloatRegion) -> bool:
    """Whether a set has no points, or no area or volume.

    In the plane this is exact: such a set has no arc of a boundary. Else a set is taken for empty
    where none of some thousand points of the pieces is on its boundary.
    """
    box = region.bounding_box
    if any(not low < high for low, high in zip(box.lower, box.upper, strict=True)):
        return True
    if region.dimension == 2:
        return not arcs(region)
    return not region.boundary(_BOUNDARY_POINTS)


def box_of(problem: Problem, domain: Domain) -> FloatBox:
    """The box of a domain, at the values of the parameters.

    Raises:
        ValueError: the domain is not a box.
    """
    region = domain_region(problem, domain)
    if not isinstance(region, FloatBox):
        raise ValueError(f"the domain {domain.name} is not a box")
    return region
