"""Grids of points, and which points lie in the domains."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import sympy as sp
from numpy.typing import NDArray
from sympy.core.function import AppliedUndef

from pdedsl.geometry import box_of, hull_bounds
from pdedsl.ir import Problem


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
    """Which points lie outside the box of the inputs, by more than rounding; shape (n,)."""
    ends = _ends(problem)
    slack = 1e-9 * (ends[:, 1] - ends[:, 0])
    beyond = (points < ends[:, 0] - slack) | (points > ends[:, 1] + slack)
    far: NDArray[np.bool_] = np.any(beyond, axis=1)
    return far


def inside(problem: Problem, expression: sp.Expr, points: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Where an expression has values: in the domains of all fields in it; shape (n,).

    On a single domain everywhere, as its fields may be continued beyond it.
    """
    out = np.ones(len(points), dtype=bool)
    if len(problem.domains) < 2:
        return out
    functions = {node.func for node in expression.atoms(AppliedUndef)}
    owners = {f.domain for f in problem.fields for c in f.components if c.func in functions}
    for domain in problem.domains:
        if domain.name in owners:
            columns = [problem.inputs.index(s) for s in domain.coordinates]
            out &= box_of(problem, domain).contains(points[:, columns], 1e-9)
    return out


def _ends(problem: Problem) -> NDArray[np.float64]:
    """Lower and upper ends, shape (inputs, 2)."""
    return np.array(list(hull_bounds(problem).values()))
