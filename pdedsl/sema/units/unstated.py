"""Plain numbers in a file with units that are none of the SI, in which they might be meant."""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from pdedsl.diagnostics import Diagnostic, Span
from pdedsl.ir import Domain

from .compare import Comparison


def unstated(comparison: Comparison) -> Iterator[Diagnostic]:
    """E310 of names that have a unit by their use, numbers without one, and a file with ``mm``.

    In a file of millimetres ``param D = 0.1`` beside lengths and times may be meant in mm^2/s as
    well as in m^2/s. Where all units are of the SI there is one reading alone.

    Args:
        comparison: after all laws.
    """
    scope = comparison.draft.scope
    if scope.scaled is None or comparison.report:
        return
    for name, span, numbers in _plain(comparison):
        degree = comparison.of_name(name)
        if degree.dimension and not degree.names and any(n != 0 for n in numbers):
            message = f"{name} has no unit, and may be meant in the SI or in units like"
            message = f"{message} '{scope.scaled}', which this file has too"
            mend = f'say its unit, such as "{degree.dimension}"'
            yield Diagnostic("E310", message, span, mend)


def _axes(domain: Domain) -> Iterator[tuple[sp.Symbol, Span, list[sp.Expr]]]:
    """Coordinates with the ends of their intervals; of other sets nothing is known but the set."""
    for symbol in domain.coordinates:
        yield symbol, domain.span, list(domain.intervals.get(symbol, (sp.S.One,)))


def _plain(comparison: Comparison) -> Iterator[tuple[str, Span, list[sp.Expr]]]:
    """Names without units of their own, with the numbers that they are given."""
    draft, scope = comparison.draft, comparison.draft.scope
    for parameter in scope.parameters():
        name = parameter.symbol.name
        given = draft.given.get(name, parameter.definition)
        if name not in scope.units and not given.free_symbols:
            yield name, parameter.span, [given]
    intervals = [*scope.role("a parameter with a range").values()]
    intervals += [draft.time] if draft.time else []
    ends = [(i.symbol, i.span, [i.lower, i.upper]) for i in intervals]
    ends += [axis for domain in draft.domains.values() for axis in _axes(domain)]
    numbers = scope.role("an unknown number").values()
    ends += [(n.symbol, n.span, [e for e in (n.lower, n.upper, n.guess) if e]) for n in numbers]
    for symbol, span, values in ends:
        named = any(v.free_symbols for v in values)
        if symbol.name.partition("[")[0] not in scope.units and not named:
            yield symbol.name, span, values
    for entry in scope.role("a data table").values():
        table = entry.table
        for column in table.columns:
            name = f"{table.name}.{column}"
            if name not in scope.units and column not in table.coordinates:
                yield name, scope.entries[table.name].span, [sp.S.One]
