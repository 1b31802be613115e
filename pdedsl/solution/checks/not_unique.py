"""Laws that more than one function satisfies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pdedsl.ir import Global, Slice

from .finding import Finding
from .spec_doubts import doubts

if TYPE_CHECKING:
    from pdedsl.estimates.solvability import Solvability
    from pdedsl.ir import Problem
    from pdedsl.solution.solution import Solution

_MOST = 6
"""Functions that are named: as many as there are rigid motions in space."""


def check_not_unique(solution: Solution) -> Finding | None:
    """Whether a function can be added to the solution without changing any law."""
    known = solution.solvability
    told = known is not None and not solution.problem.domains
    by_lints = _by_lints(solution.problem, told)
    evolves = solution.problem.time is not None  # words that name what to add are better
    if known is None or not known.free or (evolves and known.more and by_lints):
        return by_lints
    if known.free > _MOST:
        reason = (
            f"at least {known.free} independent functions can be added without changing any law"
        )
        return Finding("not unique", reason, "add equations or conditions")
    return _named(solution.problem, known)


def _by_lints(problem: Problem, looked: bool) -> Finding | None:
    """What the text tells where functions of a moderate degree do not, as for short waves.

    Args:
        problem: with its lints.
        looked: whether such functions tell of missing initial conditions: t y' + y = 2 t needs
            none, and what decays in space and time from any they do not see.
    """
    fixed = any(isinstance(law.place, (Global, Slice)) for law in problem.laws)
    for found in problem.lints:
        if found.code == "L105":
            return Finding("not unique", found.message, found.mend or "")
        if found.code == "L103" and not looked and " and has " in found.message:
            return Finding("not unique", found.message, found.mend or "")
        if found.code == "L107" and not fixed and "there is no solution" in found.message:
            return Finding("not unique", found.message, "change the factor or the domain")
    return None


def _named(problem: Problem, known: Solvability) -> Finding:
    from pdedsl.estimates.solvability.null_words import null_words

    words = null_words(problem, known.spectrum, known.free)
    letters = [f"c{i + 1}" if len(words) > 1 else "c" for i in range(len(words))]
    added = ", ".join(w.added(c) for w, c in zip(words, letters, strict=True))
    more = ", and for others" if known.more else ""
    reason = f"the laws hold for {added} as well{more}, whatever {', '.join(letters)} may be"
    if known.more or not problem.domains:
        found = "; ".join(doubts(problem))
        return Finding(
            "not unique", reason, f"mend the spec first: {found}" if found else "add conditions"
        )
    domain = problem.domains[0].name
    gauges = " and ".join(f"eq: {w.gauge(domain)}" for w in words)
    return Finding("not unique", reason, f"add {gauges}")
