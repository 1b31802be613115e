"""The narrow features of the known terms of a problem."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import numpy as np
import sympy as sp
from sympy.core.function import AppliedUndef

from pdedsl.geometry import generic_points, place_bounds
from pdedsl.geometry.arrays import Array
from pdedsl.ir import Boundary, Global, Law, OnData, OnInterface, Problem, Slice

from .feature import Feature, FeaturePoint
from .locate import SlowFunction, blocked, free_parts, maxima, zeros
from .structure import Front, Landmark, Peak, known_parts, landmarks

NARROW = 0.1
"""Widths, as a part of the domain, from which nothing is overlooked: the coarsest points of the
gallery's solutions are about 0.03 apart."""
_MOST_POINTS = 24  # of a curve or a surface; a choice
_SPREAD = 8  # values of inputs that a landmark does not depend on; a choice
_MOST_MOVED = 16  # places of fields, of which the least integral has 20
_MOST_MARKS = 200  # of one law; a choice

Bounds = Mapping[sp.Symbol, tuple[float, float]]
Site = tuple[Array, Array, Array]
"""Centre, axes and widths in the unit cube of the symbols of a landmark."""
Part = tuple[dict[sp.Symbol, float], tuple[Feature, ...]]


def features_of(problem: Problem, law: Law) -> list[Part]:
    """The features of sources, data and coefficients of a law, at each part of its place.

    Returns:
        Inputs that the part fixes to their values, and its features.
    """
    parts = parts_of_place(problem, law)
    found = [(fixed, features_at(problem, law, fixed)) for fixed in parts]
    return [(fixed, features) for fixed, features in found if features]


def features_at(
    problem: Problem, law: Law, fixed: Mapping[sp.Symbol, float]
) -> tuple[Feature, ...]:
    """The same at one part, with the inputs that it fixes."""
    bounds = place_bounds(problem, law.place)
    free = {s: ends for s, ends in bounds.items() if s not in fixed}
    terms = [problem.substitute(r).subs(dict(fixed)) for r in law.residuals]
    return features_in(terms, problem.inputs, free, fixed) if free else ()


def parts_of_place(problem: Problem, law: Law) -> list[dict[sp.Symbol, float]]:
    """The inputs that each part of a law's place fixes, to their values; none off points."""
    place = law.place
    if isinstance(place, OnData | Global | OnInterface):
        return []
    if isinstance(place, Boundary):
        return [{face.axis: problem.number(face.value)} for face in place.faces]
    fixed = place.fixed if isinstance(place, Slice) else ()
    return [{symbol: problem.number(value) for symbol, value in fixed}]


def features_in(
    terms: Iterable[sp.Expr],
    inputs: tuple[sp.Symbol, ...],
    free: Bounds,
    fixed: Mapping[sp.Symbol, float] | None = None,
) -> tuple[Feature, ...]:
    """The features of expressions on a box.

    Args:
        terms: they may hold unknown fields, whose own parts do not count.
        inputs: the order of the coordinates of the points.
        free: symbols that vary, with their intervals.
        fixed: values of the other inputs.
    """
    marks: dict[tuple[type, sp.Expr], Landmark] = {}
    for term in (_without_long_integrals(term, inputs) for term in terms):
        for part in known_parts(term, frozenset(free)):
            marks |= {(type(mark), mark.function): mark for mark in landmarks(part)}
    found: list[Feature] = []
    for mark in list(marks.values())[:_MOST_MARKS]:
        found += _features(mark, inputs, free, fixed or {})
    return tuple(found)


def _without_long_integrals(term: sp.Expr, inputs: tuple[sp.Symbol, ...]) -> sp.Expr:
    """Without the nodes of integrals over intervals: a bump for each, whose sum has none."""

    def moved(expression: sp.Expr) -> set[tuple[sp.Basic, ...]]:
        places = {node.args for node in expression.atoms(AppliedUndef)}
        return {own for own in places if not set(own) <= set(inputs)}

    if len(moved(term)) <= _MOST_MOVED:
        return term
    return sp.Add(*(own for own in sp.Add.make_args(term) if not moved(own)))


def _features(
    mark: Landmark, inputs: tuple[sp.Symbol, ...], free: Bounds, fixed: Mapping[sp.Symbol, float]
) -> Iterator[Feature]:
    own = {s: ends for s, ends in free.items() if s in mark.function.free_symbols}
    try:
        f = SlowFunction.of(mark.function, own)
        sites = _sites(mark, f, len(own))
    except (NameError, TypeError, ValueError, AttributeError, np.linalg.LinAlgError):
        return  # a function without derivatives in numbers
    rest = [s for s in free if s not in own]
    spread = generic_points(_SPREAD if rest else 1, max(len(rest), 1))
    placed = [
        _placed(site, own, inputs, dict(fixed) | _values(rest, free, others))
        for site in sites for others in spread
    ]  # fmt: skip
    for rank in sorted({len(point.widths) for point in placed}):
        same = [point for point in placed if len(point.widths) == rank]
        isolated = rank == len(free)
        kept = _apart(same, free, inputs)
        yield Feature(mark.part, tuple(kept[:_MOST_POINTS]), isolated)


def _sites(mark: Landmark, f: SlowFunction, dimension: int) -> list[Site]:
    """The narrow places of a landmark."""
    if isinstance(mark, Front):
        return [site for at in zeros(f, dimension) if (site := _front(mark, f, at))]
    return [site for at in maxima(f, dimension) if (site := _peak(mark, f, at))]


def _values(rest: list[sp.Symbol], free: Bounds, unit: Array) -> dict[sp.Symbol, float]:
    """Values of the symbols that a landmark does not depend on."""
    ends = zip(rest, (free[s] for s in rest), unit, strict=False)
    return {s: low + (high - low) * float(part) for s, (low, high), part in ends}


def _front(mark: Front, f: SlowFunction, at: Array) -> Site | None:
    gradient = f.gradient(at[None])[0]
    slope = float(np.linalg.norm(gradient))
    if not (np.isfinite(slope) and slope > 0):
        return None
    width = 0.0 if mark.sharp else 1 / slope
    return (at, gradient[None] / slope, np.array([width])) if width < NARROW else None


def _peak(mark: Peak, f: SlowFunction, at: Array) -> Site | None:
    """A maximum, with the directions in which the node falls by a factor e within the width."""
    value, gradient = float(f.value(at[None])[0]), f.gradient(at[None])
    _, hessian = free_parts(f, at[None])
    rate = mark.rate(value)
    if rate is None:
        return None
    bends, axes = np.linalg.eigh(hessian[0])
    stuck = blocked(at[None], gradient)[0]
    found = [(axes[:, k], np.sqrt(2 / (rate * -b))) for k, b in enumerate(bends) if b < 0]
    slopes = rate * np.abs(gradient[0])
    found += [(np.eye(len(at))[i], 1 / slopes[i]) for i in np.flatnonzero(stuck)]
    narrow = [(axis, width) for axis, width in found if width < NARROW]
    if not narrow:
        return None
    return at, np.stack([a for a, _ in narrow]), np.array([w for _, w in narrow])


def _placed(
    site: Site, own: Bounds, inputs: tuple[sp.Symbol, ...], others: Mapping[sp.Symbol, float]
) -> FeaturePoint:
    """A site of the unit cube of its own symbols among the inputs, the others at given values."""
    at, axes, widths = site
    centre = np.array([others.get(s, 0.0) for s in inputs])
    table = np.zeros((len(axes), len(inputs)))
    for column, (symbol, (low, high)) in enumerate(own.items()):
        i = inputs.index(symbol)
        centre[i] = low + (high - low) * at[column]
        table[:, i] = axes[:, column] * (high - low)
    return FeaturePoint(centre, table, widths)


def _apart(
    points: list[FeaturePoint], free: Bounds, inputs: tuple[sp.Symbol, ...]
) -> list[FeaturePoint]:
    """Points of which no two are the same but for rounding and a part of their widths."""
    lengths = np.array([free[s][1] - free[s][0] if s in free else 1.0 for s in inputs])
    kept: list[FeaturePoint] = []
    for point in points:
        near = max(1e-9, 0.3 * float(point.widths.min()))
        if all(np.abs((point.centre - k.centre) / lengths).max() > near for k in kept):
            kept.append(point)
        if len(kept) >= _MOST_POINTS:
            break
    return kept
