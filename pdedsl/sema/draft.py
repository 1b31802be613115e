"""The problem while it is being read: what the statements so far have declared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import sympy as sp
from sympy.core.function import AppliedUndef

from pdedsl.diagnostics import Diagnostic, Report, Span
from pdedsl.geometry import region_of
from pdedsl.ir import (
    Domain,
    Field,
    Functional,
    Interval,
    Law,
    Output,
    Periodicity,
    Reference,
    Table,
    evaluate,
)

from .expressions import Elaborator
from .scope import Scope


@dataclass
class Draft:
    """Collects declarations and laws in the order of the file.

    ``given`` has the values of parameters as they are written, before others are put into them,
    ``unit_texts`` names with their units, where the file has any.
    """

    base: Path
    overrides: Mapping[str, float]
    report: Report
    scope: Scope = field(init=False)
    title: str | None = None
    time: Interval | None = None
    laws: list[Law] = field(default_factory=list)
    periodicities: list[Periodicity] = field(default_factory=list)
    exact: list[tuple[sp.Expr, sp.Expr, Span]] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    outputs: list[Output] = field(default_factory=list)
    modes: dict[str, tuple[int, Span]] = field(default_factory=dict)
    functionals: dict[sp.Symbol, Functional] = field(default_factory=dict)
    given: dict[str, sp.Expr] = field(default_factory=dict)
    keeps_units: bool = False
    unit_texts: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        self.scope = Scope(self.base, self.keeps_units)

    @property
    def elaborator(self) -> Elaborator:
        """Evaluates expressions in the scope as it is now."""
        return Elaborator(self.scope)

    @property
    def domains(self) -> dict[str, Domain]:
        """The domains declared so far, by name."""
        return self.scope.role("a domain")

    @property
    def inputs(self) -> list[sp.Symbol]:
        """Coordinates of all domains, and time."""
        space = [s for domain in self.domains.values() for s in domain.coordinates]
        return [*space, self.time.symbol] if self.time else space

    @property
    def fields(self) -> list[Field]:
        """The unknown functions declared so far."""
        return list(self.scope.role("an unknown function").values())

    def fields_in(self, residuals: Iterable[sp.Expr]) -> list[Field]:
        """Those that occur in some residuals."""
        used = {a.func for r in residuals for a in r.atoms(AppliedUndef)}
        return [f for f in self.fields if used & {c.func for c in f.components}]

    def substitute(self, expression: sp.Expr) -> sp.Expr:
        """The expression with parameters replaced by their values."""
        return expression.xreplace(self.scope.parameter_values())

    def number(self, expression: sp.Expr) -> float:
        """Value of an expression of parameters."""
        return float(evaluate(self.substitute(expression)))

    def outside(self, table: Table, span: Span) -> Iterator[Diagnostic]:
        """E604 where points of a table lie in no domain, or outside the time."""
        points = {name: table.columns[name] for name in table.coordinates}
        inside = np.ones(table.rows, dtype=bool)
        fitting = [d for d in self.domains.values() if all(s.name in points for s in d.coordinates)]
        if fitting:
            inside = np.zeros(table.rows, dtype=bool)
        for domain in fitting:
            x = np.stack([points[s.name] for s in domain.coordinates], axis=1)
            inside |= region_of(domain.region, self.number).contains(x, slack=1e-6)
        intervals = [*self.scope.role("a parameter with a range").values()]
        for interval in [*intervals, *([self.time] if self.time else [])]:
            if interval.symbol.name in points:
                lower, upper = self.number(interval.lower), self.number(interval.upper)
                margin = 1e-6 * (upper - lower)
                t = points[interval.symbol.name]
                inside &= (t >= lower - margin) & (t <= upper + margin)
        if not inside.all():
            row = int(np.flatnonzero(~inside)[0])
            where = ", ".join(f"{n} = {v[row]:g}" for n, v in points.items())
            count, number = int(np.sum(~inside)), table.row_number(row)
            message = f"{table.path}: {count} of {table.rows} points lie outside the domain"
            yield Diagnostic("E604", f"{message}; the first is row {number}, {where}", span)
