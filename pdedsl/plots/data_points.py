"""Points of data tables that the fields are fitted to."""

from __future__ import annotations

import numpy as np

from pdedsl.ir import OnData, Problem, Table

from .view import Array, View

_MOST = 1000


def data_points(view: View, name: str) -> tuple[Array, Array] | None:
    """Data points of a component, where a law says that it is a column of a table.

    Args:
        view: its axes must be the coordinates of the table.
        name: name of the component.

    Returns:
        Points of shape (n, axes) in the order of the axes and values of shape (n,), evenly
        thinned where there are many; None where no such law exists.
    """
    for table, column in _columns(view.solution.problem, name):
        if set(table.coordinates) == {axis.name for axis in view.axes}:
            step = -(-table.rows // _MOST)
            places = [table.columns[axis.name][::step] for axis in view.axes]
            return np.stack(places, axis=1), table.columns[column][::step]
    return None


def _columns(problem: Problem, name: str) -> list[tuple[Table, str]]:
    """Tables and their columns that laws of the form ``field = table.column`` name."""
    component = next(c for c in problem.components if c.func.__name__ == name)
    tables = {table.name: table for table in problem.tables}
    found = []
    for law in problem.laws:
        if not isinstance(law.place, OnData):
            continue
        table = tables[law.place.table]
        columns = {f"{table.name}.{name}": name for name in table.columns}
        for left, right in law.equations:
            if component in (left, right):
                other = right if left == component else left
                column = columns.get(other.func.__name__) if other.args == component.args else None
                found += [(table, column)] if column is not None else []
    return found
