"""One law on one piece of its place, by quadrature."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import sympy as sp

from pdedsl.calculus.operator import LinearOperator
from pdedsl.conditioning.arrays import Array
from pdedsl.ir import Boundary, Law

from .evaluation import Coefficients
from .functional_rows import FunctionalRows
from .magnitudes import Magnitudes, without_rounding
from .nodes import (
    MOST_NODES,
    Nodes,
    breaks_of,
    counts_for,
    fewer_nodes,
    first_half,
    longest_side,
    more_nodes,
    nodes_for,
    tensor_nodes,
    tensor_size,
    uniform_axes,
)
from .pieces import NotAssembledError, Piece, points_in
from .quadrature_rows import RowsAt, factor_of, operator_rows

_CONVERGED = 1e-10  # relative change of the matrix at which no more nodes are taken
_ROUNDING = 1e-15  # the least error that is printed
_LONGEST = 2_000  # nodes along an axis
_ROUNDS = 20  # from one node along an axis to 2,000
_INNER_ROUNDS = 10  # where integrals in the law are refined as well
_MOST_VALUES = 100 * MOST_NODES  # of integrals in the law, at all nodes of the piece
_DIVERGING = 1e-2  # change from which the integral may be infinite, where the size still grows
_INFINITE = 0.1  # change from which it is, whatever the size does
_TREND = 3  # changes that are looked at


@dataclass(frozen=True, eq=False)
class PieceFactor:
    """A factor whose RᵀR is the mean over a piece.

    Args:
        factor: R, at most P rows.
        part: the part of the piece on which the law holds, by measure.
        method: in words.
        exact: whether the entries are exact but for rounding.
        by_symbol: whether it is by the symbol of the operator.
    """

    factor: Array
    part: float
    method: str
    exact: bool
    by_symbol: bool = False


class LawRows:
    """A law with its coefficients, to be integrated over pieces.

    Args:
        law: the law.
        operator: in plain coefficients; None for a law that is not local.
        coefficients: their values.
        magnitudes: of the functions of the bases.
    """

    def __init__(
        self,
        law: Law,
        operator: LinearOperator | None,
        coefficients: Coefficients,
        magnitudes: Magnitudes,
    ) -> None:
        self.discretisation = magnitudes.discretisation
        self.magnitudes = magnitudes
        self.law = law
        self.operator = operator
        self.coefficients = coefficients
        self.inputs = self.discretisation.problem.inputs
        place = law.place
        where = place.where if isinstance(place, Boundary) else None
        self._inner_nodes = 0
        self.where = None if where is None else coefficients.plain(where)

    def on(self, piece: Piece) -> PieceFactor:
        """The factor on a piece.

        Raises:
            NotAssembledError: a coefficient has no finite value, a law that is not local is not
                linear, or the integral does not converge.
        """
        expressions = self._expressions()
        switching = expressions if self.where is None else [*expressions, self.where]
        varying = self._columns(piece, expressions)
        uniform = uniform_axes(self.discretisation, piece, self._columns(piece, switching))
        counts = counts_for(self.discretisation, piece, uniform)
        fixed = {self.inputs[i]: v for i, v in piece.fixed}
        free = [self.inputs[i] for i in piece.free]
        breaks, all_found = breaks_of(switching, free, piece.box, fixed)
        nodes = nodes_for(piece.box, counts, uniform, breaks)
        if nodes.random:
            return self._quasi_random(piece, nodes)
        random = self.discretisation.options.family.startswith("random")
        if self.operator is not None and not varying and not random and all_found:
            factor, part = self._rows(piece, nodes)
            return PieceFactor(factor, part, f"{nodes.text}, exact", True)
        rough = self.operator is None or random or not all_found
        grown = tuple(rough or i in varying for i in piece.free)
        return self._refine(_Rule(piece, uniform, breaks), counts, grown)

    def _refine(self, rule: _Rule, counts: tuple[int, ...], grown: tuple[bool, ...]) -> PieceFactor:
        """More and more nodes until the matrix no longer changes."""
        if tensor_size(more_nodes(counts, grown), rule.breaks) > MOST_NODES:
            # The change from fewer nodes is an upper estimate.
            counts = fewer_nodes(counts, grown)
        before, _ = self._rows(rule.piece, rule.nodes(counts))
        changes: list[float] = []
        sizes = [float(np.linalg.norm(before))]
        for refined in range(1, _ROUNDS + 1):
            counts = more_nodes(counts, grown)
            nodes = rule.nodes(counts)
            factor, part = self._rows(rule.piece, nodes, refined)
            changes.append(_change(before, factor))
            sizes.append(float(np.linalg.norm(factor)))
            too_many = self._too_many(rule, more_nodes(counts, grown), refined)
            if changes[-1] <= _CONVERGED or too_many:
                break
            before = factor
        if _diverges(changes, sizes):
            raise NotAssembledError(
                f"the mean square of {self.law.label} does not settle with more nodes (it still "
                f"changes by {changes[-1]:.0e} of itself at {len(nodes.weights)} of them); the "
                "integral may be infinite"
            )
        return _converged(factor, part, nodes, changes[-1])

    def _too_many(self, rule: _Rule, counts: tuple[int, ...], refined: int) -> bool:
        size = tensor_size(counts, rule.breaks)
        return (
            size > MOST_NODES
            or longest_side(counts, rule.breaks) > _LONGEST
            or self._inner_nodes >= MOST_NODES
            or (self._inner_nodes > 0 and refined >= _INNER_ROUNDS)
            or size * self._inner_nodes > _MOST_VALUES
        )

    def _columns(self, piece: Piece, expressions: Sequence[sp.Basic]) -> list[int]:
        """Columns of the free inputs that expressions depend on."""
        return [i for i in piece.free if any(e.has(self.inputs[i]) for e in expressions)]

    def _quasi_random(self, piece: Piece, nodes: Nodes) -> PieceFactor:
        before, _ = self._rows(piece, first_half(nodes))
        factor, part = self._rows(piece, nodes, refined=1)
        return _converged(factor, part, nodes, _change(before, factor))

    def _rows(self, piece: Piece, nodes: Nodes, refined: int = 0) -> tuple[Array, float]:
        """The factor by a rule, and the part of the piece on which the law holds.

        The nodes of integrals in the law are refined as often.
        """
        points = points_in(piece, nodes.points, len(self.inputs))
        weights = nodes.weights
        if self.where is not None:
            holds = self.coefficients.values(self.where, points, piece.normal).astype(bool)
            points, weights = points[holds], weights[holds]
        part = float(weights.sum())
        size = self.discretisation.size
        if not part > 0:
            return np.zeros((0, size)), 0.0
        rows, magnitude = self._at(points, weights, piece.normal, refined)
        return without_rounding(factor_of(rows, weights / part, size), magnitude), part

    def _at(
        self, points: Array, weights: Array, normals: tuple[float, ...] | None, refined: int
    ) -> tuple[RowsAt, Array]:
        """RowsAt at points and their size if nothing cancelled."""
        if self.operator is None:
            made = FunctionalRows(self.discretisation, self.law, self.coefficients, refined)
            self._inner_nodes = made.nodes
            size = made.magnitude(self.magnitudes, points, weights, normals)
            return made.rows(points, normals), size
        given = self.operator, self.coefficients, points, weights, normals
        return operator_rows(self.magnitudes, *given)

    def _expressions(self) -> list[sp.Basic]:
        """What varies over the place beside the functions of the basis."""
        if self.operator is not None:
            return [a for _, a in self.operator.terms()]
        return [self.coefficients.plain(r) for r in self.law.residuals]


@dataclass(frozen=True)
class _Rule:
    """A product rule but for its numbers of nodes."""

    piece: Piece
    uniform: tuple[bool, ...]
    breaks: tuple[tuple[float, ...], ...]

    def nodes(self, counts: tuple[int, ...]) -> Nodes:
        return tensor_nodes(self.piece.box, counts, self.uniform, self.breaks)


def _converged(factor: Array, part: float, nodes: Nodes, change: float) -> PieceFactor:
    """The factor of the last rule, with its change from the rule before as the error."""
    text = f"{nodes.text}, relative error about {max(change, _ROUNDING):.0e}"
    return PieceFactor(factor, part, text, False)


def _diverges(changes: Sequence[float], sizes: Sequence[float]) -> bool:
    """Whether a matrix does not settle with more and more nodes.

    At a jump the change falls like the distance of the nodes, and its sign is by chance; at a
    pole the size grows all the time, and the change falls slowly or not at all.
    """
    if changes[-1] <= _DIVERGING or len(changes) == 1:
        return False
    steps = min(_TREND, len(changes) - 1)
    grows = all(a < b for a, b in pairwise(sizes[-steps - 2 :]))
    lasts = changes[-1] > changes[-1 - steps] / 2
    return changes[-1] > _INFINITE or (grows and lasts)


def _change(before: Array, after: Array) -> float:
    """‖A' − A‖/‖A‖ of the matrices of two factors."""
    old, new = before.T @ before, after.T @ after
    size = float(np.linalg.norm(new))
    return float(np.linalg.norm(new - old)) / size if size else float(np.linalg.norm(old))
