"""Constants of generated code, rounded once to double precision."""

from __future__ import annotations

import math

import sympy as sp


class NotTranslatable(Exception):
    """An expression with a function or number that the generated code cannot hold."""


def fold(e: sp.Basic) -> sp.Basic:
    """Evaluate the constant parts that are not rational, such as 2 π, to double precision."""
    if e.is_Rational or not e.args:
        return e if not e.is_number or e.is_Rational else _float(e)
    if e.is_number:
        return _float(e)
    if isinstance(e, sp.Pow) and e.exp.is_Rational:
        return sp.Pow(fold(e.base), e.exp)
    if isinstance(e, sp.Add | sp.Mul):
        constant = [a for a in e.args if a.is_number]
        if len(constant) > 1:
            rest = [a for a in e.args if not a.is_number]
            return e.func(fold(e.func(*constant)), *[fold(a) for a in rest])
    return e.func(*[fold(a) for a in e.args])


def _float(e: sp.Basic) -> sp.Float:
    return sp.Float(value_of(e), 17)


def value_of(e: sp.Basic) -> float:
    """A constant in double precision, rounded once."""
    try:
        value = complex(sp.N(e, 30))
    except (TypeError, ValueError) as problem:
        raise NotTranslatable(f"{e} is not a number") from problem
    if value.imag != 0 or not math.isfinite(value.real):
        raise NotTranslatable(f"{e} is not a finite real number")
    return value.real
