"""L119: interpolated columns that leave the range of their data; and how all are interpolated."""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp
from sympy.core.function import AppliedUndef

from pdedsl.diagnostics import Diagnostic
from pdedsl.geometry.interpolation import SWING, cubic_range, default_method, method_of, swings
from pdedsl.ir import Law, OnData, Problem, Table
from pdedsl.sema.draft import Draft

_LINEARLY = {"curve": "linearly", "grid": "linearly", "scattered": "linearly on triangles"}


def interpolation(problem: Problem, draft: Draft) -> Iterator[Diagnostic]:
    """Columns whose cubic spline, which the spec asks for, swings beyond the data."""
    for table, column in dict.fromkeys(
        p for law in problem.laws for p in columns_away(problem, law)
    ):
        if table.interpolation == "cubic" and swings(table, column):
            low, high = cubic_range(table, column)
            least, most = table.columns[column].min(), table.columns[column].max()
            message = (
                f"the cubic interpolation of {table.name}.{column} runs from {low:.3g} to"
                f" {high:.3g}, its data from {least:.3g} to {most:.3g}"
            )
            other = "monotone" if table.layout == "curve" else "linear"
            span = draft.scope.entries[table.name].span
            yield Diagnostic("L119", message, span, f"write {other} in place of cubic")


def table_notes(problem: Problem) -> tuple[str, ...]:
    """What was left out of tables, and for each law with columns between their points how."""
    found = [
        f"{table.name}.{column} is interpolated between the {table.rows} points of {table.name}, "
        + _how(table, column)
        for law in problem.laws
        for table, column in columns_away(problem, law)
    ]
    return tuple(dict.fromkeys([*left_out(problem), *found]))


def left_out(problem: Problem) -> list[str]:
    """A sentence for what was left out of each file with numbers."""
    tables = (*problem.tables, *(reference.table for reference in problem.references))
    return list(dict.fromkeys(note for table in tables for note in table.notes))


def _how(table: Table, column: str) -> str:
    method = method_of(table, column)
    if method == "nearest":
        return "by the nearest one"
    if method == "monotone":
        return "by monotone cubics"
    if method == "cubic":
        low, high = cubic_range(table, column)
        values = table.columns[column]
        if low < values.min() or high > values.max():
            return f"by cubic splines, which run from {low:.3g} to {high:.3g}"
        return "by cubic splines"
    text = _LINEARLY[table.layout]
    if table.interpolation is None and table.layout == "grid" and _is_for_swing(table, column):
        text += f", as a cubic spline would leave the range of its data by more than {SWING:.0%}"
        text += " or change its sign"
    return text


def _is_for_swing(table: Table, column: str) -> bool:
    counts = (len(set(table.columns[name])) for name in table.coordinates)
    return default_method(table, column) == "linear" and min(counts) >= 4


def columns_away(problem: Problem, law: Law) -> list[tuple[Table, str]]:
    """Tables and columns that the law uses away from their points, in the order of their names."""
    own = law.place.table if isinstance(law.place, OnData) else None
    tables = {t.name: t for t in problem.tables}
    pairs = (name.split(".", 1) for name in sorted({str(a.func) for a in column_atoms(law)}))
    return [(tables[table], column) for table, column in pairs if table in tables and table != own]


def column_atoms(law: Law) -> set[AppliedUndef]:
    """Columns of tables in the residuals of a law."""
    atoms = (a for r in law.residuals for a in sp.sympify(r).atoms(AppliedUndef))
    return {a for a in atoms if "." in str(a.func)}
