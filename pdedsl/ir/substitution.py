"""Known functions put into laws: u(x, t) replaced in symbols, derivatives taken.

Derivatives of one field are taken step by step and kept, so that u_xx serves u_xxt. No sum
is expanded and nothing is simplified.
"""

from __future__ import annotations

from collections.abc import Iterable

import sympy as sp
from sympy.core.function import AppliedUndef, UndefinedFunction

from .sizes import TooLargeError, derivative_size, real

LARGEST = 100_000
"""Nodes of all derivatives together; beyond that `TooLargeError` is raised."""


class Substitution:
    """Replacement of undefined functions (and of symbols) by expressions.

    Args:
        pairs: ``(u(x, t), expression in x and t)``, or ``(symbol, value)`` for a number.
    """

    def __init__(self, pairs: Iterable[tuple[sp.Expr, sp.Expr]]) -> None:
        self._bodies: dict[UndefinedFunction, tuple[tuple[sp.Symbol, ...], sp.Expr]] = {}
        self._values: dict[sp.Basic, sp.Expr] = {}
        self._derivatives: dict[tuple[sp.Expr, sp.Symbol], sp.Expr] = {}
        for left, right in pairs:
            if isinstance(left, AppliedUndef):
                self._bodies[left.func] = (left.args, right)
            else:
                self._values[left] = right
        self._room = LARGEST

    def covers(self, expression: sp.Basic) -> bool:
        """Whether every undefined function in the expression is replaced."""
        return {a.func for a in expression.atoms(AppliedUndef)} <= self._bodies.keys()

    def __call__(self, expression: sp.Expr) -> sp.Expr:
        """The expression with the known functions in it.

        Raises:
            TooLargeError: the derivatives of the known functions are too large.
        """
        if isinstance(expression, AppliedUndef):
            return self._applied(expression)
        if isinstance(expression, sp.Derivative):
            return self._differentiated(expression)
        if isinstance(expression, sp.Subs):
            inner = self(expression.expr)
            moved = (self(p) for p in expression.point)
            return inner.xreplace(dict(zip(expression.variables, moved, strict=True)))
        if not expression.args:
            return self._values.get(expression, expression)
        arguments = tuple(self(a) for a in expression.args)
        same = all(a is b for a, b in zip(arguments, expression.args, strict=True))
        return expression if same else expression.func(*arguments)

    def _applied(self, applied: AppliedUndef) -> sp.Expr:
        if applied.func not in self._bodies:
            return applied
        formals, body = self._bodies[applied.func]
        moved = {f: a for f, a in zip(formals, applied.args, strict=True) if f != a}
        return body.xreplace({f: self(a) for f, a in moved.items()}) if moved else body

    def _differentiated(self, derivative: sp.Derivative) -> sp.Expr:
        result = self(derivative.expr)
        for symbol, count in sorted(derivative.variable_count, key=str):
            for _ in range(int(count)):
                key = (result, symbol)
                if key not in self._derivatives:
                    self._room -= derivative_size(result, symbol)
                    if self._room < 0:
                        raise TooLargeError
                    self._derivatives[key] = real(sp.diff(result, symbol))
                result = self._derivatives[key]
        return result
