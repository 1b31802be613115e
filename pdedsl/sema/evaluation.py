"""A field or one of its derivatives at another point: ``u(x=0)``, ``u_x(0, t)``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sympy as sp
from sympy.core.function import AppliedUndef

from pdedsl.diagnostics import did_you_mean, reject
from pdedsl.ir import field_atoms
from pdedsl.syntax import ast, format_expression

from . import mends
from .values import Value, components, map_components

if TYPE_CHECKING:
    from .expressions import Elaborator


def evaluate_at(elaborator: Elaborator, node: ast.Call, value: Value) -> Value:
    """Replace coordinates in the arguments of a field: by keyword, or all in order.

    Raises:
        Rejected: E206 wrong number of arguments, E201 an unknown coordinate.
    """
    arguments = tuple(field_atoms(components(value)[0])[0].args)
    keywords = [a for a in node.arguments if isinstance(a, ast.Keyword)]
    if len(keywords) == len(node.arguments):
        moved = _by_keyword(elaborator, keywords, arguments)
    else:
        moved = _by_position(elaborator, node, arguments)
    moved = {s: e for s, e in moved.items() if s != e}
    return map_components(lambda c: _at_other_point(c, moved), value)


def _by_keyword(
    elaborator: Elaborator, keywords: list[ast.Keyword], arguments: tuple[sp.Symbol, ...]
) -> dict[sp.Symbol, sp.Expr]:
    names = {s.name: s for s in arguments}
    moved = {}
    for keyword in keywords:
        if keyword.name.id not in names:
            own = ", ".join(names)
            message = f"this field depends on {own}, not on {keyword.name.id}"
            mend = did_you_mean(keyword.name.id, names)
            raise reject("E201", message, keyword.name.span, mend)
        elaborator.scope.used.add(keyword.name.id)
        moved[names[keyword.name.id]] = _place(elaborator, keyword.value)
    return moved


def _by_position(
    elaborator: Elaborator, node: ast.Call, arguments: tuple[sp.Symbol, ...]
) -> dict[sp.Symbol, sp.Expr]:
    found = [a for a in node.arguments if isinstance(a, ast.Expr)]
    if len(found) != len(node.arguments) or len(found) != len(arguments):
        names = ", ".join(s.name for s in arguments)
        head = format_expression(node.function)
        count = mends.count_of(len(arguments), "argument")
        message = f"{head} takes {count} ({names}), not {len(node.arguments)}"
        value = format_expression(found[0]) if found else "0"
        mend = f"write {head}({arguments[0]}={value}) to fix {arguments[0]} alone"
        raise reject("E206", message, node.span, mend)
    return {s: _place(elaborator, a) for s, a in zip(arguments, found, strict=True)}


def _place(elaborator: Elaborator, node: ast.Expr) -> sp.Expr:
    """Where a field is evaluated: known, though perhaps another one at each point of the law."""
    value = elaborator.scalar(node)
    unknown = value.atoms(AppliedUndef) | (value.free_symbols & elaborator.scope.numbers())
    if unknown:
        names = ", ".join(sorted(str(u) for u in unknown))
        message = f"the place of a field must be known, and this one depends on {names}"
        raise reject("E304", message, node.span)
    return value


def _at_other_point(component: sp.Expr, moved: dict[sp.Symbol, sp.Expr]) -> sp.Expr:
    if not moved:
        return component
    if isinstance(component, AppliedUndef):
        return component.func(*(moved.get(a, a) for a in component.args))
    symbols, values = zip(*sorted(moved.items(), key=lambda p: p[0].name), strict=True)
    return sp.Subs(component, symbols, values)
