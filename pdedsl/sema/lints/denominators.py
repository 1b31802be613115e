"""L121: an unknown number in a denominator that may become zero on its way."""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from pdedsl.diagnostics import Diagnostic
from pdedsl.ir import Problem, UnknownNumber
from pdedsl.sema.draft import Draft


def denominators(problem: Problem, draft: Draft) -> Iterator[Diagnostic]:
    """Each number without a sign of which a law has a power that is infinite at zero."""
    powers = {
        power for law in problem.laws for residual in law.residuals
        for power in sp.sympify(residual).atoms(sp.Pow)
    }  # fmt: skip
    for number in problem.numbers:
        if _has_sign(problem, number):
            continue
        name, own = number.symbol.name, number.symbol
        if not any(_is_infinite(power, own) for power in powers):
            continue
        guess = problem.number(number.guess)
        sign = "<" if guess < 0 else ">"
        yield Diagnostic(
            "L121",
            f"{name} stands in a denominator and may have either sign: a search that comes to "
            f"{name} = 0 divides by it, and cannot cross",
            number.span,
            f"write {name} {sign} 0 guess {guess or 1:.6g}",
        )


def _has_sign(problem: Problem, number: UnknownNumber) -> bool:
    """Whether the bounds keep a number on one side of zero."""
    low = None if number.lower is None else problem.number(number.lower)
    high = None if number.upper is None else problem.number(number.upper)
    return (low is not None and low >= 0) or (high is not None and high <= 0)


def _is_infinite(power: sp.Pow, number: sp.Symbol) -> bool:
    """Whether a power has a negative exponent and a factor that vanishes with the number."""
    base, exponent = power.as_base_exp()
    if not exponent.is_negative or not base.has(number):
        return False
    factors = sp.Mul.make_args(base)
    return any(f.has(number) and f.xreplace({number: sp.S.Zero}).is_zero for f in factors)
