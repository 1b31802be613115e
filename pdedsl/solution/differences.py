"""How far two solutions are from each other, at points that both have."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pdedsl.geometry.adaptive import NO_MARKS

from .check_rule import field_rule

if TYPE_CHECKING:
    from pdedsl.ir import Field

    from .solution import Solution


@dataclass(frozen=True)
class Difference:
    """Of a component.

    Args:
        rel_l2: ‖u − v‖ / ‖v‖ in L2 over the points that both have, v that of the second run; NaN
            where v is zero there.
        linf: the largest |u − v| there.
        points: how many there are.
    """

    rel_l2: float
    linf: float
    points: int


def differences(first: Solution, second: Solution) -> dict[str, Difference]:
    """By name of a component, of the fields that both have with the same inputs.

    The points are the nodes of a quadrature over the domain of the first; those outside of the
    domain of the second, where that has no values, are left out.
    """
    known = {field.name: field for field in second.problem.fields}
    found: dict[str, Difference] = {}
    for field in first.problem.fields:
        other = known.get(field.name)
        if other is not None and _same_form(field, other) and _same_inputs(first, second):
            found |= _of_field(first, second, field)
    return found


def _of_field(first: Solution, second: Solution, field: Field) -> dict[str, Difference]:
    rule = field_rule(first.problem, field, False, NO_MARKS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about points outside, which are left out here
        ours, theirs = first.at(rule.nodes), second.at(rule.nodes)
    found = {}
    for component in field.components:
        name = component.func.__name__
        u, v = np.asarray(ours[name]), np.asarray(theirs[name])
        there = np.isfinite(u) & np.isfinite(v)
        if there.any():
            found[name] = _difference(u[there], v[there], np.asarray(rule.weights)[there])
    return found


def _difference(u: np.ndarray, v: np.ndarray, weights: np.ndarray) -> Difference:
    size = math.sqrt(float(weights @ v**2))
    length = math.sqrt(float(weights @ (u - v) ** 2))
    relative = length / size if size > 0 else math.nan
    return Difference(relative, float(np.abs(u - v).max()), len(u))


def _same_form(one: Field, other: Field) -> bool:
    return len(one.components) == len(other.components) and [s.name for s in one.arguments] == [
        s.name for s in other.arguments
    ]


def _same_inputs(first: Solution, second: Solution) -> bool:
    return first.problem.dimension_names == second.problem.dimension_names
