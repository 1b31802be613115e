"""Marches in time at several tolerances, or of several degrees, that do not agree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .beyond_time import beyond_time
from .finding import Finding

if TYPE_CHECKING:
    from pdedsl.solution.solution import Solution

DIFFERENT = 0.01
"""Relative distance from which two marches do not agree, a choice; those of the gallery, whose
tolerances are 1e-5 and less, differ by 1e-6 or so."""
_MEND = "give it more time (--budget)"


def check_disagreement(solution: Solution) -> Finding | None:
    """Whether a march at a finer tolerance found another solution.

    It may have met what the coarser one did not see, and not have come to the end of time. Where
    both came to it, the finer one is the solution, and the distance is the error of the coarser
    one: that counts where no error is estimated.
    """
    found = solution.provenance.agreement
    if found is None:
        return None
    if found.beyond is not None and not found.beyond <= DIFFERENT:
        return Finding(
            "unresolved",
            f"a march at a finer tolerance than {found.tolerance:.0e} differs by "
            f"{found.beyond:.1g} up to t = {found.until:.3g}, where it ended because {found.end}",
            beyond_time(solution.problem) or _MEND,
        )
    estimated = solution.estimate is not None and bool(solution.estimate.fields)
    if found.error is not None and not found.error <= solution.accept and not estimated:
        return Finding(
            "inaccurate",
            f"the solution is wrong by about {found.error:.1g} of its size, as its distance "
            "from that of other functions foretells",
            beyond_time(solution.problem) or _MEND,
        )
    if found.alone and not estimated:
        return Finding(
            "inaccurate",
            "nothing tells the error, as there was no time for functions of another degree",
            beyond_time(solution.problem) or _MEND,
        )
    if found.difference is not None and not found.difference <= DIFFERENT and not estimated:
        return Finding(
            "inaccurate",
            f"the march at a tolerance of {found.tolerance:.0e} differs by {found.difference:.1g} "
            "from that at the coarser one before",
            beyond_time(solution.problem) or _MEND,
        )
    return None
