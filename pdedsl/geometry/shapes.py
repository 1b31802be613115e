"""From sets in symbols to sets in numbers, and the register of shapes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import sympy as sp

from pdedsl.ir import Box, Combination, Domain, Problem, Region, Shape

from . import ellipsoids, polygons
from .boxes import FloatBox
from .combinations import FloatCombination
from .language import ShapeKind
from .region import FloatRegion

SHAPES: dict[str, ShapeKind] = {kind.name: kind for kind in (
    *ellipsoids.KINDS,
    *polygons.KINDS,
)}  # fmt: skip
"""Name in the language to a shape. A new one is a file with its kind, and a line here."""


def region_of(region: Region, number: Callable[[sp.Expr], float]) -> FloatRegion:
    """A set in numbers.

    Args:
        region: in symbols.
        number: value of an expression of parameters.
    """
    match region:
        case Box(intervals):
            return FloatBox(*(tuple(map(number, ends)) for ends in zip(*intervals, strict=True)))
        case Combination(op, left, right):
            return FloatCombination(op, region_of(left, number), region_of(right, number))
        case Shape(name, arguments):
            values = [[number(x) for x in a] if isinstance(a, tuple) else number(a)
                      for a in arguments]  # fmt: skip
            return SHAPES[name].region(*map(np.array, values))
    raise TypeError(f"unknown region {region!r}")


def domain_region(problem: Problem, domain: Domain) -> FloatRegion:
    """The set of a domain, at the values of the parameters."""
    return region_of(domain.region, problem.number)


def box_of(problem: Problem, domain: Domain) -> FloatBox:
    """The box of a domain, at the values of the parameters.

    Raises:
        ValueError: the domain is not a box.
    """
    region = domain_region(problem, domain)
    if not isinstance(region, FloatBox):
        raise ValueError(f"the domain {domain.name} is not a box")
    return region
