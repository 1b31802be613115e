"""Sums of functions of which many satisfy every row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pdedsl.models.windows import Windows

from .advice import has_basis
from .finding import Finding

if TYPE_CHECKING:
    from pdedsl.solution.solution import Solution

_HELD = 1e-6
"""Relative residual between the points, below which those that were chosen did determine it."""


def check_few_rows(solution: Solution) -> Finding | None:
    """Whether there are fewer rows than functions, and the laws do not hold between the points."""
    # Windows of time are trained one by one, with rows of their own.
    if any(isinstance(network.model, Windows) for network in solution.system.networks):
        return None
    rows, functions = solution.system.rows, solution.system.parameters
    if rows >= functions or not has_basis(solution):
        return None
    worst = max((own.relative for own in solution.misfits.values()), default=0.0)
    if worst <= _HELD:
        return None
    reason = (
        f"{rows:,} rows for {functions:,} functions: many sums of these satisfy all of them, and "
        f"between the points a law is missed by {worst:.2g} of the size of its terms"
    )
    return Finding(
        "unresolved",
        reason,
        f"take at least {2 * functions:,} points (--with sampling.points.eq=…)",
    )
