"""L101 and L102: each part of the boundary has as many conditions as the equations need.

Conditions are counted at sample points of each part, so that conditions with ``where`` add
up; coupled fields are counted together, since a condition may be on any of them. A field that
is fitted to data needs no condition, and with unknown numbers more conditions than usual are
in place.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import sympy as sp

from pdedsl.diagnostics import Diagnostic, Note, Span
from pdedsl.geometry import on_interface
from pdedsl.ir import Domain, Global, OnInterface, Problem, Slice
from pdedsl.sema.draft import Draft

from .conditions import conditions_on, touched
from .needs import need, pairwise
from .outlines import Part, parts
from .structure import Group, elsewhere, fitted, groups_on, joined_on, listed
from .tally import Tally, by_axis, counted

NAMED = 6
NUMBERS = {1: "one", 2: "two", 3: "three", 4: "four"}
WORDS = {0: "no condition", 1: "one condition", 2: "two conditions", 3: "three conditions"}


def _conditions(count: int) -> str:
    return WORDS.get(count, f"{count} conditions")


def _needed(count: int) -> str:
    return f"{NUMBERS.get(count, count)} {'is' if count == 1 else 'are'} needed"


def _enough(count: int) -> str:
    if count == 0:
        return "none is due"
    return f"{NUMBERS.get(count, count)} {'is' if count == 1 else 'are'} enough"


def coverage(problem: Problem, draft: Draft) -> Iterator[Diagnostic]:
    """A part of the boundary with too few (L101) or too many (L102) conditions."""
    for domain in problem.domains:
        outline = parts(problem, domain)
        for group in joined_on(problem, domain):
            yield from _group(problem, domain, group, outline)
    yield from _interfaces(problem)


def _group(
    problem: Problem, domain: Domain, group: Group, outline: Sequence[Part]
) -> Iterator[Diagnostic]:
    exempt = fitted(problem, group)
    crowd = bool(problem.numbers) or exempt
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
        yield from _missing(group, domain, single)
    if not crowd:
        yield from _superfluous(group, single)


# --- parts counted one by one ----------------------------------------------------------------


def _missing(group: Group, domain: Domain, tallies: Sequence[Tally]) -> Iterator[Diagnostic]:
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
        yield _lacks(group, domain, names, key, len(tallies))


def _lacks(
    group: Group, domain: Domain, names: list[str], key: tuple[int, int], count: int
) -> Diagnostic:
    have, wanted = key
    verb = "has" if len(names) == 1 else "have"
    if len(names) == count and count > NAMED:
        subject, verb, place = "the boundary", "has", "boundary"
    elif len(names) > NAMED:
        subject = f"{listed([*names[:NAMED], f'{len(names) - NAMED} more sides'])}"
        place = names[0]
    else:
        subject, place = listed(names), ", ".join(names)
        if any(n.startswith("the edge") for n in names):
            place = "boundary where …"
        elif "boundary" in names:
            subject = "the boundary"
    message = f"{subject} {verb} {_conditions(have)} on {group.names}"
    if have or wanted > 1:
        message += f", where {_needed(wanted)}"
    first = str(group.components[0].func)
    example = f"dn({first}) = …" if have else f"{first} = …"
    return Diagnostic("L101", message, domain.span, f"add bc: {example} on {place}")


def _partly(
    group: Group, domain: Domain, tally: Tally, worst: int, key: tuple[int, int]
) -> Diagnostic:
    have, wanted = key
    point = ", ".join(f"{x:.3g}" for x in tally.part.points[worst])
    message = f"a part of {tally.part.name} has {_conditions(have)} on {group.names}"
    message += f", such as ({point})"
    if have:
        message += f", where {_needed(wanted)}"
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
        message = f"{subject} {verb} {_conditions(have)} on {group.names}, where {_enough(most)}"
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
        message = _together(group, tallies, least, _needed(total))
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
        message = _together(group, tallies, most, _enough(total))
        yield _too_many(message, spans or (domain.span,))


def _together(group: Group, tallies: Sequence[Tally], have: int, due: str) -> str:
    sides = listed(t.part.name for t in tallies)
    return f"{sides} together have {_conditions(have)} on {group.names}, where {due}"


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
    message = _together(group, tallies, have, _needed(needed))
    axis = tallies[0].part.name.partition(" ")[0]
    mend = f"for the torus write bc: {group.components[0].func} periodic in {axis}"
    span = next(iter(tallies[0].spans), domain.span)
    yield Diagnostic("L101", message, span, mend)


# --- interfaces ---------------------------------------------------------------------------------


def _interfaces(problem: Problem) -> Iterator[Diagnostic]:
    """Both sides of an interface need their conditions: two for second order, as a rule."""
    for interface in problem.interfaces:
        needed = have = 0
        for domain in (problem.domain(interface.first), problem.domain(interface.second)):
            for part in parts(problem, domain):
                mask = on_interface(problem, interface.name, part.domain.name, part.points)
                if not mask.any():
                    continue
                for group in groups_on(problem, domain):
                    needed += int(need(problem, group, part).least.max())
                    for condition in conditions_on(problem, part):
                        own = bool(condition.equation.functions & group.functions)
                        have += own and bool(np.any(condition.mask & mask))
        have += sum(e.law.place == OnInterface(interface.name) for e in elsewhere(problem))
        if have < needed:
            message = f"{interface.name} has {_conditions(have)}, where {_needed(needed)}"
            mend = "add the value (u1 = u2) or the flux (k1*dn(u1) = k2*dn(u2)) on it"
            yield Diagnostic("L101", message, interface.span, mend)
        elif have > needed > 0 and not problem.numbers:
            message = f"{interface.name} has {_conditions(have)}, where {_enough(needed)}"
            yield Diagnostic("L102", message, interface.span)
