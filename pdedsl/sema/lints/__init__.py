"""Lints: the problem can be formed, and is probably wrong. One lint a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pdedsl.diagnostics import Diagnostic
from pdedsl.ir import Problem
from pdedsl.sema.draft import Draft

from .backward import backward
from .balances import balances
from .corners import corners
from .counts import counts
from .coverage.sides import coverage
from .denominators import denominators
from .eigenvalues import eigenvalues
from .exact import exact
from .freedom.gauges import gauges
from .freedom.scaled import scaled
from .freedom.trivial import trivial
from .initial import initial
from .interpolation import interpolation
from .jumps import jumps
from .outside.beyond import beyond
from .outside.nowhere import nowhere
from .tables import tables
from .unused import unused

Lint = Callable[[Problem, Draft], Iterator[Diagnostic]]

LINTS: tuple[Lint, ...] = (
    coverage,
    initial,
    counts,
    gauges,
    trivial,
    eigenvalues,
    corners,
    unused,
    exact,
    tables,
    interpolation,
    backward,
    balances,
    jumps,
    nowhere,
    beyond,
    scaled,
    denominators,
)
"""All lints, in the order of their codes."""


SLOW: frozenset[Lint] = frozenset([balances, coverage, counts, corners, eigenvalues, exact])
"""Lints whose work grows with the number of sides times the number of components."""

MOST_SIDES = 64


def run_lints(problem: Problem, draft: Draft) -> Iterator[Diagnostic]:
    """All findings of all lints, in the order of `LINTS`; very wide problems skip the slow ones."""
    widest = max((len(d.coordinates) for d in problem.domains), default=1)
    wide = widest * len(problem.components) > MOST_SIDES
    for lint in LINTS:
        if not (wide and lint in SLOW):
            yield from lint(problem, draft)
