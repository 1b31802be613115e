"""One law with its points, weight and rows."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import sympy as sp
import torch
from torch import Tensor

from pdedsl.compiler.lowering.plan import Column, Coordinate, Plan, Site
from pdedsl.compiler.lowering.planner import arguments_code, plan
from pdedsl.compiler.points.place_points import (
    Condition,
    EmptyPlace,
    Lines,
    Sample,
    data_rows,
    default_count,
    place_points,
)
from pdedsl.diagnostics import Diagnostic, UserError
from pdedsl.geometry.interpolation import interpolator
from pdedsl.ir import Boundary, Law, OnData, Problem

from .law_integrals import LawIntegrals
from .program import PointBatch, Setting, arguments_at
from .row_map import RowMap


@dataclass(frozen=True)
class Block:
    """The rows of one law.

    Args:
        label: the law's label.
        kind: ``eq``, ``bc``, ``ic`` or ``fit``.
        row: the first of its rows in r(θ).
        names: one name for each component of the law.
        data: the points with normals and column values.
        plan: what its integrand ρ needs.
        map: S, from ρ at the points to the rows: of a diagonal one all points of the first
            component come first, then those of the second, ….
    """

    label: str
    kind: str
    row: int
    names: tuple[str, ...]
    data: PointBatch
    plan: Plan
    map: RowMap

    @property
    def rows(self) -> slice:
        """Its rows in r(θ)."""
        return slice(self.row, self.row + self.map.rows)

    @property
    def points(self) -> Tensor:
        """Shape (n, inputs)."""
        return self.data.points

    @property
    def weight(self) -> float:
        """The w of its law."""
        return self.map.weight

    def first_rows(self, start: int) -> list[int]:
        """Row in r(θ) of the point ``start``, for each component; see `RowMap.first_rows`."""
        return [self.row + row for row in self.map.first_rows(start)]


def condition_of(problem: Problem, law: Law) -> Condition | None:
    """The ``where`` of a boundary law as a function of points, or None."""
    if not isinstance(law.place, Boundary) or law.place.where is None:
        return None
    where = law.place.where.xreplace(problem.parameter_values)
    if where in (sp.true, sp.false):
        return lambda points: np.full(len(points), bool(where))
    made = plan(problem, (), "where", [where])
    columns = [item.column for _, item in made.inputs if isinstance(item, Coordinate)]

    def holds(points: np.ndarray) -> np.ndarray:
        mask = made.code.function(*(torch.from_numpy(points[:, c].copy()) for c in columns))[0]
        return np.asarray(mask.numpy())

    return holds


def sample_block(
    problem: Problem,
    law: Law,
    made: Plan,
    setting: Setting,
    *,
    count: int | None,
    kind: str,
    seed: int,
    weight: float,
    row: int,
    like: Tensor,
    lines: Lines | None = None,
) -> Block:
    """Draw the points of a law; its rows start at ``row``; numbers are like those of ``like``."""
    if count is None:
        count = _all_rows(problem, law) or default_count(problem, law)
    try:
        sample = place_points(problem, law, count, kind, seed, condition_of(problem, law), lines)
    except EmptyPlace:
        message = f"no point of the boundary satisfies the condition of {law.label}"
        raise UserError([Diagnostic("E407", message, law.span)], problem.source) from None
    data = _batch(problem, law, made, setting, sample, seed, like)
    names = (law.label,) if len(law.residuals) == 1 else tuple(
        f"{law.label}[{i}]" for i in range(1, len(law.residuals) + 1)
    )  # fmt: skip
    roots = None if sample.weights is None else torch.as_tensor(np.sqrt(sample.weights)).to(like)
    row_map = RowMap(weight, len(names), len(data), roots)
    return Block(law.label, law.kind, row, names, data, made, row_map)


def integral_block(
    problem: Problem,
    law: Law,
    made: Plan,
    setting: Setting,
    *,
    integrals: LawIntegrals,
    seed: int,
    weight: float,
    row: int,
    like: Tensor,
) -> Block:
    """The rows of a law that is imposed by integrals; see `sample_block`."""
    data = _batch(problem, law, made, setting, Sample(integrals.points), seed, like)
    matrix = torch.as_tensor(integrals.matrix, dtype=like.dtype, device=like.device)
    row_map = RowMap(weight, len(integrals.integrands), len(data), matrix=matrix)
    return Block(law.label, law.kind, row, (law.label,), data, made, row_map)


def _batch(
    problem: Problem,
    law: Law,
    made: Plan,
    setting: Setting,
    sample: Sample,
    seed: int,
    like: Tensor,
) -> PointBatch:
    columns = {c: _column(problem, law, c, sample.points, setting, seed) for c in made.columns}
    data = with_points(sample, columns, like)
    if not made.estimates:
        return data
    return replace(data, draws=_draws(made, len(data), seed, law.label, like))


def with_points(sample: Sample, columns: dict[Column, np.ndarray], like: Tensor) -> PointBatch:
    """Arrays as tensors of the system's precision and device."""

    def tensor(array: np.ndarray) -> Tensor:
        return torch.as_tensor(array, dtype=like.dtype, device=like.device)

    return PointBatch(
        tensor(sample.points),
        None if sample.normals is None else tensor(sample.normals),
        {c: tensor(v) for c, v in columns.items()},
    )


def _draws(
    made: Plan, n: int, seed: int, label: str, like: Tensor
) -> dict[Site, tuple[Tensor, ...]]:
    """Fresh random directions for each site with an estimate."""
    return {
        site: tuple(part.to(like.device) for part in estimate.draw(n, seed, f"{label} {number}"))
        for number, (site, estimate) in enumerate(made.estimates)
    }


def _all_rows(problem: Problem, law: Law) -> int | None:
    if not isinstance(law.place, OnData):
        return None
    name = law.place.table
    return next(t for t in problem.tables if t.name == name).rows


def _column(
    problem: Problem, law: Law, column: Column, points: np.ndarray, setting: Setting, seed: int
) -> np.ndarray:
    """Values of a column at the points of a law: its own rows, or interpolated."""
    name, _, header = column.name.partition(".")
    table = next(t for t in problem.tables if t.name == name)
    own = isinstance(law.place, OnData) and law.place.table == name
    if own and all(str(a) == c for a, c in zip(column.arguments, table.coordinates, strict=True)):
        return table.columns[header][data_rows(table.rows, len(points), seed)]
    code = arguments_code(column.arguments, setting.inputs)
    at = arguments_at(column.arguments, code, setting.inputs, torch.from_numpy(points)).numpy()
    try:
        values = interpolator(table, header)(at)
    except ValueError as problem_found:
        raise _unusable(problem, law, column, str(problem_found)) from None
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
