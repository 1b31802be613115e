"""Columns of data tables in expressions: ``wake.vx``."""

from __future__ import annotations

import sympy as sp

from pdedsl.diagnostics import nearest, reject
from pdedsl.sema.scope import DataTable
from pdedsl.syntax import ast


def column(data: DataTable, name: ast.Name) -> sp.Expr:
    """A column as a function of the coordinates of its table, or one of these.

    Raises:
        Rejected: E602 where the table has none of that name.
    """
    table = data.table
    if name.id in table.coordinates:
        return data.coordinates[table.coordinates.index(name.id)]
    if name.id in table.columns:
        return sp.Function(f"{table.name}.{name.id}", real=True)(*data.coordinates)
    known = [c for c in table.columns if c not in table.coordinates]
    listed = ", ".join(known) or "only coordinates"
    message = f"{table.name} is declared with {listed}, without {name.id}"
    match = nearest(name.id, known)
    mend = f"add {name.id} to its columns"
    raise reject("E602", message, name.span, f"did you mean {match}? Or {mend}" if match else mend)
