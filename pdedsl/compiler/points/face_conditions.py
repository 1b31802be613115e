"""Which points of its faces belong to a boundary law."""

from __future__ import annotations

import numpy as np
import sympy as sp
import torch

from pdedsl.compiler.lowering.plan import Coordinate
from pdedsl.compiler.lowering.planner import plan
from pdedsl.geometry import on_interface
from pdedsl.ir import Boundary, Place, Problem

from .face_points import Condition


def face_condition(problem: Problem, place: Place) -> Condition | None:
    """Which points (n, inputs) of its faces a place takes, as a function; None for all.

    Left out are points where its ``where`` does not hold, and those of interfaces that are taken
    off the boundary.
    """
    if not isinstance(place, Boundary):
        return None
    where = None if place.where is None else _where(problem, place.where)
    if not place.minus:
        return where
    columns = [problem.inputs.index(s) for s in problem.domain(place.domain).coordinates]

    def holds(points: np.ndarray) -> np.ndarray:
        mask = np.ones(len(points), dtype=bool) if where is None else where(points)
        for name in place.minus:
            mask = mask & ~on_interface(problem, name, place.domain, points[:, columns])
        return mask

    return holds


def _where(problem: Problem, condition: sp.Basic) -> Condition:
    where = condition.xreplace(problem.parameter_values)
    if where in (sp.true, sp.false):
        return lambda points: np.full(len(points), bool(where))
    made = plan(problem, (), "where", [where])
    columns = [item.column for _, item in made.inputs if isinstance(item, Coordinate)]

    def holds(points: np.ndarray) -> np.ndarray:
        mask = made.code.function(*(torch.from_numpy(points[:, c].copy()) for c in columns))[0]
        return np.asarray(mask.numpy())

    return holds
