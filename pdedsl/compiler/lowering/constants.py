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


def common_power(e: sp.Mul) -> tuple[sp.Expr, sp.Expr, int] | None:
    """A product c Π b_i^n Π q_j as ± (|c|^(1/n) Π b_i)^n Π q_j, c being beyond double precision.

    Such is (4 x (1 - x))^900, which in symbols is 4^900 x^900 (1 - x)^900.

    Returns:
        ± Π q_j, |c|^(1/n) Π b_i and n; None where c is within double precision.

    Raises:
        NotTranslatable: it is not, and there is no power to take it into.
    """
    coefficient, rest = e.as_coeff_Mul()
    if not coefficient or 0 < abs(float(coefficient)) < math.inf:
        return None
    factors = sp.Mul.make_args(rest)
    powers = {f.exp for f in factors if isinstance(f, sp.Pow) and f.exp.is_Integer}
    if not powers:
        raise NotTranslatable(f"{sp.N(coefficient, 3)} is not within double precision")
    n = max(powers, key=abs)
    same = [f for f in factors if isinstance(f, sp.Pow) and f.exp == n]
    root = sp.Float(sp.root(abs(coefficient), n).evalf(30), 17)
    others = sp.Mul(sp.sign(coefficient), *(f for f in factors if f not in same))
    return others, sp.Mul(root, *(f.base for f in same)), int(n)


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
