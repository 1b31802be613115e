"""Lints: the problem can be formed, and is probably wrong. One lint a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pdedsl.diagnostics import Diagnostic
from pdedsl.ir import Problem
from pdedsl.sema.draft import Draft

Lint = Callable[[Problem, Draft], Iterator[Diagnostic]]

LINTS: tuple[Lint, ...] = ()


def run_lints(problem: Problem, draft: Draft) -> Iterator[Diagnostic]:
    """All findings of all lints, in the order of `LINTS`."""
    for lint in LINTS:
        yield from lint(problem, draft)
