"""Units where they are written: numbers and declarations in the units of the SI.

A number with a unit is converted where it stands: ``20 "mm"`` is 0.02 everywhere. So are the ends
of an interval, a set, a guess and the columns of a table with a unit behind them. Numbers of the
problem are therefore in the SI without prefixes, and so are all results.
"""

from __future__ import annotations

import sympy as sp

from pdedsl.diagnostics import reject
from pdedsl.ir import Parameter
from pdedsl.sema import mends
from pdedsl.sema.scope import Entry, Scope
from pdedsl.syntax import ast, format_expression
from pdedsl.units import Unit, UnitFault, read_unit


def unit_of(scope: Scope, node: ast.Unit, number: ast.Number | None = None) -> Unit:
    """The unit that is written.

    Args:
        scope: remembers the first unit that is none of the SI.
        node: the unit.
        number: the number before it, where it is that of one.

    Raises:
        Rejected: E310 it is no unit, or has a zero of its own.
    """
    try:
        unit = read_unit(node.text)
    except UnitFault as fault:
        raise reject("E310", fault.message, node.span, _mend(fault, node, number)) from None
    scope.has_units = True
    if unit.factor != 1 and scope.scaled is None:
        scope.scaled = node.text
    return unit


def _mend(fault: UnitFault, node: ast.Unit, number: ast.Number | None) -> str | None:
    if fault.scale == "degree_Celsius" and number is not None and node.text in ("degC", "°C"):
        kelvin = sp.Rational(number.text) + sp.Rational("273.15")
        return f'give {_decimal(kelvin)} "K", or {number.text} "K" for a difference'
    if fault.scale:
        return 'give it in kelvin, "K"'
    return None if fault.mend is None else f'write "{fault.mend}"'


def _decimal(number: sp.Rational) -> str:
    return f"{float(number):.12g}"


def factor_of(scope: Scope, node: ast.Unit | None) -> sp.Rational:
    """Size of the unit of a declaration in the SI, 1 where none is written."""
    if node is None:
        return sp.S.One
    unit = unit_of(scope, node)
    return sp.Rational(unit.factor.numerator, unit.factor.denominator)


def quantity(scope: Scope, node: ast.Quantity) -> sp.Expr:
    """A number with its unit, in the SI; a symbol of its own while units are compared."""
    unit = unit_of(scope, node.unit, node.number)
    size = sp.Rational(unit.factor.numerator, unit.factor.denominator)
    value = sp.Rational(node.number.text) * size
    if not scope.keeps_units or value == 0:
        return value
    name = format_expression(node)
    symbol = sp.Symbol(name, real=True)
    if name not in scope.entries:
        parameter = Parameter(symbol, value, float(value), node.span)
        scope.entries[name] = Entry("a parameter", parameter, node.span)
        scope.units[name] = unit
    return symbol


def declare(scope: Scope, names: tuple[ast.Name, ...], node: ast.Unit | None) -> None:
    """Remember the unit that is written behind a declaration."""
    if node is not None:
        for name in names:
            scope.units[name.id] = unit_of(scope, node)


def check_plain(scope: Scope, unit: ast.Unit | None, *values: ast.Expr | None) -> None:
    """Refuse a unit behind numbers that have units of their own.

    Raises:
        Rejected: E310 there is a number with a unit, or a name where the unit is none of the SI.
    """
    if unit is None:
        return
    scaled = unit_of(scope, unit).factor != 1
    for node in (n for value in values if value is not None for n in mends.walk(value)):
        named = isinstance(node, ast.Name) and node.id in scope.entries
        if isinstance(node, ast.Quantity) or (named and scaled):
            assert isinstance(node, ast.Expr)
            message = f"{format_expression(node)} has a unit of its own, beside '{unit.text}'"
            mend = "leave the unit at the end out"
            if named:
                message = f"'{unit.text}' is the unit of numbers, and here stands a name"
                mend = "write the unit behind the numbers of that name"
            raise reject("E310", message, unit.span, mend)


def check_of_field(scope: Scope, node: ast.Field) -> None:
    """Refuse a field in a unit that is none of the SI, for its values come in the SI.

    Raises:
        Rejected: E310.
    """
    if node.unit is None:
        return
    unit = unit_of(scope, node.unit)
    if unit.factor != 1:
        message = f"values of {node.name.id} are found in the SI, and '{unit.text}' is not of it"
        raise reject("E310", message, node.unit.span, f'write "{unit.dimension}"')


def override_factor(scope: Scope, node: ast.Expr) -> sp.Rational:
    """The unit of a number that replaces a value: that of the value, where it has one.

    ``--set E=200`` for ``param E = 210 "GPa"`` is in GPa. Where a value is worked out of several
    numbers it has none, and what replaces it is in the SI.
    """
    match node:
        case ast.Quantity():
            return factor_of(scope, node.unit)
        case ast.Negative(operand):
            return override_factor(scope, operand)
        case ast.Tuple(items):
            found = {override_factor(scope, item) for item in items}
            return found.pop() if len(found) == 1 else sp.S.One
    return sp.S.One
