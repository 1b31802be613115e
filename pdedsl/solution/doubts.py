"""What makes a solution doubtful, in the spec and in the form it is solved in, as words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pdedsl.calculus.zero import KINKED
from pdedsl.ir import Problem
from pdedsl.transforms.weak.unseen_fluxes import unseen_fluxes

if TYPE_CHECKING:
    from pdedsl.compiler.residual.system import ResidualSystem

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


def few_integrals(system: ResidualSystem) -> str | None:
    """What the loss does not tell where a weak form has fewer rows than the model has parameters.

    Loss and loss on fresh points have the same test functions, so that both may be at rounding
    where the solution is not.
    """
    own = system.sampler.integrals
    rows = sum(b.rows.stop - b.rows.start for b in system.blocks if b.label in own)
    if not own or rows >= system.parameters:
        return None
    return (
        f"{rows:,} integrals for {system.parameters:,} parameters: the equations are not held "
        "between test functions, and the loss, on fresh points too, does not show it; raise "
        "form.per_element or form.elements, or take a smaller network"
    )
