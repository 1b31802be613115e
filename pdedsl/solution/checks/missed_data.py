"""Data of a fit that the solution does not go through, by more than their noise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pdedsl.solution.relative import DataMisfit, data_misfits
from pdedsl.solution.relative.data_misfit import FEWEST, NOISE

from .finding import Finding
from .spec_doubts import doubts

if TYPE_CHECKING:
    from pdedsl.solution.solution import Solution

_HALF = 0.5**0.5
"""Part of the variation of the data from which on less than half their variance is explained."""


def check_missed_data(solution: Solution) -> Finding | None:
    """Whether data are missed by more than is accepted, and by more than neighbours differ."""
    found = [own for own in data_misfits(solution.system, solution.theta) if _missed(own, solution)]
    if not found:
        return None
    worst = max(found, key=lambda own: own.rms / own.spread if own.spread else own.rms)
    reason = f"{worst.name} misses its {worst.rows} data by {worst.rms:.2g} rms"
    if worst.rows >= FEWEST and worst.rms > NOISE * worst.scatter:
        many = f"{worst.rms / worst.scatter:.0f} times " if worst.scatter else "beyond "
        reason += f", {many}the scatter of what it leaves of them"
    reason += f" (their variation is {worst.spread:.2g})"
    return Finding("data missed", reason, _advice(solution))


def _missed(own: DataMisfit, solution: Solution) -> bool:
    if own.rms > _HALF * own.spread > 0:
        return True
    smooth = own.rows >= FEWEST and own.rms > NOISE * own.scatter
    return smooth and own.rms > solution.accept * own.spread


def _advice(solution: Solution) -> str:
    """Bounds and a guess for unknown numbers, which may have gone astray; else time."""
    if found := doubts(solution.problem):
        return f"mend the spec first: {'; '.join(found)}"
    numbers = solution.problem.numbers
    if not numbers:
        return "give the data more weight (--with weights.fit=100), or check the laws against them"
    values = ", ".join(f"{n.symbol.name} = {solution.numbers[n.symbol.name]:.4g}" for n in numbers)
    if ends := solution.uncertainty.at_bounds:
        return f"{' and '.join(ends)} came to a bound: widen it, or check the laws against the data"
    if solution.field_deviations and solution.laws_hold:
        return f"no numbers near {values} do better: check the laws against the data, and outliers"
    example = numbers[0].symbol.name
    return (
        f"{values} may be far off: give bounds and a guess (unknown {example} > 0 guess …), "
        "or another --seed"
    )
