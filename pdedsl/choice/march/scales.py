r"""The size that each row of a window is compared with: that of its own field, not of all.

A row of an equation with the time derivative of order k of a field u and the factor a before it has
a times the scale of u,

.. math:: S_u = \max\bigl(\mathrm{rms}\, u,\ c\, h^k \,\mathrm{rms} \max_j |T_j / a|,\ u_0\bigr),

T_j being the terms of the equation: from zero a field grows by h T in a window. So a field of 10⁻⁶
beside one of size 1 is followed as exactly as the other; what grows from it may be large. A
condition on the boundary has that of its fields times :math:`|∂r/∂(∂_x^n u)| / L^n`, whatever the
unit of a flux is, other conditions that of their fields, and an equation without time derivatives
that of its terms.

Below u₀ there is no digit to win: 10⁻¹⁴/τ of the size that the field has had, so that what dies
away costs no more windows, and of the size of all fields, which are found together.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import sympy as sp
import torch
from sympy.core.function import AppliedUndef
from torch import Tensor

from pdedsl.calculus.coefficients import coefficients
from pdedsl.choice.tuning import MARCH
from pdedsl.compiler.evaluation.evaluation import evaluate
from pdedsl.compiler.lowering.constants import NotTranslatable
from pdedsl.compiler.lowering.lower import LoweredProblem
from pdedsl.compiler.lowering.plan import Plan
from pdedsl.compiler.lowering.planner import plan
from pdedsl.compiler.points.drawing import Lines
from pdedsl.compiler.residual.block import Block
from pdedsl.compiler.residual.system import ResidualSystem
from pdedsl.geometry import hull_bounds
from pdedsl.geometry.tensor import product_rule
from pdedsl.ir import Boundary, Law, Problem, normal
from pdedsl.ir.expressions import derivative_order

_LEAST = 1e-100  # scale: squares of smaller ones are not far from the least number


@dataclass(frozen=True)
class Row:
    """A law, which is one scalar equation.

    Args:
        fields: components with the highest time derivative in it; of a condition all in it.
        order: k of that derivative; 0 where there is none.
        terms: the plan of its additive terms, of an equation; None where one by itself has no
            numbers.
        unit: of a condition on the boundary, what a field of size 1 that varies over the length of
            space gives in it; of an equation, the factor of the derivative in time.
    """

    fields: tuple[str, ...]
    order: int
    terms: Plan | None
    unit: float = 1.0


@dataclass(frozen=True)
class Scales:
    """The scales of a window.

    Args:
        fields: component name to S_u.
        rows: label of a law to its scale.
    """

    fields: dict[str, float]
    rows: dict[str, float]


class RowScales:
    """Scales of the windows of a march, which remember the sizes of the fields so far.

    Args:
        lowered: the problem, each of whose laws is one scalar equation.
        tolerance: τ of the march.
    """

    def __init__(self, lowered: LoweredProblem, tolerance: float) -> None:
        self._rows = {law.label: _row(lowered, law) for law in lowered.problem.laws}
        self._floor = MARCH.no_digit / tolerance
        self._largest: dict[str, float] = {}

    def remember(self, scales: Scales) -> None:
        """The window with these scales is done."""
        for name, size in scales.fields.items():
            self._largest[name] = max(size, self._largest.get(name, 0.0))

    def of(self, system: ResidualSystem, theta: Tensor, lines: Lines, length: float) -> Scales:
        """The scales of a window.

        Args:
            system: of the window.
            theta: its parameters, shape (P,).
            lines: the rule of each input on which fields are measured.
            length: h.
        """
        sizes = _field_sizes(system, theta, lines)
        terms = {b.label: self._term_size(system, theta, b) for b in system.blocks}
        grown = dict(sizes)
        for label, size in terms.items():
            row = self._rows[label]
            for name in row.fields if row.order else ():
                slope = size / row.unit
                grown[name] = max(grown[name], MARCH.from_zero * length**row.order * slope)
        least = self._floor * max(sizes.values())
        fields = {
            name: _usable(max(size, least, self._floor * self._largest.get(name, 0.0)))
            for name, size in grown.items()
        }
        rows = {
            label: _usable(self._scale(self._rows[label], fields, size))
            for label, size in terms.items()
        }
        return Scales(fields, rows)

    def _scale(self, row: Row, fields: dict[str, float], terms: float) -> float:
        """Of a row, whose terms have a size, 0 where that is not known."""
        own = max((fields[name] for name in row.fields), default=0.0)
        if row.order or not terms:
            return (own or max(fields.values())) * row.unit
        return max(terms, self._floor * max(fields.values()))

    def _term_size(self, system: ResidualSystem, theta: Tensor, block: Block) -> float:
        """Root mean square of max |T| of an equation; zero for conditions."""
        made = self._rows[block.label].terms
        if made is None:
            return 0.0
        with torch.no_grad():
            values = evaluate(system.ansatz, theta, made, replace(block.data, targets=()))
        return float(torch.stack(values).abs().amax(0).square().mean().sqrt())


def _row(lowered: LoweredProblem, law: Law) -> Row:
    problem = lowered.problem
    (residual,) = (problem.substitute(r) for r in law.residuals)
    assert problem.time is not None
    symbol, names = problem.time.symbol, [c.func.__name__ for c in problem.components]
    orders = {name: 0 for name in names if _stands_in(name, residual)}
    for node in residual.atoms(sp.Derivative) if law.kind == "eq" else ():
        count = dict(node.variable_count).get(symbol, 0)
        for name in orders:
            if _stands_in(name, node):
                orders[name] = max(orders[name], int(count))
    highest = max(orders.values(), default=0)
    own = tuple(name for name, order in orders.items() if order == highest)
    if law.kind == "eq":
        unit = _factor(residual, own, symbol, highest)
        return Row(own, highest, _terms(lowered, residual), unit)
    return Row(own, highest, None, _of_boundary(lowered.problem, law, residual))


def _factor(residual: sp.Expr, names: tuple[str, ...], time: sp.Symbol, order: int) -> float:
    """The largest |∂r/∂(∂_t^k u)| that is a number; 1 where none is."""
    factors = [
        factor for node, factor in coefficients(residual).items()
        if order and isinstance(node, sp.Derivative) and dict(node.variable_count) == {time: order}
        and getattr(node.expr.func, "__name__", "") in names
    ]  # fmt: skip
    return max((abs(float(f)) for f in factors if f.is_number and f != 0), default=1.0)


def _of_boundary(problem: Problem, law: Law, residual: sp.Expr) -> float:
    """The largest |∂r/∂(∂_x^n u)| / L^n, of factors that are numbers; 1 where there is none."""
    if not isinstance(law.place, Boundary):
        return 1.0
    ends, *_ = hull_bounds(problem).values()
    found = [
        abs(float(factor)) / (ends[1] - ends[0]) ** derivative_order(node)
        for node, factor in coefficients(residual.xreplace({normal(1): sp.S.One})).items()
        if factor.is_number and factor != 0
    ]
    return max(found, default=1.0)


def _stands_in(name: str, expression: sp.Basic) -> bool:
    return any(node.func.__name__ == name for node in expression.atoms(AppliedUndef))


def _terms(lowered: LoweredProblem, residual: sp.Expr) -> Plan | None:
    terms = sp.Add.make_args(residual)
    try:
        return plan(lowered.problem, lowered.groups, "terms", terms)
    except NotTranslatable:
        return None


def _usable(size: float) -> float:
    """A size whose square and its inverse are numbers; 1 where it is zero or none."""
    if not (size > 0 and math.isfinite(size)):
        return 1.0
    return min(max(size, _LEAST), 1 / _LEAST)


def _field_sizes(system: ResidualSystem, theta: Tensor, lines: Lines) -> dict[str, float]:
    """Root mean square of every component in a window."""
    nodes, weights = product_rule([lines[i] for i in range(len(lines))])
    fields = system.fields(theta, torch.from_numpy(nodes))
    means = torch.from_numpy(weights)
    return {name: math.sqrt(float(means @ v.square())) for name, v in fields.items()}
