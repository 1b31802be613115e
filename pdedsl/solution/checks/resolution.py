r"""Whether the points of a training saw what changes fast in sources, data and coefficients.

A residual at points says nothing of what lies between them, and fresh points of the same density
say no more. Here the residual r of each law is integrated with nodes close together around the
features that are read off its known terms (`pdedsl.calculus.features`),

.. math:: ρ = \int |r| \Big/ \int \sum_k |T_k|,

with T_k the terms of the law: a source that is missed changes the solution by about that part, as
Green's functions are bounded. Conditions, which a solution follows point by point, and equations
without derivatives count by the root of the integrals of squares.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import sympy as sp
from sympy.core.function import AppliedUndef

from pdedsl.calculus.features import Feature, features_of
from pdedsl.calculus.features.feature import describe
from pdedsl.calculus.features.probes import probes
from pdedsl.geometry import domain_region, generic_points, place_bounds
from pdedsl.geometry.arrays import Array
from pdedsl.ir import Boundary, Face, Law, Problem, domain_of, normal
from pdedsl.ir.expressions import derivative_order

from .finding import Finding

if TYPE_CHECKING:
    from pdedsl.solution.solution import Solution

MISSED = 1e-3
"""ρ from which a feature is not resolved: the error from which a result is not good enough."""
HIDDEN = 3.0
"""Times the residual that the points show, below which it is no news."""
_WIDE = 0.03
"""Part of the domain over which a source is followed: a Gaussian has a degree of about 150 then."""
_BACKGROUND = 512  # points that measure the terms of a law


@dataclass(frozen=True)
class _Missed:
    """A feature with its ρ, and the largest residual and the largest terms there."""

    law: Law
    feature: Feature
    part: float
    residual: float
    terms: float


def check_resolution(solution: Solution) -> Finding | None:
    """Whether the laws hold where what is given changes fast, and not only at the points."""
    found = [missed for law in solution.problem.laws for missed in _missed(solution, law)]
    if not found:
        return None
    worst = max(found, key=lambda missed: missed.part)
    return Finding("unresolved", _reason(solution, worst), _advice(solution.problem, worst))


def _missed(solution: Solution, law: Law) -> list[_Missed]:
    if law.label in solution.system.exact_laws:
        return []
    problem, out = solution.problem, []
    shown = solution.outcome.laws.get(law.label, 0.0)
    for fixed, features in features_of(problem, law):
        face = _face(problem, law, fixed)
        free = [i for i, s in enumerate(problem.inputs) if s not in fixed]
        around = _background(problem, law, fixed, free)
        usual = _size(_absolute(solution, law, face, around)[1], law)
        for feature in features:
            points, weights = probes(feature)
            where = _inside(problem, law, points, free)
            if not where.any():
                continue
            residual, terms = _absolute(solution, law, face, points[where])
            hidden = _size(residual, law, weights[where])
            total = max(usual, _size(terms, law, weights[where]))
            if hidden > max(HIDDEN * shown, MISSED * total) or not np.isfinite(hidden):
                worst = int(np.argmax(residual))
                out.append(_Missed(law, feature, hidden / total, residual[worst], terms[worst]))
    return out


def _size(values: Array, law: Law, weights: Array | None = None) -> float:
    """The integral of values or the root of that of their squares; the mean without weights."""
    given = np.full(len(values), 1 / max(len(values), 1)) if weights is None else weights
    if law.kind == "eq" and any(derivative_order(r) for r in law.residuals):
        return float(given @ values)
    return float(np.sqrt(given @ values**2))


def _absolute(
    solution: Solution, law: Law, face: Face | None, points: Array
) -> tuple[Array, Array]:
    """|r| and Σ |T_k| at points, shape (n,); of several components the root of the squares."""
    residuals: list[Array] = []
    sizes: list[Array] = []
    for residual in law.residuals:
        terms = _terms(_with_normal(solution.problem, residual, face, law))
        values = [solution.evaluate(term, points) for term in terms]
        residuals.append(np.abs(np.sum(values, axis=0)))
        sizes.append(np.sum(np.abs(values), axis=0))
    together = [np.sqrt(np.square(part).sum(axis=0)) for part in (residuals, sizes)]
    return np.nan_to_num(together[0], nan=np.inf), np.nan_to_num(together[1])


def _terms(residual: sp.Expr) -> list[sp.Expr]:
    """The known part of a residual, and the terms with unknowns."""
    known, unknown = residual.as_independent(AppliedUndef, as_Add=True)
    return [term for term in (known, *sp.Add.make_args(unknown)) if term != 0]


def _with_normal(problem: Problem, residual: sp.Expr, face: Face | None, law: Law) -> sp.Expr:
    if face is None:
        return residual
    axes = problem.domain(domain_of(law.place)).coordinates
    return residual.xreplace({
        normal(i): sp.Integer(face.side if axis == face.axis else 0)
        for i, axis in enumerate(axes, 1)
    })  # fmt: skip


def _face(problem: Problem, law: Law, fixed: dict[sp.Symbol, float]) -> Face | None:
    if not isinstance(law.place, Boundary):
        return None
    return next(f for f in law.place.faces if fixed == {f.axis: problem.number(f.value)})


def _background(
    problem: Problem, law: Law, fixed: dict[sp.Symbol, float], free: list[int]
) -> Array:
    """Generic points of a part of a place, shape (n, inputs)."""
    bounds = place_bounds(problem, law.place)
    out = np.array([[fixed.get(s, 0.0) for s in problem.inputs]] * _BACKGROUND)
    ends = np.array([bounds[problem.inputs[i]] for i in free])
    unit = generic_points(_BACKGROUND, len(free))
    out[:, free] = ends[:, 0] + (ends[:, 1] - ends[:, 0]) * unit
    return out[_inside(problem, law, out, free)]


def _inside(problem: Problem, law: Law, points: Array, free: list[int]) -> Array:
    """Which points lie in the place of a law, whose other inputs are fixed: (n,)."""
    bounds = place_bounds(problem, law.place)
    ends = np.array([bounds[problem.inputs[i]] for i in free])
    inside = ((points[:, free] >= ends[:, 0]) & (points[:, free] <= ends[:, 1])).all(axis=1)
    name = domain_of(law.place)
    if name is not None:
        domain = problem.domain(name)
        columns = [problem.inputs.index(s) for s in domain.coordinates]
        inside &= domain_region(problem, domain).contains(points[:, columns], 1e-9)
    if isinstance(law.place, Boundary):
        from pdedsl.compiler.points.face_points import face_condition

        condition = face_condition(problem, law.place)
        inside &= True if condition is None else condition(points)
    return np.asarray(inside)


def _reason(solution: Solution, missed: _Missed) -> str:
    point, label = missed.feature.points[0], missed.law.label
    place = describe(point, solution.problem.inputs)
    seen = f"there its residual is {missed.residual:.2g} of terms of {missed.terms:.2g}"
    used = solution.system.points_by_law.get(label)
    distance = np.inf if used is None else _distance(used.cpu().numpy(), missed.feature)
    if used is not None and distance > point.width:
        near = f"the nearest is {distance:.2g} away"
        return f"the points of {label} do not see it near {place}: {near}, and {seen}"
    return f"the functions do not follow {label} near {place}: {seen}"


def _distance(points: Array, feature: Feature) -> float:
    """How far the nearest of some points is from the first point of a feature."""
    point = feature.points[0]
    fast = list(point.fast)
    return float(np.linalg.norm(points[:, fast] - point.centre[fast], axis=1).min())


def _advice(problem: Problem, missed: _Missed) -> str:
    """To widen what nothing follows: at the same integral that moves the solution by its width."""
    point = missed.feature.points[0]
    if missed.feature.sharp:
        return "cut the domain there: write two domains with an interface"
    width = _WIDE * float(np.linalg.norm(point.axes[0]))
    return f"make it wider at the same integral: a width of {width:.1g} is followed"
