r"""The total degrees that are tried on a shape, and from which on the residual has to fall.

A wave :math:`e^{iκξ}` on [−1, 1] is not resolved at all below the degree κ, and from about
1.4 κ + 20 on to rounding: a plane wave on a disk with κ = 20 leaves 5e-5, 2e-10 and 4e-15 of the
residual with n = 30, 40 and 48.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from pdedsl.calculus import LinearOperator, system_operators
from pdedsl.choice.tuning import SHAPES
from pdedsl.geometry import hull_bounds
from pdedsl.ir import Problem

from .hole_terms import number_of
from .shape_method import functions_on_shape


def shape_degrees(problem: Problem, most: int) -> Iterator[int]:
    """N from trial to trial, with at most so many functions of all components together."""
    inputs, degree, last = len(problem.inputs), SHAPES.first_degree, 0
    while (size := functions_on_shape(problem, degree)) <= most:
        last = size
        yield degree
        following = math.ceil(degree * SHAPES.growth ** (1 / inputs))
        while following > degree + 1 and functions_on_shape(problem, following) > most:
            following -= 1
            if functions_on_shape(problem, following) < SHAPES.last_growth * last:
                return
        degree = following


def functions_of_waves(problem: Problem, known: float) -> int:
    """The number of functions from which on the residual has to fall.

    Args:
        problem: on a shape.
        known: the largest wave number of its known terms along an axis of [−1, 1].
    """
    waves = max(known, operator_waves(problem))
    degree = math.ceil(SHAPES.of_wave * waves + SHAPES.beyond_wave)
    inputs = len(problem.inputs)
    return len(problem.components) * math.comb(degree + inputs, inputs)


def operator_waves(problem: Problem) -> float:
    """κ of the free waves of the equations, from numbers u and Δu are multiplied by; 0 for none."""
    ends = hull_bounds(problem)
    half = max(ends[s][1] - ends[s][0] for d in problem.domains for s in d.coordinates) / 2
    found = (_waves(own.operator.map(problem.substitute)) for own in system_operators(problem))
    return half * max(found, default=0.0)


def _waves(operator: LinearOperator) -> float:
    """The largest (|a₀| / |a₂|)^{1/2} of the entries with a₀ a₂ > 0."""
    largest = 0.0
    for row in operator.rows:
        for entry in row:
            by_order: dict[int, list[float]] = {}
            for alpha, a in entry:
                value = number_of(a)
                if value is not None and max(alpha, default=0) == sum(alpha):
                    by_order.setdefault(sum(alpha), []).append(value)
            for zero in by_order.get(0, []):
                for two in by_order.get(2, []):
                    if zero * two > 0:
                        largest = max(largest, float(np.sqrt(zero / two)))
    return largest
