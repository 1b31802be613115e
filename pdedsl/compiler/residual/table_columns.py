"""Values of the columns of tables at the points of a law."""

from __future__ import annotations

import numpy as np
import torch

from pdedsl.compiler.evaluation.evaluation import arguments_at
from pdedsl.compiler.lowering.plan import Column
from pdedsl.compiler.lowering.planner import arguments_code
from pdedsl.compiler.points.place_points import Sample
from pdedsl.diagnostics import Diagnostic, UserError
from pdedsl.geometry.interpolation import interpolator
from pdedsl.ir import Law, OnData, Problem


def column_values(problem: Problem, law: Law, column: Column, sample: Sample) -> np.ndarray:
    """A column at the points of a law: of its own rows, or interpolated.

    Raises:
        UserError: E605, a point lies outside those of the table.
    """
    name, _, header = column.name.partition(".")
    table = next(t for t in problem.tables if t.name == name)
    own = isinstance(law.place, OnData) and law.place.table == name
    if (
        own
        and sample.rows is not None
        and all(str(a) == c for a, c in zip(column.arguments, table.coordinates, strict=True))
    ):
        return table.columns[header][sample.rows]
    inputs = problem.inputs
    code = arguments_code(column.arguments, inputs)
    at = arguments_at(column.arguments, code, inputs, torch.from_numpy(sample.points)).numpy()
    try:
        values = interpolator(table, header)(at)
    except ValueError as reason:
        raise _unusable(problem, law, column, str(reason)) from None
    if np.isnan(values).any():
        where = at[np.isnan(values)][0]
        place = ", ".join(f"{c} = {v:.6g}" for c, v in zip(table.coordinates, where, strict=True))
        raise _unusable(
            problem, law, column, f"the law needs it at {place}, outside the points of the table"
        )
    return np.asarray(values)


def _unusable(problem: Problem, law: Law, column: Column, reason: str) -> UserError:
    message = f"{law.label} cannot use the column {column.name} here: {reason}"
    return UserError([Diagnostic("E605", message, law.span)], problem.source)
