r"""Integrals with a variable of their own: ``integral(k(t, s)*u(s), s in [0, t])``.

With the nodes ξ_i and weights w_i of Gauss on [-1, 1], the middle m and the half length h of the
interval, the integral of f is :math:`h \sum w_i f(m + h ξ_i)`, which is exact for polynomials of
degree 39, kernel and unknown together. The ends may depend on coordinates.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import sympy as sp
from sympy.core.function import AppliedUndef

from pdedsl.diagnostics import reject
from pdedsl.syntax import ast, format_expression

from . import limits
from .values import Value, components, map_components

if TYPE_CHECKING:
    from .expressions import Elaborator

NODES = 20
"""The error of exp(8 s) on [0, 1] is 1e-16 of its size with 20 nodes, 1e-11 with 10."""
_ROUGH = (sp.Abs, sp.sign, sp.Heaviside, sp.Min, sp.Max, sp.Piecewise)


def line_integral(elaborator: Elaborator, node: ast.Call, variable: ast.Variable) -> Value:
    """The value of an integral over an interval, as the sum of its Gauss rule.

    Raises:
        Rejected: E206 an integrand without value, E401 no interval, E202 a name that is taken, E304
            ends that are not known, E305 an integrand that is not smooth on the interval.
    """
    body = node.arguments[0]
    if not isinstance(body, ast.Expr):
        raise reject("E206", "an integral takes an integrand first", node.span)
    if not isinstance(variable.values, ast.List) or len(variable.values.items) != 2:
        mend = f"write {variable.name.id} in [0, 1]"
        raise reject("E401", "an integral is over an interval", variable.values.span, mend)
    elaborator.scope.check_free(variable.name)
    lower, upper = (_end(elaborator, end) for end in variable.values.items)
    s = sp.Dummy(variable.name.id, real=True)
    bound = {**elaborator.bound, variable.name.id: s}
    value = replace(elaborator, bound=bound).quantity(body)
    for component in components(value):
        _check_smooth(component, s, (lower, upper), node, variable)
    limits.check_room([value] * NODES, node.span)
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    half, middle = (upper - lower) / 2, (upper + lower) / 2
    places = [middle + half * sp.Float(repr(x), 17) for x in nodes.tolist()]
    factors = [half * sp.Float(repr(w), 17) for w in weights.tolist()]

    def summed(component: sp.Expr) -> sp.Expr:
        pairs = zip(factors, places, strict=True)
        return sp.Add(*(w * component.xreplace({s: place}) for w, place in pairs))

    return limits.build_value(lambda: map_components(summed, value), node.span)


def _end(elaborator: Elaborator, node: ast.Expr) -> sp.Expr:
    value = elaborator.scalar(node)
    if value.atoms(AppliedUndef) or value.free_symbols & elaborator.scope.numbers():
        message = f"the end {format_expression(node)} of an integral must be known"
        raise reject("E304", message, node.span)
    return value


def _check_smooth(
    component: sp.Expr,
    s: sp.Symbol,
    ends: tuple[sp.Expr, sp.Expr],
    node: ast.Call,
    variable: ast.Variable,
) -> None:
    """Refuse kinks and jumps in s, and what is not smooth at an end, such as sqrt(t - s)."""
    name = variable.name.id
    parts = [p for p in component.atoms(*_ROUGH) if s in p.free_symbols and not p.has(AppliedUndef)]
    if parts:
        message = f"this integrand has a kink or a jump in {name}, where a Gauss rule is inaccurate"
        mend = "divide the interval there, as a sum of integrals"
        raise reject("E305", message, node.span, mend)
    powers = [p for p in component.atoms(sp.Pow, sp.log) if s in p.free_symbols]
    for end in ends:
        for part in powers:
            base = part.args[0]
            smooth = isinstance(part, sp.Pow) and part.exp.is_Integer and part.exp >= 0
            if not smooth and s in base.free_symbols and base.xreplace({s: end}).equals(0):
                text = format_expression(variable.values)
                message = f"this integrand is not smooth in {name} at an end of {text}"
                mend = f"substitute, such as {name} = t - r^2 for 1/sqrt(t - {name})"
                raise reject("E305", message, node.span, mend)
