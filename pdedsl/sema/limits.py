"""Bounds on what a spec may ask for, so that no text hangs or swells the program."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import sympy as sp

from pdedsl.diagnostics import Span, reject
from pdedsl.ir import (
    NotNumericError,
    TooLargeError,
    as_cases,
    bounded_derivative,
    evaluate,
    fold_tree,
    real,
    size,
)

from .values import Value, components, map_components

if TYPE_CHECKING:
    from .scope import Scope

LARGEST_SIZE = 20_000
LARGEST_WORK = 200_000
WORK_OF_A_STEP = 20
LARGEST_EXPONENT = 1_000
LARGEST_BITS = 4_096
LARGEST_EXACT_BITS = 65_536
LARGEST_CHOICES = 12
MOST_ARGUMENTS = 6
LARGEST_SUM = 1_000
MOST_SETS = 100
HIGHEST_ORDER = 8
MOST_MODES = 20  # of an eigenvalue, each of which is a problem of its own
LARGEST_DIMENSION = 100

Parameters = Mapping[sp.Symbol, sp.Expr]


def check(value: Value, span: Span, scope: Scope) -> Value:
    """Return the value, or refuse it where working with it would take too long.

    Raises:
        Rejected: E703 too many parts, here or in all of the file, or too many arguments of min
            and max together; E702 an exponent or an exact number out of all bounds, now or with
            the parameters in; E308 the derivative of a jump.
    """
    parameters = scope.parameter_values()
    parts = sum(_check_growth(component, span, parameters) for component in components(value))
    scope.work += WORK_OF_A_STEP + parts
    if scope.work > LARGEST_WORK:
        message = "this takes too much to work out: sums or definitions are nested"
        raise reject("E703", message, span, "write it with fewer terms")
    _check_size(parts, span)
    return value


def _check_growth(expression: sp.Basic, span: Span, parameters: Parameters) -> int:
    """Size of the expression as a tree, with the other bounds checked on the way."""
    bits: dict[sp.Basic, float] = {}
    choices = 0

    def measure(node: sp.Basic, parts: list[int]) -> int:
        nonlocal choices
        if isinstance(node, sp.DiracDelta):
            message = "this differentiates a jump, which gives no function"
            raise reject("E308", message, span, "write a smooth function, such as tanh(x/0.01)")
        if isinstance(node, (sp.Min, sp.Max)):
            choices += len(node.args)
        bits[node] = _bits(node, bits, parameters)
        if bits[node] > LARGEST_EXACT_BITS:
            raise reject("E702", "this is a number too large to work with", span)
        if node.is_Pow and node.exp.is_number and _magnitude(node.exp, {}) > LARGEST_EXPONENT:
            raise reject("E702", f"exponents are limited to {LARGEST_EXPONENT}", span)
        return 1 + sum(parts)

    total = fold_tree(expression, measure)
    if choices > LARGEST_CHOICES:
        message = f"min and max have at most {LARGEST_CHOICES} arguments together"
        raise reject("E703", message, span, "use if(a > b, a, b)")
    return total


def _bits(node: sp.Basic, bits: Mapping[sp.Basic, float], parameters: Parameters) -> float:
    """Estimate of the bits of the exact rational number that a node may become."""
    if node.is_Rational:
        return float(abs(node.p).bit_length() + node.q.bit_length())
    if node in parameters:
        value = parameters[node]
        return _bits(value, bits, {}) if value.is_Rational else 64.0
    if node.is_Pow and bits[node.base]:
        exponent = (
            _magnitude(node.exp, parameters) if node.exp.free_symbols <= set(parameters) else 1.0
        )
        return float(bits[node.base] * max(1.0, exponent))
    if node.is_Add or node.is_Mul:
        return float(sum(bits[a] for a in node.args))
    return 0.0


def _check_size(total: int, span: Span) -> None:
    if total > LARGEST_SIZE:
        message = f"this expression has {_count(total)} parts when written out; "
        raise reject("E703", message + f"at most {LARGEST_SIZE} are allowed", span)


def check_room(values: Iterable[Value], span: Span) -> None:
    """Refuse to build an expression whose parts alone are too large (E703)."""
    _check_size(sum(size(c) for value in values for c in components(value)), span)


def derivative(value: Value, symbol: sp.Symbol, span: Span, order: int = 1) -> Value:
    """∂^order value / ∂symbol^order, refused where it would be too large (E703)."""
    try:
        largest = 4 * LARGEST_SIZE
        return map_components(
            lambda c: bounded_derivative(as_cases(c), symbol, order, largest), value
        )
    except TooLargeError:
        raise derivative_too_large(span) from None


def derivative_too_large(span: Span) -> Exception:
    """The diagnostic for a derivative that would swell beyond the bounds."""
    return reject("E703", "this derivative is too large when written out", span)


def power(
    base: sp.Expr, exponent: sp.Expr, span: Span, at: Span, parameters: Parameters
) -> sp.Expr:
    """``base ^ exponent``, refused where the number would be out of all bounds (E702)."""
    constant = exponent.free_symbols <= set(parameters)
    if constant and _magnitude(exponent, parameters) > LARGEST_EXPONENT:
        raise reject("E702", f"exponents are limited to {LARGEST_EXPONENT}", at)
    if base.is_Rational and exponent.is_Rational:
        bits = max(abs(base.p).bit_length(), abs(base.q).bit_length())
        if bits * _magnitude(exponent, {}) > LARGEST_BITS:
            raise reject("E702", "this power is a number too large to work with", span)
        if base == 0 and exponent < 0:
            raise reject("E305", "this divides by zero", span)
    return build_value(lambda: sp.Pow(base, exponent), span)


def build_value(function: Callable[[], Value], span: Span) -> Value:
    """What a function of sympy's builds, refused where it is no finite real number (E305)."""
    try:
        return map_components(lambda c: finite(c, span), function())
    except (TypeError, ValueError, AttributeError, ArithmeticError, RecursionError):
        # sympy's automatic evaluation gives up in these ways on numbers such as asin(2)
        raise reject("E305", "this has no value as a real number", span) from None


def check_with_parameters(values: Iterable[sp.Expr], span: Span, parameters: Parameters) -> None:
    """Refuse expressions that the values of the parameters make infinite or not real (E305)."""
    for value in values:
        put = build_value(partial(value.xreplace, dict(parameters)), span)
        for number in _numbers(put):
            if not np.isfinite(evaluate(number)):
                raise reject("E305", f"{number} has no value as a real number", span)


def _numbers(expression: sp.Basic) -> Iterator[sp.Expr]:
    """The largest parts that are functions of numbers alone."""
    if isinstance(expression, sp.Function) and expression.is_number:
        yield expression
        return
    for argument in expression.args:
        yield from _numbers(argument)


def finite(expression: sp.Expr, span: Span) -> sp.Expr:
    """Return the expression, or refuse infinities, complex numbers and 0/0 (E305)."""
    if expression.has(sp.zoo, sp.oo, -sp.oo, sp.nan):
        raise reject("E305", "this has no finite value", span)
    if expression.has(sp.I):
        raise reject("E305", "this is not a real number", span)
    return real(expression)


def _count(total: int) -> str:
    if total < 10**7:
        return str(total)
    return f"more than 10^{int((total.bit_length() - 1) * 0.30103)}"


def _magnitude(expression: sp.Expr, parameters: Parameters) -> float:
    try:
        value = float(np.abs(evaluate(expression.xreplace(dict(parameters)))))
    except NotNumericError:
        return float("inf")
    return value if value == value else float("inf")
