"""A condition on the boundary of a plane set that is no box: its residual along the exact arcs."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
import sympy as sp
import torch

from pdedsl.calculus.features import Feature
from pdedsl.calculus.features.on_arcs import features_on_arc, on_arc
from pdedsl.compiler.evaluation.point_batch import PointBatch
from pdedsl.geometry import Arc, generic_points
from pdedsl.geometry.arrays import Array
from pdedsl.geometry.boundary_places import place_arcs
from pdedsl.ir import Boundary, Law, normal
from pdedsl.solution.relative.values import values_of_batch

from .law_part import LawPart, terms_of

if TYPE_CHECKING:
    from pdedsl.solution.solution import Solution

_SPREAD = 8  # values of the other inputs at which arcs are looked at, as for other features
_MOST = 24  # features of a law, as of a curve; a choice


class ArcPart(LawPart):
    """All arcs of a condition; its points have the outward normal as two more columns.

    Args:
        solution: gives the fields.
        law: a condition on the boundary of a plane set.
        arcs: of its place.
    """

    def __init__(self, solution: Solution, law: Law, arcs: tuple[Arc, ...]) -> None:
        super().__init__(solution, law, {})
        assert isinstance(law.place, Boundary)
        self._arcs = arcs
        self._lengths = np.array([float(arc.rule(64)[2].sum()) for arc in arcs])
        domain = self.problem.domain(law.place.domain)
        self._plane = [self.problem.inputs.index(s) for s in domain.coordinates]
        self._others = [i for i in range(len(self.problem.inputs)) if i not in self._plane]

    @classmethod
    def of_law(cls, solution: Solution, law: Law) -> Iterator[ArcPart]:
        """One for a condition that does not hold exactly, on a plane set that is no box."""
        place, system = law.place, solution.system
        if not isinstance(place, Boundary) or law.label in system.exact_laws:
            return
        domain = solution.problem.domain(place.domain)
        if domain.is_box or len(domain.coordinates) != 2 or system.problem is not solution.problem:
            return
        arcs = place_arcs(solution.problem, place)
        if arcs:
            yield cls(solution, law, arcs)

    def features(self) -> Iterator[tuple[Feature, Array, Array]]:
        """See `LawPart.features`."""
        count = len(self._others)
        spread = generic_points(_SPREAD if count else 1, max(count, 1))[:, :count]
        found = (own for unit in spread for own in self._features(unit, 1 / len(spread)))
        yield from islice(found, _MOST)

    def _features(self, others: Array, part: float) -> Iterator[tuple[Feature, Array, Array]]:
        """Those where the other inputs have given places in the unit cube, shape (others,)."""
        inputs = self.problem.inputs
        at = self._at(np.zeros((1, 2)), others[None])[0]
        terms = [self.problem.substitute(r) for r in self.law.residuals]
        known = {inputs[i].name: float(at[i]) for i in self._others}
        for arc in self._arcs:
            for own in features_on_arc(terms, arc, [inputs[i] for i in self._plane], known):
                shares, weights = own.probes()
                points, normals, tangents = on_arc(arc, shares)
                lengths = np.linalg.norm(tangents, axis=1) / self._lengths.sum()
                repeated = np.broadcast_to(others, (len(shares), len(others)))
                placed = np.hstack([self._at(points, repeated), normals])
                feature = Feature(sp.S.One, (own.point(self._plane, at),), not self._others)
                yield feature, placed, part * weights * lengths

    def absolute(self, points: Array) -> tuple[Array, Array]:
        """See `LawPart.absolute`."""
        like = self._solution.theta
        count = len(self.problem.inputs)
        batch = PointBatch(
            torch.from_numpy(points[:, :count].copy()).to(like),
            torch.from_numpy(points[:, count:].copy()).to(like),
        )
        residuals, sizes = [], []
        for residual in self.law.residuals:
            terms = [term for part in terms_of(residual) for term in sp.Add.make_args(part)]
            values = values_of_batch(
                self._solution.system, like, batch, [term for term in terms if term != 0]
            )
            residuals.append(np.abs(values.sum(axis=0)))
            sizes.append(np.abs(values).sum(axis=0))
        together = [np.sqrt(np.square(part).sum(axis=0)) for part in (residuals, sizes)]
        return np.nan_to_num(together[0], nan=np.inf), np.nan_to_num(together[1])

    def sample(self, count: int) -> Array:
        """About so many points, spread by length."""
        found = []
        for arc, length in zip(self._arcs, self._lengths, strict=True):
            unit = generic_points(max(1, round(count * length / self._lengths.sum())),
                                  1 + len(self._others))  # fmt: skip
            points, normals, _ = on_arc(arc, unit[:, 0])
            found.append(np.hstack([self._at(points, unit[:, 1:]), normals]))
        return np.concatenate(found)

    def contains(self, points: Array) -> Array:
        """All of them."""
        return np.ones(len(points), dtype=bool)

    def _at(self, plane: Array, others: Array) -> Array:
        """Points of the inputs from those of the plane and of the unit cube of the others."""
        out = np.empty((len(plane), len(self.problem.inputs)))
        out[:, self._plane] = plane
        low, high = self._ends[self._others].T.reshape(2, -1)
        out[:, self._others] = low + (high - low) * others
        return out

    def _normal(self) -> dict[sp.Basic, sp.Expr]:
        """A number of their size in place of the components, for the sizes of terms."""
        return {normal(i): sp.S.One for i in (1, 2)}
