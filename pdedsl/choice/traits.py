"""What `auto` looks at in a problem: linearity, orders, the size of the leading coefficient."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sympy as sp
from sympy.core.function import AppliedUndef

from pdedsl.calculus.linearity import is_linear
from pdedsl.geometry import hull_bounds
from pdedsl.ir import DomainIntegral, Problem

from .wavenumbers import known_wavenumber

_LEAST = 1e-300  # a size that is not zero
_OPAQUE = (AppliedUndef, sp.Subs, sp.Derivative, DomainIntegral)  # no number, and no symbol


@dataclass(frozen=True)
class Traits:
    """Facts about a problem that a method depends on.

    Args:
        inputs: number of inputs d.
        linear: whether all laws are linear in the fields (and no number is unknown).
        stiffness: the smallest coefficient of an equation's highest derivatives, over the
            largest of its lower ones, with all lengths scaled to 1; infinite where it has none.
        travel: the largest ratio of coefficients of first derivatives in a first-order
            equation, lengths scaled to 1: how many domains the solution moves through.
        components: number of unknown functions.
        equations: number of scalar equations.
        conditions: number of scalar boundary and initial conditions.
        wavenumber: that of the known terms, see `wavenumbers`.
        time_order: highest order of a time derivative in the equations; 0 without time.
        space_orders: orders of the space derivatives in the equations, ascending.
        integrals: whether an equation has an integral over a domain that is another one for each
            value of an input, such as a time or a parameter with a range.
    """

    inputs: int
    linear: bool
    stiffness: float
    travel: float
    components: int
    equations: int
    conditions: int
    wavenumber: float
    time_order: int
    space_orders: tuple[int, ...]
    integrals: bool


def traits(problem: Problem) -> Traits:
    """The traits of a problem, from its laws alone."""
    equations = [
        problem.substitute(residual)
        for law in problem.laws
        if law.kind == "eq"
        for residual in law.residuals
    ]
    scales = {symbol: upper - lower for symbol, (lower, upper) in hull_bounds(problem).items()}
    time = [problem.time.symbol] if problem.time else []
    return Traits(
        inputs=len(problem.inputs),
        linear=not problem.numbers and all(is_linear(problem, law) for law in problem.laws),
        stiffness=min((_stiffness(e, scales) for e in equations), default=float("inf")),
        travel=max((_travel(e, scales) for e in equations), default=0.0),
        components=len(problem.components),
        equations=len(equations),
        conditions=sum(len(law.residuals) for law in problem.laws if law.kind in ("bc", "ic")),
        wavenumber=known_wavenumber(problem),
        time_order=max(_orders(equations, time), default=0),
        space_orders=_orders(equations, [s for d in problem.domains for s in d.coordinates]),
        integrals=any(
            node.free_symbols & set(problem.inputs)
            for equation in equations for node in equation.atoms(DomainIntegral)
        ),
    )  # fmt: skip


def _orders(equations: Sequence[sp.Expr], symbols: Sequence[sp.Symbol]) -> tuple[int, ...]:
    """Orders, in these symbols, of the derivatives that have some."""
    found = {
        sum(int(count) for s, count in node.variable_count if s in symbols)
        for equation in equations for node in equation.atoms(sp.Derivative)
    }  # fmt: skip
    return tuple(sorted(found - {0}))


def _coefficients(
    expression: sp.Expr, scales: dict[sp.Symbol, float]
) -> list[tuple[sp.Derivative, float]]:
    """Derivatives with the size of their coefficients, in inputs scaled to length 1.

    A coefficient that depends on inputs or fields counts with the numbers in it alone, i.e.
    with the fields and inputs taken as 1.
    """
    out = []
    nodes = sorted(expression.atoms(sp.Derivative), key=sp.default_sort_key)
    # Real, as |s| of a complex s has no derivative by rules.
    dummies = {node: sp.Dummy(real=True) for node in nodes}
    plain = expression.xreplace(dummies)
    for node in nodes:
        # Not the coefficient of the expanded law: expanding may take for ever.
        coefficient = sp.diff(plain, dummies[node])
        coefficient = coefficient.xreplace(dict.fromkeys(coefficient.atoms(*_OPAQUE), sp.S.One))
        coefficient = coefficient.xreplace(dict.fromkeys(coefficient.free_symbols, sp.S.One))
        size = _number(coefficient)
        if not size > 0:
            continue
        for symbol, count in node.variable_count:
            for _ in range(int(count)):  # a power of the length may overflow
                size /= scales.get(symbol, 1.0)
        out.append((node, min(max(size, _LEAST), 1 / _LEAST)))
    return out


def _number(expression: sp.Expr) -> float:
    try:
        value = abs(complex(expression.evalf()))
    except (TypeError, ValueError):
        return 1.0
    return value if value == value else 1.0


def _stiffness(expression: sp.Expr, scales: dict[sp.Symbol, float]) -> float:
    sizes: dict[int, float] = {}  # order of derivative to its largest coefficient
    for node, size in _coefficients(expression, scales):
        order = sum(int(count) for _, count in node.variable_count)
        sizes[order] = max(sizes.get(order, 0.0), size)
    top = max(sizes, default=0)
    lower = [size for order, size in sizes.items() if order < top]
    return sizes[top] / max(lower) if lower else float("inf")


def _travel(expression: sp.Expr, scales: dict[sp.Symbol, float]) -> float:
    found = _coefficients(expression, scales)
    if len(found) < 2 or any(sum(int(c) for _, c in node.variable_count) > 1 for node, _ in found):
        return 0.0
    sizes = [size for _, size in found]
    return max(sizes) / min(sizes)
