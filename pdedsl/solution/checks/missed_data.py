"""Data of a fit that the solution does not go through, by more than their noise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pdedsl.solution.relative import DataMisfit, data_misfits
from pdedsl.solution.relative.data_misfit import FEWEST, NOISE

from .finding import Finding
from .spec_doubts import doubts

if TYPE_CHECKING:
    from pdedsl.estimates.uncertainty import ChiSquare
    from pdedsl.solution.solution import Solution

_HALF = 0.5**0.5
"""Part of the variation of the data from which on less than half their variance is explained."""
_EXPLAINED = 9.0
"""Variation that a solution takes away, in units of what a number takes of noise by chance: three
deviations."""
_WHITE = 1.5  # times their scatter, up to which residuals look like noise; see `NOISE`


def check_missed_data(solution: Solution) -> Finding | None:
    """Whether data are missed by more than is accepted, and by more than neighbours differ.

    Where their noise is stated, by more than that.
    """
    stated = solution.uncertainty.chi_squares
    if beyond := [own for own in stated if own.is_beyond]:
        return _beyond_noise(solution, max(beyond, key=lambda own: own.times))
    labels = {own.label for own in stated}
    own_noise = [
        own
        for own in data_misfits(solution.system, solution.theta)
        if own.name.partition("[")[0] not in labels
    ]
    found = [own for own in own_noise if _missed(own, solution)]
    if len(found) < len(own_noise):  # of several fits one may be noise for the most part
        found = [own for own in found if not (_is_white(own) and _is_explained(own))]
    if not found:
        return None
    worst = max(found, key=lambda own: own.rms / own.spread if own.spread else own.rms)
    reason = f"{worst.name} misses its {worst.rows} data by {worst.rms:.2g} rms"
    if worst.rows >= FEWEST and worst.rms > NOISE * worst.scatter:
        many = f"{worst.rms / worst.scatter:.0f} times " if worst.scatter else "beyond "
        reason += f", {many}the scatter of what it leaves of them"
    reason += f" (their variation is {worst.spread:.2g})"
    advice = _advice(solution)
    if _is_white(worst):
        advice += f"; if that is their noise, state it (sigma = {worst.rms:.2g} behind the fit)"
    return Finding("data missed", reason, advice)


def _beyond_noise(solution: Solution, worst: ChiSquare) -> Finding:
    """What is said of data that are missed by more than the noise that is stated of them."""
    misfits = data_misfits(solution.system, solution.theta)
    rms = [own.rms for own in misfits if own.name.partition("[")[0] == worst.label]
    size = f"the misfit of {worst.label} is {rms[0]:.2g} rms, " if len(rms) == 1 else ""
    size = size or f"the misfit of {worst.label} is "
    least = worst.p_value or 0.0
    chance = f"p = {least:.1g}" if least >= 1e-16 else "p < 1e-16"
    reason = (
        f"{size}{worst.times:.3g} times the stated noise "
        f"(chi² = {worst.value:.4g} of {worst.degrees_of_freedom:.4g}, {chance})"
    )
    advice = "check the laws or sigma"
    if found := doubts(solution.problem):
        advice = f"mend the spec first: {'; '.join(found)}"
    elif not solution.laws_hold:
        advice = _advice(solution)
    elif ends := solution.uncertainty.at_bounds:
        advice = f"{' and '.join(ends)} came to a bound: widen it, or {advice}"
    return Finding("data missed", reason, advice)


def _missed(own: DataMisfit, solution: Solution) -> bool:
    if own.rms > _HALF * own.spread > 0:
        return True
    smooth = own.rows >= FEWEST and own.rms > NOISE * own.scatter
    return smooth and own.rms > solution.accept * own.spread


def _is_white(own: DataMisfit) -> bool:
    """Whether what is left of the data differs from row to row as much as it is large."""
    return own.rows >= FEWEST and own.rms <= _WHITE * own.scatter


def _is_explained(own: DataMisfit) -> bool:
    """Whether the solution explains more of the data than chance would.

    What changes faster than the data are taken looks like noise as well, but is not met: a wave of
    another frequency leaves more than there was.
    """
    return own.rows * (own.spread**2 - own.rms**2) > _EXPLAINED * own.rms**2


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
