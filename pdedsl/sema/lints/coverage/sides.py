"""L101, L102 and L117: each part of the boundary has as many conditions as the equations need.

Conditions are counted at sample points of each part, so that conditions with ``where`` add
up; coupled fields are counted together, since a condition may be on any of them. A field that
is fitted to data needs no condition, and with unknown numbers more conditions than usual are
in place.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, count

import numpy as np
import sympy as sp

from pdedsl.diagnostics import Diagnostic, Note, Span
from pdedsl.ir import Domain, Global, Problem, Slice
from pdedsl.sema.draft import Draft
from pdedsl.sema.lints.conditions import touched
from pdedsl.sema.lints.needs import pairwise
from pdedsl.sema.lints.outlines import UNNAMED, Part, parts
from pdedsl.sema.lints.structure import Group, elsewhere, fitted, joined_on, listed
from pdedsl.sema.lints.types.cauchy import cauchy

from .interfaces import interface_conditions
from .tally import Tally, by_axis, conditions_text, counted, enough_text, needed_text

NAMED = 6


def coverage(problem: Problem, draft: Draft) -> Iterator[Diagnostic]:
    """A part of the boundary with too few (L101) or too many (L102) conditions, or both (L117)."""
    for domain in problem.domains:
        outline = parts(problem, domain)
        for group in joined_on(problem, domain):
            yield from _group(problem, domain, group, outline)
    yield from interface_conditions(problem)


def _group(
    problem: Problem, domain: Domain, group: Group, outline: Sequence[Part]
) -> Iterator[Diagnostic]:
    exempt = fitted(problem, group)
    crowd = bool(problem.numbers) or exempt
    if not crowd and (one_sided := cauchy(problem, domain, group, outline)) is not None:
        yield one_sided
        return
    single: list[Tally] = []
    for axis, pieces in by_axis(problem, domain, group, outline):
        tallies = [counted(problem, group, part) for part in pieces]
        total = pairwise(problem, group, domain, axis) if axis is not None else None
        if total is not None:
            within = _within(problem, group, domain, axis)
            found = _pair(group, domain, tallies, total, within)
            quiet = {"L101": exempt, "L102": crowd}
            yield from (d for d in found if not quiet[d.code])
        elif sum(t.tied for t in tallies):
            yield from _tied(group, domain, tallies, exempt)
        else:
            single += tallies
    if not exempt:
        yield from _missing(problem, group, domain, single)
    if not crowd:
        yield from _superfluous(group, single)


# --- parts counted one by one ----------------------------------------------------------------


def _missing(
    problem: Problem, group: Group, domain: Domain, tallies: Sequence[Tally]
) -> Iterator[Diagnostic]:
    """One finding for all parts that lack the same, in the order of the outline."""
    whole: dict[tuple[int, int], list[str]] = {}
    for tally in tallies:
        lacking = tally.have < tally.least
        if not lacking.any():
            continue
        worst = int(np.argmax(tally.least - tally.have))
        key = (int(tally.have[worst]), int(tally.least[worst]))
        if lacking.all() and np.all(tally.have == key[0]):
            whole.setdefault(key, []).append(tally.part.name)
        else:
            yield _partly(group, domain, tally, worst, key)
    for key, names in whole.items():
        yield _lacks(problem, group, domain, names, key, len(tallies))


def _lacks(
    problem: Problem,
    group: Group,
    domain: Domain,
    names: list[str],
    key: tuple[int, int],
    total: int,
) -> Diagnostic:
    have, wanted = key
    verb, region = "has" if len(names) == 1 else "have", ""
    if len(names) == total and (total > NAMED or not domain.is_box):
        subject, verb, place = "the boundary", "has", "boundary"
    elif len(names) > NAMED:
        subject = f"{listed([*names[:NAMED], f'{len(names) - NAMED} more sides'])}"
        place = names[0]
    else:
        subject, place = listed(names), ", ".join(names)
        if unnamed := [n for n in names if n.startswith(UNNAMED)]:
            name = _free_name(problem)
            region = f"region {name} = {unnamed[0].removeprefix(UNNAMED)} and "
            place = f"boundary({name})"
        elif any(n.startswith("the edge") for n in names):
            place = "boundary where …"
        elif "boundary" in names:
            subject = "the boundary"
    message = f"{subject} {verb} {conditions_text(have)} on {group.names}"
    if have or wanted > 1:
        message += f", where {needed_text(wanted)}"
    first = str(group.components[0].func)
    example = f"dn({first}) = …" if have else f"{first} = …"
    return Diagnostic("L101", message, domain.span, f"add {region}bc: {example} on {place}")


def _free_name(problem: Problem) -> str:
    """A name for a set that no other has."""
    taken = {str(s) for s in problem.inputs} | {name for name, _ in problem.regions}
    taken |= {d.name for d in problem.domains} | {f.name for f in problem.fields}
    taken |= {str(p.symbol) for p in problem.parameters}
    return next(n for n in chain(["H"], (f"H{i}" for i in count(2))) if n not in taken)


def _partly(
    group: Group, domain: Domain, tally: Tally, worst: int, key: tuple[int, int]
) -> Diagnostic:
    have, wanted = key
    point = ", ".join(f"{x:.3g}" for x in tally.part.points[worst])
    message = f"a part of {tally.part.name} has {conditions_text(have)} on {group.names}"
    message += f", such as ({point})"
    if have:
        message += f", where {needed_text(wanted)}"
    notes = tuple(Note("this covers another part", span) for span in tally.spans)
    return Diagnostic("L101", message, domain.span, "add a bc for the rest of it", notes)


def _superfluous(group: Group, tallies: Sequence[Tally]) -> Iterator[Diagnostic]:
    crowded: dict[tuple[tuple[Span, ...], int, int], list[str]] = {}
    for tally in tallies:
        if np.any(tally.have > tally.most):
            worst = int(np.argmax(tally.have - tally.most))
            key = (tally.spans, int(tally.have[worst]), int(tally.most[worst]))
            crowded.setdefault(key, []).append(tally.part.name)
    for (spans, have, most), names in crowded.items():
        verb = "has" if len(names) == 1 else "have"
        subject = listed([*names[:NAMED], *(["others"] if len(names) > NAMED else [])])
        message = (
            f"{subject} {verb} {conditions_text(have)} on {group.names}, where {enough_text(most)}"
        )
        yield _too_many(message, spans)


def _too_many(message: str, spans: Sequence[Span]) -> Diagnostic:
    notes = tuple(Note("this is a condition there", span) for span in spans[:-1])
    return Diagnostic("L102", message, spans[-1], None, notes)


# --- sides counted together -------------------------------------------------------------------


def _pair(
    group: Group, domain: Domain, tallies: Sequence[Tally], total: int, within: int
) -> Iterator[Diagnostic]:
    """Both sides of an axis, with ``within`` conditions between them, where ``total`` are due."""
    shared = max(t.tied for t in tallies) + within
    least = sum(int(t.have.min()) for t in tallies) + shared
    most = sum(int(t.have.max()) for t in tallies) + shared
    if least < total:
        message = _together(group, tallies, least, needed_text(total))
        empty = [t.part.name for t in tallies if not t.have.any()]
        place = (empty or [tallies[0].part.name])[0]
        mend = f"add bc: {group.components[0].func} = … on {place}"
        if total == 1:
            message = f"neither {tallies[0].part.name} nor {tallies[1].part.name} has a condition "
            message += f"on {group.names}, where one of them needs it"
        elif len(empty) == 1:
            message += f": {empty[0]} has none"
        yield Diagnostic("L101", message, domain.span, mend)
    elif most > total > 0:
        spans = tuple(dict.fromkeys(s for t in tallies for s in t.spans))
        message = _together(group, tallies, most, enough_text(total))
        yield _too_many(message, spans or (domain.span,))


def _together(group: Group, tallies: Sequence[Tally], have: int, due: str) -> str:
    sides = listed(t.part.name for t in tallies)
    return f"{sides} together have {conditions_text(have)} on {group.names}, where {due}"


def _within(problem: Problem, group: Group, domain: Domain, axis: sp.Symbol) -> int:
    """In one dimension: conditions at points inside, and integrals."""
    if len(domain.coordinates) > 1:
        return 0
    lower, upper = (problem.number(end) for end in domain.intervals[axis])
    count = 0
    for equation in elsewhere(problem):
        place = equation.law.place
        if not equation.functions & group.functions:
            continue
        if isinstance(place, Global):
            count += 1
        elif isinstance(place, Slice) and place.domain == domain.name:
            values = touched(problem, equation.residual, axis, place)
            margin = 1e-9 * (upper - lower)
            between = [lower + margin < v < upper - margin for v in values]
            count += bool(between) and all(between)
    return count


def _tied(
    group: Group, domain: Domain, tallies: Sequence[Tally], exempt: bool
) -> Iterator[Diagnostic]:
    """Sides that a condition such as u(x=0) = u(x=1) ties to each other."""
    needed = sum(int(t.least.max()) for t in tallies)
    have = sum(int(t.have.min()) for t in tallies) + max(t.tied for t in tallies)
    if have >= needed or exempt:
        return
    message = _together(group, tallies, have, needed_text(needed))
    axis = tallies[0].part.name.partition(" ")[0]
    mend = f"for the torus write bc: {group.components[0].func} periodic in {axis}"
    span = next(iter(tallies[0].spans), domain.span)
    yield Diagnostic("L101", message, span, mend)
