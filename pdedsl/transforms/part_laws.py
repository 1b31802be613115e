"""The laws of a problem on the parts of its domain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import sympy as sp

from pdedsl.ir import DomainIntegral, Law, OnData, Problem, elsewhere

from .part_places import part_place
from .part_tables import part_table, with_columns_of
from .subdomains import Subdomain


def restricted_laws(
    problem: Problem, parts: Sequence[Subdomain]
) -> Iterator[tuple[Subdomain | None, str, Law]]:
    """The laws on the parts where they hold: part (None for no part alone), old label, law."""
    space = {s for domain in problem.domains for s in domain.coordinates} | set(parts[0].place)
    for law in problem.laws:
        placed = [(part, place) for part in parts if (place := part_place(problem, law, part))]
        if not placed:  # a law between integrals, or of fields of time alone
            sides = [
                tuple(_divided(problem, side, parts, None) for side in pair)
                for pair in law.equations
            ]
            yield None, law.label, _with(law, law.label, sides)
        if not any(space & e.free_symbols for pair in law.equations for e in pair):
            del placed[1:]  # once is enough for what does not depend on space
        for part, place in placed:
            label = law.label if len(placed) == 1 else _label(law, part.number)
            sides = [
                tuple(part.of(_divided(problem, side, parts, part)) for side in pair)
                for pair in law.equations
            ]
            if isinstance(law.place, OnData):
                sides = [_at_rows(problem, pair, law.place, part) for pair in sides]
            sigma = law.sigma
            if isinstance(law.place, OnData):
                sigma = _at_rows(problem, sigma, law.place, part)
            yield part, law.label, replace(_with(law, label, sides), place=place, sigma=sigma)


def _at_rows(
    problem: Problem, expressions: tuple[sp.Expr, ...], place: OnData, part: Subdomain
) -> tuple[sp.Expr, ...]:
    """Expressions of a law on a table with the columns of its rows in a part."""
    own = part_table(problem, place.table, part)
    if own is None:
        return expressions
    return tuple(with_columns_of(each, place, own) for each in expressions)


def _label(law: Law, number: int) -> str:
    """Of a law on a part: ``eq.1`` for a law without a label of its own, else ``heat_1``."""
    unlabelled = law.label == law.kind or law.label.startswith(f"{law.kind}.")
    return f"{law.label}{'.' if unlabelled else '_'}{number}"


def _with(law: Law, label: str, sides: list[tuple[sp.Expr, ...]]) -> Law:
    equations = tuple((left, right) for left, right in sides)
    residuals = tuple(left - right for left, right in equations)
    return replace(law, label=label, equations=equations, residuals=residuals)


def _divided(
    problem: Problem, expression: sp.Expr, parts: Sequence[Subdomain], here: Subdomain | None
) -> sp.Expr:
    """The expression with integrals as sums over the parts, and fields elsewhere as those there."""
    changes: dict[sp.Basic, sp.Expr] = {}
    for node, points in elsewhere(problem, expression, parts[0].place):
        at = {axis: problem.number(point) for axis, point in points.items()}
        changes[node] = next(p for p in parts if _holds(p, at, here)).of(node)
    for node in expression.atoms(DomainIntegral):
        changes[node] = sp.Add(*(
            DomainIntegral.of(part.of(node.integrand), part.domain.name, node.args[2])
            for part in parts
        ))  # fmt: skip
    return expression.xreplace(changes)


def _holds(part: Subdomain, at: Mapping[sp.Symbol, float], here: Subdomain | None) -> bool:
    """Whether a part is the first one with a point; other coordinates are those of ``here``."""
    for axis, (lower, upper) in part.ends.items():
        if axis not in at:
            if here is not None and part.place[axis] != here.place[axis]:
                return False
        elif not (at[axis] <= upper and (lower < at[axis] or part.place[axis] == 0)):
            return False
    return True
