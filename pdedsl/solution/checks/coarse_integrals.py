"""Integrals over intervals that have too few nodes for the solution."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .finding import Finding

if TYPE_CHECKING:
    from pdedsl.solution.solution import Solution

_FORM = re.compile(r"integral\((.*?),\s*(\w+) in \[([^\[\],]+),([^\[\],]+)\]\)", re.DOTALL)


def check_coarse_integrals(solution: Solution) -> Finding | None:
    """Whether a law is missed with twice the nodes of its integrals, and not with its own."""
    found = solution.coarse_integral
    if found is None or found.finer.relative <= solution.accept:
        return None
    reason = (
        f"the integral of {found.label} is not resolved: with twice as many nodes the law is "
        f"missed by {found.finer.relative:.2g} of the size of its terms, with its own by "
        f"{found.own.relative:.2g}"
    )
    law = solution.problem.law(found.label)
    return Finding("unresolved", reason, _in_halves(solution.problem.source.text_at(law.span)))


def _in_halves(text: str) -> str:
    """The first integral of a law in two parts, as they are typed."""
    form = _FORM.search(text)
    if form is None:
        return "write it in parts: integral(f, s in [a, c]) + integral(f, s in [c, b])"
    f, s, a, b = (part.strip() for part in form.groups())
    whole = b if a == "0" else f"{a} + {b}"
    middle = f"{whole}/2" if whole.isidentifier() else f"({whole})/2"
    return f"write (integral({f}, {s} in [{a}, {middle}]) + integral({f}, {s} in [{middle}, {b}]))"
