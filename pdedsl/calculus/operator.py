r"""Matrices of linear differential operators in normal form.

.. math:: (L u)_i = \sum_j \sum_α a_{ijα}(x)\, ∂^α u_j

The coefficients are sympy expressions in the coordinates, in parameters, and, for an operator
that was linearised, in the fields of its state.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import sympy as sp
from sympy.core.function import AppliedUndef

MultiIndex = tuple[int, ...]
Terms = tuple[tuple[MultiIndex, sp.Expr], ...]


def terms_of(found: Mapping[MultiIndex, sp.Expr]) -> Terms:
    """Terms in their order: highest order first, then by multi-index; zeros are left out."""
    kept = [(alpha, a) for alpha, a in found.items() if a != 0]
    return tuple(sorted(kept, key=lambda term: (-sum(term[0]), tuple(-k for k in term[0]))))


@dataclass(frozen=True)
class LinearOperator:
    """A matrix of differential operators; see the module docstring.

    Args:
        coordinates: x_1 … x_d; a multi-index has an entry for each.
        unknowns: names of the functions u_j that it acts on, one a column.
        rows: for each row i and column j the terms (α, a_ijα), as `terms_of` orders them.
    """

    coordinates: tuple[sp.Symbol, ...]
    unknowns: tuple[str, ...]
    rows: tuple[tuple[Terms, ...], ...]

    @classmethod
    def of(
        cls,
        coordinates: Iterable[sp.Symbol],
        unknowns: Iterable[str],
        rows: Iterable[Iterable[Mapping[MultiIndex, sp.Expr]]],
    ) -> LinearOperator:
        """From mappings of multi-indices to coefficients, one for each row and column."""
        made = tuple(tuple(terms_of(entry) for entry in row) for row in rows)
        return cls(tuple(coordinates), tuple(unknowns), made)

    @property
    def shape(self) -> tuple[int, int]:
        """Number of equations and of unknown functions."""
        return len(self.rows), len(self.unknowns)

    @property
    def order(self) -> int:
        """Highest order of a derivative; 0 for the zero operator."""
        return max((sum(alpha) for alpha, _ in self.terms()), default=0)

    def terms(self) -> list[tuple[MultiIndex, sp.Expr]]:
        """The terms of all entries, one after another."""
        return [term for row in self.rows for entry in row for term in entry]

    @property
    def constant(self) -> bool:
        """Whether no coefficient depends on a coordinate or a field."""
        own = set(self.coordinates)
        return not any(a.free_symbols & own or a.atoms(AppliedUndef) for _, a in self.terms())

    def map(self, change: Callable[[sp.Expr], sp.Expr]) -> LinearOperator:
        """The operator with every coefficient replaced by ``change`` of it."""
        rows = tuple(
            tuple(terms_of({alpha: change(a) for alpha, a in entry}) for entry in row)
            for row in self.rows
        )
        return replace(self, rows=rows)

    def restricted(self, columns: Sequence[int], axes: Sequence[int]) -> LinearOperator:
        """The operator on some of the unknowns, in coordinates that hold all its derivatives."""
        rows = tuple(
            tuple(
                terms_of({tuple(alpha[k] for k in axes): a for alpha, a in row[j]}) for j in columns
            )
            for row in self.rows
        )
        coordinates = tuple(self.coordinates[k] for k in axes)
        return LinearOperator(coordinates, tuple(self.unknowns[j] for j in columns), rows)

    def differential(self) -> LinearOperator:
        """The operator on ``du``, the change of u, for each unknown ``u``.

        So it reads apart from the u that the coefficients of a linearised operator hold.
        """
        return replace(self, unknowns=tuple(f"d{name}" for name in self.unknowns))

    def apply(self, functions: Sequence[sp.Expr]) -> tuple[sp.Expr, ...]:
        """L u for functions of the coordinates, one for each unknown; an expression a row.

        Raises:
            ValueError: the number of functions is not that of the unknowns.
        """
        if len(functions) != len(self.unknowns):
            raise ValueError(f"expected {len(self.unknowns)} functions, got {len(functions)}")
        return tuple(
            sp.Add(*(
                a * differentiate(u, self.coordinates, alpha)
                for u, entry in zip(functions, row, strict=True) for alpha, a in entry
            ))
            for row in self.rows
        )  # fmt: skip


def differentiate(
    function: sp.Expr, coordinates: Sequence[sp.Symbol], alpha: MultiIndex
) -> sp.Expr:
    """∂^α of an expression."""
    counts = [(s, k) for s, k in zip(coordinates, alpha, strict=True) if k]
    return sp.diff(function, *counts) if counts else function
