"""Errors as the laws themselves tell them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .advice import advice
from .finding import Finding

if TYPE_CHECKING:
    from pdedsl.solution.solution import Solution


def check_estimated_errors(solution: Solution) -> Finding | None:
    """Whether the estimated error of a field that is not known is more than is accepted."""
    if solution.estimate is None:
        return None
    known = solution.errors or {}
    found = {k: v for k, v in solution.estimate.fields.items() if k not in known}
    name = max(found, key=lambda key: found[key].relative, default=None)
    if name is None or found[name].relative <= solution.accept:
        return None
    reason = f"{name} is wrong by about {found[name].relative:.2g} of its size, by its own laws"
    return Finding("inaccurate", reason, advice(solution))
