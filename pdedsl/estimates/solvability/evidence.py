"""What confirms that data are out of reach, rather than that functions or points are too few."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pdedsl.calculus.features import features_of
from pdedsl.compiler.lowering.lower import LoweredProblem
from pdedsl.conditioning.arrays import as_array
from pdedsl.ir import Global, Problem, Slice

from .null_functions import Spectrum, null_space, spectrum
from .scaled_system import RowBlock, scalar_rows, system_at
from .unreachable import Unreachable, faces_of

_TOO_MANY = frozenset({"L102", "L103", "L104"})
"""Lints of laws or conditions beyond those that an equation needs."""
_NODES = {1: 300, 2: 64, 3: 16}
"""Degree whose nodes the data are integrated on once more, by the number of inputs."""
_CHANGE = 0.2
"""Of the product of data with a null function of the adjoint, the most that it may change with
those nodes: a jump of a source between the nodes of degree 16 changes integrals by 0.01."""


def is_seen(lowered: LoweredProblem, lost: Unreachable) -> bool:
    """Whether data are out of reach with many more nodes too, and none is narrower than they."""
    problem = lowered.problem
    narrow = (
        feature
        for law in problem.laws
        for _, features in features_of(problem, law)
        for feature in features
    )
    if any(not feature.sharp for feature in narrow):
        return False
    system = system_at(lowered, 4, _NODES[len(problem.inputs)])
    rows = as_array(system.residual(system.theta0 * 0))
    coarse = float(lost.rows @ lost.spectrum.system.data)
    found = 0.0
    places = [(b, place) for b in system.blocks for _, place in scalar_rows(b)]
    for i, (own, (block, place)) in enumerate(zip(lost.blocks, places, strict=True)):
        if not block.map.diagonal:
            found += float(lost.rows[own.place] @ lost.spectrum.system.data[own.place])
            continue
        points = block.points.numpy()
        dense = RowBlock(block, own.name, place, own.scale)
        faces, data = faces_of(problem, dense, points), rows[place] / own.scale
        for piece in lost.pieces:
            if piece.law == i:
                where = faces == piece.face
                weights = dense.entries[where] * piece.at(points[where])
                found += float(weights @ data[where])
    return bool(np.isfinite(found)) and abs(found - coarse) <= _CHANGE * abs(coarse)


def counts_too_many(problem: Problem) -> bool:
    """Whether the checks of the spec count more laws or conditions than an equation needs."""
    return any(found.code in _TOO_MANY for found in problem.lints)


def has_too_many(problem: Problem, coarse: Spectrum, fine: Spectrum) -> bool:
    """Whether there are more conditions than needed, so that they may contradict each other.

    The checks of the spec count conditions on the boundary. Laws at points and between integrals,
    such as gauges, are left out here: where functions are free then, the other laws have null
    functions of the adjoint too. Without such evidence a layer thinner than what functions of a
    moderate degree follow looks the same.
    """
    if counts_too_many(problem):
        return True
    gauges = any(isinstance(law.place, (Global, Slice)) for law in problem.laws)
    return gauges and null_space(_without(problem, coarse), _without(problem, fine)).count > 0


def _without(problem: Problem, whole: Spectrum) -> Spectrum:
    """The same without laws at points and between integrals."""
    system = whole.system
    rows = np.ones(len(system.data), dtype=bool)
    for block in system.blocks:
        if isinstance(problem.law(block.block.label).place, (Global, Slice)):
            rows[block.place] = False
    return spectrum(replace(system, matrix=system.matrix[rows], data=system.data[rows]))
