"""Grids of points, and which points lie in the domains."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import sympy as sp
from numpy.typing import NDArray
from sympy.core.function import AppliedUndef

from pdedsl.geometry import domain_bounds, domain_region, hull_bounds
from pdedsl.ir import Domain, Problem

_SLACK = 1e-9  # of a length: points so near to a domain are in it


def axes(problem: Problem, n: int | Mapping[str, int]) -> dict[str, NDArray[np.float64]]:
    """Equally spaced values of every input, both ends among them.

    Args:
        problem: whose inputs are meant.
        n: number of values on each axis, or by name.
    """
    counts = dict.fromkeys(problem.dimension_names, n) if isinstance(n, int) else n
    ends = {symbol.name: pair for symbol, pair in hull_bounds(problem).items()}
    return {name: np.linspace(*ends[name], counts[name]) for name in problem.dimension_names}


def tensor_points(values: Mapping[str, NDArray[np.float64]]) -> NDArray[np.float64]:
    """All combinations of the values, shape (Π n_i, d), the last axis fastest."""
    mesh = np.meshgrid(*values.values(), indexing="ij")
    return np.stack([m.ravel() for m in mesh], axis=1)


def outside(problem: Problem, points: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which points are in no domain, or outside the other intervals, by more than rounding."""
    far = np.zeros(len(points), dtype=bool)
    for symbol, (low, high) in domain_bounds(problem, None).items():
        column = points[:, problem.inputs.index(symbol)]
        slack = _SLACK * (high - low)
        far |= (column < low - slack) | (column > high + slack)
    if problem.domains:
        far |= ~np.any([_holds(problem, domain, points) for domain in problem.domains], axis=0)
    return far


def extends(problem: Problem) -> bool:
    """Whether fields are continued beyond the domain: beyond a single box."""
    return not problem.domains or (len(problem.domains) == 1 and problem.domains[0].is_box)


def inside(problem: Problem, expression: sp.Expr, points: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Where an expression has values: in the domains of all fields in it; shape (n,).

    On a single box everywhere, as its fields may be continued beyond it.
    """
    out = np.ones(len(points), dtype=bool)
    if extends(problem):
        return out
    functions = {node.func for node in expression.atoms(AppliedUndef)}
    owners = {f.domain for f in problem.fields for c in f.components if c.func in functions}
    for domain in problem.domains:
        if domain.name in owners:
            out &= _holds(problem, domain, points)
    return out


def _holds(problem: Problem, domain: Domain, points: NDArray[np.float64]) -> NDArray[np.bool_]:
    columns = [problem.inputs.index(s) for s in domain.coordinates]
    return domain_region(problem, domain).contains(points[:, columns], _SLACK)
