"""Problems made by hand, without the language."""

from __future__ import annotations

import sympy as sp

from pdedsl.diagnostics import Source, Span
from pdedsl.ir import (
    Boundary,
    Box,
    Domain,
    Face,
    Field,
    Interior,
    Interval,
    Law,
    Parameter,
    Periodicity,
    Problem,
    Table,
    UnknownNumber,
    coordinate,  # fmt: skip,
)

SPAN = Span(0, 1)
x, y, t = (coordinate(name) for name in "xyt")


def box(*ends: tuple[object, object]) -> Box:
    """A box from pairs of numbers."""
    return Box(tuple((sp.sympify(a), sp.sympify(b)) for a, b in ends))


def field(name: str, *arguments: sp.Symbol, size: int = 0, domain: str | None = "Omega") -> Field:
    """A scalar field (size 0) or a vector."""
    names = [f"{name}[{i}]" for i in range(1, size + 1)] or [name]
    components = tuple(sp.Function(n)(*arguments) for n in names)
    return Field(name, components, size > 0, arguments, domain, SPAN)


def law(kind: str, label: str, place: object, *residuals: object) -> Law:
    """A law that sets residuals to zero."""
    done = tuple(sp.sympify(r) for r in residuals)
    pairs = tuple((r, sp.S.Zero) for r in done)
    return Law(kind, label, pairs, done, place, SPAN)  # type: ignore[arg-type]


def interval(symbol: sp.Symbol, low: object, high: object) -> Interval:
    """An interval."""
    return Interval(symbol, sp.sympify(low), sp.sympify(high), SPAN)


def faces(coordinates: tuple[sp.Symbol, ...], region: Box) -> tuple[Face, ...]:
    """All sides of a box."""
    return tuple(
        Face(s, side, end)
        for s, ends in zip(coordinates, region.intervals, strict=True)
        for side, end in zip((-1, 1), ends, strict=True)
    )


def number(name: str, guess: object, low: object = None, high: object = None) -> UnknownNumber:
    """An unknown number."""
    ends = [None if e is None else sp.sympify(e) for e in (low, high)]
    return UnknownNumber(coordinate(name), ends[0], ends[1], sp.sympify(guess), SPAN)


def problem(
    *,
    coordinates: tuple[sp.Symbol, ...] = (),
    region: Box | None = None,
    time: Interval | None = None,
    ranges: tuple[Interval, ...] = (),
    fields: tuple[Field, ...] = (),
    numbers: tuple[UnknownNumber, ...] = (),
    laws: tuple[Law, ...] = (),
    periodicities: tuple[Periodicity, ...] = (),
    tables: tuple[Table, ...] = (),
    parameters: tuple[Parameter, ...] = (),
) -> Problem:
    """A problem on one box, or of time alone."""
    domains = (Domain("Omega", coordinates, region, SPAN),) if region is not None else ()
    return Problem(
        title="", source=Source("<test>", "test"), parameters=parameters, ranges=ranges,
        domains=domains, regions=(), interfaces=(), time=time, fields=fields, numbers=numbers,
        laws=laws, periodicities=periodicities, tables=tables, exact=(), references=(),
    )  # fmt: skip


def poisson(*extra: Law) -> Problem:
    """u_xx + u_yy = f on the unit square, u = 0 on its boundary."""
    region = box((0, 1), (0, 1))
    u = field("u", x, y)
    (w,) = u.components
    rhs = -2 * sp.pi**2 * sp.sin(sp.pi * x) * sp.sin(sp.pi * y)
    laws = (
        law("eq", "eq", Interior("Omega"), sp.diff(w, x, 2) + sp.diff(w, y, 2) - rhs),
        law("bc", "bc", Boundary("Omega", faces((x, y), region)), w),
        *extra,
    )
    return problem(coordinates=(x, y), region=region, fields=(u,), laws=laws)
