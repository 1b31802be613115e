"""What makes a solution doubtful, in the spec and in the form it is solved in, as words."""

from __future__ import annotations

from pdedsl.calculus.zero import KINKED
from pdedsl.ir import Problem
from pdedsl.transforms.weak.unseen_fluxes import unseen_fluxes

_HARMLESS = frozenset({"L109"})  # a name that is never used changes no solution


def doubts(problem: Problem) -> tuple[str, ...]:
    """``lint[L103]: u needs one initial condition and has none (add ic: …)`` and the like."""
    return tuple(
        f"lint[{d.code}]: {d.message}" + (f" ({d.mend})" if d.mend else "")
        for d in problem.lints
        if d.code not in _HARMLESS
    )


def lost_flux(problem: Problem, solved: Problem) -> str | None:
    """Why residuals at points do not tell the solution, where a flux jumps in an equation.

    With a jump of a, (a u_x)_x is a u_xx at every point beside it: that the flux a u_x is the same
    on both sides is nowhere said, and a minimum of the loss is the solution of another problem.

    Args:
        problem: as it was given.
        solved: the same, or divided; where it is cut at the jump the flux is joined.
    """
    left = {node for law in solved.laws for r in law.residuals for node in r.atoms(*KINKED)}
    for found in unseen_fluxes(problem) if left else ():
        if found.cases in left:
            return (
                f"{found.label} takes the derivative of {found.flux}, which jumps where "
                f"{found.switch} changes, and residuals at points say nothing of the flux there: "
                "use --with form.kind=weak, or cut the domain there (domain.split)"
            )
    return None
