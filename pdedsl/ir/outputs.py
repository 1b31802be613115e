"""Quantities of interest: numbers that are computed from a solution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import sympy as sp

from pdedsl.diagnostics import Span

from .places import Place

FunctionalKind = Literal["integral", "max", "min", "value"]


@dataclass(frozen=True)
class Functional:
    """A number that a solution has.

    Args:
        symbol: stands for the number in expressions; its name is the text of the functional.
        kind: the integral over a place, the largest or smallest value there, or the value at a
            point.
        integrand: what is integrated, compared or evaluated; earlier functionals may stand in it.
            A value is `AppliedUndef` or `sympy.Subs` with constant arguments.
        place: where: `Interior`, `Boundary` or `OnInterface`, for a value `Slice`. In
            ``Interior(None)`` one integrates over time.
    """

    symbol: sp.Symbol
    kind: FunctionalKind
    integrand: sp.Expr
    place: Place


@dataclass(frozen=True)
class Output:
    """A named number.

    Args:
        expression: in parameters, unknown numbers and the symbols of functionals.
        functionals: those that it needs, each after those in its integrand.
    """

    name: str
    expression: sp.Expr
    functionals: tuple[Functional, ...]
    span: Span
