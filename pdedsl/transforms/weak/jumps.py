"""Whether an expression jumps along an input: then its derivative is no function."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import sympy as sp
from sympy.core.function import AppliedUndef
from sympy.core.relational import Relational

from pdedsl.calculus.zero import KINKED
from pdedsl.ir import NotNumericError, evaluate
from pdedsl.ir.special import floor

_STEP, _SAME = 1e-8, 1e-6
_POINTS = 7  # other inputs at which both sides are compared; a choice


def jumps(expression: sp.Expr, axis: sp.Symbol) -> bool:
    """Whether it may jump somewhere along an input.

    The derivative of a kink jumps. A case such as ``if(x < 1, x, 2 - x)`` does not where both sides
    agree, which is looked at in numbers: of conditions that are linear in the input, for known
    expressions. Fields and their derivatives do not jump.
    """
    if isinstance(expression, AppliedUndef) or axis not in expression.free_symbols:
        return False
    if isinstance(expression, sp.Derivative):
        return any(axis in node.free_symbols for node in expression.expr.atoms(*KINKED))
    if isinstance(expression, (sp.sign, sp.Heaviside, sp.DiracDelta, floor)):
        return True
    if isinstance(expression, sp.Piecewise):
        branches = (e for e, _ in expression.args)
        return any(jumps(e, axis) for e in branches) or not _continuous(expression, axis)
    return any(jumps(a, axis) for a in expression.args)


def _continuous(cases: sp.Piecewise, axis: sp.Symbol) -> bool:
    """Whether both sides agree at every switch along the input."""
    relations = {r for _, c in cases.args for r in c.atoms(Relational) if axis in r.free_symbols}
    for switch in _zeros((r.lhs - r.rhs for r in relations), axis):
        if switch is None or not _agree(cases, axis, switch):
            return False
    return True


def _zeros(differences: Iterator[sp.Expr], axis: sp.Symbol) -> Iterator[sp.Expr | None]:
    """Where each of them is zero; None for one that is not linear in the input."""
    for difference in differences:
        slope = sp.diff(difference, axis)
        linear = axis not in slope.free_symbols and not slope.has(*KINKED) and slope != 0
        yield sp.expand(axis - difference / slope) if linear else None


def _agree(cases: sp.Piecewise, axis: sp.Symbol, switch: sp.Expr) -> bool:
    others = sorted(cases.free_symbols - {axis}, key=str)
    rng = np.random.default_rng(0)
    for point in rng.uniform(-1, 1, (_POINTS, len(others))):
        at = dict(zip(others, map(sp.Float, point), strict=True))
        sides = [cases.subs(axis, switch + s * _STEP).subs(at) for s in (-1, 1)]
        try:
            below, above = (float(evaluate(side)) for side in sides)
        except (NotNumericError, TypeError):
            return False
        if not abs(below - above) <= _SAME * max(1.0, abs(below)):
            return False
    return True
