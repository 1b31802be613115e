"""Laws that do not hold, by the size of their own terms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pdedsl.ir import OnData

from .acceptance import LOOSE, errors_are_told
from .advice import advice, more_points
from .finding import Finding

if TYPE_CHECKING:
    from pdedsl.solution.solution import Solution

_BETWEEN = 0.1
"""Part of the residual at fresh points below which that at the training points contradicts it."""


def check_residuals(solution: Solution) -> Finding | None:
    """Whether a law is missed by more than is accepted, at points that the training did not see.

    Data of a fit have a check of their own, as they may have noise.
    """
    law = solution.problem.law if solution.problem is solution.system.problem else None
    found = {
        label: misfit
        for label, misfit in solution.misfits.items()
        if law is None or not isinstance(law(label).place, OnData)
    }
    label = max(found, key=lambda key: found[key].relative, default=None)
    most = solution.accept * (LOOSE if errors_are_told(solution) else 1.0)
    if label is None or found[label].relative <= most:
        return None
    misfit = found[label]
    reason = (
        f"{label} is missed by {misfit.relative:.2g} of the size of its terms "
        f"(rms {misfit.rms:.2g})"
    )
    trained = solution.outcome.laws.get(label, misfit.rms)
    if trained < _BETWEEN * misfit.rms:
        reason += f", though it holds to {trained:.2g} at the points of the training"
        return Finding("unresolved", reason, more_points(solution))
    return Finding("inaccurate", reason, advice(solution))
