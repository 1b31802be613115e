"""Residuals at points where a flux jumps in an equation, which do not tell the solution."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pdedsl.geometry import place_bounds
from pdedsl.sema.jumps.two_sides import unseen_mend
from pdedsl.sema.jumps.unseen_fluxes import UnseenFlux, unseen_fluxes, unseen_text

from .finding import Finding

if TYPE_CHECKING:
    from pdedsl.solution.solution import Solution

_SAME = 1e-9  # of the length of an axis: a cut that is at a jump


def check_lost_flux(solution: Solution) -> Finding | None:
    """Whether residuals at points say nothing of a flux that jumps.

    With a jump of a, (a u_x)_x is a u_xx at every point beside it: that the flux a u_x is the same
    on both sides is nowhere said, and a minimum of the loss is the solution of another problem.
    Where the domain is cut at the jump the flux is joined.
    """
    if solution.provenance.settings.get("form", {}).get("kind") == "weak":
        return None
    for found in unseen_fluxes(solution.problem):
        if found.integral and not _is_cut(solution, found):
            return Finding("inaccurate", unseen_text(found), unseen_mend(solution.problem, found))
    return None


def _is_cut(solution: Solution, found: UnseenFlux) -> bool:
    """Whether parts meet wherever the flux jumps."""
    division = solution.system.problem.division
    cuts = division.cuts.get(found.axis, ()) if division is not None else ()
    lower, upper = place_bounds(solution.problem, found.law.place)[found.axis]
    near = _SAME * (upper - lower)
    return bool(found.at) and all(any(abs(a - c) <= near for c in cuts) for a in found.at)
