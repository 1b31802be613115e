"""A fit that follows the noise of its data: rows that it did not see are missed by far more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .advice import has_basis
from .finding import Finding

if TYPE_CHECKING:
    from pdedsl.solution.solution import Solution


def check_overfitted_data(solution: Solution) -> Finding | None:
    """Whether rows that were held out are missed by more than is accepted, and clearly by more."""
    found = [
        own
        for own in solution.held_out
        if own.overfitted and own.rms > solution.accept * own.spread
    ]
    if not found:
        return None
    worst = max(found, key=lambda own: own.rms / own.fitted_rms if own.fitted_rms else own.rms)
    reason = (
        f"{worst.name} is overfitted: {worst.rows} rows of data that were held out are missed by "
        f"{worst.rms:.2g} rms, those of the training by {worst.fitted_rms:.2g}"
    )
    if worst.times is not None:
        reason += f", {worst.times:.2g} times as far in units of their noise"
    fewer = "fewer functions (--with model.modes=…)" if has_basis(solution) else "a smaller network"
    label = worst.name.partition("[")[0]
    advice = f"take {fewer}, or give the data less weight (--with weights.{label}=…)"
    return Finding("inaccurate", reason, advice)
