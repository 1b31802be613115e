"""Where a box is to be cut, so that the given functions are smooth on every part.

At the jump of a flux it has to be: residuals at points say nothing of it. At a kink of a source or
a coefficient of a steady problem it is worth while, since polynomials on either side converge like
those of a smooth problem; fields and fluxes are joined there as they would be at any cut.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

import numpy as np
import sympy as sp

from pdedsl.calculus.features import features_of
from pdedsl.calculus.features.find import NARROW
from pdedsl.calculus.features.locate import SlowFunction, starts
from pdedsl.calculus.zero import KINKED
from pdedsl.geometry.bounds import Bounds, hull_bounds
from pdedsl.ir import Interior, Problem, decomposition_obstacle, kinks_of
from pdedsl.sema.jumps.unseen_fluxes import UnseenFlux, unseen_fluxes

from .decomposition import decompose

Cuts = dict[str, tuple[float, ...]]

_SAME = 1e-9  # of the length of an axis: two positions that are one
_MOST = 16  # parts for the sake of kinks alone: a choice


@dataclass(frozen=True)
class JumpCuts:
    """The cuts.

    Args:
        cuts: by input the ascending positions; empty where nothing is cut.
        lost: a flux that jumps and is not seen by cuts.
        reason: why it is not.
    """

    cuts: Cuts
    lost: UnseenFlux | None = None
    reason: str = ""


def jump_cuts(problem: Problem) -> JumpCuts:
    """Cuts at all jumps of fluxes, and at kinks where that can be had."""
    fluxes = [found for found in unseen_fluxes(problem) if found.integral]
    for found in fluxes:
        if found.uncut:
            return JumpCuts({}, found, found.uncut)
    bounds = hull_bounds(problem)
    needed = _merged(bounds, [(found.axis, at) for found in fluxes for at in found.at])
    kinks = [] if problem.time is not None else _kinks(problem, bounds)
    both = _merged(bounds, [*((a, at) for a, own in needed.items() for at in own), *kinks])
    few = prod(len(own) + 1 for own in both.values()) <= _MOST
    if both != needed and few and _obstacle(problem, both) is None:
        return JumpCuts(_named(both))
    if not needed:
        return JumpCuts({})
    reason = _obstacle(problem, needed)
    return JumpCuts(_named(needed)) if reason is None else JumpCuts({}, fluxes[0], reason)


def _kinks(problem: Problem, bounds: Bounds) -> list[tuple[sp.Symbol, float]]:
    laws = [law for law in problem.laws if law.kind == "eq" and isinstance(law.place, Interior)]
    terms = [problem.substitute(r) for law in laws for r in law.residuals]
    narrow = (f for law in laws for _, own in features_of(problem, law) for f in own if not f.sharp)
    if any(narrow) or any(_is_cusp(node, bounds) for r in terms for node in r.atoms(sp.exp)):
        return []
    found = kinks_of(problem, (r for law in laws for r in law.residuals), bounds)
    return [(axis, at) for axis, own in found.items() for at in own]


def _is_cusp(node: sp.exp, bounds: Bounds) -> bool:
    """Whether an exponential falls fast, on the scale of the box, beside a bend."""
    exponent = node.args[0]
    own = {s: ends for s, ends in bounds.items() if s in exponent.free_symbols}
    if not (exponent.has(*KINKED) and own) or exponent.free_symbols - set(own):
        return False
    slopes = SlowFunction.of(exponent, own).gradient(starts(len(own)))
    return bool(np.nanmax(np.abs(slopes)) > 1 / NARROW)


def _merged(
    bounds: Bounds, positions: Sequence[tuple[sp.Symbol, float]]
) -> dict[sp.Symbol, tuple[float, ...]]:
    """Positions by input, ascending, equal ones and ends left out."""
    out: dict[sp.Symbol, list[float]] = {}
    for axis, at in sorted(positions, key=lambda found: (str(found[0]), found[1])):
        lower, upper = bounds[axis]
        near = _SAME * (upper - lower)
        known = out.get(axis, [lower])
        if all(abs(at - other) > near for other in (*known, upper)):
            out.setdefault(axis, []).append(at)
    return {axis: tuple(own) for axis, own in out.items()}


def _named(cuts: dict[sp.Symbol, tuple[float, ...]]) -> Cuts:
    return {axis.name: own for axis, own in cuts.items()}


def _obstacle(problem: Problem, cuts: dict[sp.Symbol, tuple[float, ...]]) -> str | None:
    """Why the parts would not be joined by the fluxes of the equations, or None."""
    if reason := decomposition_obstacle(problem, tuple(cuts)):
        return f"the jump cannot be cut at: {reason}"
    try:
        made = decompose(problem, _named(cuts), coupling="flux")
    except ValueError as error:
        return f"the jump cannot be cut at: {error}"
    assert made.division is not None
    notes = made.division.notes
    return f"the jump cannot be cut at: {notes[0]}" if notes else None
