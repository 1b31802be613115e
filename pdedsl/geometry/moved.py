"""Sets turned, shifted and scaled: images under x ↦ M x + b."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from .arrays import Array
from .boxes import FloatBox
from .combinations import FloatCombination
from .region import BoundaryPiece, FloatRegion

MOTIONS = ("rotate", "shift", "scale")
"""Names in the language."""


def moved(region: FloatRegion, matrix: Array, offset: Array) -> FloatRegion:
    """The image of a set.

    Args:
        region: in d dimensions.
        matrix: M, shape (d, d), with a positive determinant.
        offset: b, shape (d,).

    Returns:
        Combined of the images of the primitives in the same way.
    """
    if isinstance(region, FloatCombination):
        parts = (moved(part, matrix, offset) for part in region.parts)
        return FloatCombination(region.op, *parts)
    return region.image(matrix, offset) or MovedRegion(region, matrix, offset)


class MovedRegion(FloatRegion):
    """The image of a primitive.

    Args:
        region: that is moved.
        matrix: M, shape (d, d), with a positive determinant.
        offset: b, shape (d,).
    """

    def __init__(self, region: FloatRegion, matrix: Array, offset: Array) -> None:
        self._region, self._matrix, self._offset = region, matrix, offset
        self._shrinks = float(np.linalg.svd(matrix, compute_uv=False).min())

    @property
    def bounding_box(self) -> FloatBox:
        """The smallest one, or one a little larger."""
        curves = [piece.curve for piece in self.pieces if piece.curve]
        if curves:
            lower, upper = zip(*(curve.bounds for curve in curves), strict=True)
            return FloatBox(tuple(np.min(lower, axis=0)), tuple(np.max(upper, axis=0)))
        ends = [s * self._region.support(s * self._matrix) for s in (-1.0, 1.0)]
        return FloatBox(*(tuple(self._offset + end) for end in ends))

    @cached_property
    def pieces(self) -> tuple[BoundaryPiece, ...]:
        """The images of the pieces."""
        return tuple(self._image(piece) for piece in self._region.pieces)

    def level(self, points: Array) -> Array:
        """That of the set at M⁻¹ (x − b), by the factor by which M shrinks distances at most."""
        back = np.asarray(np.linalg.solve(self._matrix, (points - self._offset).T).T, np.float64)
        return self._shrinks * self._region.level(back)

    def _image(self, piece: BoundaryPiece) -> BoundaryPiece:
        matrix, offset = self._matrix, self._offset

        def turned(s: Array) -> Array:
            return np.asarray(np.linalg.solve(matrix.T, piece.normals(s).T).T)

        def normals(s: Array) -> Array:
            found = turned(s)
            return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True))

        def density(s: Array) -> Array:
            # Nanson's formula.
            stretch = np.linalg.det(matrix) * np.linalg.norm(turned(s), axis=1)
            return np.asarray(piece.density(s) * stretch)

        return BoundaryPiece(
            lambda s: piece.points(s) @ matrix.T + offset, normals, density, piece.dimension,
            closed=piece.closed, label=piece.label,
            curve=piece.curve and piece.curve.moved(matrix, offset),
        )  # fmt: skip


def motion(name: str, arguments: Sequence[Array], dimension: int) -> tuple[Array, Array]:
    """M and b of a motion of the language.

    Args:
        name: one of `MOTIONS`.
        arguments: of ``rotate`` the angle, in space the axis, and the point that stays; of
            ``shift`` the way; of ``scale`` a factor, or one for each coordinate.
        dimension: d.
    """
    zero = np.zeros(dimension)
    if name == "shift":
        return np.eye(dimension), arguments[0]
    if name == "scale":
        return np.diag(np.broadcast_to(arguments[0], dimension)), zero
    angle, *rest = arguments
    matrix = _turn(float(angle), rest.pop(0) if dimension == 3 else None)
    about = rest[0] if rest else zero
    return matrix, about - matrix @ about


def _turn(angle: float, axis: Array | None) -> Array:
    """The matrix of a rotation, about an axis by Rodrigues' formula."""
    # Exact for quarters of a turn, on which edges are to lie on each other.
    cosine, sine = (round(v) if abs(v - round(v)) < 1e-15 else v
                    for v in (np.cos(angle), np.sin(angle)))  # fmt: skip
    if axis is None:
        return np.array([[cosine, -sine], [sine, cosine]], dtype=np.float64)
    x, y, z = unit = axis / np.linalg.norm(axis)
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.asarray(cosine * np.eye(3) + sine * cross + (1 - cosine) * np.outer(unit, unit))
