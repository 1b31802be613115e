"""L120: numbers that can be scaled together, with fields or alone, without changing any law."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import sympy as sp

from pdedsl.calculus.scalings import scalings
from pdedsl.diagnostics import Diagnostic
from pdedsl.ir import OnData, Problem
from pdedsl.sema.draft import Draft
from pdedsl.sema.lints.structure import listed


def scaled(problem: Problem, draft: Draft) -> Iterator[Diagnostic]:
    """All scalings of numbers that occur in a law."""
    fits = any(isinstance(law.place, OnData) for law in problem.laws)
    if not problem.numbers or not fits:
        return  # conditions are counted without data, which another lint does
    used = {s.name for law in problem.laws for r in law.residuals for s in r.free_symbols}
    for exponents in scalings(problem):
        names = [n.symbol.name for n in problem.numbers if n.symbol.name in exponents]
        if not used.issuperset(names):
            continue  # one that no law has, which another lint says
        last = next(n for n in problem.numbers if n.symbol.name == names[-1])
        message = f"every law holds as well with {_words(exponents)}{_fixed(exponents, names)}"
        yield Diagnostic(
            "L120",
            message,
            last.span,
            f"write param {names[-1]} = … in place of unknown {names[-1]}",
        )


def _words(exponents: Mapping[str, sp.Rational]) -> str:
    if set(exponents.values()) == {sp.S.One}:
        return f"{listed(list(exponents))} times any factor"
    changes = {1: "times s", -1: "divided by s"}
    parts = [f"{name} {changes.get(e, f'times s^({e})')}" for name, e in exponents.items()]
    return f"{listed(parts)}, whatever s > 0 may be"


def _fixed(exponents: Mapping[str, sp.Rational], names: list[str]) -> str:
    """What does not change, where it is a product or quotients."""
    if len(names) == 1 or len(names) < len(exponents):
        return ""
    if set(exponents.values()) == {sp.S.One}:
        return f"; only {'/'.join(names) if len(names) == 2 else 'their quotients'} can be found"
    if len(names) == 2 and sum(exponents.values()) == 0:
        return f"; only {'*'.join(names)} can be found"
    return ""
