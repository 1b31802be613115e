"""A fit that follows the noise of its data: rows that it did not see are missed by far more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .advice import has_basis
from .finding import Finding

if TYPE_CHECKING:
    from pdedsl.solution.relative import HeldOutData
    from pdedsl.solution.solution import Solution

_FOLLOWED = 0.2
"""Part of the data up to which none is overfitted; a choice, see `_may_follow`."""


def check_overfitted_data(solution: Solution) -> Finding | None:
    """Whether rows that were held out are missed by more than is accepted, and clearly by more."""
    found = [
        own
        for own in solution.held_out
        if own.overfitted and own.rms > solution.accept * own.spread and _may_follow(solution, own)
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


def _may_follow(solution: Solution, own: HeldOutData) -> bool:
    """Whether functions and numbers can follow so much of the data that their noise is among it.

    Rows that are followed in a part p have an rms of √(1 − p) of the noise, and others √(1 + p):
    1.2 times as much for a fifth, which is far from clear. What is more is chance, or rows that
    differ: five rows of an epidemic of four rates were told as 45 overfitted ones.
    """
    label = own.name.partition("[")[0]
    found = solution.uncertainty
    block = next(b for b in solution.system.blocks if b.label == label)
    spare = {one.label: one.degrees_of_freedom for one in found.chi_squares if one.known}
    spare |= found.spare
    if label not in spare:
        return True
    rows = block.rows.stop - block.rows.start
    return rows - spare[label] > _FOLLOWED * rows
