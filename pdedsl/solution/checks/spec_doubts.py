"""What makes any result doubtful: findings of the checks of the spec, as words."""

from __future__ import annotations

from pdedsl.ir import Problem

_HARMLESS = frozenset({"L109"})  # a name that is never used changes no solution
TRAIN_LONGER = "try a longer --budget, another --seed, or another --method (pdedsl list presets)"


def doubts(problem: Problem) -> tuple[str, ...]:
    """``lint[L103]: u needs one initial condition and has none (add ic: …)`` and the like."""
    return tuple(
        f"lint[{d.code}]: {d.message}" + (f" ({d.mend})" if d.mend else "")
        for d in problem.lints
        if d.code not in _HARMLESS
    )


def advice(problem: Problem) -> str:
    """Mend the spec where its checks found fault, which no budget makes up for; else train on."""
    found = doubts(problem)
    return f"mend the spec first: {'; '.join(found)}" if found else TRAIN_LONGER
