r"""The part of sources and data that no function reaches.

What least squares leaves of the data, r − A x, is orthogonal to the range of A. Where its smooth
part is the same for two degrees, it is a null function w of the adjoint: it is orthogonal to L u
for every u, so that no u solves L u = f. What only a higher degree would reach is rough, or falls:
a narrow source, a singular corner, a wave that is too short.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from pdedsl.conditioning.arrays import Array
from pdedsl.geometry import FloatBox, box_of
from pdedsl.ir import Boundary, Problem

from .null_functions import Spectrum
from .scaled_system import RowBlock

Indices = NDArray[np.intp]

_SAME = 0.05
"""Of the smooth part, the most that it may change from the lower degree to the higher: 1e-4 where
there is no solution, 0.004 for conditions that differ by a jump on an edge, 0.03 where the null
function of the adjoint is singular at edges; 0.2 and more for corners, at degrees 11 and 16."""
_SMOOTH = 0.95
"""Square part of the remainder that is smooth, unless functions are free: above 0.99 where laws
contradict each other, below 0.3 for sources, corners and layers that the degree does not resolve.
Where functions are free there are as many null functions of the adjoint, whatever else is left."""
_LEAST = 1e-6
"""Part of the data from which on a remainder is no rounding, of numbers typed with ten digits."""


@dataclass(frozen=True, eq=False)
class Unreachable:
    """What no function reaches.

    Args:
        problem: that of the laws.
        rows: the smooth part of the remainder in scaled rows, shape (N,); its product with them is
            orthogonal to every L u.
        spectrum: of the system that has these rows.
    """

    problem: Problem
    rows: Array
    spectrum: Spectrum

    @property
    def blocks(self) -> tuple[RowBlock, ...]:
        """The scalar laws of the rows."""
        return self.spectrum.system.blocks

    @property
    def size(self) -> float:
        """The norm of the rows, over that of all data; 0 where the data are zero."""
        data = float(np.linalg.norm(self.spectrum.system.data))
        return float(np.linalg.norm(self.rows)) / data if data else 0.0

    def share(self, block: RowBlock) -> float:
        """The square part of the remainder in the rows of a law."""
        rows = self.rows[block.place]
        return float(rows @ rows / (self.rows @ self.rows))

    def rms(self, block: RowBlock) -> float:
        """Root mean square of the remainder in the units of a law."""
        components = block.block.map.components if block.block.map.diagonal else 1
        return float(components**0.5 * block.scale * np.linalg.norm(self.rows[block.place]))

    @cached_property
    def pieces(self) -> tuple[Piece, ...]:
        """The smooth functions whose values at the points are the rows, face by face."""
        return tuple(_smooth_pieces(self.problem, self.spectrum, self.rows))


@dataclass(frozen=True, eq=False)
class Piece:
    """The polynomial of one face, or of the interior, in one law.

    Args:
        law: index of the scalar law.
        face: see `faces_of`.
        box: of the points, both ends of each input, shape (2, d).
        degree: of the polynomial in every input.
        amplitudes: of `polynomials`.
    """

    law: int
    face: int
    box: Array
    degree: int
    amplitudes: Array

    def at(self, points: Array) -> Array:
        """Values at points of the face, shape (n,)."""
        return polynomials(points, self.box, self.degree) @ self.amplitudes


def unreachable(
    problem: Problem, coarse: Spectrum, fine: Spectrum, dropped: int
) -> Unreachable | None:
    """The smooth part of the remainder, where it is the same for both degrees.

    Args:
        problem: that of the systems.
        coarse: of the lower degree.
        fine: of the higher one.
        dropped: the number of null functions.
    """
    if not np.any(fine.system.data) or fine.values[dropped] < 0.5 * coarse.values[dropped]:
        return None  # no data, or functions of higher degree are still needed
    left, before = fine.remainder(dropped), coarse.remainder(dropped)
    return alike(problem, (coarse, before), (fine, left), 0.0 if dropped else _SMOOTH)


def alike(
    problem: Problem,
    coarse: tuple[Spectrum, Array],
    fine: tuple[Spectrum, Array],
    smooth: float = _SMOOTH,
) -> Unreachable | None:
    """The smooth part of rows, where it is the same for two degrees; else None.

    Args:
        problem: that of the systems.
        coarse: the lower degree with its rows, shape (N,).
        fine: the same for the higher degree.
        smooth: square part of the rows that is smooth at least.
    """
    found = Unreachable(problem, _smooth(problem, *fine), fine[0])
    earlier = Unreachable(problem, _smooth(problem, *coarse), coarse[0])
    share = float(found.rows @ found.rows) / max(float(fine[1] @ fine[1]), 1e-300)
    if found.size < _LEAST or abs(found.size - earlier.size) > _SAME * earlier.size:
        return None
    return found if share >= smooth else None


def _smooth(problem: Problem, spectrum: Spectrum, rows: Array) -> Array:
    """The rows of `_smooth_pieces`; those that a matrix mixes stay."""
    out = np.zeros_like(rows)
    pieces = list(_smooth_pieces(problem, spectrum, rows))
    for i, block in enumerate(spectrum.system.blocks):
        own = out[block.place]
        if not block.block.map.diagonal:
            own[:] = rows[block.place]
            continue
        points = block.block.points.numpy()
        faces = faces_of(problem, block, points)
        for piece in pieces:
            if piece.law == i:
                where = faces == piece.face
                own[where] = block.entries[where] * piece.at(points[where])
    return out


def _smooth_pieces(problem: Problem, spectrum: Spectrum, rows: Array) -> Iterator[Piece]:
    """The polynomials of half the degree that are nearest to rows, on every face by itself.

    Periodic axes have as many polynomials as there are waves up to the degree.
    """
    degree = max(2, spectrum.system.trial.modes // 2)
    for i, block in enumerate(spectrum.system.blocks):
        if not block.block.map.diagonal:
            continue
        points = block.block.points.numpy()
        faces = faces_of(problem, block, points)
        for face in np.unique(faces):
            where = faces == face
            own = points[where]
            box = np.array([own.min(axis=0), own.max(axis=0)])
            columns = block.entries[where, None] * polynomials(own, box, degree)
            found = np.linalg.lstsq(columns, rows[block.place][where], rcond=None)[0]
            yield Piece(i, int(face), box, degree, np.asarray(found, dtype=np.float64))


def faces_of(problem: Problem, block: RowBlock, points: Array) -> Indices:
    """The face of a box that each point lies on, by a number; 0 where the law is on none.

    The boundary of a set that is no box counts as one face.
    """
    place = problem.law(block.block.label).place
    if not isinstance(place, Boundary):
        return np.zeros(len(points), dtype=np.intp)
    domain = problem.domain(place.domain)
    if not domain.is_box:
        return np.ones(len(points), dtype=np.intp)
    columns = [problem.inputs.index(s) for s in domain.coordinates]
    return _faces(box_of(problem, domain), points[:, columns])


def _faces(box: FloatBox, points: Array) -> Indices:
    found = np.zeros(len(points), dtype=np.intp)
    for axis, ends in enumerate(zip(box.lower, box.upper, strict=True)):
        for side, end in enumerate(ends):
            near = np.abs(points[:, axis] - end) <= 1e-12 * (ends[1] - ends[0])
            found[near] = 1 + 2 * axis + side
    return found


def polynomials(points: Array, box: Array, degree: int) -> Array:
    """Products of Legendre polynomials over a box at points, shape (n, functions)."""
    out = np.ones((len(points), 1))
    for column, low, high in zip(points.T, *box, strict=True):
        if high - low <= 1e-12 * max(abs(low), abs(high)):
            continue
        own = np.polynomial.legendre.legvander(2 * (column - low) / (high - low) - 1, degree)
        out = (out[:, :, None] * own[:, None, :]).reshape(len(points), -1)
    return out
