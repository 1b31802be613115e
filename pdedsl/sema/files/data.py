"""The statement ``data wake(x, y, t, vx) from "wake.csv"``."""

from __future__ import annotations

from pdedsl.diagnostics import did_you_mean, reject
from pdedsl.geometry.interpolation import METHODS, unsuitable
from pdedsl.sema.draft import Draft
from pdedsl.sema.scope import DataTable
from pdedsl.syntax import ast

from .table_units import in_si
from .tables import WantedColumn, read_table


def data(draft: Draft, node: ast.Data) -> None:
    """``data wake(x, y, t, vx) from "wake.csv"``."""
    known = {n: draft.elaborator.symbol(n) for n in draft.scope.coordinates()}
    coordinates = tuple(c.name.id for c in node.columns if c.name.id in known)
    if not coordinates:
        raise _no_coordinate_column(draft, node)
    draft.scope.check_free(node.name)
    draft.scope.used.update(coordinates)
    name = node.name.id
    columns = [
        WantedColumn(c.name.id, c.header or c.name.id, c.span, c.name.id) for c in node.columns
    ]
    how = None if node.interpolation is None else _interpolation(node.interpolation)
    table = read_table(draft.base, node.path, node.path_span, name, columns, coordinates, how)
    table = in_si(draft.scope, table, node.columns)
    if node.interpolation is not None and (fault := unsuitable(table, node.interpolation.id)):
        message, other = fault
        raise reject("E606", message, node.interpolation.span, f"write {other}")
    value = DataTable(table, tuple(known[c] for c in coordinates))
    draft.scope.declare(node.name, "a data table", value)
    draft.report.extend(draft.outside(table, node.path_span))


def _interpolation(name: ast.Name) -> str:
    """The method of interpolation behind the file of a table."""
    if name.id not in METHODS:
        message = f"a table is interpolated by one of {', '.join(METHODS)}, not by {name.id}"
        raise reject("E606", message, name.span, did_you_mean(name.id, METHODS) or "write linear")
    return name.id


def _no_coordinate_column(draft: Draft, node: ast.Data) -> Exception:
    """The table says nowhere where its values were measured."""
    known = sorted(draft.scope.coordinates())
    if not known:
        draft.scope.check_complete()
    message = "none of the columns is a coordinate, so that the values have no place"
    mend = f"add {', '.join(known)} to the columns" if known else "declare the domain first"
    return reject("E602", message, node.columns[0].span.to(node.columns[-1].span), mend)
