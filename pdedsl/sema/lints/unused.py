"""L109: a name that is declared and never used, or an unknown that no law speaks of."""

from __future__ import annotations

from collections.abc import Iterator

from pdedsl.diagnostics import Diagnostic
from pdedsl.ir import Problem
from pdedsl.sema.draft import Draft

from .structure import equations

ROLES = frozenset([
    "a parameter", "a parameter with a range", "a vector of parameters", "a name", "a function",
    "an operator", "a region",
    "a data table", "an interface",
])  # fmt: skip
"""Roles whose names are there to be used; coordinates and domains need not be named again."""


def unused(problem: Problem, draft: Draft) -> Iterator[Diagnostic]:
    """Each unused name, at its declaration."""
    for name, entry in draft.scope.entries.items():
        is_own = entry.span.start <= len(
            problem.source.text
        )  # other files serve other problems too
        if is_own and entry.role in ROLES and name not in draft.scope.used:
            message = f"{name} is never used"
            yield Diagnostic("L109", message, entry.span, "use it, or leave it out")
    yield from _unknowns(problem)


def _unknowns(problem: Problem) -> Iterator[Diagnostic]:
    used = {s for law in problem.laws for r in law.residuals for s in r.free_symbols}
    functions = {f for e in equations(problem) for f in e.functions}
    for number in problem.numbers:
        if number.symbol not in used:
            message = f"no law speaks of the unknown number {number.symbol}"
            yield Diagnostic("L109", message, number.span, "use it in a law, or leave it out")
    for field in problem.fields:
        absent = [c for c in field.components if c.func not in functions]
        if absent:
            name = field.name if len(absent) == len(field.components) else str(absent[0].func)
            message = f"no law speaks of the unknown {name}"
            yield Diagnostic("L109", message, field.span, "add an eq for it, or leave it out")
