"""The common boundary of two sets in the plane that lie side by side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import groupby, pairwise

import numpy as np

from pdedsl.geometry.arrays import Array
from pdedsl.geometry.region import SLACK, FloatRegion, beyond, rounding

from .arcs import Arc, arcs
from .crossings import crossings

_SAME = 1e-7  # of the range of a parameter: ends of arcs that are one


@lru_cache(maxsize=32)
def shared_arcs(first: FloatRegion, second: FloatRegion) -> tuple[Arc, ...]:
    """The arcs of the boundary of one set beyond which another one lies.

    The arcs of the first are cut where they meet curves of the second. A gap between both sets, or
    an overlap, of `SLACK` of the smaller one counts as none.

    Args:
        first: a set in the plane.
        second: another one.

    Returns:
        Parts of arcs of the first, whose outward normals point into the second; none where the sets
        do not meet, or in points alone, or overlap.
    """
    return tuple(part for arc in arcs(first) for part in _parts(arc, first, second))


def _parts(arc: Arc, first: FloatRegion, second: FloatRegion) -> Iterator[Arc]:
    """The longest parts of an arc with the second set on the other side."""
    ends = _cuts(arc, first, second)
    middles = (ends[1:] + ends[:-1])[:, None] / 2
    normals = arc.outward * arc.piece.normals(middles)
    found = beyond(first, second, arc.piece.points(middles), normals)
    runs: list[tuple[float, float]] = []
    for own, group in groupby(zip(pairwise(ends), found, strict=True), key=lambda part: part[1]):
        parts = list(group)
        if own:
            runs.append((float(parts[0][0][0]), float(parts[-1][0][1])))
    if arc.whole and len(runs) > 1 and runs[0][0] == arc.begin and runs[-1][1] == arc.end:
        runs = [*runs[1:-1], (runs[-1][0], runs[0][1] + (arc.end - arc.begin))]
    for begin, end in runs:
        yield replace(arc, begin=begin, end=end)


def _cuts(arc: Arc, first: FloatRegion, second: FloatRegion) -> Array:
    """Parameters from the begin of an arc to its end, at all meetings with the second set."""
    curve, size = arc.piece.curve, min(first.size, second.size)
    assert curve is not None
    near = max(SLACK * size, rounding(np.array([second.bounding_box.upper])))
    pieces = [piece.curve for piece in second.pieces if piece.curve is not None]
    met = [np.zeros(0), *(crossings(curve, other, near)[0] for other in pieces)]
    s = np.concatenate(met)
    s = np.concatenate([s - 1, s, s + 1]) if curve.closed else s
    share = np.sort((s - arc.begin) / (arc.end - arc.begin))
    share = share[(share > _SAME) & (share < 1 - _SAME)]
    share = share[np.diff(share, prepend=0.0) > _SAME]
    inner = arc.begin + share * (arc.end - arc.begin)
    return np.concatenate([[arc.begin], inner, [arc.end]])
