r"""Integration by parts of one expression against a test function, in symbols.

With an element K, its outward normal n, and R = Σ of terms,

.. math:: \int_K R\, v = \sum_β \int_K ρ_β\, ∂^β v + \sum_{j,β} \oint_{∂K} n_j σ_{jβ}\, ∂^β v.

A term that is a derivative, T = ∂S/∂x_j + T', is moved by

.. math:: \int_K T\, w = -\int_K S\, ∂_j w + \oint_{∂K} n_j S\, w + \int_K T' w, \qquad w = ∂^β v,

where S is the flux as it is written, S = F of ∂F/∂x_j, or H(q) of h(q) ∂q/∂x_j, or g q of g ∂q/∂x_j
with T' = −q ∂g/∂x_j. Terms are moved while their order is above that of R less ``parts``, the
highest first, so that T' and the rest of R can cancel. A flux with a jump is moved in any case: its
derivative is no function. Terms that are no such derivative, such as u_xx², stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

import sympy as sp

from pdedsl.calculus.operator import MultiIndex
from pdedsl.ir import bounded_derivative, real
from pdedsl.ir.text import expression_text

from .jumps import jumps
from .orders import KNOWN, hidden_jumps, order_of
from .primitives import primitive


class NoIntegralFormError(Exception):
    """A derivative of a jump cannot be moved to the test function; the text says which."""


Parts = int | Literal["all"]
LARGEST = 80_000
"""Nodes of a derivative that is worked out; beyond that `TooLargeError` is raised."""


@dataclass(frozen=True)
class Integrated:
    """A residual against a test function v; see the module docstring.

    Args:
        interior: β to ρ_β.
        boundary: (j, β) to σ_jβ.
    """

    interior: dict[MultiIndex, sp.Expr]
    boundary: dict[tuple[int, MultiIndex], sp.Expr]


def integrate(residual: sp.Expr, axes: Sequence[sp.Symbol], parts: Parts) -> Integrated:
    """Integrate an expression by parts; see the module docstring.

    Args:
        residual: R, with derivatives of products as they are written.
        axes: the inputs x_j, on which v depends.
        parts: so many orders are moved to v; ``all`` moves as many as the terms allow.

    Raises:
        NoIntegralFormError: the derivative of a jump would be left.
        TooLargeError: a derivative would be too large when worked out.
    """
    order = max(order_of(residual), 0)
    work = _Work(tuple(axes), 0 if parts == "all" else max(order - parts, 0), parts != 0)
    work.put((0,) * len(axes), residual)
    work.run()
    return Integrated(
        {beta: e for beta, e in work.totals() if e != 0},
        {key: e for key, e in work.boundary.items() if e != 0},
    )


@dataclass(frozen=True)
class _Moved:
    """T = ∂S/∂x_j + T'."""

    axis: int
    flux: sp.Expr
    rest: sp.Expr = sp.S.Zero


@dataclass
class _Work:
    """The terms that are left, and what is done."""

    axes: tuple[sp.Symbol, ...]
    target: int
    moves: bool
    left: dict[MultiIndex, sp.Expr] = field(default_factory=dict)
    fixed: dict[MultiIndex, sp.Expr] = field(default_factory=dict)
    boundary: dict[tuple[int, MultiIndex], sp.Expr] = field(default_factory=dict)

    def put(self, beta: MultiIndex, expression: sp.Expr) -> None:
        self.left[beta] = self.left.get(beta, sp.S.Zero) + expression

    def run(self) -> None:
        while (found := self._next()) is not None:
            beta, term = found
            self.put(beta, -term)
            if (spread := _spread(term)) is not term:
                self.put(beta, spread)
            elif (moved := _move(term, self.axes)) is None:
                self.fixed[beta] = self.fixed.get(beta, sp.S.Zero) + term
            else:
                higher = tuple(n + (k == moved.axis) for k, n in enumerate(beta))
                self.put(higher, -moved.flux)
                self.put(beta, moved.rest)
                key = moved.axis, beta
                self.boundary[key] = self.boundary.get(key, sp.S.Zero) + moved.flux

    def totals(self) -> Iterator[tuple[MultiIndex, sp.Expr]]:
        """β to ρ_β, with what is left of derivatives of products worked out."""
        for beta in sorted(self.left | self.fixed, key=lambda b: (sum(b), b)):
            parts = (self.left.get(beta, sp.S.Zero), self.fixed.get(beta, sp.S.Zero))
            for jump in (d for part in parts for d in hidden_jumps(part)):
                raise NoIntegralFormError(expression_text(jump))
            yield beta, sp.Add(*map(worked_out, parts))

    def _next(self) -> tuple[MultiIndex, sp.Expr] | None:
        """The term of the highest order that is to be moved."""
        if not self.moves:
            return None
        terms = [
            (order_of(term), beta, term)
            for beta, expression in self.left.items()
            for term in sp.Add.make_args(expression)
            if order_of(term) > self.target or hidden_jumps(term)
        ]
        if not terms:
            return None
        _, beta, term = max(terms, key=lambda t: (t[0], t[1], sp.default_sort_key(t[2])))
        return beta, term


def worked_out(expression: sp.Expr) -> sp.Expr:
    """The expression with derivatives of products by the rules.

    Raises:
        TooLargeError: a derivative would be too large.
    """
    if isinstance(expression, sp.Derivative):
        inner = worked_out(expression.expr)
        for symbol, count in expression.variable_count:
            inner = bounded_derivative(inner, symbol, int(count), LARGEST)
        return inner
    if not expression.args or not expression.has(sp.Derivative):
        return expression
    return expression.func(*(worked_out(a) for a in expression.args))


def _spread(term: sp.Expr) -> sp.Expr:
    """Write k (u_xx + u_yy) and ∂(a + b)/∂x as sums, where the order of the term stands there."""
    order = order_of(term)
    for factor in sp.Mul.make_args(term):
        if order_of(factor) < order and not hidden_jumps(factor):
            continue
        if factor.is_Add:
            rest = term / factor
            return sp.Add(*(rest * part for part in factor.args))
        if isinstance(factor, sp.Derivative) and factor.expr.is_Add:
            rest = term / factor
            return sp.Add(*(
                rest * sp.Derivative(part, *factor.variables) for part in factor.expr.args
            ))  # fmt: skip
    return term


def _move(term: sp.Expr, axes: tuple[sp.Symbol, ...]) -> _Moved | None:
    """The flux S and the rest T' of a term, or None where no derivative can be moved."""
    top = _derivative_to_move(term)
    if top is None:
        return None
    factor, counts = term / top, dict(top.variable_count)
    # The input with the most derivatives first, among those the first of the problem.
    order = sorted((a for a in axes if a in counts), key=lambda a: -counts[a])
    for move in (_divergence, _chain, _product):
        for axis in order:
            moved = move(factor, _lower(top, axis), axis)
            if moved is not None:
                return _Moved(axes.index(axis), *moved)
    return None


def _derivative_to_move(term: sp.Expr) -> sp.Derivative | None:
    """The factor that is a derivative of the order of the term, or hides a jump."""
    factors = sp.Mul.make_args(term)
    jumps = [f for f in factors if isinstance(f, sp.Derivative) and hidden_jumps(f)]
    order = order_of(term)
    highest = [f for f in factors if order_of(f) == order and order > 0]
    (top, *more) = jumps or highest or [sp.S.One]
    return top if isinstance(top, sp.Derivative) and not more else None


def _lower(top: sp.Derivative, axis: sp.Symbol) -> sp.Expr:
    """The q with top = ∂q/∂axis."""
    variables = list(top.variables)
    variables.remove(axis)
    return sp.Derivative(top.expr, *variables) if variables else top.expr


Move = tuple[sp.Expr, sp.Expr]


def _divergence(factor: sp.Expr, q: sp.Expr, axis: sp.Symbol) -> Move | None:
    """By c ∂q/∂x = ∂(c q)/∂x with c that does not depend on x."""
    return None if axis in factor.free_symbols else (factor * q, sp.S.Zero)


def _chain(factor: sp.Expr, q: sp.Expr, axis: sp.Symbol) -> Move | None:
    """By c h(q) ∂q/∂x = ∂(c H(q))/∂x − H ∂c/∂x."""
    found = primitive(factor, q, axis)
    if found is None or jumps(found[0], axis):
        return None
    outer, inner = found
    return outer * inner, -_derivative(outer, axis) * inner


def _product(factor: sp.Expr, q: sp.Expr, axis: sp.Symbol) -> Move | None:
    """By g ∂q/∂x = ∂(g q)/∂x − q ∂g/∂x, of lower order, with a g that does not jump."""
    below = order_of(factor)
    if jumps(factor, axis) or (below != KNOWN and below + 1 > order_of(q)):
        return None
    return factor * q, -_derivative(factor, axis) * q


def _derivative(expression: sp.Expr, axis: sp.Symbol) -> sp.Expr:
    return real(bounded_derivative(expression, axis, 1, LARGEST))
