"""One law on one piece of its place, by quadrature."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from pdedsl.calculus.operator import LinearOperator
from pdedsl.ir import Boundary, Law

from .discretisation import Discretisation
from .evaluation import Coefficients
from .functional_rows import functional_rows
from .nodes import (
    MOST_NODES,
    Nodes,
    breaks_of,
    counts_for,
    fewer_nodes,
    half_of,
    more_nodes,
    sobol_nodes,
    tensor_nodes,
    tensor_size,
    uniform_axes,
)
from .pieces import Piece, points_in
from .quadrature_rows import factor_of, operator_rows

Array = NDArray[np.float64]

_SETTLED = 1e-10
_ROUNDS = 10
_ROUNDING = 1e-15


@dataclass(frozen=True, eq=False)
class Made:
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
        discretisation: the bases.
        law: the law.
        operator: in plain coefficients; None for a law that is not local.
        coefficients: their values.
    """

    def __init__(
        self,
        discretisation: Discretisation,
        law: Law,
        operator: LinearOperator | None,
        coefficients: Coefficients,
    ) -> None:
        self.discretisation = discretisation
        self.law = law
        self.operator = operator
        self.coefficients = coefficients
        self.inputs = discretisation.problem.inputs
        place = law.place
        where = place.where if isinstance(place, Boundary) else None
        self._inner_nodes = 0
        self.where = None if where is None else coefficients.plain(where)

    def on(self, piece: Piece) -> Made:
        """The factor on a piece.

        Raises:
            NotAssembledError: a coefficient has no finite value, or a law that is not local is
                not linear.
        """
        expressions = self._expressions()
        varying = self._columns(piece, expressions)
        cut = self._columns(piece, [self.where] if self.where is not None else [])
        uniform = uniform_axes(self.discretisation, piece, [*varying, *cut])
        counts = counts_for(self.discretisation, piece, uniform)
        breaks, all_found = self._breaks(piece, expressions)
        if tensor_size(counts, breaks) > MOST_NODES:
            return self._quasi_random(piece)
        random = self.discretisation.options.family.startswith("random")
        if self.operator is not None and not varying and not random and all_found:
            nodes = tensor_nodes(piece.box, counts, uniform, breaks)
            factor, part = self._rows(piece, nodes)
            return Made(factor, part, f"{nodes.text}, exact", True)
        rough = self.operator is None or random or not all_found
        grown = tuple(rough or i in varying for i in piece.free)
        return self._settled(_Rule(piece, uniform, breaks), counts, grown)

    def _settled(self, rule: _Rule, counts: tuple[int, ...], grown: tuple[bool, ...]) -> Made:
        """More and more nodes, until the matrix stays as it is."""
        if tensor_size(more_nodes(counts, grown), rule.breaks) > MOST_NODES:
            # The change from fewer nodes is an upper estimate.
            counts = fewer_nodes(counts, grown)
        before, _ = self._rows(rule.piece, rule.nodes(counts))
        for refined in range(1, _ROUNDS + 1):
            counts = more_nodes(counts, grown)
            nodes = rule.nodes(counts)
            factor, part = self._rows(rule.piece, nodes, refined)
            change = _change(before, factor)
            too_many = tensor_size(more_nodes(counts, grown), rule.breaks) > MOST_NODES
            too_many = too_many or self._inner_nodes >= MOST_NODES
            if change <= _SETTLED or too_many:
                break
            before = factor
        text = f"{nodes.text}, relative error about {max(change, _ROUNDING):.0e}"
        return Made(factor, part, text, False)

    def _columns(self, piece: Piece, expressions: Sequence[sp.Basic]) -> list[int]:
        """Columns of the free inputs that expressions depend on."""
        return [i for i in piece.free if any(e.has(self.inputs[i]) for e in expressions)]

    def _quasi_random(self, piece: Piece) -> Made:
        nodes = sobol_nodes(piece.box)
        before, _ = self._rows(piece, half_of(nodes))
        factor, part = self._rows(piece, nodes, refined=1)
        change = _change(before, factor)
        text = f"{nodes.text}, relative error about {max(change, _ROUNDING):.0e}"
        return Made(factor, part, text, False)

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
        if self.operator is None:
            rows, self._inner_nodes = functional_rows(
                self.discretisation, self.law, self.coefficients, points, piece.normal, refined
            )
        else:
            rows = operator_rows(
                self.discretisation, self.operator, self.coefficients, points, piece.normal
            )
        return factor_of(rows, weights / part, size), part

    def _expressions(self) -> list[sp.Basic]:
        """What varies over the place beside the functions of the basis."""
        if self.operator is not None:
            return [a for _, a in self.operator.terms()]
        return [self.coefficients.plain(r) for r in self.law.residuals]

    def _breaks(
        self, piece: Piece, expressions: list[sp.Basic]
    ) -> tuple[tuple[tuple[float, ...], ...], bool]:
        switching = expressions if self.where is None else [*expressions, self.where]
        fixed = {self.inputs[i]: v for i, v in piece.fixed}
        return breaks_of(switching, [self.inputs[i] for i in piece.free], piece.box, fixed)


@dataclass(frozen=True)
class _Rule:
    """A product rule but for its numbers of nodes."""

    piece: Piece
    uniform: tuple[bool, ...]
    breaks: tuple[tuple[float, ...], ...]

    def nodes(self, counts: tuple[int, ...]) -> Nodes:
        return tensor_nodes(self.piece.box, counts, self.uniform, self.breaks)


def _change(before: Array, after: Array) -> float:
    """‖A' − A‖/‖A‖ of the matrices of two factors."""
    old, new = before.T @ before, after.T @ after
    size = float(np.linalg.norm(new))
    return float(np.linalg.norm(new - old)) / size if size else float(np.linalg.norm(old))
