"""Where a scalar equation of second order in the plane is of which type, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import gcd, lcm
from typing import Any

import numpy as np
import sympy as sp

from pdedsl.calculus.operator import LinearOperator
from pdedsl.ir import NotNumericError, evaluate_with_scale, size
from pdedsl.ir.text import expression_text

from .determinant import CANCELLED
from .local_type import ELLIPTIC, HYPERBOLIC

_LONGEST = 40  # nodes of an expression that is still a condition in words


def conditions(
    operator: LinearOperator, kinds: Sequence[str], points: Mapping[sp.Basic, Any]
) -> dict[str, str]:
    """Kind to the condition for it, such as ``y > 0``; empty where there is no short one.

    For a u_xx + 2b u_xy + c u_yy it is the sign of ac − b²; it must hold at all points.

    Args:
        operator: of any shape and order.
        kinds: the type at each point.
        points: values of the coordinates there, arrays of shape (points,).
    """
    form = _determinant_of_form(operator)
    if form is None or size(form) > _LONGEST:
        return {}
    try:
        value, scale = evaluate_with_scale(form, points)
    except NotNumericError:
        return {}
    sign = np.where(np.abs(value) <= CANCELLED * scale, 0, np.sign(value))
    expected = {ELLIPTIC: 1, HYPERBOLIC: -1}
    if any(expected.get(k, 0) != s for k, s in zip(kinds, sign, strict=True)):
        return {}
    present = list(dict.fromkeys(kinds))
    if sum(kind not in expected for kind in present) > 1:
        return {}
    return {kind: _relation(form, expected.get(kind, 0)) for kind in present}


def _determinant_of_form(operator: LinearOperator) -> sp.Expr | None:
    """The form's ac − b² for a scalar operator of order 2 with derivatives in two coordinates."""
    if operator.shape != (1, 1) or operator.order != 2:
        return None
    axes = [i for i in range(len(operator.coordinates)) if any(a[i] for a, _ in operator.terms())]
    if len(axes) != 2:
        return None
    found = {tuple(alpha[i] for i in axes): a for alpha, a in operator.terms()}
    a, b, c = (found.get(key, sp.S.Zero) for key in ((2, 0), (1, 1), (0, 2)))
    return a * c - b**2 / 4


def _relation(form: sp.Expr, sign: int) -> str:
    """``form > 0``, ``= 0`` or ``< 0``, solved for a single symbol where it is linear."""
    factor, rest = form.as_coeff_Mul()
    rest = _primitive(rest)
    flip = -1 if factor < 0 else 1
    right: sp.Expr = sp.S.Zero
    symbols = sorted(rest.free_symbols, key=sp.default_sort_key)
    if len(symbols) == 1:
        slope = sp.diff(rest, symbols[0])
        if slope.is_Number and slope != 0:
            right = -rest.xreplace({symbols[0]: sp.S.Zero}) / slope
            rest, flip = symbols[0], flip * (1 if slope > 0 else -1)
    word = {1: ">", 0: "=", -1: "<"}[sign * flip]
    return f"{expression_text(rest)} {word} {expression_text(right)}"


def _primitive(form: sp.Expr) -> sp.Expr:
    """A sum of terms with rational factors divided by their common divisor.

    Not `as_content_primitive`, which looks into powers and may write out a huge number.
    """
    parts = [term.as_coeff_Mul() for term in sp.Add.make_args(form)]
    if not form.is_Add or not all(c.is_Rational for c, _ in parts):
        return form
    divisor = sp.Rational(gcd(*(int(c.p) for c, _ in parts)), lcm(*(int(c.q) for c, _ in parts)))
    return sp.Add(*(c / divisor * rest for c, rest in parts))
