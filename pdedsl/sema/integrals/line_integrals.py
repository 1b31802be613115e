r"""Integrals with a variable of their own: ``integral(k(t, s)*u(s), s in [0, t])``.

With the nodes ξ_i and weights w_i of Gauss on [-1, 1], the middle m and the half length h of the
interval, the integral of f is :math:`h \sum w_i f(m + h ξ_i)`, which is exact for polynomials of
degree 39 with 20 nodes, kernel and unknown together. There are as many as the kernel needs. The
ends may depend on coordinates.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import sympy as sp
from sympy.core.function import AppliedUndef

from pdedsl.diagnostics import reject
from pdedsl.sema import limits
from pdedsl.sema.values import Value, components, map_components
from pdedsl.syntax import ast, format_expression

from . import NODES, Integrand, divided_text, integrand_of

if TYPE_CHECKING:
    from pdedsl.sema.expressions import Elaborator


_FINER = ContextVar("integrals have twice their nodes", default=False)


@contextmanager
def finer_nodes() -> Iterator[None]:
    """Inside, integrals are read with twice the nodes, which shows whether they had enough."""
    token = _FINER.set(True)
    try:
        yield
    finally:
        _FINER.reset(token)


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
    intervals = {**elaborator.intervals, s: (lower, upper)}
    value = replace(elaborator, bound=bound, intervals=intervals).quantity(body)
    parts = [
        integrand_of(elaborator, component, s, (lower, upper), node.span)
        for component in components(value)
    ]
    count = (2 if _FINER.get() else 1) * _count(parts, body, variable, node)
    limits.check_room([value] * count, node.span)
    nodes, weights = np.polynomial.legendre.leggauss(count)
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


def _count(parts: list[Integrand], body: ast.Expr, variable: ast.Variable, node: ast.Call) -> int:
    """How many nodes all components of an integrand need (E305 where no rule is right)."""
    name = variable.name.id
    if any(part.is_rough_at_an_end() for part in parts):
        text = format_expression(variable.values)
        message = f"this integrand is not smooth in {name} at an end of {text}"
        mend = f"substitute, such as {name} = t - r^2 for 1/sqrt(t - {name})"
        raise reject("E305", message, node.span, mend)
    if any(part.has_a_switch() for part in parts):
        message = f"this integrand has a kink or a jump in {name}, where a Gauss rule is inaccurate"
        mend = "divide the interval there, as a sum of integrals"
    else:
        counts = [part.nodes() for part in parts]
        found = [count for count in counts if count is not None]
        if len(found) == len(counts):
            return max(found)
        message = (
            f"this integrand is too narrow in {name} for {NODES[-1]} Gauss nodes, or has a pole"
        )
        mend = "divide the interval around its peak, as a sum of integrals"
    if (divided := divided_text(parts, body, name)) is not None:
        mend = f"write {divided}"
    raise reject("E305", message, node.span, mend)
