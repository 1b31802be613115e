"""RowsAt of laws that are linear but not local: integrals, and fields at another point.

A residual is taken apart into Σ coefficient · atom, where an atom is a field or a derivative at
some point, or an integral over a domain; an integrand is taken apart in the same way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import sympy as sp
from sympy.core.function import AppliedUndef

from pdedsl.conditioning.arrays import Array
from pdedsl.conditioning.discretisation import Discretisation
from pdedsl.geometry import box_of
from pdedsl.ir import DomainIntegral, Law, Problem

from .evaluation import Coefficients
from .magnitudes import Magnitudes, mean_size
from .nodes import (
    MOST_NODES,
    Nodes,
    breaks_of,
    counts_for,
    first_half,
    more_nodes,
    nodes_for,
    tensor_nodes,
    tensor_size,
    uniform_axes,
)
from .pieces import NotAssembledError, Piece
from .quadrature_rows import RowsAt


@dataclass(frozen=True)
class Value:
    """∂^α of a component, at the values of expressions."""

    component: str
    at: tuple[sp.Expr, ...]
    alpha: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Integrated:
    """The integral of a linear form over a domain, by nodes and weights."""

    columns: tuple[int, ...]
    nodes: Array
    weights: Array
    form: Form


Form = tuple[tuple[sp.Expr, "Value | Integrated"], ...]
"""Coefficients and atoms of a linear form."""


class FunctionalRows:
    """RowsAt of a law at points, without its known terms.

    Integrals have as many nodes as the functions need, and more along axes in which their
    coefficients vary the more often they are refined.

    Args:
        discretisation: the bases.
        law: the law.
        coefficients: their values.
        refined: how often.

    Attributes:
        nodes: the number of nodes of the largest integral whose value depends on ``refined``; 0
            where there is none.

    Raises:
        NotAssembledError: it is not linear, or holds something that has no value.
    """

    def __init__(
        self, discretisation: Discretisation, law: Law, coefficients: Coefficients, refined: int = 0
    ) -> None:
        self.nodes = 0
        self._refined = refined
        self._discretisation, self._coefficients = discretisation, coefficients
        self._problem: Problem = discretisation.problem
        self._names = {p.name for p in discretisation.parts}
        self._forms = [self._form(coefficients.plain(r)) for r in law.residuals]
        if not any(self._forms):
            raise NotAssembledError(
                f"{law.label} is about unknown numbers alone, not about a function"
            )

    def rows(self, points: Array, normals: tuple[float, ...] | None = None) -> RowsAt:
        """The rows at points, shape (q, inputs)."""
        return lambda here: [self._values(form, points[here], normals) for form in self._forms]

    def magnitude(
        self,
        magnitudes: Magnitudes,
        points: Array,
        weights: Array,
        normals: tuple[float, ...] | None = None,
    ) -> Array:
        """s_j of `Magnitudes` for these rows and positive weights, shape (P,)."""
        found = [self._size(form, magnitudes, points, weights, normals) for form in self._forms]
        return np.sqrt(np.sum(np.square(found), axis=0))

    def _form(self, expression: sp.Basic) -> Form:
        """The linear form of an expression without its known terms."""
        found: dict[sp.Basic, sp.Dummy] = {}
        plain = self._replaced(expression, found)
        unknown = set(found.values())
        out = []
        for atom, dummy in found.items():
            slope = sp.diff(plain, dummy)
            if slope.free_symbols & unknown:
                raise NotAssembledError(
                    f"{self._coefficients.label} is not linear, and an integral or a field at "
                    "another point keeps it from being linearised"
                )
            if slope != 0:
                out.append((slope, self._atom(atom)))
        return tuple(out)

    def _replaced(self, e: sp.Basic, found: dict[sp.Basic, sp.Dummy]) -> sp.Basic:
        if isinstance(e, sp.Derivative) and not isinstance(e.expr, AppliedUndef):
            done = e.doit()
            if isinstance(done, sp.Derivative):
                raise NotAssembledError(f"{self._coefficients.label}: the derivative {done}")
            return self._replaced(done, found)
        field = isinstance(e, AppliedUndef) and e.func.__name__ in self._names
        inside = isinstance(e, sp.Derivative | sp.Subs) and any(
            f.func.__name__ in self._names for f in e.atoms(AppliedUndef)
        )
        if field or inside or isinstance(e, DomainIntegral):
            return found.setdefault(e, sp.Dummy(real=True))
        if not e.args or isinstance(e, AppliedUndef):
            return e
        return e.func(*[self._replaced(a, found) for a in e.args])

    def _atom(self, e: sp.Basic) -> Value | Integrated:
        if isinstance(e, DomainIntegral):
            return self._integral(e)
        change: dict[sp.Basic, sp.Basic] = {}
        if isinstance(e, sp.Subs):
            change = dict(zip(e.variables, e.point, strict=True))
            e = e.expr
        counts: dict[sp.Basic, int] = {}
        if isinstance(e, sp.Derivative):
            counts = {s: int(k) for s, k in e.variable_count}
            e = e.expr
        if not isinstance(e, AppliedUndef) or not all(s in e.args for s in counts):
            raise NotAssembledError(f"{self._coefficients.label}: {e} cannot be evaluated")
        alpha = tuple(counts.get(a, 0) for a in e.args)
        at = tuple(sp.sympify(a).xreplace(change) for a in e.args)
        return Value(e.func.__name__, at, alpha)

    def _integral(self, e: DomainIntegral) -> Integrated:
        domain = self._problem.domain(e.domain)
        try:
            box = box_of(self._problem, domain)
        except ValueError as reason:
            raise NotAssembledError(f"{reason}; integrals are taken over boxes") from None
        columns = tuple(self._problem.inputs.index(s) for s in domain.coordinates)
        piece = Piece((), columns, box)
        varying = [c for c, s in zip(columns, domain.coordinates, strict=True) if _varies(e, s)]
        breaks, _ = breaks_of([e.integrand], domain.coordinates, box)
        nodes = self._nodes(piece, varying, breaks)
        return Integrated(
            columns, nodes.points, nodes.weights * box.volume, self._form(e.integrand)
        )

    def _nodes(self, piece: Piece, varying: list[int], breaks: Sequence[Sequence[float]]) -> Nodes:
        uniform = uniform_axes(self._discretisation, piece, varying)
        counts = counts_for(self._discretisation, piece, uniform)
        nodes = nodes_for(piece.box, counts, uniform, breaks)
        if nodes.random:
            self.nodes = MOST_NODES
            return nodes if self._refined else first_half(nodes)
        random = self._discretisation.options.family.startswith("random")
        grown = [random or c in varying for c in piece.free]
        for _ in range(self._refined):
            counts = more_nodes(counts, grown)
        if any(grown):
            self.nodes = max(self.nodes, tensor_size(counts, breaks))
        return tensor_nodes(piece.box, counts, uniform, breaks)

    def _values(self, form: Form, points: Array, normals: tuple[float, ...] | None) -> Array:
        """The form applied to every function, at points of shape (n, inputs): (n, P)."""
        out = np.zeros((len(points), self._discretisation.size))
        for coefficient, atom in form:
            a = self._coefficients.values(coefficient, points, normals)[:, None]
            if isinstance(atom, Value):
                part = self._discretisation.part(atom.component)
                at = [self._coefficients.values(x, points, normals) for x in atom.at]
                found = part.derivatives(np.stack(at, axis=1), [atom.alpha])[0]
                out[:, part.place] += a * found
            else:
                out += a * self._integrals(atom, points)
        return out

    def _size(
        self,
        form: Form,
        magnitudes: Magnitudes,
        points: Array,
        weights: Array,
        normals: tuple[float, ...] | None,
    ) -> Array:
        """Size of the form applied to every function if nothing cancelled, shape (P,)."""
        out = np.zeros(self._discretisation.size)
        for coefficient, atom in form:
            a = mean_size(self._coefficients.values(coefficient, points, normals), weights)
            if isinstance(atom, Value):
                part = self._discretisation.part(atom.component)
                out[part.place] += a * magnitudes.largest(part, atom.alpha)
                continue
            # Nodes of the integral at some of the points.
            size = len(atom.weights)
            at = np.resize(points, (size, points.shape[1]))
            at[:, list(atom.columns)] = atom.nodes
            inner = self._size(atom.form, magnitudes, at, atom.weights, None)
            out += a * atom.weights.sum() * inner
        return out

    def _integrals(self, atom: Integrated, points: Array) -> Array:
        # The integral does not depend on what it integrates over: one for many points.
        free = points.copy()
        free[:, list(atom.columns)] = 0.0
        distinct, which = np.unique(free, axis=0, return_inverse=True)
        rows = []
        for point in distinct:
            at = np.tile(point, (len(atom.weights), 1))
            at[:, list(atom.columns)] = atom.nodes
            rows.append(atom.weights @ self._values(atom.form, at, None))
        return np.array(rows)[which.ravel()]


def _varies(e: DomainIntegral, symbol: sp.Symbol) -> bool:
    """Whether a coefficient of the integrand depends on a coordinate, and not only the fields."""
    fields = e.integrand.atoms(AppliedUndef, sp.Derivative)
    return symbol in e.integrand.xreplace(dict.fromkeys(fields, sp.S.One)).free_symbols
