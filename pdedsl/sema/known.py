"""Known solutions: `exact` in symbols, `reference` in numbers."""

from __future__ import annotations

import sympy as sp
from sympy.core.function import AppliedUndef

from pdedsl.diagnostics import Note, did_you_mean, reject
from pdedsl.ir import DomainIntegral, Field, Reference
from pdedsl.syntax import ast

from . import limits
from .draft import Draft
from .files.table_units import check_reference
from .files.tables import WantedColumn, read_table
from .values import Value, collapse, components, describe


def exact(draft: Draft, binding: ast.Binding) -> None:
    """``exact u = us``, ``exact v = (a, b)``, ``exact lambda1 = 1``.

    Raises:
        Rejected: E503 not an unknown or given twice, E301 another shape, E304 depends on
            something that the unknown does not.
    """
    target, allowed = _target(draft, binding.name)
    value = draft.elaborator.quantity(binding.value)
    if describe(value) != describe(target):
        message = f"{binding.name.id} is {describe(target)} and this is {describe(value)}"
        raise reject("E301", message, binding.value.span)
    for left, right in zip(components(target), components(value), strict=True):
        _check_known(draft, binding, right, allowed)
        values = draft.scope.parameter_values()
        limits.check_with_parameters([right], binding.span, values)
        draft.exact.append((left, right, binding.span))


def _target(draft: Draft, name: ast.Name) -> tuple[Value, set[sp.Symbol]]:
    entry = draft.scope.get(name.id)
    if entry is not None and entry.role == "an unknown function":
        field: Field = entry.value
        target: Value = collapse(field.components)
        allowed = set(field.arguments)
    elif entry is not None and entry.role == "an unknown number":
        target, allowed = entry.value.symbol, set()
    else:
        known = [*draft.scope.fields(), *draft.scope.role("an unknown number")]
        if not known:
            draft.scope.check_complete()
        message = f"{name.id} is not declared as unknown"
        message = f"{name.id} is {entry.role}, it is not unknown" if entry else message
        raise reject("E503", message, name.span, did_you_mean(name.id, known))
    first = components(target)[0]
    for left, _, span in draft.exact:
        if left == first:
            note = Note("the first one is here", span)
            message = f"{name.id} has two exact solutions"
            raise reject("E503", message, name.span, notes=(note,))
    return target, allowed


def _check_known(
    draft: Draft, binding: ast.Binding, value: sp.Expr, allowed: set[sp.Symbol]
) -> None:
    if value.has(DomainIntegral):
        message = "an exact solution is written without integrals"
        raise reject("E304", message, binding.value.span, "write the value of the integral")
    if value.atoms(AppliedUndef):
        message = "an exact solution may not depend on an unknown or on data"
        raise reject("E304", message, binding.value.span)
    strange = value.free_symbols - draft.scope.parameter_values().keys() - allowed
    if strange:
        names = ", ".join(sorted(str(s) for s in strange))
        message = f"{binding.name.id} does not depend on {names}"
        raise reject("E304", message, binding.value.span)


def reference(draft: Draft, node: ast.Reference) -> None:
    """``reference u(x, t), v(x, t) from "rd.csv"``.

    Raises:
        Rejected: E503 not an unknown function, E204 other arguments, E6xx the table.
    """
    fields = [_reference_field(draft, item) for item in node.fields]
    symbols = tuple(dict.fromkeys(s.name for f in fields for s in f.arguments))
    check_reference(draft.scope, node, symbols)
    columns = [WantedColumn(s, s, node.path_span) for s in symbols]
    pairs = []
    for field, item in zip(fields, node.fields, strict=True):
        for component, column in _columns(field):
            columns.append(WantedColumn(column, item.header or column, item.name.span))
            pairs.append((component, column))
    name = f"reference.{len(draft.references) + 1}"
    table = read_table(draft.base, node.path, node.path_span, name, columns, symbols)
    draft.references.append(Reference(table, tuple(pairs), node.span))
    draft.report.extend(draft.outside(table, node.path_span))


def _reference_field(draft: Draft, item: ast.ColumnField) -> Field:
    entry = draft.scope.get(item.name.id)
    if entry is None or entry.role != "an unknown function":
        role = f"is {entry.role}, it is not" if entry else "is not declared as"
        message = f"{item.name.id} {role} an unknown function"
        mend = did_you_mean(item.name.id, draft.scope.fields())
        raise reject("E503", message, item.name.span, mend)
    field: Field = entry.value
    if item.header is not None and field.vector:
        listed = ", ".join(name for _, name in _columns(field))
        message = f"{field.name} is a vector, with a column for each component"
        mend = f"leave it out, and name the columns {listed} in the file"
        raise reject("E206", message, item.span, mend)
    if item.formals is not None:
        names = [n.id for n in item.formals]
        wanted = list(dict.fromkeys(s.name.partition("[")[0] for s in field.arguments))
        if names != wanted:
            mend = f"write {field.name}({', '.join(wanted)})"
            message = f"{field.name} is a function of {', '.join(wanted)}"
            raise reject("E204", message, item.span, mend)
    return field


def _columns(field: Field) -> list[tuple[AppliedUndef, str]]:
    """Column of each component: ``u``, or ``v1``, ``v2`` for a vector ``v``."""
    if not field.vector:
        return [(field.components[0], field.name)]
    return [(c, f"{field.name}{i}") for i, c in enumerate(field.components, start=1)]
