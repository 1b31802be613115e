"""How well the laws of an evolution hold, each beside what fields of their size give in it.

A change of 1, over the length of the domain or the time, counts as much in initial values and
conditions as in the equations, but for factors that are measured.
"""

from __future__ import annotations

import math

import sympy as sp
import torch
from torch import Tensor

from pdedsl.calculus import law_operators
from pdedsl.choice.tuning import EVOLUTIONS
from pdedsl.compiler.lowering.lower import LoweredProblem
from pdedsl.compiler.residual.build import build
from pdedsl.compiler.residual.system import ResidualSystem
from pdedsl.geometry import hull_bounds
from pdedsl.ir import Problem, normal
from pdedsl.settings.method import Method


def largest_level(system: ResidualSystem, theta: Tensor) -> float:
    """The largest rms of a law over what fields of their size give in it; see `_sizes`.

    A field that changes much faster than over the whole time gives more in an equation: what its
    own derivatives in time give. A flux that is zero has no terms to be compared with.
    """
    sizes, residual = _sizes(system.problem), system.residual(theta)
    inside = torch.cat([b.data.points for b in system.blocks if b.kind == "eq"])
    largest = max(_rms(values) for values in system.fields(theta, inside).values())
    levels = [0.0]
    for block in system.blocks:
        if not (sizes.get(block.label) and largest > 0):
            continue
        given = sizes[block.label] * largest
        if block.kind == "eq":
            rates = _rates(system.problem, block.label)
            points = block.data.points
            given = max([given, *(_rms(system.derivative(theta, r, points)) for r in rates)])
        left = math.sqrt(float(residual[block.rows].square().sum()) / block.weight)
        levels.append(left / given)
    return max(levels)


def _rms(values: Tensor) -> float:
    return float(values.square().mean().sqrt())


def _rates(problem: Problem, label: str) -> list[sp.Expr]:
    """The terms of a law that are derivatives in time alone, with factors that are numbers."""
    assert problem.time is not None
    found = []
    for law in law_operators(problem):
        if law.law.label != label or law.operator is None:
            continue
        place = law.operator.coordinates.index(problem.time.symbol)
        for row in law.operator.rows:
            for component, entry in zip(problem.components, row, strict=True):
                for alpha, coefficient in entry:
                    factor = problem.substitute(coefficient)
                    if alpha[place] and sum(alpha) == alpha[place] and factor.is_number:
                        rate = sp.Derivative(component, (problem.time.symbol, alpha[place]))
                        found.append(factor * rate)
    return found


def weights_by_size(problem: Problem) -> dict[str, float]:
    """Label of a law to its weight in the loss."""
    sizes = _sizes(problem)
    kinds = {law.label: law.kind for law in problem.laws}
    largest = max((size for label, size in sizes.items() if kinds[label] == "eq"), default=1.0)
    factors = {"eq": 1.0, "bc": EVOLUTIONS.boundary, "ic": EVOLUTIONS.initial}
    return {
        label: float(f"{factors[kinds[label]] * (largest / size) ** 2:.2g}")
        for label, size in sizes.items()
        if size > 0 and kinds[label] in factors
    }


def _sizes(problem: Problem) -> dict[str, float]:
    """Label to what a field of size 1 gives in it: of an equation its derivative in time."""
    assert problem.time is not None
    lengths = {symbol: high - low for symbol, (low, high) in hull_bounds(problem).items()}
    normals = {normal(k + 1): 1 for k in range(len(problem.inputs))}
    out: dict[str, float] = {}
    for law in law_operators(problem):
        if law.operator is None:
            continue
        inputs = law.operator.coordinates
        found = [0.0]
        for row in law.operator.rows:
            for alpha, coefficient in (term for entry in row for term in entry):
                factor = problem.substitute(coefficient).subs(normals)
                orders = dict(zip(inputs, alpha, strict=True))
                slow = law.law.kind == "eq" and not orders.get(problem.time.symbol, 0)
                if factor.is_number and not slow:
                    unit = math.prod(lengths[s] ** n for s, n in orders.items())
                    found.append(abs(float(factor)) / unit)
        out[law.law.label] = max(found)
    return out


def level_of(lowered: LoweredProblem, method: Method, theta: Tensor) -> float:
    """What a march leaves of the laws, see `largest_level`."""
    system = build(lowered, method.model, method.sampling.points, "sobol", method.weights, seed=1)
    level = largest_level(system, theta)
    return level if math.isfinite(level) else math.inf
