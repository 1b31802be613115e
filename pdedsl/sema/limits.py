"""Bounds on what a spec may ask for, so that no text hangs or swells the program."""

from __future__ import annotations

import sympy as sp

from pdedsl.diagnostics import Span, reject

from .values import Value, components

LARGEST_SIZE = 20_000
LARGEST_EXPONENT = 1_000
LARGEST_BITS = 4_096
LARGEST_SUM = 10_000
HIGHEST_ORDER = 8
LARGEST_DIMENSION = 100


def size(expression: sp.Basic) -> int:
    """Number of nodes of the expression written out as a tree."""
    sizes: dict[sp.Basic, int] = {}
    stack = [expression]
    while stack:
        node = stack[-1]
        todo = [arg for arg in node.args if arg not in sizes]
        if todo:
            stack.extend(todo)
            continue
        sizes[stack.pop()] = 1 + sum(sizes[arg] for arg in node.args)
    return sizes[expression]


def check_size(value: Value, span: Span) -> Value:
    """Return the value, or refuse it when it is too large (E703)."""
    total = sum(size(component) for component in components(value))
    if total > LARGEST_SIZE:
        raise reject(
            "E703",
            f"this expression has {total:.3g} parts when written out, the limit is {LARGEST_SIZE}",
            span,
        )
    return value


def power(base: sp.Expr, exponent: sp.Expr, span: Span) -> sp.Expr:
    """``base ^ exponent``, refused where the number would be out of all bounds (E702)."""
    if exponent.is_number and _magnitude(exponent) > LARGEST_EXPONENT:
        raise reject("E702", f"exponents are limited to {LARGEST_EXPONENT}", span)
    if base.is_Rational and exponent.is_Rational:
        bits = max(abs(base.p).bit_length(), abs(base.q).bit_length())
        if bits * abs(float(exponent)) > LARGEST_BITS:
            raise reject("E702", "this power is a number too large to work with", span)
        if base == 0 and exponent < 0:
            raise reject("E305", "this divides by zero", span)
    return finite(sp.Pow(base, exponent), span)


def finite(expression: sp.Expr, span: Span) -> sp.Expr:
    """Return the expression, or refuse infinities, complex numbers and 0/0 (E305)."""
    if expression.has(sp.zoo, sp.oo, -sp.oo, sp.nan):
        raise reject("E305", "this divides by zero or is not a number", span)
    if expression.has(sp.I):
        raise reject("E305", "this is not a real number", span)
    return expression


def _magnitude(expression: sp.Expr) -> float:
    try:
        return abs(float(expression))
    except (TypeError, ValueError, OverflowError):
        return float("inf")
