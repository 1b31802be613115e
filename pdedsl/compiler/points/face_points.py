"""Points of a boundary made of faces of a box.

Every face draws its own sequence, and the faces share the points by area. Of a face with a
condition the points where it holds are kept. Nodes of a quadrature keep their weights, the rule for
the indicator function times r²; across the edge of the condition it is of first order in the
distance of the nodes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import sympy as sp
import torch
from numpy.typing import NDArray

from pdedsl.compiler.lowering.plan import Coordinate
from pdedsl.compiler.lowering.planner import plan
from pdedsl.geometry import box_of, on_interface
from pdedsl.geometry.arrays import Array
from pdedsl.ir import Boundary, Problem

from .counts import FEWEST_ON_FACE
from .drawing import Drawing, EmptyPlace, Weighted
from .free_inputs import free_points
from .shape_points import outline_points

Condition = Callable[[Array], NDArray[np.bool_]]

_PROBES = 4096  # points that measure the part of a face on which a condition holds: a choice
_TRIALS = 12  # doublings of a sequence until enough of it satisfies the condition


def face_points(
    problem: Problem, place: Boundary, count: int, how: Drawing
) -> tuple[Array, Array, Array | None]:
    """Points (n, inputs), outward normals (n, dimension), weights (n,) with mean 1 or None.

    Raises:
        EmptyPlace: no point satisfies the condition.
    """
    if not place.faces:
        return outline_points(problem, place, count, how)
    box = box_of(problem, problem.domain(place.domain))
    axes = [problem.domain(place.domain).coordinates.index(face.axis) for face in place.faces]
    condition = face_condition(problem, place)
    parts = [_part(problem, place, i, how, condition) for i in range(len(place.faces))]
    areas = [box.face_area(axis) * share for axis, (share, _) in zip(axes, parts, strict=True)]
    if not sum(areas):
        raise EmptyPlace(how.label)
    free = len(problem.inputs) > 1
    points, normals, weights = [], [], []
    for face, axis, area, (share, draw) in zip(place.faces, axes, areas, parts, strict=True):
        if not share:
            continue
        here, own = draw(max(FEWEST_ON_FACE, round(count * area / sum(areas))) if free else 1)
        points.append(here)
        normals.append(np.tile(box.normal(axis, face.side), (len(here), 1)))
        if own is not None:
            weights.append(own * box.face_area(axis))
    total = np.concatenate(weights) if weights else None
    mean_one = None if total is None else total / total.mean()
    return np.concatenate(points), np.concatenate(normals), mean_one


def _part(
    problem: Problem, place: Boundary, number: int, how: Drawing, condition: Condition | None
) -> tuple[float, Callable[[int], Weighted]]:
    """The share of a face that satisfies the condition, and how some points of it are drawn.

    Their weights have the share as their sum.
    """
    face = place.faces[number]
    fixed = {problem.inputs.index(face.axis): problem.number(face.value)}

    def draw(n: int) -> Weighted:
        return free_points(problem, place, fixed, n, how, number)

    if condition is None:
        return 1.0, draw
    sobol = replace(how, kind="sobol")
    probe, _ = free_points(problem, place, fixed, _PROBES, sobol, number)
    share = float(condition(probe).mean())
    return share, lambda n: _satisfying(draw, condition, n, share, probe)


def _satisfying(
    draw: Callable[[int], Weighted], condition: Condition, n: int, share: float, probe: Array
) -> Weighted:
    """The first n points that satisfy the condition, of longer and longer sequences.

    Nodes of a quadrature are all kept, however many: their weights hold together.
    """
    tries = max(n, round(n / share))
    for _ in range(_TRIALS):
        points, weights = draw(tries)
        good = condition(points)
        enough = n if weights is None else 1
        if good.sum() >= enough or len(points) < tries // 2:
            break
        tries *= 2
    if good.any():
        return (points[good][:n], None) if weights is None else (points[good], weights[good])
    # A regular grid may miss a small part entirely.
    kept = probe[condition(probe)][:n]
    return kept, None if weights is None else np.full(len(kept), share / len(kept))


def face_condition(problem: Problem, place: Boundary) -> Condition | None:
    """Which points (n, inputs) of its faces a place takes, as a function; None for all.

    Left out are points where its ``where`` does not hold, and those of interfaces that are taken
    off the boundary.
    """
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
