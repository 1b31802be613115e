"""Errors against a solution that is known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from .finding import Finding
from .spec_doubts import advice

if TYPE_CHECKING:
    from pdedsl.solution.solution import Solution

WORST_ERROR = 0.5
"""Relative L2 error of a field from which on it is not called a solution."""


def check_known_errors(solution: Solution) -> Finding | None:
    """Whether a field is known to be wrong by half its size or more."""
    errors = solution.errors or {}
    for name, error in errors.items():
        if error["rel_l2"] < WORST_ERROR or _within_vector(name, errors):
            continue
        reason = f"{name} is wrong by {error['rel_l2']:.2g} of its size"
        if error.get("absolute"):
            reason = f"{name} is zero, and found with a norm of {error['rel_l2']:.2g}"
        return Finding("inaccurate", reason, advice(solution.problem))
    return None


def _within_vector(name: str, errors: Mapping[str, Mapping[str, float]]) -> bool:
    """Whether a component is zero and its vector, which has a size, is judged as a whole."""
    return bool(errors[name].get("absolute")) and name.partition("[")[0] in errors.keys() - {name}
