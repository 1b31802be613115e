"""L104: as many scalar equations as unknown components, and something to fix each number."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import sympy as sp

from pdedsl.calculus.zero import vanishes
from pdedsl.diagnostics import Diagnostic, Note
from pdedsl.ir import Global, Problem, Slice, TooLargeError, bounded_derivative, domain_of
from pdedsl.sema.draft import Draft
from pdedsl.sema.mends import count_of

from .coverage.tally import surplus
from .initial import surplus_in_time
from .structure import Group, equations, fitted, groups, is_differentiated, owner

_LARGEST = 10_000  # nodes of a derivative of an equation


def counts(problem: Problem, draft: Draft) -> Iterator[Diagnostic]:
    """Too few or too many equations for the unknown fields, or for the unknown numbers."""
    for group in groups(problem):
        if fitted(problem, group):
            yield from _meant_as_numbers(problem, group)
        else:
            yield from _fields(problem, group)
    yield from _numbers(problem)


def _fields(problem: Problem, group: Group) -> Iterator[Diagnostic]:
    have, wanted = len(group.equations), len(group.components)
    if have == wanted:
        return
    first = owner(problem, group.components[0].func)
    if have == 0:
        if any(e.functions & group.functions for e in equations(problem)):
            message = f"no equation determines {group.names} inside the domain"
            yield Diagnostic("L104", message, first.span, "add an eq")
        return
    if have > wanted and {c for c, _ in problem.exact} >= set(group.components):
        return  # more equations than unknowns may agree, as here, or L110 tells that they do not
    if have - _free_of_divergence(problem, group) == wanted:
        return
    spans = dict.fromkeys(e.law.span for e in group.equations)
    notes = tuple(Note("this is counted", span) for span in spans)
    message = f"{count_of(have, 'scalar equation')} for {count_of(wanted, 'unknown component')}"
    yield Diagnostic("L104", f"{message}: {group.names}", first.span, None, notes)


def _free_of_divergence(problem: Problem, group: Group) -> int:
    """Laws of a vector whose divergence is zero whatever the unknowns are, as that of a curl is.

    Their components say one equation less: curl(B) = J and div(B) = 0 in space are four for three,
    where J has no divergence; where it has one they contradict each other.
    """
    found = 0
    for law in {e.law.label: e.law for e in group.equations}.values():
        rows = [e.residual for e in group.equations if e.law is law]
        name = domain_of(law.place)
        axes = () if name is None else problem.domain(name).coordinates
        if len(rows) != len(axes) or len(axes) < 2:
            continue
        with suppress(TooLargeError):
            terms = zip(rows, axes, strict=True)
            parts = [bounded_derivative(row, axis, 1, _LARGEST) for row, axis in terms]
            found += vanishes(sp.Add(*parts))
    return found


def _meant_as_numbers(problem: Problem, group: Group) -> Iterator[Diagnostic]:
    """Fields of an inverse problem that look like numbers declared without a guess."""
    if len(group.equations) >= len(group.components):
        return
    for field in problem.fields:
        component = field.components[0]
        laws = [law for law in problem.laws if any(r.has(component.func) for r in law.residuals)]
        bare = not any(is_differentiated(r, component.func) for law in laws for r in law.residuals)
        is_meant = problem.source.text[field.span.end :].lstrip().startswith("(")
        if is_meant:
            continue  # declared with its coordinates, it is a function
        if bare and not field.vector and laws and all(law.kind == "eq" for law in laws):
            arguments = ", ".join(str(a) for a in field.arguments)
            message = f"{field.name} is an unknown function of {arguments}, never differentiated"
            mend = f"for a number write unknown {field.name} guess 1"
            yield Diagnostic("L104", message, field.span, mend)


def _numbers(problem: Problem) -> Iterator[Diagnostic]:
    """Unknown numbers need conditions beyond those that the fields need."""
    numbers = [n for n in problem.numbers if _occurs(problem, n.symbol)]
    if not numbers or any(e.law.kind == "fit" for e in equations(problem)):
        return
    extra = [e for e in equations(problem) if isinstance(e.law.place, (Global, Slice))]
    extra = [e for e in extra if e.law.kind != "ic"]
    direct = [e for e in equations(problem) if not e.functions]
    if extra or direct or surplus(problem) or surplus_in_time(problem):
        return
    for number in numbers:
        message = f"nothing determines the number {number.symbol} beside the fields"
        mend = "add a fit, or one more condition"
        yield Diagnostic("L104", message, number.span, mend)


def _occurs(problem: Problem, symbol: object) -> bool:
    return any(symbol in e.residual.free_symbols for e in equations(problem))
