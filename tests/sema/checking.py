"""Helpers: a text checked, its findings as pairs, its laws as text."""

from __future__ import annotations

from pathlib import Path

from pdedsl.diagnostics import Diagnostic, Source
from pdedsl.ir import Problem
from pdedsl.sema import examine

SPECS = Path(__file__).parents[2] / "specs"

PLANE = "domain Omega: (x, y) in [0, 1]^2\nunknown u(x, y)\n"
LINE = "domain Omega: x in [0, 1]\ntime t in [0, 1]\nunknown u(x, t)\n"
SOLID = "domain Omega: (x, y, z) in [0, 1]^3\nunknown u(x, y, z), v(x, y, z) in R^3\n"
POISSON = "eq: lap(u) = 1\nbc: u = 0 on boundary\n"


def report(
    text: str, base: Path = SPECS, **overrides: float
) -> tuple[Problem | None, list[Diagnostic]]:
    """The problem of a text, if any, and all diagnostics."""
    problem, found = examine(Source("t.pde", text), base, overrides)
    return problem, list(found)


def check(text: str, base: Path = SPECS, **overrides: float) -> list[tuple[str, str]]:
    """Code and message of all diagnostics of a text."""
    return [(d.code, d.message) for d in report(text, base, **overrides)[1]]


def codes(text: str, base: Path = SPECS, **overrides: float) -> list[str]:
    """Codes of all diagnostics of a text, in order of place."""
    return [code for code, _ in check(text, base, **overrides)]


def problem_of(text: str, base: Path = SPECS, **overrides: float) -> Problem:
    """The problem of a text without errors."""
    problem, found = report(text, base, **overrides)
    assert problem is not None, [d.message for d in found]
    return problem
