r"""The part of sources and data that no function reaches.

What least squares leaves of the data, r − A x, is orthogonal to the range of A. Where it is the
same for two degrees, and a smooth function of the place, it is a null function w of the adjoint: it
is orthogonal to L u for every u, so that no u solves L u = f. What only a higher degree would reach
is rough, or falls: a narrow source, a singular corner, a wave that is too short.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pdedsl.conditioning.arrays import Array
from pdedsl.geometry import FloatBox, box_of
from pdedsl.ir import Boundary, Problem

from .null_functions import Spectrum
from .scaled_system import RowBlock

Indices = NDArray[np.intp]

_SAME = 0.95
"""Part of the remainder of the lower degree that the higher one leaves at least: 1.000 to four
digits where there is no solution, 0.996 for conditions that differ by a jump on an edge, 0.97 where
the null function of the adjoint is singular at edges; 0.8 for a source that jumps, and less for
corners, at degrees 11 and 16."""
_SMOOTH = 0.95
"""Square part of the remainder that functions of half the degree hold: above 0.99 where there is no
solution, below 0.3 for sources, corners and layers that the degree does not resolve."""
_LEAST = 1e-6
"""Part of the data from which on a remainder is no rounding, of numbers typed with ten digits."""


@dataclass(frozen=True, eq=False)
class Unreachable:
    """What no function reaches.

    Args:
        part: its norm, over that of all data, in scaled rows.
        rows: the remainder in scaled rows, shape (N,); its product with them is orthogonal to L u.
        spectrum: of the system that has these rows.
    """

    part: float
    rows: Array
    spectrum: Spectrum

    @property
    def blocks(self) -> tuple[RowBlock, ...]:
        """The scalar laws of the rows."""
        return self.spectrum.system.blocks

    def share(self, block: RowBlock) -> float:
        """The square part of the remainder in the rows of a law."""
        rows = self.rows[block.place]
        return float(rows @ rows / (self.rows @ self.rows))

    def rms(self, block: RowBlock) -> float:
        """Root mean square of the remainder in the units of a law."""
        components = block.block.map.components if block.block.map.diagonal else 1
        return float(components**0.5 * block.scale * np.linalg.norm(self.rows[block.place]))


def unreachable(
    problem: Problem, coarse: Spectrum, fine: Spectrum, dropped: int
) -> Unreachable | None:
    """The remainder, where it is the same for both degrees and smooth.

    Args:
        problem: that of the systems.
        coarse: of the lower degree.
        fine: of the higher one.
        dropped: the number of null functions.
    """
    size = float(np.linalg.norm(fine.system.data))
    if size == 0 or fine.values[dropped] < 0.5 * coarse.values[dropped]:
        return None  # no data, or functions of higher degree are still needed
    left = fine.remainder(dropped)
    before = np.linalg.norm(coarse.remainder(dropped)) / np.linalg.norm(coarse.system.data)
    part = float(np.linalg.norm(left)) / size
    if part < _LEAST or part < _SAME * before or _smooth_part(problem, fine, left) < _SMOOTH:
        return None
    return Unreachable(part, left, fine)


def _smooth_part(problem: Problem, fine: Spectrum, left: Array) -> float:
    """The square part of the remainder in polynomials of half the degree, on every face by itself.

    Periodic axes have as many polynomials as there are waves up to the degree.
    """
    degree = max(2, fine.system.trial.modes // 2)
    held = 0.0
    for block in fine.system.blocks:
        rows = left[block.place]
        if not block.block.map.diagonal:
            held += float(rows @ rows)
            continue
        points, entries = block.block.points.numpy(), block.entries
        for piece in _pieces(problem, block, points):
            columns = entries[piece, None] * _polynomials(points[piece], degree)
            basis = np.linalg.qr(columns)[0]
            held += float(np.square(basis.T @ rows[piece]).sum())
    return held / float(left @ left)


def _pieces(problem: Problem, block: RowBlock, points: Array) -> Iterator[Indices]:
    """The points of each face, by index; all where the law is on no boundary of a box."""
    place = problem.law(block.block.label).place
    faces = np.zeros(len(points), dtype=np.intp)
    if isinstance(place, Boundary):
        domain = problem.domain(place.domain)
        faces = _faces(box_of(problem, domain), points[:, [
            problem.inputs.index(s) for s in domain.coordinates
        ]])  # fmt: skip
    for face in np.unique(faces):
        yield np.flatnonzero(faces == face)


def _faces(box: FloatBox, points: Array) -> Indices:
    found = np.zeros(len(points), dtype=np.intp)
    for axis, ends in enumerate(zip(box.lower, box.upper, strict=True)):
        for side, end in enumerate(ends):
            near = np.abs(points[:, axis] - end) <= 1e-12 * (ends[1] - ends[0])
            found[near] = 1 + 2 * axis + side
    return found


def _polynomials(points: Array, degree: int) -> Array:
    """Products of Legendre polynomials over the points' own box, shape (n, functions)."""
    out = np.ones((len(points), 1))
    for column in points.T:
        low, high = column.min(), column.max()
        if high - low <= 1e-12 * max(abs(low), abs(high)):
            continue
        own = np.polynomial.legendre.legvander(2 * (column - low) / (high - low) - 1, degree)
        out = (out[:, :, None] * own[:, None, :]).reshape(len(points), -1)
    return out
