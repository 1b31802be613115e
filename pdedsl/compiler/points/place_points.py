"""Points of a law: where its residual is evaluated.

Every input of the problem has a column: free inputs are sampled, fixed ones are constant, and
inputs that the place does not speak of (space, for a law between integrals) stand at the centre
of their interval.

The kind ``gauss`` gives every point a weight ω with mean 1, so that mean ω r² is a quadrature of
the mean of r² over the place: on every box of free inputs the tensor product of Gauss–Legendre
nodes, and of equal cells along an axis in which all fields are periodic (`tensor_rule`). Faces
count by their area. Rows of tables count alike.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pdedsl.compiler.lowering.held_rows import Rows, fitted_rows, table_of
from pdedsl.geometry import box_of, hull_bounds, shared_face
from pdedsl.geometry.arrays import Array
from pdedsl.ir import Boundary, Law, OnData, OnInterface, Problem
from pdedsl.models.bases.polar_columns import PolarColumns

from .drawing import Drawing, Lines
from .face_points import face_points
from .free_inputs import fixed_inputs, free_points, is_face
from .shape_points import outline_points


@dataclass(frozen=True)
class Sample:
    """The points of a law.

    Args:
        points: shape (n, inputs).
        normals: on a boundary outward, on an interface from its first domain to its second, shape
            (n, dimension); else None.
        weights: ω of a quadrature, shape (n,) with mean 1; None where all count alike.
        rows: of data the numbers of the rows of their table, shape (n,); else None.
    """

    points: Array
    normals: Array | None = None
    weights: Array | None = None
    rows: Rows | None = None


def place_points(
    problem: Problem,
    law: Law,
    count: int,
    kind: str,
    seed: int,
    lines: Lines | None = None,
    clouds: tuple[PolarColumns, ...] = (),
) -> Sample:
    """Draw ``count`` points of a law (of data, at most all but `held_rows`); see `Drawing`.

    Raises:
        EmptyPlace: no sampled point of a boundary satisfies its condition, or lies in a set.
    """
    place, how = law.place, Drawing(kind, seed, law.label, lines, clouds)
    if isinstance(place, OnData):
        return data_sample(problem, place, fitted_rows(table_of(problem, place).rows, count, seed))
    if isinstance(place, Boundary):
        return Sample(*face_points(problem, place, count, how))
    if isinstance(place, OnInterface) and not is_face(problem, place):
        return Sample(*outline_points(problem, place, count, how))
    points, weights = free_points(problem, place, fixed_inputs(problem, place), count, how)
    normals: Array | None = None
    if isinstance(place, OnInterface):
        normals = np.tile(_interface_normal(problem, place), (len(points), 1))
    return Sample(points, normals, None if weights is None else weights * len(points))


def _interface_normal(problem: Problem, place: OnInterface) -> Array:
    interface = problem.interface(place.name)
    face = shared_face(problem, interface)
    assert face is not None
    return box_of(problem, problem.domain(interface.first)).normal(face.axis, face.side)


def data_sample(problem: Problem, place: OnData, rows: Rows) -> Sample:
    """The points of some rows of a table; an input that it lacks is in the middle of its bounds."""
    table = table_of(problem, place)
    columns = [
        table.columns[s.name][rows] if s.name in table.coordinates
        else np.full(len(rows), sum(bounds) / 2)
        for s, bounds in hull_bounds(problem).items()
    ]  # fmt: skip
    return Sample(np.stack(columns, axis=1), rows=rows)
