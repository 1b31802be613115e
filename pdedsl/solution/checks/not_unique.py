"""Laws that more than one function satisfies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .finding import Finding

if TYPE_CHECKING:
    from pdedsl.solution.solution import Solution

_LINT = "L105"
_MOST = 6
"""Functions that are named."""


def check_not_unique(solution: Solution) -> Finding | None:
    """Whether a function can be added to the solution without changing any law."""
    known = solution.solvability
    if known is None or not known.free:
        found = next((d for d in solution.problem.lints if d.code == _LINT), None)
        return None if found is None else Finding("not unique", found.message, found.mend or "")
    from pdedsl.estimates.solvability.null_words import null_words

    words = null_words(solution.problem, known.spectrum, known.free)[:_MOST]
    letters = [f"c{i + 1}" if len(words) > 1 else "c" for i in range(len(words))]
    added = ", ".join(w.added(c) for w, c in zip(words, letters, strict=True))
    domain = solution.problem.domains[0].name
    gauges = " and ".join(f"eq: {w.gauge(domain)}" for w in words)
    reason = f"the laws hold for {added} as well, whatever {', '.join(letters)} may be"
    return Finding("not unique", reason, f"add {gauges}")
