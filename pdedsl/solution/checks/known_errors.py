"""Errors against a solution that is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .finding import Finding
from .spec_doubts import advice

if TYPE_CHECKING:
    from pdedsl.solution.solution import Solution

WORST_ERROR = 0.5
"""Relative L2 error of a field from which on it is not called a solution."""


def check_known_errors(solution: Solution) -> Finding | None:
    """Whether a field is known to be wrong by half its size or more."""
    for name, error in (solution.errors or {}).items():
        if not error["rel_l2"] < WORST_ERROR:
            reason = f"{name} is wrong by {error['rel_l2']:.2g} of its size"
            return Finding("inaccurate", reason, advice(solution.problem))
    return None
