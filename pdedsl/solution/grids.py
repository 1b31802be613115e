"""Points at which a solution is looked at: tensor grids in few dimensions, Sobol in many."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import sympy as sp
from numpy.typing import NDArray
from sympy.core.function import AppliedUndef

from pdedsl.geometry import box_of, hull_bounds
from pdedsl.ir import Problem

LARGEST_GRID_DIMENSION = 3
_DENSE = {1: 2001, 2: 201, 3: 41}
_COARSE = {1: 501, 2: 51, 3: 15}
_DENSE_SOBOL, _COARSE_SOBOL = 20_000, 2_000
_SOBOL_SEED = 20_011


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


def check_points(problem: Problem, dense: bool = True) -> NDArray[np.float64]:
    """Points for errors against a known function, shape (n, inputs).

    One to three inputs: a tensor grid with both ends (2001, 201² or 41³ points; coarse: 501,
    51², 15³). More: 20 000 Sobol points of a fixed seed (coarse: 2 000).
    """
    d = len(problem.inputs)
    if d <= LARGEST_GRID_DIMENSION:
        return tensor_points(axes(problem, (_DENSE if dense else _COARSE)[d]))
    from pdedsl.geometry.sampling import unit_points

    unit = unit_points("sobol", _DENSE_SOBOL if dense else _COARSE_SOBOL, d, _SOBOL_SEED)
    ends = _ends(problem)
    points: NDArray[np.float64] = ends[:, 0] + unit * (ends[:, 1] - ends[:, 0])
    return points


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
