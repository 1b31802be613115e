r"""Scalings of unknown numbers and fields under which laws hold as before.

With a factor s > 0 and exponents e the numbers p become :math:`s^{e_p} p` and the fields
:math:`s^{e_u} u`. A product has the degree of its factors together, a power of a constant exponent
a multiple of that of its base, a derivative that of its field. Terms of a sum must be of one
degree, and all within other functions of degree 0: these are linear equations for e. If they hold,
each residual becomes a power of s times itself. So all laws hold for the scaled numbers as well,
which nothing can tell apart (the group of scalings of an equation; Bluman and Kumei, Symmetries
and Differential Equations, 1989, chapter 1).
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import sympy as sp
from sympy.core.function import AppliedUndef

from pdedsl.ir import DomainIntegral, Problem

Degree = dict[sp.Basic, sp.Rational]
"""By number or function its part in a degree."""


def scalings(problem: Problem) -> list[dict[str, sp.Rational]]:
    """Exponents by name of numbers and components, of all independent scalings that move a number.

    Args:
        problem: its laws; parameters are constants.
    """
    numbers = [number.symbol for number in problem.numbers]
    functions = [component.func for component in problem.components]
    reading = _Reading(frozenset(numbers), frozenset(functions))
    for law in problem.laws:
        for residual in law.residuals:
            reading.degree(residual)
    unknowns = [*numbers, *functions]
    rows = [[row.get(v, sp.S.Zero) for v in unknowns] for row in reading.constraints]
    matrix = sp.Matrix(len(rows), len(unknowns), [entry for row in rows for entry in row])
    found = []
    for vector in matrix.nullspace():
        if any(vector[: len(numbers)]):
            scale = sp.Rational(
                math.lcm(*(int(e.q) for e in vector)), math.gcd(*(int(e.p) for e in vector))
            )
            names = (getattr(v, "name", None) or str(v) for v in unknowns)
            pairs = zip(names, scale * vector, strict=True)
            found.append({name: exponent for name, exponent in pairs if exponent})
    return found


class _Reading:
    """Degrees of expressions, and what they ask of the exponents.

    Attributes:
        constraints: sums of exponents that are 0.
    """

    def __init__(self, numbers: frozenset[sp.Basic], functions: frozenset[sp.Basic]) -> None:
        self._numbers, self._functions = numbers, functions
        self.constraints: list[Degree] = []

    def degree(self, expression: sp.Basic) -> Degree:
        """The degree of an expression."""
        if expression in self._numbers:
            return {expression: sp.S.One}
        if isinstance(expression, AppliedUndef) and expression.func in self._functions:
            self._fix(expression.args)
            return {expression.func: sp.S.One}
        if isinstance(expression, (sp.Derivative, sp.Subs, DomainIntegral, sp.Integral)):
            self._fix(expression.args[1:])
            return self.degree(expression.args[0])
        if isinstance(expression, sp.Mul):
            return _sum((self.degree(a), sp.S.One) for a in expression.args)
        if isinstance(expression, sp.Pow) and expression.exp.is_Rational:
            return _sum([(self.degree(expression.base), expression.exp)])
        if isinstance(expression, sp.Add):
            return self._common(expression.args)
        self._fix(expression.args)
        return {}

    def _common(self, terms: tuple[sp.Basic, ...]) -> Degree:
        first, *others = (self.degree(term) for term in terms)
        for other in others:
            self._ask(_sum([(other, sp.S.One), (first, sp.S.NegativeOne)]))
        return first

    def _fix(self, parts: tuple[sp.Basic, ...]) -> None:
        """Nothing in these may change."""
        for part in parts:
            self._ask(self.degree(part))

    def _ask(self, degree: Degree) -> None:
        if degree:
            self.constraints.append(degree)


def _sum(parts: Iterable[tuple[Degree, sp.Rational]]) -> Degree:
    found: Degree = {}
    for degree, factor in parts:
        for unknown, power in degree.items():
            found[unknown] = found.get(unknown, sp.S.Zero) + factor * power
    return {unknown: power for unknown, power in found.items() if power}
