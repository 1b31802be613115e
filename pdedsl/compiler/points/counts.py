"""The numbers of points and nodes of laws."""

from __future__ import annotations

import math
from math import comb

from pdedsl.geometry import box_of
from pdedsl.ir import Boundary, Global, Law, OnInterface, Problem, Slice

from .free_inputs import fixed_inputs, periodic_inputs

FEWEST_ON_FACE = 4
"""A choice: a face with a small share of the area still has points."""

# Default number of points, by the number of free inputs; the last entry serves all beyond. Choices.
_DEFAULTS: dict[str, tuple[int, ...]] = {
    "interior": (1, 256, 2048, 4096),
    "face": (1, 128, 256, 256),
    "slice": (1, 256, 512, 1024),
    "global": (1, 32, 64, 128),
}
_GROWTH = 1.3  # nodes of a degree, where there are at most two inputs
_MORE = {True: 3, False: 4}  # nodes, for waves and for polynomials


def default_count(problem: Problem, law: Law) -> int:
    """Number of points of a law where none is asked for."""
    free = len(problem.inputs) - len(fixed_inputs(problem, law.place))
    if isinstance(law.place, Boundary):
        sides = len(law.place.faces) or 2 * (len(problem.domain(law.place.domain).coordinates))
        return sides * _DEFAULTS["face"][min(free - 1, 3)]
    kinds = {Slice: "slice", Global: "global", OnInterface: "face"}
    return _DEFAULTS[kinds.get(type(law.place), "interior")][min(free, 3)]


def nodes_for(modes: int, periodic: bool, inputs: int) -> int:
    """Nodes along an axis that keep the products of its functions apart.

    Waves up to K have products up to 2K, for which 2K + 1 equispaced nodes are exact, and
    polynomials of degree K have products of degree 2K, for which K + 1 Gauss nodes are.
    Coefficients and nonlinear terms want more.

    Args:
        modes: K.
        periodic: whether the functions are waves.
        inputs: number of axes.
    """
    growth = 2.0 if periodic else _GROWTH if inputs < 3 else 1.0
    return math.ceil(growth * modes) + _MORE[periodic]


def tensor_count(problem: Problem, law: Law, modes: int | tuple[int, ...]) -> int:
    """Points of a law whose nodes suit a basis, of one total degree or a degree for each axis."""
    inputs = len(problem.inputs)
    if not isinstance(modes, int):
        circles = problem.periodic_axes(problem.components[0])
        own = zip(modes, problem.fields[0].arguments, strict=True)
        return math.prod(nodes_for(k, s in circles, inputs) for k, s in own)
    side = max(nodes_for(modes, p, inputs) for p in periodic_inputs(problem))
    free = inputs - len(fixed_inputs(problem, law.place))
    if not isinstance(law.place, Boundary):
        return int(side**free)
    if not law.place.faces:
        return int(side ** (free - 1)) * 2 * len(problem.inputs)
    # Faces share the points by area: the smallest has to get enough.
    box = box_of(problem, problem.domain(law.place.domain))
    areas = [box.face_area(problem.inputs.index(face.axis)) for face in law.place.faces]
    return math.ceil(side ** (free - 1) * sum(areas) / min(areas))


def shape_count(problem: Problem, law: Law, degree: int, functions: int, columns: int = 0) -> int:
    """Points of a law on a shape for polynomials of a total degree n and columns beside them.

    Two points a function inside, and on the boundary four for each of its polynomials of degree n,
    which are 2n + 1 on a curve: with half as many the errors grow from 2e-4 to 9e-3 on a square
    without a disk, and with a third on a disk from 1e-5 to 3e-4. Columns that satisfy the equation,
    such as negative powers around holes, are told apart on the boundary alone.
    """
    free = len(problem.inputs)
    if isinstance(law.place, Boundary | OnInterface):
        own = comb(degree + free, free) - comb(degree + free - 2, free)
        return _ON_BOUNDARY * own + _INSIDE * columns
    free -= len(fixed_inputs(problem, law.place))
    if isinstance(law.place, Slice):
        return _INSIDE * comb(degree + free, free)
    return _INSIDE * functions


_INSIDE, _ON_BOUNDARY = 2, 4
