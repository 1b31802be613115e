r"""The matrix of the loss of a problem in a basis, law by law.

Constant coefficients and plane waves give exact factors through the symbol (`symbol_rows`), other
local laws go through quadrature (`quadrature_rows`), integrals and fields at another point too
(`functional_rows`). Laws that have no matrix here are left out, with the reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from pdedsl.calculus.laws import LawOperator, law_operators
from pdedsl.calculus.operator import LinearOperator
from pdedsl.calculus.state import State, linearisation_state
from pdedsl.conditioning.rows.evaluation import Coefficients
from pdedsl.conditioning.rows.law_rows import LawRows, PieceFactor
from pdedsl.conditioning.rows.magnitudes import Magnitudes, without_rounding
from pdedsl.conditioning.rows.pieces import NotAssembledError, Piece, measure_of, pieces_of
from pdedsl.conditioning.rows.quadrature_rows import factor_of, operator_rows
from pdedsl.conditioning.rows.symbol_rows import Numbers
from pdedsl.ir import Boundary, Interior, Law, OnData, Problem, Table, TooLargeError
from pdedsl.ir.text import expression_text

from .discretisation import Discretisation
from .gram import Gram, Term
from .rows import symbol_rows
from .spectrum import reduce_rows


def assemble(
    problem: Problem, discretisation: Discretisation, laws: Sequence[LawOperator] | None = None
) -> Gram:
    """A by laws, for the laws linearised at a state.

    Args:
        problem: all its domains are boxes.
        discretisation: the basis of each component.
        laws: the operators of the laws; by default those at `linearisation_state`.
    """
    state = linearisation_state(problem) if laws is None else None
    laws = law_operators(problem, state) if laws is None else laws
    magnitudes = Magnitudes(discretisation)
    terms: list[Term] = []
    skipped: list[tuple[str, str]] = []
    for law in laws:
        try:
            terms.append(_Assembly(law, magnitudes).term())
        except NotAssembledError as reason:
            skipped.append((law.law.label, str(reason)))
        except TooLargeError:
            skipped.append((law.law.label, f"{law.law.label} is too large to be worked out"))
    return Gram(tuple(terms), discretisation.size, tuple(skipped), _notes(problem, laws, state))


def _notes(problem: Problem, laws: Sequence[LawOperator], state: State | None) -> tuple[str, ...]:
    notes = []
    bent = [law.law.label for law in laws if not law.linear and law.operator is not None]
    if bent and state is not None:
        notes.append(f"{', '.join(bent)}: linearised at {state.text}")
    if problem.numbers:
        found = ", ".join(
            f"{n.symbol} = {expression_text(problem.substitute(n.guess))}" for n in problem.numbers
        )
        notes.append(f"unknown numbers are held at their guess, {found}")
    return tuple(notes)


class _Assembly:
    """One law."""

    def __init__(self, given: LawOperator, magnitudes: Magnitudes) -> None:
        self.magnitudes, self.discretisation = magnitudes, magnitudes.discretisation
        self.problem = self.discretisation.problem
        self.given = given
        self.law: Law = given.law
        place = self.law.place
        tables = {t.name: t for t in self.problem.tables}
        self.own = tables[place.table] if isinstance(place, OnData) else None
        self.coefficients = Coefficients(self.problem, self.law.label, self.own)
        self.operator: LinearOperator | None = None
        if given.operator is not None:
            self.operator = given.operator.map(self.coefficients.plain)

    def term(self) -> Term:
        """The law's part of the matrix."""
        measure = 1.0
        if self.own is not None:
            made = self._at_data(self.own)
        else:
            pieces = pieces_of(self.problem, self.law)
            measure = measure_of(self.law, pieces)
            made = self._exactly(pieces) or self._by_quadrature(pieces)
        return Term(
            label=self.law.label,
            kind=self.law.kind,
            interior=isinstance(self.law.place, Interior),
            factor=np.sqrt(measure) * made.factor,
            measure=measure,
            equations=len(self.law.residuals),
            method=made.method,
            exact=made.exact,
            by_symbol=made.by_symbol,
        )

    def _at_data(self, table: Table) -> PieceFactor:
        if self.operator is None:
            raise NotAssembledError(self.given.reason)
        points = np.zeros((table.rows, len(self.problem.inputs)))
        for i, symbol in enumerate(self.problem.inputs):
            if symbol.name in table.coordinates:
                points[:, i] = table.columns[symbol.name]
            elif self._depends_on(i):
                raise NotAssembledError(
                    f"{self.law.label} needs {symbol} at each row, and the table {table.name} "
                    "has no such column"
                )
        weights = np.full(table.rows, 1 / table.rows)
        rows, size = operator_rows(
            self.magnitudes, self.operator, self.coefficients, points, weights
        )
        factor = without_rounding(factor_of(rows, weights, self.discretisation.size), size)
        return PieceFactor(factor, 1.0, f"mean over the {table.rows} rows of {table.name}", True)

    def _depends_on(self, column: int) -> bool:
        assert self.operator is not None
        symbol = self.problem.inputs[column]
        if any(a.has(symbol) for _, a in self.operator.terms()):
            return True
        return any(
            column in part.columns and any(row[c] for row in self.operator.rows)
            for c, part in enumerate(self.discretisation.parts)
        )

    def _exactly(self, pieces: tuple[Piece, ...]) -> PieceFactor | None:
        """By the symbol on all pieces, or None where it does not serve."""
        place = self.law.place
        if self.operator is None or (isinstance(place, Boundary) and place.where is not None):
            return None
        if not all(symbol_rows.fits(self.discretisation, p) for p in pieces):
            return None
        numbers = [self._numbers(self.operator, p) for p in pieces]
        total = sum(p.share for p in pieces)
        factors = []
        for piece, own in zip(pieces, numbers, strict=True):
            if own is None:
                return None
            rows = symbol_rows.symbol_rows(self.discretisation, piece, own)
            rows = without_rounding(rows, self.magnitudes.of(own))
            factors.append(np.sqrt(piece.share / total) * rows)
        factor = reduce_rows(np.concatenate(factors))
        return PieceFactor(factor, 1.0, "the symbol of the operator, exact", True, True)

    def _numbers(self, operator: LinearOperator, piece: Piece) -> Numbers | None:
        """The coefficients on a piece, or None where one varies over it."""
        fixed = {self.problem.inputs[i]: v for i, v in piece.fixed}
        values = {
            a: self.coefficients.constant(a, fixed, piece.normal) for _, a in operator.terms()
        }
        if None in values.values():
            return None
        return [
            [[(alpha, values[a] or 0.0) for alpha, a in entry] for entry in row]
            for row in operator.rows
        ]

    def _by_quadrature(self, pieces: tuple[Piece, ...]) -> PieceFactor:
        law = LawRows(self.law, self.operator, self.coefficients, self.magnitudes)
        found = [law.on(p) for p in pieces]
        shares = np.array([p.share * made.part for p, made in zip(pieces, found, strict=True)])
        if not shares.sum() > 0:
            raise NotAssembledError(f"no point of the boundary satisfies {self.law.label}")
        scales = np.sqrt(shares / shares.sum())
        factors = [scale * made.factor for scale, made in zip(scales, found, strict=True)]
        worst = next((made for made in found if not made.exact), found[0])
        return replace(worst, factor=reduce_rows(np.concatenate(factors)))
