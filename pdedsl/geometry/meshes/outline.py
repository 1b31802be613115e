r"""The boundary of a plane set as fine polylines.

An arc is halved until each chord is short, departs little from the arc and turns little. With the
normals at both ends of a chord of length l at an angle φ, the arc departs from it by about lφ/8.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pdedsl.geometry.arrays import Array
from pdedsl.geometry.plane_boundary import Arc, arcs
from pdedsl.geometry.region import FloatRegion

_TURN = np.pi / 16  # of a chord at most: small holes, too, look round
_MOST_HALVINGS = 16  # of an arc: what turns more steeply than that has a corner


@dataclass(frozen=True, eq=False)
class Polyline:
    """Chords of an arc.

    Args:
        arc: from corner to corner.
        parameters: of the ends of the chords, from ``arc.begin`` to ``arc.end``, shape (n,).
    """

    arc: Arc
    parameters: Array

    @property
    def points(self) -> Array:
        """The ends of the chords, shape (n, 2)."""
        return self.arc.piece.points(self.parameters[:, None].copy())

    def halved(self, which: NDArray[np.bool_]) -> Polyline:
        """With the chords ``which``, a mask of shape (n − 1,), cut in the middle."""
        s = self.parameters
        middles = (s[:-1] + s[1:])[which] / 2
        return Polyline(self.arc, np.insert(s, np.flatnonzero(which) + 1, middles))


def outline(region: FloatRegion, longest: float, deviation: float) -> list[Polyline]:
    """A polyline for each arc of the boundary of a plane set.

    Args:
        region: a set in the plane.
        longest: of all chords.
        deviation: by which an arc departs from its chords at most.
    """
    return [_fine(arc, longest, deviation) for arc in arcs(region)]


def _fine(arc: Arc, longest: float, deviation: float) -> Polyline:
    line = Polyline(arc, np.linspace(arc.begin, arc.end, 5))
    for _ in range(_MOST_HALVINGS):
        lengths = np.linalg.norm(np.diff(line.points, axis=0), axis=1)
        normals = arc.piece.normals(line.parameters[:, None].copy())
        cosines = np.sum(normals[1:] * normals[:-1], axis=1)
        turns = np.arccos(np.clip(cosines, -1.0, 1.0))
        coarse = (lengths > longest) | (lengths * turns > 8 * deviation) | (turns > _TURN)
        if not coarse.any():
            break
        line = line.halved(coarse)
    return line
