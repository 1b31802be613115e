"""Tables of data as far as they lie in a part."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import sympy as sp
from sympy.core.function import AppliedUndef

from pdedsl.ir import OnData, Problem, Table

from .subdomains import Subdomain


def part_table(problem: Problem, name: str, part: Subdomain) -> Table | None:
    """The rows of a table in a part, under a name with its number; None where there are none.

    A row that parts share is in the lowest one, a row beyond all in the nearest.

    Args:
        problem: the whole problem.
        name: of the table, whose coordinates hold all that is cut.
        part: the part.
    """
    table = next(t for t in problem.tables if t.name == name)
    inside = np.ones(table.rows, dtype=bool)
    for axis, (lower, upper) in part.ends.items():
        values = table.columns[axis.name]
        whole = part.wholes[axis]
        if lower > whole[0]:
            inside &= values > lower
        if upper < whole[1]:
            inside &= values <= upper
    if not inside.any():
        return None
    columns = {header: values[inside] for header, values in table.columns.items()}
    known = {t.name for t in problem.tables}
    own = f"{name}{part.number}"
    while own in known:
        own += "p"
    numbers = table.numbers[inside] if len(table.numbers) else table.numbers
    return replace(table, name=own, columns=columns, numbers=numbers)


def with_columns_of(expression: sp.Expr, place: OnData, own: Table) -> sp.Expr:
    """An expression with the columns of the table of a law at its rows replaced by those of a part.

    Columns at other points are interpolated, for which the whole table is needed.
    """
    changes = {}
    for node in expression.atoms(AppliedUndef):
        name, _, header = node.func.__name__.partition(".")
        if name == place.table and tuple(map(str, node.args)) == own.coordinates:
            changes[node] = sp.Function(f"{own.name}.{header}", real=True)(*node.args)
    return expression.xreplace(changes)
