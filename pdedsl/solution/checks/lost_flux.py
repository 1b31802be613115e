"""Residuals at points where a flux jumps in an equation, which do not tell the solution."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pdedsl.calculus.zero import KINKED
from pdedsl.transforms.weak.unseen_fluxes import unseen_fluxes

from .finding import Finding

if TYPE_CHECKING:
    from pdedsl.solution.solution import Solution


def check_lost_flux(solution: Solution) -> Finding | None:
    """Whether residuals at points say nothing of a flux that jumps.

    With a jump of a, (a u_x)_x is a u_xx at every point beside it: that the flux a u_x is the same
    on both sides is nowhere said, and a minimum of the loss is the solution of another problem.
    Where the domain is cut at the jump the flux is joined.
    """
    if solution.provenance.settings.get("form", {}).get("kind") == "weak":
        return None
    solved = solution.system.problem
    left = {node for law in solved.laws for r in law.residuals for node in r.atoms(*KINKED)}
    for found in unseen_fluxes(solution.problem) if left else ():
        if found.cases in left:
            reason = (
                f"{found.label} takes the derivative of {found.flux}, which jumps where "
                f"{found.switch} changes, and residuals at points say nothing of the flux there"
            )
            mend = "use --with form.kind=weak, or cut the domain there (domain.split)"
            return Finding("inaccurate", reason, mend)
    return None
