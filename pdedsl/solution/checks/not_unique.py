"""Laws that more than one function satisfies."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pdedsl.diagnostics.deviation_text import with_deviation
from pdedsl.ir import Global, Slice

from .finding import Finding
from .missed_data import check_missed_data
from .spec_doubts import doubts

if TYPE_CHECKING:
    from pdedsl.estimates.solvability import Solvability
    from pdedsl.ir import Problem
    from pdedsl.solution.solution import Solution

_TOO_MANY = {"L102", "L117"}  # conditions beyond what is due, which may stand for those missing
_CONTRADICTED = 0.1
"""Relative residual from which laws may contradict each other as well, as the divergence theorem
makes what has a null function and no fitting data; a choice."""
_MOST = 6
"""Functions that are named: as many as there are rigid motions in space."""


def check_not_unique(solution: Solution) -> Finding | None:
    """Whether a function can be added to the solution without changing any law."""
    return _with_doubt(solution, _found(solution)) or _undetermined(solution)


def _undetermined(solution: Solution) -> Finding | None:
    """Unknown numbers that neither laws nor data fix.

    Nothing is said where the data are missed: numbers that went astray, such as a rate that became
    infinite, change nothing there, whatever the data tell of them elsewhere.
    """
    found = solution.uncertainty.undetermined
    if found is None or check_missed_data(solution) is not None:
        return None
    one, *others = found.numbers
    if not others:
        reason = f"neither laws nor data depend on {one}, whatever it is"
        return Finding("not unique", reason, f"give {one} as a parameter, or data that show it")
    names = f"{', '.join(found.numbers[:-1])} and {found.numbers[-1]}"
    which, kept = "others, as they change together", found.kept
    if kept is not None:
        which = f"those of the same {kept.text}"
        if kept.deviation > 0:
            which += f", which is {with_deviation(kept.value, kept.deviation)}"
    reason = f"{names} are not fixed: laws and data hold for all {which}"
    last = found.numbers[-1]
    return Finding(
        "not unique", reason, f"give {last} as a parameter, or data that tell them apart"
    )


def _found(solution: Solution) -> Finding | None:
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
    return _named(solution, known)


def _by_lints(problem: Problem, looked: bool) -> Finding | None:
    """What the text tells where functions of a moderate degree do not, as for short waves.

    Args:
        problem: with its lints.
        looked: whether such functions tell of missing initial conditions: t y' + y = 2 t needs
            none, and what decays in space and time from any they do not see.
    """
    fixed = any(isinstance(law.place, (Global, Slice)) for law in problem.laws)
    codes = {found.code for found in problem.lints}
    steady_shape = problem.time is None and not all(d.is_box for d in problem.domains)
    for found in problem.lints:
        # Polynomials have no function around a hole that vanishes on the outer boundary.
        if found.code == "L101" and steady_shape and not codes & _TOO_MANY:
            return Finding("not unique", found.message, found.mend or "")
        if found.code in ("L105", "L120"):
            return Finding("not unique", found.message, found.mend or "")
        if found.code == "L103" and not looked and " and has " in found.message:
            return Finding("not unique", found.message, found.mend or "")
        if found.code == "L107" and not fixed and "there is no solution" in found.message:
            return Finding("not unique", found.message, "change the factor or the domain")
    return None


def _named(solution: Solution, known: Solvability) -> Finding:
    from pdedsl.estimates.solvability.null_words import null_words

    problem = solution.problem
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


def _with_doubt(solution: Solution, found: Finding | None) -> Finding | None:
    """The finding, with what speaks against a solution even where it is made unique.

    Where functions of moderate degree were looked at, they have told whether data are in reach.
    """
    # Conditions without data are missed by all of their terms at corners as well.
    equations = {law.label for law in solution.problem.laws if law.kind == "eq"}
    misses = {k: own.relative for k, own in solution.misfits.items() if k in equations}
    worst = max(misses, key=lambda k: misses[k], default=None)
    if found is None or worst is None or _is_judged(solution):
        return found
    missed = misses[worst]
    if missed <= _CONTRADICTED:
        return found
    doubt = (
        f"; {worst} is missed by {missed:.2g} of the size of its terms, so that sources and data "
        "may not fit each other, whatever is added"
    )
    return replace(found, reason=found.reason + doubt)


def _is_judged(solution: Solution) -> bool:
    from pdedsl.estimates.solvability.shape_space import has_corners_inward

    problem = solution.problem
    # Of a ball whose source does not balance, what is left is not seen to be alike for two degrees.
    bodies = any(not d.is_box and len(d.coordinates) > 2 for d in problem.domains)
    return solution.solvability is not None and not (bodies or has_corners_inward(problem))
