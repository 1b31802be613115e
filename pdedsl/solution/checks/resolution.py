r"""Whether the points of a training saw what changes fast in sources, data and coefficients.

A residual at points says nothing of what lies between them, and fresh points of the same density
say no more. Here the residual r of each law is integrated with nodes close together around the
features that are read off its known terms (`pdedsl.calculus.features`),

.. math:: ρ = \int |r| \Big/ \int \sum_k |T_k|,

with T_k the terms of the law. Conditions, which a solution follows point by point, and equations
without derivatives count by the root of the integrals of squares.

What the expressions do not tell is looked for among many points: where a known term is larger than
at all points of the training, its residual counts in the same way.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pdedsl.calculus.features import Feature, FeaturePoint
from pdedsl.calculus.features.feature import describe
from pdedsl.calculus.features.values import values_of
from pdedsl.geometry.arrays import Array
from pdedsl.solution.law_parts.arc_part import ArcPart
from pdedsl.solution.law_parts.law_part import LawPart
from pdedsl.transforms.smooth_starts import as_started

from .finding import Finding

if TYPE_CHECKING:
    from pdedsl.solution.solution import Solution

MISSED = 1e-3
"""ρ from which a feature is not resolved: the error from which a result is not good enough."""
HIDDEN = 3.0
"""Times the residual that the points show, below which it is no news."""
ROUNDING = 1e-10
"""Of the terms that fields of their size have on a domain of its length: what their digits leave.
Walls at 293 on glass leave 1e-16 of it where the flux is constant, and all terms are rounding;
water through clay between sands, whose permeabilities are a thousand times as large, 5e-11."""
_NOT_FOLLOWED = 0.1  # of the terms at a feature, what a result that does not follow it leaves there
_CHANGES = 0.1  # of the terms, what a feature changes in them that is told: a choice
_WIDE = {1: 0.03}
_WIDE_IN_MANY = 0.15
"""Parts of the domain over which a Gaussian is followed, by the number of inputs: a line has a
degree of about 180 then, a square 49 along each axis, 2,450 functions."""
_BACKGROUND = 512  # points that measure the terms of a law
_MANY = 1 << 14  # points at which known terms are looked at, some 10 ms for each law
_LARGER = 3.0  # times the largest value that the training saw
_FEW = 2_000  # of the many, at which the residual is looked at


@dataclass(frozen=True)
class _Missed:
    """What is missed, with its ρ, and the largest residual and the largest terms there."""

    label: str
    point: FeaturePoint
    known: bool
    part: float
    residual: float
    terms: float


def check_resolution(solution: Solution) -> Finding | None:
    """Whether the laws hold where what is given changes fast, and not only at the points."""
    parts = list(_parts(solution))
    found = [missed for part in parts for missed in _at_features(part)] or [
        missed for part in parts for missed in _at_values(solution, part)
    ]
    if not found:
        return None
    worst = max(found, key=lambda missed: missed.part)
    return Finding("unresolved", _reason(solution, worst), _advice(worst))


def _parts(solution: Solution) -> Iterator[LawPart]:
    agreement = solution.provenance.agreement
    moment = 0.0 if agreement is None else agreement.moment
    for law in as_started(solution.problem, moment).laws:
        yield from LawPart.all_of(solution, law)
        yield from ArcPart.of_law(solution, law)


def _at_features(part: LawPart, least: float = 0.0) -> Iterator[_Missed]:
    """Features whose residual is news, or of which so much of the terms there is left at least."""
    features = list(part.features())
    usual = part.size(part.absolute(part.sample(_BACKGROUND))[1]) if features else 0.0
    for feature, points, weights in features:
        yield from _missed(part, points, weights, usual, feature, least)


def unfollowed(solution: Solution) -> str:
    """What to do where a result misses a narrow feature that its points do see; empty for none.

    The training has not come to it, and neither more time nor more points may bring it there.
    """
    parts = list(_parts(solution)) if solution.finite else []
    worst = max(
        (missed for part in parts for missed in _at_features(part, _NOT_FOLLOWED)),
        key=lambda missed: missed.part, default=None,
    )  # fmt: skip
    if worst is None or not worst.point.width:
        return ""
    place = describe(worst.point, solution.problem.inputs)
    return f"the functions do not follow what is given near {place}: {_advice(worst)}"


def _at_values(solution: Solution, part: LawPart) -> Iterator[_Missed]:
    """Where known terms are larger than at all points of the training."""
    used = solution.system.points_by_law.get(part.law.label)
    inputs = set(part.problem.inputs)
    terms = [term for term in part.known if term.free_symbols and term.free_symbols <= inputs]
    if used is None or not terms:
        return
    many, seen = part.sample(_MANY), used.cpu().numpy()
    count = len(part.problem.inputs)
    for term in terms:
        there = np.abs(values_of(term, part.problem.inputs, many[:, :count]))
        most = np.nanmax(np.abs(values_of(term, part.problem.inputs, seen)), initial=0.0)
        large = np.flatnonzero(there > _LARGER * most)
        if not len(large) or not np.isfinite(most):
            continue
        kept = large[np.argsort(-there[large], kind="stable")[:_FEW]]
        usual = part.size(part.absolute(part.sample(_BACKGROUND))[1])
        yield from _missed(part, many[kept], np.full(len(kept), 1 / len(many)), usual, None)


def _missed(
    part: LawPart,
    points: Array,
    weights: Array,
    usual: float,
    feature: Feature | None,
    least: float = 0.0,
) -> Iterator[_Missed]:
    """What the residual at some points, with weights of an integral, says."""
    residual, terms = part.absolute(points)
    hidden = part.size(residual, weights)
    if residual.max() <= ROUNDING * part.natural:
        return
    total = max(usual, part.size(terms, weights))
    if least and not (residual.max() > least * terms.max() and _matters(part, points)):
        return
    if hidden <= max(0.0 if least else HIDDEN * part.shown, MISSED * total):
        return
    worst = int(np.argmax(residual))
    count = len(part.problem.inputs)
    here = FeaturePoint(points[worst, :count], np.eye(count), np.zeros(count))
    point = here if feature is None else feature.points[0]
    known = feature is not None
    yield _Missed(part.law.label, point, known, hidden / total, residual[worst], terms[worst])


def _matters(part: LawPart, points: Array) -> bool:
    """Whether the terms change at a feature by what is given, beside fields of the usual size."""
    given = part.given(points)
    return bool(np.ptp(given) > _CHANGES * given.max(initial=0.0))


def _reason(solution: Solution, missed: _Missed) -> str:
    point, label = missed.point, missed.label
    place = describe(point, solution.problem.inputs)
    seen = f"there its residual is {missed.residual:.2g} of terms of {missed.terms:.2g}"
    used = solution.system.points_by_law.get(label)
    distance = np.inf if used is None else _distance(used.cpu().numpy(), point)
    if used is not None and distance > point.width:
        near = f"the nearest is {distance:.2g} away"
        return f"the points of {label} do not see it near {place}: {near}, and {seen}"
    return f"the functions do not follow {label} near {place}: {seen}"


def _distance(points: Array, point: FeaturePoint) -> float:
    """How far the nearest of some points is."""
    told = list(point.told)
    return float(np.linalg.norm(points[:, told] - point.centre[told], axis=1).min())


def _advice(missed: _Missed) -> str:
    """To widen what nothing follows: at the same integral that moves the solution by its width."""
    if not missed.known:
        return "take more points (sampling.points)"
    if not missed.point.width:
        return "cut the domain there: write two domains with an interface"
    part = _WIDE.get(missed.point.axes.shape[1], _WIDE_IN_MANY)
    width = part * float(np.linalg.norm(missed.point.axes[0]))
    return f"make it wider at the same integral: a width of {width:.2g} is followed"
