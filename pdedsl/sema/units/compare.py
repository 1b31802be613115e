"""Units of a whole file: what is stated, what follows, and where laws contradict it.

The file is read a second time, with each number that has a unit as a symbol of its own. A plain
number is a number, as in mathematics: it may multiply anything, and stands beside quantities only
where it is 0. A name without a unit has the one that its use asks for, or an unknown one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import sympy as sp

from pdedsl.diagnostics import Diagnostic, Rejected, Span
from pdedsl.ir import (
    Boundary,
    Box,
    Combination,
    Functional,
    Interior,
    Interval,
    OnInterface,
    Region,
    Shape,
)
from pdedsl.sema.draft import Draft
from pdedsl.syntax import Reading
from pdedsl.units import Dimension, Unit

from .degrees import PURE, Degree, Units
from .messages import mismatch
from .of_expressions import Mismatch, Reader
from .places import fixed_values, plain_values

_ANGLES = frozenset(["angles", "normal", "axis"])


class Comparison:
    """Compares the units of a file that has been understood with its units kept.

    Args:
        draft: as it was read with ``keeps_units``.
        reading: its statements, for the places of messages.

    Attributes:
        report: what contradicts itself.
    """

    def __init__(self, draft: Draft, reading: Reading) -> None:
        self.draft, self.reading = draft, reading
        self.units = Units()
        self.report: list[Diagnostic] = []
        arguments = {str(c.func): c.args for f in draft.fields for c in f.components}
        for table in draft.scope.role("a data table").values():
            own = {f"{table.table.name}.{c}": table.coordinates for c in table.table.columns}
            arguments.update(own)
        self._reader = Reader(self.units, self.of_name, arguments)
        self._stated = draft.scope.units
        self._functionals = {symbol.name: f for symbol, f in draft.functionals.items()}

    def of_name(self, name: str) -> Degree:
        """The unit of a symbol or function: stated, worked out, or that of a name."""
        plain = name.partition("[")[0]
        for own in (name, plain):
            if own in self._stated:
                return Degree(self._stated[own].dimension)
        kept = plain if plain in self.draft.scope.coordinates() or self._is_vector(plain) else name
        return self.units.reduced(Degree.of_name(kept))

    def _is_vector(self, name: str) -> bool:
        entry = self.draft.scope.entries.get(name)
        return entry is not None and entry.role == "a vector of coordinates"

    def _ask(self, span: Span, ask: Callable[[], object]) -> None:
        try:
            ask()
        except Mismatch as found:
            if not any(d.span == span for d in self.report):
                self.report.append(mismatch(found, span, self.reading, self.draft.scope.scaled))

    def run(self) -> None:
        """Compare all there is, declarations before laws."""
        scope = self.draft.scope
        for parameter in scope.parameters():
            given = self.draft.given.get(parameter.symbol.name, parameter.definition)
            if given.free_symbols:
                self._one(parameter.span, parameter.symbol, given)
        intervals: list[Interval] = [*scope.role("a parameter with a range").values()]
        for interval in [*intervals, *([self.draft.time] if self.draft.time else [])]:
            self._ends(interval.span, interval.symbol, (interval.lower, interval.upper))
        for domain in self.draft.domains.values():
            self._region(domain.span, domain.coordinates, domain.region)
        for number in scope.role("an unknown number").values():
            ends = (e for e in (number.lower, number.upper, number.guess) if e is not None)
            self._ends(number.span, number.symbol, tuple(ends))
        self._laws()
        for output in self.draft.outputs:
            self._ask(output.span, partial(self._output, output.name, output.expression))

    def _one(self, span: Span, *terms: sp.Basic) -> None:
        self._ask(span, partial(self._reader.common, terms))

    def _ends(self, span: Span, symbol: sp.Symbol, ends: tuple[sp.Expr, ...]) -> None:
        """Ends with units give that of the symbol; plain ones are in the one of the symbol."""
        if any(end.free_symbols for end in ends):
            self._one(span, symbol, *ends)

    def _region(self, span: Span, coordinates: tuple[sp.Symbol, ...], region: Region) -> None:
        if isinstance(region, Box):
            for symbol, ends in zip(coordinates, region.intervals, strict=True):
                self._ends(span, symbol, ends)
        elif isinstance(region, Combination):
            for part in (region.left, region.right):
                self._region(span, coordinates, part)
        elif isinstance(region, Shape):
            for argument, name in zip(region.arguments, region.keywords, strict=False):
                if isinstance(argument, tuple) and name not in _ANGLES:
                    for symbol, value in zip(coordinates, argument, strict=False):
                        self._ends(span, symbol, (value,))
                elif isinstance(argument, sp.Expr) and name not in _ANGLES:
                    self._ends(span, coordinates[0], (argument,))

    def _laws(self) -> None:
        reader = self._reader
        for law in self.draft.laws:
            for left, right in law.equations:
                self._ask(law.span, partial(reader.common, _terms(left, right)))
            for (left, right), sigma in zip(law.equations, law.sigma, strict=False):
                self._one(law.span, *_terms(left, right), sigma)
            if isinstance(law.place, Boundary) and law.place.where is not None:
                self._ask(law.span, partial(reader.condition, law.place.where))
        for name, value in fixed_values(self.reading):
            given = self.draft.elaborator.scalar(value)
            if given.free_symbols:
                self._one(value.span, self.draft.elaborator.symbol(name.id), given)
        self.report.extend(plain_values(self.draft, self.reading))
        for left, right, span in self.draft.exact:
            self._one(span, left, *_terms(right))

    def _output(self, name: str, expression: sp.Expr) -> None:
        for symbol in sorted(expression.free_symbols, key=str):
            self._functional(symbol.name)
        degree = self._reader.degree(expression)
        if degree is not None:
            self.units.equal(Degree.of_name(name), degree)

    def _functional(self, name: str) -> None:
        """The unit of an integral, an extreme value or a value at a point."""
        functional = self._functionals.get(name)
        if functional is None:
            return
        for symbol in functional.integrand.free_symbols:
            self._functional(symbol.name)
        degree = self._reader.degree(functional.integrand)
        if degree is None:
            return
        if functional.kind == "integral":
            degree = degree * self._measure(functional)
        self.units.equal(Degree.of_name(name), degree)

    def _measure(self, functional: Functional) -> Degree:
        place = functional.place
        if isinstance(place, Interior) and place.domain is None:
            assert self.draft.time is not None
            return self.of_name(self.draft.time.symbol.name)
        domain = next(iter(self.draft.domains.values()))
        if isinstance(place, (Interior, Boundary)) and place.domain is not None:
            domain = self.draft.domains[place.domain]
        axes = list(domain.coordinates)
        if isinstance(place, (Boundary, OnInterface)):
            faces = place.faces if isinstance(place, Boundary) else ()
            axes.remove(faces[0].axis if faces else axes[-1])
        found = PURE
        for axis in axes:
            found = found * self.of_name(axis.name)
        return found

    def texts(self) -> Iterator[tuple[str, str]]:
        """Names of inputs, parameters, fields, numbers and outputs, each with its unit."""
        scope = self.draft.scope
        names = [s.name for s in self.draft.inputs]
        names += [*scope.role("a parameter with a range")]
        names += [p.symbol.name for p in scope.parameters() if p.symbol.name not in self._stated]
        names += [f.name for f in self.draft.fields]
        names += [str(c.func) for f in self.draft.fields if f.vector for c in f.components]
        names += [*scope.role("an unknown number"), *(o.name for o in self.draft.outputs)]
        for name in names:
            degree = self.of_name(name)
            if not degree.names:
                given = str(self.draft.given.get(name, name))  # a number with a unit, or the name
                yield name, _written(self._stated.get(given), degree.dimension)


def _written(stated: Unit | None, dimension: Dimension) -> str:
    """A unit as the file writes it, where that is one of the SI."""
    return stated.text if stated is not None and stated.factor == 1 else str(dimension)


def _terms(*sides: sp.Expr) -> list[sp.Expr]:
    """The terms of both sides."""
    return [term for side in sides for term in sp.Add.make_args(side)]


def compared(draft: Draft, reading: Reading) -> Comparison:
    """The units of a file that was read with its units kept.

    Raises:
        Rejected: never; what is wrong stands in the report.
    """
    comparison = Comparison(draft, reading)
    try:
        comparison.run()
    except Rejected as rejected:
        comparison.report.append(rejected.diagnostic)
    return comparison
