"""Integrals, extreme values and values at points as symbols in the expressions of outputs."""

from __future__ import annotations

import numpy as np
import sympy as sp
from sympy.core.function import AppliedUndef

from pdedsl.diagnostics import Span, reject
from pdedsl.geometry import region_of
from pdedsl.ir import DomainIntegral, Functional, Interior, Interval, Place, Slice
from pdedsl.ir.outputs import FunctionalKind
from pdedsl.ir.text import functional_text
from pdedsl.sema.draft import Draft


def functional(draft: Draft, kind: FunctionalKind, integrand: sp.Expr, place: Place) -> sp.Symbol:
    """The symbol of a functional, the same for the same one."""
    symbol = sp.Symbol(functional_text(kind, integrand, place), real=True)
    draft.functionals.setdefault(symbol, Functional(symbol, kind, integrand, place))
    return symbol


def intervals(draft: Draft) -> list[Interval]:
    """Time, and parameters with a range."""
    ranges = list(draft.scope.role("a parameter with a range").values())
    return [*ranges, *([draft.time] if draft.time else [])]


def typical_value(draft: Draft, symbol: sp.Symbol) -> str:
    """The end of the time, the middle of the interval of another input; as text."""
    ends = {s: pair for d in draft.domains.values() for s, pair in d.intervals.items()}
    ends |= {i.symbol: (i.lower, i.upper) for i in intervals(draft)}
    if symbol not in ends:
        return "0"
    low, high = (draft.number(end) for end in ends[symbol])
    is_time = draft.time is not None and symbol == draft.time.symbol
    return f"{high if is_time else (low + high) / 2:g}"


def with_functionals(draft: Draft, expression: sp.Expr, span: Span) -> sp.Expr:
    """An expression with symbols of functionals for integrals over domains and values at points.

    Raises:
        Rejected: E403 a point out of range, E605 a column of a table.
    """
    match expression:
        case DomainIntegral():
            inner = with_functionals(draft, expression.integrand, span)
            return functional(draft, "integral", inner, Interior(expression.domain))
        case AppliedUndef() | sp.Subs() if _is_constant(draft, expression):
            return functional(draft, "value", expression, _point(draft, expression, span))
        case AppliedUndef() | sp.Subs() | sp.Derivative():
            return expression
    if not expression.args:
        return expression
    return expression.func(*(with_functionals(draft, a, span) for a in expression.args))


def _is_constant(draft: Draft, node: sp.Expr) -> bool:
    return node.free_symbols <= draft.scope.parameter_values().keys()


def _point(draft: Draft, node: sp.Expr, span: Span) -> Slice:
    """The point of ``u(0.5, 1)`` or ``u_x(0.5, 1)``."""
    applied, moved = node, {}
    if isinstance(node, sp.Subs):
        applied = node.expr.atoms(AppliedUndef).pop()
        moved = dict(zip(node.variables, node.point, strict=True))
    fields = draft.fields_in([applied])
    if not fields:
        message = f"{applied.func} is a column of numbers, an output is of the unknowns"
        raise reject("E605", message, span)
    values = (moved.get(a, a) for a in applied.args)
    fixed = dict(zip(fields[0].arguments, values, strict=True))
    _check_inside(draft, fields[0].domain, fixed, span)
    return Slice(fields[0].domain, tuple(fixed.items()))


def _check_inside(
    draft: Draft, home: str | None, fixed: dict[sp.Symbol, sp.Expr], span: Span
) -> None:
    point = {symbol: draft.number(value) for symbol, value in fixed.items()}
    for interval in intervals(draft):
        name = interval.symbol
        low, high = draft.number(interval.lower), draft.number(interval.upper)
        margin = 1e-9 * (high - low)
        if not low - margin <= point.get(name, low) <= high + margin:
            message = (
                f"{name} = {point[name]:g} is out of range: {name} runs from {low:g} to {high:g}"
            )
            raise reject("E403", message, span, f"take {name} from {low:g} to {high:g}")
    domain = draft.domains.get(home or "")
    if domain is None or any(s not in point for s in domain.coordinates):
        return
    x = np.array([[point[s] for s in domain.coordinates]])
    if not region_of(domain.region, draft.number).contains(x)[0]:
        where = ", ".join(f"{s} = {point[s]:g}" for s in domain.coordinates)
        message = f"the point {where} is not in {domain.name}"
        raise reject("E403", message, span, f"take a point of {domain.name}")
