"""The passes from a problem to what its laws need, in order, and all reasons to refuse it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pdedsl.diagnostics import Diagnostic, Span, UserError
from pdedsl.geometry import domain_region, has_exact_rule
from pdedsl.ir import Law, OnData, OnInterface, Problem, domain_of

from .constants import NotTranslatable
from .groups import Group, groups_of
from .noise import in_noise, noise_factors
from .plan import Integral, Plan
from .planner import plan


@dataclass(frozen=True)
class LoweredProblem:
    """A problem with the plans of its laws; made once by `lower`, and shared from there on.

    Args:
        problem: the problem.
        groups: components that share a network, in the order of declaration.
        plans: label of a law to what its residual needs; of a fit that states its noise σ that of
            f r/σ.
        noise: label of such a fit to f, see `noise_factors`.
    """

    problem: Problem
    groups: tuple[Group, ...]
    plans: Mapping[str, Plan]
    noise: Mapping[str, float] = field(default_factory=dict)


def lower(problem: Problem) -> LoweredProblem:
    """Carry out all passes.

    Raises:
        UserError: E901, with every reason why this version cannot solve the problem.
    """
    found = _lowered(problem)
    if isinstance(found, LoweredProblem):
        return found
    raise UserError(found, problem.source)


def unsupported(problem: Problem) -> list[Diagnostic]:
    """All reasons why this version cannot solve a problem (E901); empty where it can."""
    found = _lowered(problem)
    return [] if isinstance(found, LoweredProblem) else found


def _lowered(problem: Problem) -> LoweredProblem | list[Diagnostic]:
    # Sets and places first: plans of laws at places without points would say nothing.
    if refusals := list(_structure(problem)):
        return refusals
    # Groups next, as a plan names a component by its group and its number there.
    groups = groups_of(problem)
    noise = noise_factors(problem)
    plans, refusals = _plans(problem, groups, noise)
    lowered = LoweredProblem(problem, groups, plans, noise)
    # Plans say where each law has which fields; outside its domain a field is a continuation.
    return refusals or list(_strays(lowered)) or lowered


def _structure(problem: Problem) -> Iterator[Diagnostic]:
    """Reasons in the domains and places."""
    for domain in problem.domains[1:]:
        if domain.coordinates != problem.domains[0].coordinates:
            what = "domains in the same coordinates alone can be solved on together yet; "
            yield _missing(f"{what}{domain.name} has others", domain.span)
    for law in problem.laws:
        if what := _obstacle(problem, law):
            yield _missing(f"{law.label} {what}", law.span)


def _obstacle(problem: Problem, law: Law) -> str:
    """Why a law has no points at its place; empty where it has."""
    place = law.place
    if isinstance(place, OnData):
        table = next(t for t in problem.tables if t.name == place.table)
        names = {str(s) for r in (*law.residuals, *law.sigma) for s in r.free_symbols}
        lacking = [n for n in problem.dimension_names if n in names and n not in table.coordinates]
        if lacking:
            return (
                f"needs {', '.join(lacking)} at each row, and the table {table.name} has no such "
                "column"
            )
    return ""


def _plans(
    problem: Problem, groups: tuple[Group, ...], noise: Mapping[str, float]
) -> tuple[dict[str, Plan], list[Diagnostic]]:
    """The plan of every law, and the reasons why others have none."""
    plans: dict[str, Plan] = {}
    found: list[Diagnostic] = []
    for law in problem.laws:
        try:
            rows = in_noise(law, noise[law.label]) if law.sigma else law.residuals
            residuals = [problem.substitute(r) for r in rows]
            plans[law.label] = plan(problem, groups, law.label, residuals)
        except NotTranslatable as reason:
            found.append(_missing(f"{law.label} cannot be computed: {reason}", law.span))
            continue
        what = f"{law.label}: a column of a table cannot stand under an integral yet"
        integrands = plans[law.label].integrands
        found += [_missing(what, law.span) for part in integrands if part.columns]
        own = {i.domain for _, i in plans[law.label].inputs if isinstance(i, Integral)}
        what = f"{law.label}: an integral over a solid whose faces cut each other has three digits"
        regions = (domain_region(problem, problem.domain(d)) for d in sorted(own))
        found += [_missing(what, law.span) for r in regions if not has_exact_rule(r)]
    return plans, found


def _strays(lowered: LoweredProblem) -> Iterator[Diagnostic]:
    """Fields that a law has outside their domain, and domains of fields without an equation."""
    problem = lowered.problem
    if len(problem.domains) < 2:
        return
    space = {s for domain in problem.domains for s in domain.coordinates}
    for law in problem.laws:
        own = _domains_at(problem, law)
        for site, _ in lowered.plans[law.label].sites if own else ():
            group = lowered.groups[site.group]
            moves = space & {s for a in site.arguments for s in a.free_symbols}
            if group.domain is not None and group.domain not in own and moves:
                names, where = ", ".join(group.components), " and ".join(sorted(own))
                what = f"{law.label} has {names} of {group.domain} at points of {where}"
                yield _missing(f"{what}, where it is not defined", law.span)
    served = {d for law in problem.laws if law.kind == "eq" for d in _domains_at(problem, law)}
    for domain in problem.domains:
        if domain.name not in served and any(g.domain == domain.name for g in lowered.groups):
            yield _missing(f"no equation holds in {domain.name}", domain.span)


def _domains_at(problem: Problem, law: Law) -> set[str]:
    """The domains whose points a law has; none for tables, times and integrals."""
    if isinstance(law.place, OnInterface):
        face = next(f for f in problem.interfaces if f.name == law.place.name)
        return {face.first, face.second}
    name = domain_of(law.place)
    return set() if name is None else {name}


def _missing(message: str, span: Span) -> Diagnostic:
    return Diagnostic("E901", message, span)
