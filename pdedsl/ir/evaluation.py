"""Values of expressions at many points at once, in double precision and without code text.

Beside the value of a node goes its scale, the size that it would have if nothing cancelled:
|v| for leaves, Σ scale of the terms of a sum, Π scale of the factors of a product, and
|f(x)| + |f'(x)| · scale(x) for a function. ``|value| ≤ tolerance · scale`` is the test for
zero that rounding allows.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any, Literal

import numpy as np
import sympy as sp
from numpy.typing import NDArray
from sympy.core.function import AppliedUndef

from .special import Special

Array = NDArray[np.float64]
Known = Mapping[sp.Basic, Any]


class NotNumericError(Exception):
    """The expression holds something that has no value: an unknown, a derivative of one."""


def evaluate(expression: sp.Basic, known: Known | None = None) -> Any:
    """Value of an expression, elementwise over the arrays in ``known``.

    Args:
        expression: a number or a condition.
        known: values of symbols and applied functions, floats or arrays of one shape.

    Returns:
        A float, bool or array; nan or inf where the expression has no finite value.

    Raises:
        NotNumericError: a symbol or function is not known.
    """
    return evaluate_with_scale(expression, known)[0]


def evaluate_with_scale(
    expression: sp.Basic, known: Known | None = None, limits: Literal["ignore", "raise"] = "ignore"
) -> tuple[Any, Any]:
    """Value and scale of an expression; see the head of this module and `evaluate`.

    Raises:
        FloatingPointError: a value leaves the range of numbers, and ``limits`` is "raise".
    """
    with np.errstate(all="ignore", under=limits, over=limits):
        return _Evaluation(known or {}).node(expression)


class _Evaluation:
    """One run over an expression; equal nodes are evaluated once."""

    def __init__(self, known: Known, inside: bool = False) -> None:
        self.known = known
        self.inside = inside
        self.done: dict[sp.Basic, tuple[Any, Any]] = {}

    def node(self, expression: sp.Basic) -> tuple[Any, Any]:
        if expression not in self.done:
            self.done[expression] = self._fresh(expression)
        return self.done[expression]

    def value(self, expression: sp.Basic) -> Any:
        return self.node(expression)[0]

    def _fresh(self, e: sp.Basic) -> tuple[Any, Any]:
        if e in self.known:
            value = self.known[e]
            return value, np.abs(value)
        if isinstance(e, (sp.Symbol, AppliedUndef, sp.Derivative, sp.Subs)):
            raise NotNumericError(str(e))
        if e.is_Add:
            parts = [self.node(a) for a in e.args]
            return sum(v for v, _ in parts), sum(s for _, s in parts)
        if e.is_Mul:
            return self._product(e)
        if e.is_Pow:
            return self._power(e)
        if isinstance(e, sp.Piecewise):
            return self._piecewise(e)
        value = self._other(e)
        scale = np.abs(value)
        if e.func in SLOPES:
            x, size = self.node(e.args[0])
            scale = scale + np.abs(SLOPES[e.func](x)) * size
        elif isinstance(e, Special) and not self.inside:
            # The derivative of such a function is one of another: their own scales end nowhere.
            slope = _Evaluation(self.known, inside=True).value(e.fdiff(len(e.args)))
            scale = scale + np.abs(slope) * self.node(e.args[-1])[1]
        return value, scale

    def _product(self, e: sp.Basic) -> tuple[Any, Any]:
        value: Any = np.float64(1.0)
        scale: Any = np.float64(1.0)
        for argument in e.args:
            v, s = self.node(argument)
            value, scale = value * v, scale * s
        return value, scale

    def _power(self, e: sp.Basic) -> tuple[Any, Any]:
        (base, scale), exponent = self.node(e.base), self.value(e.exp)
        value = np.power(np.asarray(base, dtype=float), exponent)
        if np.all(np.asarray(exponent) > 0):
            return value, np.power(scale, exponent)
        return value, np.abs(value) * (1 + np.abs(exponent) * scale / np.abs(base))

    def _piecewise(self, e: sp.Basic) -> tuple[Any, Any]:
        pairs = [(self.node(a.args[0]), self.value(a.args[1])) for a in e.args]
        shape = np.broadcast_shapes(*(np.shape(x) for (v, _), c in pairs for x in (v, c)))
        value = np.full(shape, np.nan)
        scale = np.full(shape, np.nan)
        for (v, s), condition in reversed(pairs):
            value = np.where(condition, v, value)
            scale = np.where(condition, s, scale)
        return value, scale

    def _other(self, e: sp.Basic) -> Any:
        if isinstance(e, (sp.Number, sp.NumberSymbol)):
            return np.float64(_number(e))
        if e in (sp.true, sp.false):
            return bool(e)
        function = e.values if isinstance(e, Special) else FUNCTIONS.get(e.func)
        if function is None:
            raise NotNumericError(str(e))
        arguments = e.args[:1] if isinstance(e, (sp.Heaviside, sp.DiracDelta)) else e.args
        return function(*(self.value(a) for a in arguments))


def _number(e: sp.Expr) -> float:
    try:
        return e.p / e.q if isinstance(e, sp.Rational) else float(e)
    except OverflowError:
        return math.inf if e.is_positive else -math.inf


def _fold(function: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    return lambda *values: reduce(function, values)


FUNCTIONS: dict[type, Callable[..., Any]] = {
    sp.sin: np.sin,
    sp.cos: np.cos,
    sp.tan: np.tan,
    sp.cot: lambda x: 1 / np.tan(x),
    sp.sec: lambda x: 1 / np.cos(x),
    sp.csc: lambda x: 1 / np.sin(x),
    sp.asin: np.arcsin,
    sp.acos: np.arccos,
    sp.atan: np.arctan,
    sp.atan2: np.arctan2,
    sp.sinh: np.sinh,
    sp.cosh: np.cosh,
    sp.tanh: np.tanh,
    sp.coth: lambda x: 1 / np.tanh(x),
    sp.exp: np.exp,
    sp.log: lambda x: np.log(np.asarray(x, dtype=float)),
    sp.Abs: np.abs,
    sp.re: lambda x: x,
    sp.im: lambda x: 0.0 * x,
    sp.sign: np.sign,
    sp.Min: _fold(np.minimum),
    sp.Max: _fold(np.maximum),
    sp.erf: np.vectorize(math.erf, otypes=[float]),
    sp.Heaviside: lambda x: np.heaviside(x, 0.5),
    sp.DiracDelta: lambda _: 0.0,  # a point mass, away from its point
    sp.Lt: np.less,
    sp.Le: np.less_equal,
    sp.Gt: np.greater,
    sp.Ge: np.greater_equal,
    sp.Eq: np.isclose,
    sp.Ne: np.not_equal,
    sp.And: _fold(np.logical_and),
    sp.Or: _fold(np.logical_or),
    sp.Not: np.logical_not,
}
"""What each function does to arrays. Roots of negative numbers are nan: all is real."""

SLOPES: dict[type, Callable[[Any], Any]] = {
    sp.sin: np.cos,
    sp.cos: np.sin,
    sp.tan: lambda x: 1 + np.tan(x) ** 2,
    sp.asin: lambda x: 1 / np.sqrt(1 - x * x),
    sp.acos: lambda x: 1 / np.sqrt(1 - x * x),
    sp.atan: lambda x: 1 / (1 + x * x),
    sp.sinh: np.cosh,
    sp.cosh: np.sinh,
    sp.tanh: lambda x: 1 - np.tanh(x) ** 2,
    sp.exp: np.exp,
    sp.log: lambda x: 1 / np.asarray(x, dtype=float),
    sp.Abs: np.ones_like,
    sp.erf: lambda x: 2 / math.sqrt(math.pi) * np.exp(-x * x),
}
"""Derivatives up to their sign, for scales."""
