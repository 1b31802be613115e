"""Outputs: named numbers of a solution, such as ``output flux = integral(dn(u), boundary)``."""

from __future__ import annotations

import sympy as sp
from sympy.core.function import AppliedUndef

from pdedsl.diagnostics import Span, reject
from pdedsl.ir import Functional, Output, is_normal
from pdedsl.sema import limits
from pdedsl.sema.draft import Draft
from pdedsl.syntax import ast

from .expressions import OutputElaborator
from .functionals import typical_value, with_functionals


def output(draft: Draft, binding: ast.Binding) -> None:
    """``output name = expression`` of integrals, extreme values, values at points and numbers.

    Raises:
        Rejected: E202 the name is taken, E302 a vector, E304 not a number, E403 a point outside,
            E404 a place that does not fit, E605 a column of a table.
    """
    draft.scope.check_free(binding.name)
    value = OutputElaborator(draft.scope, draft=draft).scalar(binding.value)
    span = binding.value.span
    expression = with_functionals(draft, value, span)
    _check_number(draft, expression, span)
    limits.check_with_parameters([expression], span, draft.scope.parameter_values())
    needed = tuple(_needed(draft, expression))
    draft.outputs.append(Output(binding.name.id, expression, needed, binding.span))
    draft.scope.declare(binding.name, "an output", expression)


def _needed(draft: Draft, expression: sp.Expr) -> list[Functional]:
    """The functionals of an expression, those in their integrands first."""
    found: dict[sp.Symbol, Functional] = {}
    for symbol in sorted(expression.free_symbols & draft.functionals.keys(), key=str):
        own = draft.functionals[symbol]
        found |= {f.symbol: f for f in _needed(draft, own.integrand)}
        found[symbol] = own
    return list(found.values())


def _check_number(draft: Draft, expression: sp.Expr, span: Span) -> None:
    """Refuse what is left of fields, coordinates and normals (E304)."""
    known = draft.scope.parameter_values().keys() | draft.scope.numbers() | draft.functionals.keys()
    strange = expression.free_symbols - known
    if any(is_normal(s) for s in strange):
        message = "the normal exists on a boundary only"
        raise reject("E307", message, span, "write integral(dn(u), boundary), say")
    if strange or expression.atoms(AppliedUndef):
        names = ", ".join(sorted(str(s) for s in strange))
        message = f"an output is a number, and this one depends on {names}"
        fields = draft.fields_in([expression])
        mend = "take its value at a point, its largest value or its integral"
        if fields:
            name = fields[0].name
            point = ", ".join(typical_value(draft, s) for s in fields[0].arguments)
            mend = f"write {name}({point}) for a value at a point, or max({name})"
        raise reject("E304", message, span, mend)
