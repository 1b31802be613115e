r"""Marches of what is put to other values at its sides in a moment, in two space coordinates.

The start is smoothed over w (`pdedsl.transforms.box_starts`), ten times the least distance of
Chebyshev nodes, and windows grow from the moment :math:`τ = w^2/4α` on by factors of two. The error
a time t later is :math:`O((τ/t)^2)`: with 90 nodes along both axes of a plate 2e-6 from a hundredth
of the time on that heat takes through it.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from pdedsl.choice.allowance import Allowance
from pdedsl.choice.choice import Choice
from pdedsl.choice.march.agreement import Agreement
from pdedsl.choice.tuning import EVOLUTIONS
from pdedsl.compiler.lowering.lower import LoweredProblem, lower
from pdedsl.geometry import hull_bounds
from pdedsl.ir import Problem
from pdedsl.transforms.box_starts import FaceJump, begun_later, face_jumps
from pdedsl.transforms.single_rows import split_rows

from .law_levels import level_of
from .marches import evolution_form
from .separable_choice import MarchChoice, Search, difference_of

_MODES = (60, 84)  # along both axes, in two marches that tell what smoothing does: 84 have 50,575
_NARROWEST = 10.0  # w over the least distance of nodes: tails are 2e-4 at the start then
_FIRST, _GROWTH = 0.5, 2.0  # the first window over τ, and the ratio of the ends of two windows
_MOST_MOMENT = 1e-3  # τ over the time, from which on a start says nothing of a solution: a choice


def sudden_choice(
    lowered: LoweredProblem, allowance: Allowance, notify: Callable[[str], None] | None = None
) -> MarchChoice | None:
    """Windows of polynomials that begin a moment later; None where that is of no use.

    Args:
        lowered: a problem that is no march by itself, as its conditions contradict the start.
        allowance: of both marches.
        notify: called with a text about every one.
    """
    problem = split_rows(lowered.problem)
    jumps = face_jumps(problem)
    if not jumps or len(problem.inputs) != 3:
        return None
    marches = []
    for modes in _MODES:
        moment = _moment(problem, jumps, modes)
        own, edges = lower(begun_later(problem, jumps, moment)), _edges(problem, moment)
        form = evolution_form(own.problem)
        if edges is None or form is None:
            return None
        search = Search(own, form, allowance, notify)
        trial = search.once((modes,) * len(form.lines), edges)
        if trial is None:
            return None
        marches.append((moment, own, search.method(trial), trial))
    (*_, first), (moment, own, method, last) = marches
    level = level_of(own, method, last.theta)
    if not level <= EVOLUTIONS.resolved:
        return None
    difference = difference_of(first, last, last.edges[-1:])
    places = ", ".join(f"{j.space} = {j.end:g}" for j in jumps)
    width = max(2 * math.sqrt(j.diffusivity * moment) for j in jumps)
    why = (
        f"evolution in two space coordinates: {len(last.edges) - 1} windows of {_MODES[-1] + 1} by "
        f"{_MODES[-1] + 1} functions, which begin with a start that is smoothed over {width:.1g} "
        f"at {places}, where it jumps; at the end fewer functions differ by {difference:.0e}"
    )
    agreement = Agreement(level, difference, moment=moment)
    return MarchChoice(Choice(method, why, last.theta, agreement), level)


def _moment(problem: Problem, jumps: tuple[FaceJump, ...], modes: int) -> float:
    """The largest τ for which the start is as narrow as the nodes allow."""
    bounds = hull_bounds(problem)
    least = math.sin(math.pi / (2 * modes)) ** 2  # of the length, between the first two nodes
    widths = [
        (_NARROWEST * least * (bounds[j.space][1] - bounds[j.space][0]), j.diffusivity)
        for j in jumps
    ]
    return max(w**2 / (4 * alpha) for w, alpha in widths)


def _edges(problem: Problem, moment: float) -> tuple[float, ...] | None:
    """Of windows that grow; None where the time is too short for the moment."""
    low, high = list(hull_bounds(problem).values())[-1]
    if moment > _MOST_MOMENT * (high - low):
        return None
    count = math.ceil(math.log((high - low) / (_FIRST * moment), _GROWTH))
    ends = high - (high - low) * (1 - np.array([_GROWTH**-k for k in range(count, -1, -1)]))
    return (low, *ends.tolist())
