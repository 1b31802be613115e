"""A law of a solution at one part of its place: its residual and the sizes of its terms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from math import prod
from typing import TYPE_CHECKING

import numpy as np
import sympy as sp
from sympy.core.function import AppliedUndef

from pdedsl.calculus.features import Feature, features_at, parts_of_place
from pdedsl.calculus.features.probes import probes
from pdedsl.calculus.features.values import values_of
from pdedsl.geometry import domain_region, generic_points, place_bounds
from pdedsl.geometry.arrays import Array
from pdedsl.ir import Boundary, Law, domain_of, normal
from pdedsl.ir.expressions import derivative_order

if TYPE_CHECKING:
    from pdedsl.solution.solution import Solution

_NATURAL = 64  # points: a choice


class LawPart:
    """One part of the place of a law, such as a face of a boundary.

    Args:
        solution: gives the fields.
        law: one that holds at points.
        fixed: inputs that the part fixes to their values.
    """

    def __init__(self, solution: Solution, law: Law, fixed: Mapping[sp.Symbol, float]) -> None:
        self._solution, self.problem, self.law = solution, solution.problem, law
        self.fixed = fixed
        bounds = place_bounds(self.problem, law.place)
        self._free = [i for i, s in enumerate(self.problem.inputs) if s not in fixed]
        self._ends = np.array([bounds[self.problem.inputs[i]] for i in self._free]).reshape(-1, 2)
        self._residuals = [r.xreplace(self._normal()) for r in law.residuals]

    @classmethod
    def all_of(cls, solution: Solution, law: Law) -> Iterator[LawPart]:
        """The parts of a law's place that have free inputs; none for a law that holds exactly."""
        if law.label in solution.system.exact_laws:
            return
        for fixed in parts_of_place(solution.problem, law):
            if len(fixed) < len(solution.problem.inputs):
                yield cls(solution, law, fixed)

    def features(self) -> Iterator[tuple[Feature, Array, Array]]:
        """Narrow features of what is given, each with points close together around it, (n, …).

        The sum of the weights of the points, shape (n,), is the part of the place that they are of.
        """
        for feature in features_at(self.problem, self.law, self.fixed):
            points, weights = probes(feature)
            inside = self.contains(points)
            if inside.any():
                yield feature, points[inside], weights[inside]

    @property
    def known(self) -> list[sp.Expr]:
        """The known terms, in the free inputs, of every component."""
        problem = self.problem
        fixed = {s: sp.Float(value) for s, value in self.fixed.items()}
        found = (terms_of(problem.substitute(r))[0] for r in self._residuals)
        return [known.subs(fixed) for known in found]

    @property
    def shown(self) -> float:
        """The root mean square of the residual on the points of the training."""
        return self._solution.outcome.laws.get(self.law.label, 0.0)

    def absolute(self, points: Array) -> tuple[Array, Array]:
        """|r| and Σ |T_k| at points (n, inputs): (n,); of components the root of the squares."""
        residuals: list[Array] = []
        sizes: list[Array] = []
        for residual in self._residuals:
            terms = [term for part in terms_of(residual) for term in sp.Add.make_args(part)]
            values = [self._solution.evaluate(term, points) for term in terms if term != 0]
            residuals.append(np.abs(np.sum(values, axis=0)))
            sizes.append(np.sum(np.abs(values), axis=0))
        together = [np.sqrt(np.square(part).sum(axis=0)) for part in (residuals, sizes)]
        return np.nan_to_num(together[0], nan=np.inf), np.nan_to_num(together[1])

    @cached_property
    def natural(self) -> float:
        """The largest `given` of some points."""
        return float(self.given(self.sample(_NATURAL)).max(initial=0.0))

    def given(self, points: Array) -> Array:
        """Σ |T_k| with max |u| / Π L_i^{α_i} for ∂^α u, on a domain of lengths L_i: (n,)."""
        inside = points[:, : len(self.problem.inputs)]
        total = np.zeros(len(points))
        for term in self._typical_terms:
            values = np.abs(values_of(term, self.problem.inputs, inside))
            total += np.nan_to_num(values, nan=0.0)
        return total

    @cached_property
    def _typical_terms(self) -> list[sp.Expr]:
        problem = self.problem
        points = self.sample(_NATURAL)[:, : len(problem.inputs)]
        bounds = place_bounds(problem, self.law.place)
        fields = self._solution.at(points)
        largest = {name: float(np.abs(v).max(initial=0.0)) for name, v in fields.items()}

        def typical(node: sp.Expr) -> sp.Expr:
            inner = node.expr if isinstance(node, sp.Derivative) else node
            found = largest.get(inner.func.__name__, 0.0)
            axes = node.variables if isinstance(node, sp.Derivative) else ()
            return sp.Float(found / prod(bounds[s][1] - bounds[s][0] for s in axes))

        terms: list[sp.Expr] = []
        for residual in self.law.residuals:
            whole = problem.substitute(residual).xreplace(self._normal())
            nodes = whole.atoms(AppliedUndef)
            nodes |= {d for d in whole.atoms(sp.Derivative) if isinstance(d.expr, AppliedUndef)}
            terms += sp.Add.make_args(whole.xreplace({node: typical(node) for node in nodes}))
        return terms

    def size(self, values: Array, weights: Array | None = None) -> float:
        """The integral of values or the root of that of their squares; a mean without weights.

        A residual of an equation moves the solution by its integral, as Green's functions are
        bounded; conditions, and equations without derivatives, hold point by point.
        """
        given = np.full(len(values), 1 / max(len(values), 1)) if weights is None else weights
        if self.law.kind == "eq" and any(derivative_order(r) for r in self.law.residuals):
            return float(given @ values)
        return float(np.sqrt(given @ values**2))

    def sample(self, count: int) -> Array:
        """At most so many generic points of the part, shape (n, inputs)."""
        out = np.array([[self.fixed.get(s, 0.0) for s in self.problem.inputs]] * count)
        unit = generic_points(count, len(self._free))
        out[:, self._free] = self._ends[:, 0] + (self._ends[:, 1] - self._ends[:, 0]) * unit
        return out[self.contains(out)]

    def contains(self, points: Array) -> Array:
        """Which points, whose fixed inputs have their values, lie in the part: (n,)."""
        problem, place, free = self.problem, self.law.place, points[:, self._free]
        inside = ((free >= self._ends[:, 0]) & (free <= self._ends[:, 1])).all(axis=1)
        if (name := domain_of(place)) is not None:
            domain = problem.domain(name)
            columns = [problem.inputs.index(s) for s in domain.coordinates]
            inside &= domain_region(problem, domain).contains(points[:, columns], 1e-9)
        if isinstance(place, Boundary):
            from pdedsl.compiler.points.face_points import face_condition

            condition = face_condition(problem, place)
            inside &= True if condition is None else condition(points)
        return np.asarray(inside)

    def _normal(self) -> dict[sp.Basic, sp.Expr]:
        """The components of the outward normal of a face."""
        place, problem = self.law.place, self.problem
        if not isinstance(place, Boundary):
            return {}
        face = next(f for f in place.faces if self.fixed == {f.axis: problem.number(f.value)})
        axes = problem.domain(place.domain).coordinates
        return {
            normal(i): sp.Integer(face.side if axis == face.axis else 0)
            for i, axis in enumerate(axes, 1)
        }


def terms_of(residual: sp.Expr) -> tuple[sp.Expr, sp.Expr]:
    """The known part of a residual, and that with unknowns."""
    known, unknown = residual.as_independent(AppliedUndef, as_Add=True)
    return known, unknown
