r"""Full and principal symbol of a matrix of differential operators.

.. math:: σ(x, ξ)_{ij} = \sum_α a_{ijα}(x)\,(i ξ)^α, \qquad L\,e^{iξ·x} = σ(x, ξ)\,e^{iξ·x}

The coefficients are real: terms of even order are the real part, those of odd order the
imaginary part.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import sympy as sp

from .leibniz import Room, sum_terms
from .operator import LinearOperator, MultiIndex, terms_of
from .tidy import tidy


@dataclass(frozen=True)
class Symbol:
    """The symbol of an operator.

    Args:
        operator: L, with m rows and n unknowns.
        frequencies: ξ, a real symbol for each coordinate; see `frequency`.
    """

    operator: LinearOperator
    frequencies: tuple[sp.Symbol, ...]

    @cached_property
    def matrix(self) -> sp.Matrix:
        """σ, shape (m, n)."""
        return self._matrix(lowest=0)

    @cached_property
    def principal(self) -> sp.Matrix:
        """The part of σ from derivatives of the operator's own order, shape (m, n)."""
        return self._matrix(lowest=self.operator.order)

    @cached_property
    def squared(self) -> sp.Matrix:
        """σ^H σ, shape (n, n), multiplied out as a polynomial in ξ.

        For one unknown it is Σ_i |σ_i|², a real expression; for constant coefficients it is
        the symbol of L*L.

        Raises:
            TooLargeError: it is too large to be written out.
        """
        size = len(self.operator.unknowns)
        room = Room()
        return sp.Matrix(size, size, lambda j, k: self._product(j, k, room))

    def _matrix(self, lowest: int) -> sp.Matrix:
        """Σ a (i ξ)^α over the orders from ``lowest`` on."""

        def entry(i: int, j: int) -> sp.Expr:
            terms = [t for t in self.operator.rows[i][j] if sum(t[0]) >= lowest]
            return sp.Add(*(a * sp.I ** sum(alpha) * self._monomial(alpha) for alpha, a in terms))

        return sp.Matrix(*self.operator.shape, entry)

    def _monomial(self, alpha: MultiIndex) -> sp.Expr:
        return sp.Mul(*(f**n for f, n in zip(self.frequencies, alpha, strict=True)))

    def _product(self, j: int, k: int, room: Room) -> sp.Expr:
        """Σ_i conj(σ_ij) σ_ik."""
        parts = [self._polynomial(sum_terms(self._pairs(j, k, part), room)) for part in (0, 1)]
        return parts[0] + sp.I * parts[1]

    def _pairs(self, j: int, k: int, part: int) -> Iterator[tuple[MultiIndex, sp.Expr]]:
        """Terms of the real (0) or imaginary (1) part, with (−i)^|α| i^|β| = i^(|β| − |α|)."""
        for row in self.operator.rows:
            for alpha, a in row[j]:
                for beta, b in row[k]:
                    turn = (sum(beta) - sum(alpha)) % 4
                    if turn % 2 == part:
                        total = tuple(p + q for p, q in zip(alpha, beta, strict=True))
                        yield total, a * b if turn < 2 else -a * b

    def _polynomial(self, sums: Mapping[MultiIndex, sp.Expr]) -> sp.Expr:
        terms = terms_of({alpha: tidy(a) for alpha, a in sums.items()})
        return sp.Add(*(a * self._monomial(alpha) for alpha, a in terms))


def symbol(operator: LinearOperator) -> Symbol:
    """σ with frequencies named after the coordinates; see the module docstring."""
    return Symbol(operator, tuple(frequency(s) for s in operator.coordinates))


def frequency(coordinate: sp.Symbol) -> sp.Symbol:
    """ξ of a coordinate, named ``xi[x]``: no name of a spec is written like that.

    (Parameters are often called k or omega; the indices of a spec's vectors are numbers.)
    """
    return sp.Symbol(f"xi[{coordinate.name}]", real=True)


def frequency_of(symbol: sp.Symbol) -> str | None:
    """Name of the coordinate that a symbol is the frequency of; None for other symbols."""
    name = symbol.name
    inner = name.removeprefix("xi[").removesuffix("]")
    is_one = name == f"xi[{inner}]" and not inner.isdigit()
    return inner if is_one else None
