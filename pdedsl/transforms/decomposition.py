"""An interval divided into subdomains.

At points x_1 < … < x_{m−1} the interval of a problem is divided into D_1, …, D_m, and each field u
that depends on x into fields u1, …, um. Equations and initial conditions hold on every subdomain,
boundary conditions where they held; where two subdomains meet, `interface_conditions` join the
fields. All of it is one problem, and is solved at once.

Windows of time are the sequential case, see `time_windows`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

import sympy as sp
from sympy.core.function import AppliedUndef

from pdedsl.ir import (
    Boundary,
    DomainIntegral,
    Field,
    Interface,
    Interior,
    Law,
    OnInterface,
    Place,
    Problem,
    Slice,
)

from .interface_conditions import interface_conditions
from .subdomains import Subdomain, Values, numbered, subdomain


def decompose(
    problem: Problem, cuts: Sequence[float | sp.Expr], values: Sequence[Values] = ()
) -> Problem:
    """The problem on subdomains; see the module docstring.

    Subdomains, fields and laws have their old names and a number. Fields of time alone and unknown
    numbers stay one for all.

    Args:
        problem: one without a `decomposition_obstacle`.
        cuts: x_1 < … < x_{m−1}, inside the interval.
        values: for each subdomain, parameters that have a value of their own there, such as
            ``({"a": 1}, {"a": 10})``; empty for none.

    Raises:
        ValueError: the problem cannot be divided, the cuts do not ascend inside the interval, or
            the values do not fit.
    """
    if reason := decomposition_obstacle(problem):
        raise ValueError(f"the problem cannot be divided: {reason}")
    ((lower, upper),), count = problem.domains[0].intervals.values(), len(cuts) + 1
    ends = [lower, *map(_exactly, cuts), upper]
    if any(problem.number(a) >= problem.number(b) for a, b in pairwise(ends)):
        raise ValueError(f"expected cuts that ascend inside the interval, got {list(cuts)}")
    if values and len(values) != count:
        raise ValueError(f"expected values for {count} subdomains, got {len(values)}")
    parts = tuple(
        subdomain(problem, k + 1, ends[k], ends[k + 1], values[k] if values else {})
        for k in range(count)
    )
    rebuild = problem.rebuild
    return replace(
        problem,
        domains=tuple(part.domain for part in parts),
        interfaces=tuple(_interface(problem, a, b) for a, b in pairwise(parts)),
        fields=tuple(_fields(problem, parts)),
        laws=(*_restricted_laws(problem, parts), *_interface_laws(problem, parts)),
        exact=tuple(_exact(problem, parts)),
        references=(),
        lints=(),
        rebuild=rebuild and (lambda changed: decompose(rebuild(changed), cuts, values)),
    )


def decomposition_obstacle(problem: Problem) -> str | None:
    """Why `decompose` cannot divide a problem, or None where it can."""
    if len(problem.domains) != 1 or problem.domains[0].region.dimension != 1:
        return "it is not on one interval"
    (x,) = problem.domains[0].coordinates
    if any(p.axis == x for p in problem.periodicities):
        return f"it is periodic in {x}"
    if problem.tables:
        return "it has tables of data"
    for law in problem.laws:
        points = (p for r in law.residuals for _, p in _elsewhere(problem, r, x))
        if not all(problem.substitute(p).is_number for p in points):
            return f"{law.label} has a field at a point that moves"
    return None


def _elsewhere(
    problem: Problem, expression: sp.Expr, x: sp.Symbol
) -> Iterator[tuple[sp.Expr, sp.Expr]]:
    """Fields at another point than x, such as u(0, t), each with that point."""
    places = {c.func: c.args.index(x) for c in problem.components if x in c.args}
    for node in expression.atoms(AppliedUndef):
        if node.func in places and (point := node.args[places[node.func]]) != x:
            yield node, point
    for node in expression.atoms(sp.Subs):
        if x in node.variables:
            yield node, node.point[node.variables.index(x)]


def _exactly(number: float | sp.Expr) -> sp.Expr:
    """A float as the decimal that it is written as."""
    return sp.Rational(repr(number)) if isinstance(number, float) else sp.sympify(number)


def _interface(problem: Problem, first: Subdomain, second: Subdomain) -> Interface:
    name = numbered(problem, "Gamma", first.number)
    return Interface(name, first.domain.name, second.domain.name, first.domain.span)


def _fields(problem: Problem, parts: Sequence[Subdomain]) -> Iterator[Field]:
    for field in problem.fields:
        if field.components[0] not in parts[0].components:
            yield replace(field, domain=None)
            continue
        for part in parts:
            own = tuple(part.components[c] for c in field.components)
            name = numbered(problem, field.name, part.number)
            yield replace(field, name=name, components=own, domain=part.domain.name)


def _exact(problem: Problem, parts: Sequence[Subdomain]) -> Iterator[tuple[sp.Expr, sp.Expr]]:
    for component, value in problem.exact:
        if component not in parts[0].components:
            yield component, value
        else:
            yield from ((part.of(component), part.of(value)) for part in parts)


def _restricted_laws(problem: Problem, parts: Sequence[Subdomain]) -> Iterator[Law]:
    """The laws of the problem on the parts where they hold."""
    for law in problem.laws:
        divided = [
            (_divided(problem, left, parts), _divided(problem, right, parts))
            for left, right in law.equations
        ]
        placed = [(part, place) for part in parts for place in _places(problem, law.place, part)]
        if not placed:  # a law between integrals, or of fields of time alone
            yield _with(law, law.label, law.place, divided)
        if not any(parts[0].x in e.free_symbols for pair in divided for e in pair):
            del placed[1:]  # once is enough for what does not depend on x
        for part, place in placed:
            label = law.label if len(placed) == 1 else _label(law, part.number)
            yield _with(law, label, place, [(part.of(a), part.of(b)) for a, b in divided])


def _interface_laws(problem: Problem, parts: Sequence[Subdomain]) -> Iterator[Law]:
    for first, second in pairwise(parts):
        name = _interface(problem, first, second).name
        for what, (left, right) in interface_conditions(problem, first, second):
            yield Law(
                "bc", f"{name}_{what}", ((left, right),), (left - right,), OnInterface(name),
                first.domain.span,
            )  # fmt: skip


def _label(law: Law, number: int) -> str:
    """Of a law on a part: ``eq.1`` for a law without a label of its own, else ``heat_1``."""
    unlabelled = law.label == law.kind or law.label.startswith(f"{law.kind}.")
    return f"{law.label}{'.' if unlabelled else '_'}{number}"


def _with(law: Law, label: str, place: Place, equations: list[tuple[sp.Expr, sp.Expr]]) -> Law:
    residuals = tuple(left - right for left, right in equations)
    return replace(law, label=label, place=place, equations=tuple(equations), residuals=residuals)


def _places(problem: Problem, place: Place, part: Subdomain) -> Iterator[Place]:
    """The place as far as it lies in a part; a point that two parts share is in the lower one."""
    lower, upper = part.ends
    if isinstance(place, Interior) and place.domain is not None:
        yield Interior(part.domain.name)
    elif isinstance(place, Boundary):
        faces = tuple(face for face in place.faces if problem.number(face.value) in part.ends)
        if faces:
            yield replace(place, domain=part.domain.name, faces=faces)
    elif isinstance(place, Slice) and place.domain is not None:
        at = [problem.number(value) for symbol, value in place.fixed if symbol == part.x]
        if not at or lower < at[0] <= upper or (part.number == 1 and at[0] <= lower):
            yield replace(place, domain=part.domain.name)


def _divided(problem: Problem, expression: sp.Expr, parts: Sequence[Subdomain]) -> sp.Expr:
    """The expression with integrals as sums over the parts, and fields elsewhere as those there."""
    changes: dict[sp.Basic, sp.Expr] = {}
    for node, point in _elsewhere(problem, expression, parts[0].x):
        at = problem.number(point)
        home = next((part for part in parts if at <= part.ends[1]), parts[-1])
        changes[node] = home.of(node)
    for node in expression.atoms(DomainIntegral):
        changes[node] = sp.Add(*(
            DomainIntegral.of(part.of(node.integrand), part.domain.name, (part.x,))
            for part in parts
        ))  # fmt: skip
    return expression.xreplace(changes)
