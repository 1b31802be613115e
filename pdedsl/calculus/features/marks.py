"""Narrow places of expressions, as marks for quadrature."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import sympy as sp

from pdedsl.geometry import hull_bounds
from pdedsl.geometry.adaptive import NO_MARKS, Marks
from pdedsl.geometry.bounds import Bounds
from pdedsl.ir import Problem

from .find import features_in

_MOST_INPUTS = 3  # beyond which quadrature has no cells
_LEAST = 1e-9  # of the box: what jumps is followed as far


def narrow_places(
    problem: Problem, terms: Iterable[sp.Expr], free: Bounds, fixed: Mapping[sp.Symbol, float]
) -> Marks:
    """Where expressions, or what is given with them, change fast.

    A source that is narrower than the distance of nodes tells where its solution is, too: the laws
    and the exact solution of the problem are looked at beside the terms.

    Args:
        problem: of the terms.
        terms: expressions; fields in them do not count.
        free: inputs that vary, with their intervals: the columns of the marks.
        fixed: values of other inputs; what is in neither is in the middle of its interval.
    """
    if not 0 < len(free) <= _MOST_INPUTS:
        return NO_MARKS
    middle = {s: (low + high) / 2 for s, (low, high) in hull_bounds(problem).items()}
    others = {s: x for s, x in (middle | dict(fixed)).items() if s not in free}
    given = [residual for law in problem.laws for residual in law.residuals]
    known = [value for _, value in problem.exact]
    looked_at = [problem.substitute(e).subs(others) for e in (*terms, *given, *known)]
    columns = [problem.inputs.index(s) for s in free]
    floor = np.array([_LEAST * (high - low) for low, high in free.values()])
    centres, widths, oblique = [], [], []
    for feature in features_in(looked_at, problem.inputs, free, others):
        for point in feature.points:
            along = np.abs(point.axes[:, columns])
            own = np.where(along > 0, point.widths[:, None] * along, np.inf)
            centres.append(point.centre[columns])
            widths.append(np.maximum(own.min(axis=0), floor))
            oblique.append(bool((along > 0).any(axis=0).sum() > len(point.axes)))
    if not centres:
        return NO_MARKS
    return Marks(np.array(centres), np.array(widths), np.array(oblique))
