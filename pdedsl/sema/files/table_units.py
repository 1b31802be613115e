"""Units of the columns of a table, which are converted where they are read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pdedsl.diagnostics import reject
from pdedsl.ir import Table
from pdedsl.sema.scope import Scope
from pdedsl.sema.units.stated import unit_of
from pdedsl.syntax import ast


def in_si(scope: Scope, table: Table, columns: Sequence[ast.DataColumn]) -> Table:
    """The table with the columns that have units in those of the SI.

    Raises:
        Rejected: E310 no unit; or a coordinate without one that is given in a unit that is none of
            the SI.
    """
    values = dict(table.columns)
    for column in columns:
        name = column.name.id
        if column.unit is not None:
            unit = unit_of(scope, column.unit)
            values[name] = values[name] * float(unit.factor)
            scope.units[f"{table.name}.{name}"] = unit
        elif name in scope.units and scope.units[name].factor != 1:
            text = scope.units[name].text
            message = f"the column {name} has no unit, and the coordinate is in {text}"
            raise reject("E310", message, column.span, f'say it, such as {name} "{text}"')
    texts = {c.name.id: c.unit.text for c in columns if c.unit is not None}
    return replace(table, columns=values, units=texts)


def check_reference(scope: Scope, node: ast.Reference, names: Sequence[str]) -> None:
    """Refuse a reference over coordinates in units that are none of the SI, for it has no units.

    Raises:
        Rejected: E310.
    """
    for name in names:
        if name in scope.units and scope.units[name].factor != 1:
            unit = scope.units[name]
            message = f"a reference is in the SI, and {name} is in {unit.text}"
            mend = f'give {name} in "{unit.dimension}"'
            raise reject("E310", message, node.span, mend)
