"""A box divided into a grid of boxes, by cuts of its coordinates and of time.

Each field u that depends on what is cut turns into fields u1, …, um, one for each part. Equations
hold on every part, conditions where they held; where two parts share a face, `interface_conditions`
join the fields. All of it is one problem, and is solved at once.

Where time is cut, it turns into a coordinate of the parts, which are boxes in space and time: an
interface at a time is then a face like any other, and the fields are joined there by as many
conditions as the equation has orders in time, u for the heat equation and u, u_t for the wave
equation. Windows of time, which are solved one after another, are in `time_windows`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import sympy as sp

from pdedsl.ir import (
    Division,
    Field,
    Interface,
    Joint,
    Law,
    OnData,
    OnInterface,
    Part,
    Periodicity,
    Problem,
    Table,
    decomposition_obstacle,
)

from .interface_conditions import Coupling, InterfaceConditions, interface_conditions
from .part_laws import restricted_laws
from .part_tables import part_table
from .subdomains import Cuts, Subdomain, Values, interval_of, neighbours, numbered, subdomains

Given = Sequence[float | sp.Expr] | Mapping[str, Sequence[float | sp.Expr]]


def decompose(
    problem: Problem,
    cuts: Given,
    values: Sequence[Values] = (),
    coupling: Coupling = "continuity",
    flux_row: bool = True,
) -> Problem:
    """The problem on subdomains; see the module docstring.

    Subdomains, fields and laws have their old names and a number. Unknown numbers stay one for all,
    and so do fields of time alone, where time is not cut.

    Args:
        problem: one without a `decomposition_obstacle`.
        cuts: by name of a coordinate or of time, the ascending positions inside its interval; a
            list of positions for a problem on one interval.
        values: for each part, the pieces of the last input fastest, parameters that have a value
            of their own there, such as ``({"a": 1}, {"a": 10})``; empty for none.
        coupling: what joins the parts, see `interface_conditions`.
        flux_row: whether ``residual`` has rows of the flux as well.

    Raises:
        ValueError: the problem cannot be divided, the cuts do not ascend inside their interval, or
            the values do not fit.
    """
    axes = _axes(problem, cuts)
    if reason := decomposition_obstacle(problem, tuple(axes)):
        raise ValueError(f"the problem cannot be divided: {reason}")
    _check_cuts(problem, axes)
    parts = subdomains(problem, axes, values)
    joined = _Interfaces(problem, parts, coupling, flux_row)
    restricted = list(restricted_laws(problem, parts))
    rebuild = problem.rebuild
    return replace(
        problem,
        domains=tuple(part.domain for part in parts),
        time=None if problem.time and problem.time.symbol in axes else problem.time,
        interfaces=tuple(joined.interfaces),
        fields=tuple(_fields(problem, parts)),
        laws=(*(law for *_, law in restricted), *joined.laws),
        tables=tuple(_tables(problem, parts)),
        periodicities=tuple(_periodicities(problem, parts)),
        exact=tuple(_exact(problem, parts)),
        references=(),
        outputs=(),
        lints=(),
        division=_division(problem, axes, parts, restricted, joined),
        rebuild=rebuild
        and (lambda changed: decompose(rebuild(changed), cuts, values, coupling, flux_row)),
    )


def _axes(problem: Problem, cuts: Given) -> dict[sp.Symbol, list[sp.Expr]]:
    """Input to its cuts, in the order of the inputs."""
    if not isinstance(cuts, Mapping):
        domain = problem.domains[0] if len(problem.domains) == 1 else None
        if domain is None or domain.region.dimension != 1:
            raise ValueError("the problem cannot be divided: it is not on one interval")
        cuts = {domain.coordinates[0].name: cuts}
    symbols = {symbol.name: symbol for symbol in problem.inputs}
    if unknown := [name for name in cuts if name not in symbols]:
        raise ValueError(f"expected cuts of {', '.join(symbols)}, got {', '.join(unknown)}")
    return {s: [_exactly(at) for at in cuts[s.name]] for s in problem.inputs if s.name in cuts}


def _check_cuts(problem: Problem, axes: Cuts) -> None:
    for axis, cuts in axes.items():
        lower, upper = interval_of(problem, axis)
        ends = [problem.number(at) for at in (lower, *cuts, upper)]
        if any(a >= b for a, b in pairwise(ends)):
            raise ValueError(
                f"expected cuts that ascend inside the interval of {axis}, from {ends[0]:g} to "
                f"{ends[-1]:g}, got {', '.join(f'{at:g}' for at in ends[1:-1])}"
            )


def _exactly(number: float | sp.Expr) -> sp.Expr:
    """A float as the decimal that it is written as."""
    return sp.Rational(repr(number)) if isinstance(number, float) else sp.sympify(number)


class _Interfaces:
    """The interfaces between all neighbours, their laws, and what these make equal."""

    def __init__(
        self, problem: Problem, parts: Sequence[Subdomain], coupling: Coupling, flux_row: bool
    ) -> None:
        self.interfaces: list[Interface] = []
        self.laws: list[Law] = []
        self.joints: dict[str, Joint] = {}
        notes: dict[str, None] = {}
        for number, (axis, first, second) in enumerate(neighbours(parts), start=1):
            name, span = numbered(problem, "Gamma", number), first.domain.span
            self.interfaces.append(Interface(name, first.domain.name, second.domain.name, span))
            found = interface_conditions(problem, axis, first, second, coupling, flux_row)
            self._add(name, found)
            notes |= dict.fromkeys(found.notes)
        self.notes = tuple(notes)

    def _add(self, name: str, found: InterfaceConditions) -> None:
        span = self.interfaces[-1].span
        for condition in found.conditions:
            label, (left, right) = f"{name}_{condition.name}", condition.sides
            law = Law("bc", label, ((left, right),), (left - right,), OnInterface(name), span)
            self.laws.append(law)
            self.joints[label] = condition.joint


def _division(
    problem: Problem,
    axes: Cuts,
    parts: Sequence[Subdomain],
    restricted: Sequence[tuple[Subdomain | None, str, Law]],
    joined: _Interfaces,
) -> Division:
    found = tuple(
        Part(
            part.domain.name,
            part.components,
            {old: law.label for owner, old, law in restricted if owner in (part, None)},
        )
        for part in parts
    )
    cuts = {axis: tuple(problem.number(at) for at in own) for axis, own in axes.items()}
    return Division(cuts, found, joined.joints, joined.notes)


def _fields(problem: Problem, parts: Sequence[Subdomain]) -> Iterator[Field]:
    for field in problem.fields:
        if field.components[0] not in parts[0].components:
            yield replace(field, domain=None)
            continue
        for part in parts:
            own = tuple(part.components[c] for c in field.components)
            name = numbered(problem, field.name, part.number)
            yield replace(field, name=name, components=own, domain=part.domain.name)


def _periodicities(problem: Problem, parts: Sequence[Subdomain]) -> Iterator[Periodicity]:
    for periodicity in problem.periodicities:
        names = tuple(
            numbered(problem, name, part.number) for name in periodicity.fields for part in parts
        )
        yield replace(periodicity, fields=names)


def _exact(problem: Problem, parts: Sequence[Subdomain]) -> Iterator[tuple[sp.Expr, sp.Expr]]:
    for component, value in problem.exact:
        if component not in parts[0].components:
            yield component, value
        else:
            yield from ((part.of(component), part.of(value)) for part in parts)


def _tables(problem: Problem, parts: Sequence[Subdomain]) -> Iterator[Table]:
    """The tables of a problem, which laws may interpolate, and the rows of each in the parts."""
    fitted = {law.place.table for law in problem.laws if isinstance(law.place, OnData)}
    for table in problem.tables:
        yield table
        if table.name in fitted:
            yield from filter(None, (part_table(problem, table.name, part) for part in parts))
