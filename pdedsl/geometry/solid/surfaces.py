r"""Quadrature on the boundary of a set in space.

A piece that lies on the boundary as a whole has Gauss–Legendre nodes in its parameters, equal steps
in the angle of one that closes on itself. Of a piece that others cut, equidistributed points that
lie on the boundary are left, and the error falls about as :math:`N^{-3/4}` with their number.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from pdedsl.geometry.arrays import Array
from pdedsl.geometry.region import BoundaryPiece, FloatRegion
from pdedsl.geometry.sampling import generic_points
from pdedsl.geometry.tensor import line_rule, product_rule

_PROBES = 400  # points of a piece that tell whether it is on the boundary as a whole: a choice
_CELLS = 64  # along each parameter, in which the density of a piece is taken for constant
_SAMPLES = 16_384  # of a piece that is cut: 1e-4 of its area


@dataclass(frozen=True, eq=False)
class SurfaceRule:
    """∫ f dS ≈ Σ_q weights[q] f(points[q]).

    Args:
        points: shape (n, 3).
        normals: outward unit normals, shape (n, 3).
        weights: shape (n,).
        cut: whether some pieces are cut, so that the rule is one of samples.
    """

    points: Array
    normals: Array
    weights: Array
    cut: bool


def surface_rule(region: FloatRegion, nodes: int, samples: int = _SAMPLES) -> SurfaceRule:
    """The rule of the boundary of a set in space.

    Args:
        region: the set.
        nodes: along each parameter of a whole piece; with analytic pieces the error falls
            exponentially with it.
        samples: on each piece that is cut, as a whole.
    """
    owners = [i for i, own in enumerate(region.primitives()) for _ in own.pieces]
    parts, cut = [], False
    for piece, owner in zip(region.pieces, owners, strict=True):
        s, _ = area_parameters(piece, _PROBES)
        sides = _sides(region, piece, owner, s)
        if (sides != sides[0]).any():
            cut = True
            s, weights = area_parameters(piece, samples)
            points, normals = piece.points(s), piece.normals(s)
            sides = _sides(region, piece, owner, s)
        else:
            points, normals, weights = (piece.rule or partial(_tensor, piece))(nodes)
            sides = np.full(len(points), sides[0])
        on = sides != 0
        parts.append((points[on], sides[on, None] * normals[on], weights[on]))
    points, normals, weights = (np.concatenate(part) for part in zip(*parts, strict=True))
    return SurfaceRule(points, normals, weights, cut)


def area_parameters(piece: BoundaryPiece, count: int) -> tuple[Array, Array]:
    """Parameters, shape (n, 2), of points that are equidistributed by area, and weights (n,).

    By the inverse distribution function of a density that is constant on cells; the weights make
    good what it is not, so that their sum converges to the area.
    """
    centres = (np.arange(_CELLS) + 0.5) / _CELLS
    grid, _ = product_rule([(centres, np.ones(_CELLS))] * 2)
    cells = piece.density(grid).reshape(_CELLS, _CELLS)
    cells /= cells.sum()
    unit = generic_points(count, 2)
    i, first = _inverse(np.cumsum(cells.sum(axis=1)), unit[:, 0])
    s, rows = np.empty((count, 2)), np.cumsum(cells, axis=1)
    s[:, 0] = first
    column = np.empty(count, dtype=int)
    for row in np.unique(i):
        here = i == row
        column[here], s[here, 1] = _inverse(rows[row], unit[here, 1])
    return s, piece.density(s) / (cells[i, column] * _CELLS**2 * count)


def _inverse(cumulated: Array, unit: Array) -> tuple[NDArray[np.intp], Array]:
    """Cells, and places in [0, 1], at which a distribution has given shares."""
    ends = np.append(0.0, cumulated / cumulated[-1])
    cell = np.clip(np.searchsorted(ends, unit, side="right") - 1, 0, len(cumulated) - 1)
    within = (unit - ends[cell]) / np.diff(ends)[cell]
    return cell, np.asarray((cell + within) / len(cumulated))


def _tensor(piece: BoundaryPiece, nodes: int) -> tuple[Array, Array, Array]:
    s, weights = product_rule([line_rule(nodes, False), line_rule(nodes, piece.closed)])
    return piece.points(s), piece.normals(s), weights * piece.density(s)


def _sides(region: FloatRegion, piece: BoundaryPiece, owner: int, s: Array) -> Array:
    """1 or −1 where the piece is on the boundary, by its direction, else 0: (n,)."""
    points = piece.points(s)
    sides = region.orientation(points, piece.normals(s))
    sides[region.on_earlier(points, np.full(len(s), owner))] = 0
    return sides
