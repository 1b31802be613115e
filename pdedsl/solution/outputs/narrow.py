"""Narrow places of an integrand, and of what is given beside it."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import sympy as sp

from pdedsl.calculus.features import features_in
from pdedsl.geometry import hull_bounds
from pdedsl.geometry.adaptive import NO_MARKS, Marks
from pdedsl.ir import Problem

from .pieces import Piece


def narrow_places(problem: Problem, piece: Piece, integrand: sp.Expr) -> Marks:
    """Where an integrand, a law or an exact solution changes fast on a piece.

    A source that is narrower than the distance of nodes tells where its solution is, too.
    """
    middle = {s: (low + high) / 2 for s, (low, high) in hull_bounds(problem).items()}
    free = {
        s: (low, high)
        for s, low, high in zip(piece.symbols, piece.box.lower, piece.box.upper, strict=True)
    }
    if not free:
        return NO_MARKS
    fixed = {s: x for s, x in (middle | piece.fixed).items() if s not in free}
    terms = [problem.substitute(e).subs(fixed) for e in _terms(problem, integrand)]
    columns = [problem.inputs.index(s) for s in piece.symbols]
    centres, widths = [], []
    for feature in features_in(terms, problem.inputs, free, fixed):
        for point in feature.points:
            centres.append(point.centre[columns])
            along = np.abs(point.axes[:, columns])
            with np.errstate(divide="ignore"):
                own = np.where(along > 0, point.widths[:, None] * along, np.inf)
            floor = _LEAST * np.asarray(piece.box.lengths)
            widths.append(np.maximum(own.min(axis=0), floor))
    return Marks(np.array(centres), np.array(widths)) if centres else NO_MARKS


_LEAST = 1e-9  # of the box: what jumps is followed as far


def _terms(problem: Problem, integrand: sp.Expr) -> Iterable[sp.Expr]:
    yield integrand
    yield from (residual for law in problem.laws for residual in law.residuals)
    yield from (value for _, value in problem.exact)
