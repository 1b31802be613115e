"""Points of data tables that the fields are fitted to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pdedsl.ir import Law, OnData, Problem, Table, noise_at_rows

from .view import Array, View

_MOST = 1000


@dataclass(frozen=True)
class DataPoints:
    """Measured values of a component.

    Args:
        points: shape (n, axes), in the order of the axes.
        values: shape (n,).
        noise: one standard deviation of each, shape (n,), where it is stated.
    """

    points: Array
    values: Array
    noise: Array | None


def data_points(view: View, name: str) -> DataPoints | None:
    """Data points of a component, where a law says that it is a column of a table.

    Args:
        view: its axes must be the coordinates of the table.
        name: name of the component.

    Returns:
        The points, evenly thinned where there are many; None where no such law exists.
    """
    problem = view.solution.problem
    for table, column, law, row in _columns(problem, name):
        if set(table.coordinates) == {axis.name for axis in view.axes}:
            step = -(-table.rows // _MOST)
            places = [table.columns[axis.name][::step] for axis in view.axes]
            noise = noise_at_rows(problem, law)[row, ::step] if law.sigma else None
            return DataPoints(np.stack(places, axis=1), table.columns[column][::step], noise)
    return None


def _columns(problem: Problem, name: str) -> list[tuple[Table, str, Law, int]]:
    """Tables and their columns that equations ``field = table.column`` name, with law and row."""
    component = next(c for c in problem.components if c.func.__name__ == name)
    tables = {table.name: table for table in problem.tables}
    found = []
    for law in problem.laws:
        if not isinstance(law.place, OnData):
            continue
        table = tables[law.place.table]
        columns = {f"{table.name}.{name}": name for name in table.columns}
        for row, (left, right) in enumerate(law.equations):
            if component in (left, right):
                other = right if left == component else left
                column = columns.get(other.func.__name__) if other.args == component.args else None
                found += [(table, column, law, row)] if column is not None else []
    return found
