"""Whether what a file holds is the solution: both are compared at random points."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from pdedsl.geometry import hull_bounds
from pdedsl.geometry.arrays import Array

from ...grids import outside
from .refusal import refuse

if TYPE_CHECKING:
    from pdedsl.solution.solution import Solution

TOLERANCE = 1e-12
"""Of the largest value of a field; both are sums of the same terms in another order. Files of 60
solutions were apart by 1e-16 to 6e-15, of random features with large coefficients by 3e-13."""
_POINTS, _ROUNDS = 500, 20


def check_points(solution: Solution) -> Array:
    """Random points of the domains, some of them on the sides of their box: (n, inputs)."""
    problem, rng = solution.problem, np.random.default_rng(0)
    ends = np.array([hull_bounds(problem)[s] for s in problem.inputs]).T
    found: list[Array] = []
    for _ in range(_ROUNDS):
        shares = rng.uniform(-0.05, 1.05, (_POINTS, len(problem.inputs))).clip(0, 1)
        points = ends[0] + shares * (ends[1] - ends[0])
        found.append(points[~outside(problem, points)])
        if sum(map(len, found)) >= _POINTS:
            break
    return np.concatenate(found)[:_POINTS]


def largest_difference(
    solution: Solution, points: Array, functions: Mapping[str, Callable[..., Array]]
) -> float:
    """The largest difference from the solution over all fields, relative to their largest values.

    Args:
        solution: what the functions should be.
        points: of `check_points`.
        functions: by the name of a field, its function of arrays, one for each argument.

    Returns:
        Infinity where there is nothing to compare, or values that are no numbers.
    """
    problem, known, worst = solution.problem, solution.at(points), 0.0
    if not len(points):
        return float("inf")
    for field in problem.fields:
        columns = [points[:, problem.inputs.index(a)] for a in field.arguments]
        own = functions[field.name](*columns)
        rows = own if field.vector else own[None]
        there = np.stack([known[c.func.__name__] for c in field.components])
        inside = np.isfinite(there)  # fields of other domains have no values
        if rows.shape != there.shape or not inside.any():
            return float("inf")
        apart, size = np.abs(rows - there)[inside].max(), np.abs(there[inside]).max()
        relative = float(apart / size) if size else float(apart)
        worst = max(worst, relative if np.isfinite(relative) else float("inf"))
    return worst


def refuse_difference(solution: Solution, apart: float, ending: str) -> None:
    """Refuse a file that is further from the solution than rounding.

    Raises:
        UserError: E803.
    """
    own = np.finfo(solution.provenance.dtype).eps / np.finfo(np.float64).eps
    if not apart <= TOLERANCE * own:
        what = f"its functions differ from the solution by {apart:.1e} of the largest value"
        if not np.isfinite(apart):
            what = "it has no values to compare with"
        refuse(ending, what)
