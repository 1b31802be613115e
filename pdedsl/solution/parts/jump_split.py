"""The division at jumps and kinks of what is given that `auto` solves a problem on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pdedsl.diagnostics import Diagnostic, UserError
from pdedsl.ir import Problem
from pdedsl.sema.jumps.two_sides import uncut_text
from pdedsl.sema.jumps.unseen_fluxes import unseen_text
from pdedsl.transforms.jump_cuts import jump_cuts

if TYPE_CHECKING:
    from pdedsl.settings.domain import Division

_OWN = ("domain.", "form.", "model.hard")


def jump_split(problem: Problem, changes: Mapping[str, Any]) -> Division | None:
    """The cuts, or None where nothing is cut or the changes of the method say how to go about it.

    Raises:
        UserError: a flux jumps where the domain cannot be cut (E308).
    """
    from pdedsl.settings.domain import Division

    if any(key.startswith(_OWN) for key in changes):
        return None
    found = jump_cuts(problem)
    if found.lost is not None:
        message = f"{unseen_text(found.lost)}; {found.reason}"
        mend = uncut_text(problem, found.lost)
        raise UserError([Diagnostic("E308", message, found.lost.law.span, mend)], problem.source)
    return Division(split=dict(found.cuts)) if found.cuts else None
