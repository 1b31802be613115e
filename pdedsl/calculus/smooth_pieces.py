"""What an expression with cases, moduli and steps is near a point: one smooth expression."""

from __future__ import annotations

from collections.abc import Mapping

import sympy as sp

from pdedsl.ir import KINKED
from pdedsl.ir.special import floor


def smooth_piece(expression: sp.Expr, at: Mapping[sp.Symbol, float]) -> sp.Expr | None:
    """The expression that holds near a point, without cases; None where none can be told.

    Args:
        expression: of symbols that all have a value in ``at``.
        at: a point at which no case changes.
    """
    if not expression.has(*KINKED):
        return expression
    if isinstance(expression, sp.Piecewise):
        chosen = next((own for own, holds in expression.args if holds.subs(at) == sp.true), None)
        return None if chosen is None else smooth_piece(chosen, at)
    found = [smooth_piece(own, at) for own in expression.args]
    arguments = [own for own in found if own is not None]
    if len(arguments) < len(found) or isinstance(expression, sp.DiracDelta):
        return None
    if isinstance(expression, sp.Min | sp.Max):
        best = min if isinstance(expression, sp.Min) else max
        return best(arguments, key=lambda own: float(own.subs(at)))
    first = arguments[0]
    if isinstance(expression, floor):
        return sp.floor(first.subs(at))
    if isinstance(expression, sp.Abs | sp.sign | sp.Heaviside):
        positive = bool(first.subs(at) > 0)
        if isinstance(expression, sp.Abs):
            return first if positive else -first
        low = 0 if isinstance(expression, sp.Heaviside) else -1
        return sp.S.One if positive else sp.Integer(low)
    return expression.func(*arguments)
