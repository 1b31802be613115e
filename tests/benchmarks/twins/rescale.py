r"""A problem in other units: :math:`x → f x`, :math:`t → τ t`, every field and number by its own.

The new problem is that of :math:`\tilde u(f x, τ t) = U u(x, t)`; each law is multiplied by a
factor, too. Coordinates of space share one factor, as lengths do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import sympy as sp
from sympy.core.function import AppliedUndef

from pdedsl.ir import (
    Boundary,
    Box,
    Combination,
    DomainIntegral,
    Global,
    Law,
    Moved,
    Place,
    Problem,
    Reference,
    Region,
    Slice,
    Table,
)


@dataclass(frozen=True)
class Units:
    """Factors of inputs, of components by name, of unknown numbers, and of laws by label."""

    inputs: Mapping[sp.Symbol, sp.Expr]
    fields: Mapping[str, sp.Expr]
    numbers: Mapping[sp.Symbol, sp.Expr]
    laws: Mapping[str, sp.Expr]


def random_units(problem: Problem, seed: int, decades: int = 6) -> Units:
    """Powers of ten, from 10^-decades to 10^decades."""
    rng = np.random.default_rng(seed)

    def power() -> sp.Expr:
        return sp.Integer(10) ** int(rng.integers(-decades, decades + 1))

    length = power()
    space = {s: length for domain in problem.domains for s in domain.coordinates}
    others = [i.symbol for i in ([problem.time] if problem.time else [])]
    inputs = space | {s: power() for s in others} | {r.symbol: sp.S.One for r in problem.ranges}
    # Components of a vector are of one unit.
    sizes = {f.name: power() for f in problem.fields}
    fields = {c.func.__name__: sizes[f.name] for f in problem.fields for c in f.components}
    numbers = {n.symbol: power() for n in problem.numbers}
    return Units(inputs, fields, numbers, {law.label: power() for law in problem.laws})


def rescaled(problem: Problem, units: Units) -> Problem:
    """The problem in these units; without outputs, whose values would be others."""
    own = _Rescaling(problem, units)
    written = problem.written() if problem.written else {}
    new_written = {
        (label, tuple(units.laws[label] * own(r) for r in residuals)): tuple(
            units.laws[label] * own(r) for r in forms
        )
        for (label, residuals), forms in written.items()
    }
    time = problem.time
    return replace(
        problem,
        domains=tuple(
            replace(d, region=own.region(d.region, d.coordinates)) for d in problem.domains
        ),
        regions=tuple(
            (name, own.region(r, problem.domains[0].coordinates)) for name, r in problem.regions
        ),
        time=time and replace(
            time, lower=own.value(time.symbol, time.lower), upper=own.value(time.symbol, time.upper)
        ),
        numbers=tuple(
            replace(n, lower=own.bound(n.symbol, n.lower), upper=own.bound(n.symbol, n.upper),
                    guess=units.numbers[n.symbol] * n.guess)
            for n in problem.numbers
        ),
        laws=tuple(own.law(law) for law in problem.laws),
        periodicities=tuple(
            replace(p, period=own.value(p.axis, p.period)) for p in problem.periodicities
        ),
        tables=tuple(own.table(table) for table in problem.tables),
        exact=tuple((left, own.size(left) * own(right)) for left, right in problem.exact),
        references=tuple(own.reference(r) for r in problem.references),
        outputs=(), written=(lambda: new_written) if written else None, rebuild=None,
    )  # fmt: skip


class _Rescaling:
    """Expressions, places and sets in new units."""

    def __init__(self, problem: Problem, units: Units) -> None:
        self.units = units
        self.names = {s.name: f for s, f in units.inputs.items()}
        fields = [(c, f.arguments) for f in problem.fields for c in f.components]
        self._order = {c.func.__name__: [s.name for s in own] for c, own in fields}
        self._order |= {table.name: list(table.coordinates) for table in problem.tables}
        self._dummies: Mapping[sp.Symbol, sp.Expr] = {}

    def __call__(self, node: Any) -> Any:
        """An expression of old inputs and fields in the new ones."""
        if node in self.units.inputs:
            return node / self.units.inputs[node]
        if node in self.units.numbers:
            return node / self.units.numbers[node]
        if isinstance(node, AppliedUndef):
            return self._applied(node)
        if isinstance(node, sp.Derivative):
            factor = sp.Mul(*(self._factor(s) ** n for s, n in node.variable_count))
            inner = node.expr
            if isinstance(inner, AppliedUndef):
                # Variables may be dummies of a `Subs`.
                return factor / self._size(inner) * node
            return factor * sp.Derivative(self(inner), *node.variable_count)
        if isinstance(node, sp.Subs):
            return self._at_point(node)
        if isinstance(node, DomainIntegral):
            volume = sp.Mul(*(self.units.inputs[s] for s in node.args[2]))
            return DomainIntegral(self(node.args[0]), *node.args[1:]) / volume
        if not node.args:
            return node
        return node.func(*(self(a) for a in node.args))

    def _factor(self, symbol: sp.Symbol) -> sp.Expr:
        return self._dummies.get(symbol, self.units.inputs.get(symbol, sp.S.One))

    def _size(self, node: AppliedUndef) -> sp.Expr:
        return self.units.fields.get(node.func.__name__, sp.S.One)

    def _applied(self, node: AppliedUndef) -> sp.Expr:
        """A field, or a column of a table, at a place: its inputs stand in a known order."""
        arguments = self._arguments(node)
        places = (self.names[name] * self(a) for name, a in zip(arguments, node.args, strict=True))
        return node.func(*places) / self._size(node)

    def _arguments(self, node: AppliedUndef) -> list[str]:
        name = node.func.__name__
        return self._order[name] if name in self._order else self._order[name.split(".")[0]]

    def _at_point(self, node: sp.Subs) -> sp.Expr:
        inner = node.expr
        names = self._arguments(inner.expr)
        dummies = {
            d: self.names[name] for name, d in zip(names, inner.expr.args, strict=True)
            if d in node.variables
        }  # fmt: skip
        self._dummies = dummies
        factor = sp.Mul(*(self._factor(s) ** n for s, n in inner.variable_count))
        self._dummies = {}
        places = [dummies[d] * self(p) for d, p in zip(node.variables, node.point, strict=True)]
        return factor / self._size(inner.expr) * sp.Subs(inner, node.variables, places)

    def value(self, symbol: sp.Symbol, value: sp.Expr) -> sp.Expr:
        """A value of an input."""
        return self.units.inputs[symbol] * value

    def bound(self, symbol: sp.Symbol, value: sp.Expr | None) -> sp.Expr | None:
        """A bound of a number."""
        return None if value is None else self.units.numbers[symbol] * value

    def size(self, left: sp.Expr) -> sp.Expr:
        """The factor of a component, or of a number."""
        if left in self.units.numbers:
            return self.units.numbers[left]
        return self._size(left)

    def law(self, law: Law) -> Law:
        """A law, times its factor."""
        factor = self.units.laws[law.label]
        return replace(
            law,
            equations=tuple((factor * self(a), factor * self(b)) for a, b in law.equations),
            residuals=tuple(factor * self(r) for r in law.residuals),
            place=self._place(law.place),
        )

    def _place(self, place: Place) -> Place:
        if isinstance(place, Boundary):
            faces = tuple(replace(f, value=self.value(f.axis, f.value)) for f in place.faces)
            where = None if place.where is None else self(place.where)
            return replace(place, faces=faces, where=where)
        if isinstance(place, Slice | Global):
            return replace(place, fixed=tuple((s, self.value(s, v)) for s, v in place.fixed))
        return place

    def region(self, region: Region, coordinates: tuple[sp.Symbol, ...]) -> Region:
        """A set, all of whose lengths are times the factor of its coordinates."""
        factor = self.units.inputs[coordinates[0]]
        if isinstance(region, Box):
            return Box(tuple((factor * a, factor * b) for a, b in region.intervals))
        if isinstance(region, Combination):
            left, right = (self.region(r, coordinates) for r in (region.left, region.right))
            return replace(region, left=left, right=right)
        return Moved("scale", region, (factor,), ("",))

    def table(self, table: Table) -> Table:
        """Measured points in new units; values stay as they are, as laws make up for it."""
        columns = {n: v * float(self.names.get(n, 1)) for n, v in table.columns.items()}
        return replace(table, columns=columns)

    def reference(self, reference: Reference) -> Reference:
        """A known solution as numbers."""
        table = self.table(reference.table)
        sizes = {column: float(self._size(field)) for field, column in reference.columns}
        columns = {n: v * sizes.get(n, 1.0) for n, v in table.columns.items()}
        return replace(reference, table=replace(table, columns=columns))
