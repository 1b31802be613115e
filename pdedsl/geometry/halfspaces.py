"""Half-planes and half-spaces, which combinations cut to bounded sets."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from .arrays import Array
from .boxes import FloatBox
from .language import Argument, ShapeKind
from .plane.curves import Segment
from .plane.pieces import piece_of
from .region import BoundaryPiece, FloatRegion


class HalfSpace(FloatRegion):
    """The points with (x − p) · n ≤ 0.

    Its boundary has no bounds; the part of it near a set stands for it, see `within`.

    Args:
        point: p, shape (d,) with d = 2 or 3.
        normal: n, shape (d,), not 0; it points out of the set.
        middle: the point of the boundary in whose surroundings its piece lies; p where it is None.
        reach: of the piece from there.
    """

    def __init__(
        self, point: Array, normal: Array, middle: Array | None = None, reach: float = 1.0
    ) -> None:
        self._point, self._normal = point, normal / np.linalg.norm(normal)
        self._middle, self._reach = point if middle is None else middle, reach

    @property
    def bounding_box(self) -> FloatBox:
        """All of space."""
        d = len(self._point)
        return FloatBox((-np.inf,) * d, (np.inf,) * d)

    @property
    def size(self) -> float:
        """The reach of the piece."""
        return self._reach

    @cached_property
    def pieces(self) -> tuple[BoundaryPiece]:
        """A part of the line or plane around its middle."""
        if len(self._point) == 2:
            way = self._reach * np.array([-self._normal[1], self._normal[0]])
            return (piece_of(Segment(self._middle - way, self._middle + way)),)
        plane = 2 * self._reach * normal_plane(self._normal)
        return (BoundaryPiece(
            lambda s: self._middle + (s - 0.5) @ plane,
            lambda s: np.tile(self._normal, (len(s), 1)),
            lambda s: np.full(len(s), 4 * self._reach**2),
            3,
        ),)  # fmt: skip

    def level(self, points: Array) -> Array:
        """The signed distance."""
        return np.asarray((points - self._point) @ self._normal)

    def within(self, box: FloatBox) -> HalfSpace:
        """The same set, with the part of its boundary that may lie in a box."""
        centre = np.asarray(box.centre)
        middle = centre - self.level(centre[None])[0] * self._normal
        return HalfSpace(self._point, self._normal, middle, float(np.linalg.norm(box.lengths)))

    def image(self, matrix: Array, offset: Array) -> HalfSpace:
        """A half-space again, whose normal is M⁻ᵀ n."""
        normal = np.asarray(np.linalg.solve(matrix.T, self._normal), dtype=np.float64)
        return HalfSpace(matrix @ self._point + offset, normal)


def normal_plane(normal: Array) -> Array:
    """Two unit vectors e, f with e × f = n for a unit vector n, shape (2, 3)."""
    other = np.eye(3)[np.argmin(np.abs(normal))]
    first = np.cross(other, normal)
    first /= np.linalg.norm(first)
    return np.stack([first, np.cross(normal, first)])


def _fault(point: Array, normal: Array) -> str | None:
    return None if normal.any() else "the normal must not be 0"


KINDS = (
    ShapeKind(
        "halfplane", HalfSpace,
        (Argument("point", "point", "a point", "(0, 0)"),
         Argument("normal", "point", "a normal", "(1, 0)")),
        dimension=2, general="halfspace", fault=_fault,
    ),
    ShapeKind(
        "halfspace", HalfSpace,
        (Argument("point", "point", "a point", "(0, 0, 0)"),
         Argument("normal", "point", "a normal", "(0, 0, 1)")),
        dimension=3, fault=_fault,
    ),
)  # fmt: skip
