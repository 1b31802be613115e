"""L116: a flux that jumps where the domain cannot be cut; E308: a jump differentiated for good.

The derivative of a jump is no function. In an equation on a domain it means that the flux goes on,
which the integrals of the weak form and the faces of a domain that is cut say; in any other law it
would count as zero in silence.
"""

from __future__ import annotations

from collections.abc import Iterator

from pdedsl.diagnostics import Diagnostic
from pdedsl.ir import Problem, decomposition_obstacle
from pdedsl.sema.draft import Draft
from pdedsl.sema.jumps.two_sides import uncut_text
from pdedsl.sema.jumps.unseen_fluxes import UnseenFlux, unseen_fluxes, unseen_text


def jumps(problem: Problem, draft: Draft) -> Iterator[Diagnostic]:
    """The first jump of every law that is differentiated where nothing sees it."""
    done = set()
    for found in unseen_fluxes(problem):
        if found.law.label in done:
            continue
        if not found.integral:
            what = f"{found.law.label} differentiates {found.flux}, which jumps where"
            message = f"{what} {found.switch} changes: that gives no function"
            mend = "write a smooth function, such as tanh(x/0.01)"
            yield Diagnostic("E308", message, found.law.span, mend)
        elif reason := _uncut(problem, found):
            mend = uncut_text(problem, found)
            yield Diagnostic("L116", f"{unseen_text(found)}; {reason}", found.law.span, mend)
        else:
            continue
        done.add(found.law.label)


def _uncut(problem: Problem, found: UnseenFlux) -> str | None:
    """Why the domain cannot be cut at the jump."""
    if found.uncut:
        return found.uncut
    reason = decomposition_obstacle(problem, (found.axis,))
    return None if reason is None else f"the domain cannot be cut there: {reason}"
