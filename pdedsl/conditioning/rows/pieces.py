"""The place of a law as boxes in the space of all inputs.

An interior is one box, a boundary one box for each face, a condition at a point of space a box
with the times that are left.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import sympy as sp

from pdedsl.geometry import Bounds, FloatBox, box_of, domain_bounds
from pdedsl.ir import (
    Boundary,
    Global,
    Interior,
    Law,
    OnData,
    OnInterface,
    Problem,
    Slice,
    domain_of,
)


class NotAssembledError(Exception):
    """A law has no rows in the matrix; the text says why."""


@dataclass(frozen=True)
class Piece:
    """Some inputs fixed, the others free on intervals.

    Args:
        fixed: value of each fixed input by its column; inputs that the law knows nothing of
            stand at zero.
        free: columns of the free inputs.
        box: their intervals.
        normal: outward normal in the coordinates of the domain, on a face.
        share: weight of this piece before it is divided by the sum of all pieces.
    """

    fixed: tuple[tuple[int, float], ...]
    free: tuple[int, ...]
    box: FloatBox
    normal: tuple[float, ...] | None = None
    share: float = 1.0


def pieces_of(problem: Problem, law: Law) -> tuple[Piece, ...]:
    """The boxes of a law's place.

    Raises:
        NotAssembledError: the place is no box, an interface, or made of points alone.
    """
    place = law.place
    if isinstance(place, OnData):
        raise NotAssembledError(f"{law.label} holds at the points of {place.table}")
    if isinstance(place, OnInterface):
        raise NotAssembledError(
            f"{law.label} holds on the interface {place.name}; matrices are set up on boxes and "
            "their faces"
        )
    domain = domain_of(place)
    try:
        box = None if domain is None else box_of(problem, problem.domain(domain))
    except ValueError as reason:
        raise NotAssembledError(f"{reason}; matrices are set up on boxes and their faces") from None
    bounds = domain_bounds(problem, domain)
    if isinstance(place, Boundary):
        assert box is not None
        return _faces(problem, place, box, bounds)
    fixed = dict(place.fixed) if isinstance(place, Slice | Global) else {}
    return (_piece(problem, bounds, {s: problem.number(v) for s, v in fixed.items()}),)


def measure_of(law: Law, pieces: tuple[Piece, ...]) -> float:
    """The volume of an interior, over which its law is integrated; 1 for a mean."""
    return pieces[0].box.volume if isinstance(law.place, Interior) else 1.0


def _faces(problem: Problem, place: Boundary, box: FloatBox, bounds: Bounds) -> tuple[Piece, ...]:
    if place.minus:
        raise NotAssembledError(
            f"the interfaces {', '.join(place.minus)} are taken off the boundary; matrices are "
            "set up on whole faces of a box"
        )
    if not place.faces:
        raise NotAssembledError(
            f"the boundary of {place.of or place.domain} is not made of faces of a box"
        )
    coordinates = problem.domain(place.domain).coordinates
    out = []
    for face in place.faces:
        axis = coordinates.index(face.axis)
        normal = tuple(float(v) for v in box.normal(axis, face.side))
        value = {face.axis: problem.number(face.value)}
        out.append(_piece(problem, bounds, value, normal, box.face_area(axis)))
    return tuple(out)


def _piece(
    problem: Problem,
    bounds: Bounds,
    fixed: dict[sp.Symbol, float],
    normal: tuple[float, ...] | None = None,
    share: float = 1.0,
) -> Piece:
    free = [s for s in problem.inputs if s in bounds and s not in fixed]
    still = tuple((i, fixed.get(s, 0.0)) for i, s in enumerate(problem.inputs) if s not in free)
    box = FloatBox(tuple(bounds[s][0] for s in free), tuple(bounds[s][1] for s in free))
    return Piece(still, tuple(problem.inputs.index(s) for s in free), box, normal, share)


def points_in(piece: Piece, inner: np.ndarray, inputs: int) -> np.ndarray:
    """Points of the free box, shape (n, free), with the fixed inputs: (n, inputs)."""
    out = np.zeros((len(inner), inputs))
    for column, value in piece.fixed:
        out[:, column] = value
    out[:, list(piece.free)] = inner
    return out
