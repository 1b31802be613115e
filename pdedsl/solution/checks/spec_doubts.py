"""What makes any result doubtful: findings of the checks of the spec, as words."""

from __future__ import annotations

from pdedsl.ir import Problem

_HARMLESS = frozenset({"L109"})  # a name that is never used changes no solution


def doubts(problem: Problem) -> tuple[str, ...]:
    """``lint[L103]: u needs one initial condition and has none (add ic: …)`` and the like."""
    return tuple(
        f"lint[{d.code}]: {d.message}" + (f" ({d.mend})" if d.mend else "")
        for d in problem.lints
        if d.code not in _HARMLESS
    )
