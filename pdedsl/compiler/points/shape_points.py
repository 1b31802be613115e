r"""Points of sets that are no boxes, and of their boundaries.

For a basis (the kind ``gauss``) the points inside are clustered like Chebyshev points of the
bounding box, a Sobol sequence s with :math:`x = m - \tfrac{l}{2} \cos πs`, those in the set kept:
with polynomials of degree 28 on a square without a disk 1.5 points a function leave 5e-10 in place
of 2e-6 for uniform ones; in the plane some are close to the boundary. Other kinds are uniform.
Boundary points are spread by arc length (on surfaces by area), those of a basis half by length and
half alike for all arcs, as a small hole has as many functions around it as a large one, and towards
the ends of open arcs like Chebyshev points.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from pdedsl.geometry import FloatRegion, domain_region, place_bounds, unit_points
from pdedsl.geometry.arrays import Array
from pdedsl.geometry.boundary_places import outlined, place_arcs, place_holds
from pdedsl.geometry.plane_boundary import Arc
from pdedsl.geometry.region import BoundaryPiece
from pdedsl.geometry.tensor import line_rule
from pdedsl.ir import Boundary, OnInterface, Place, Problem, domain_of

from .clouds import with_clouds
from .drawing import Drawing, EmptyPlace, Weighted
from .skin import SKIN, skin_points

Outline = Boundary | OnInterface
"""A part of the boundary of a domain."""

_MORE = 1.1  # points drawn for one that is kept, over the share of the set: a choice
_DOUBLINGS = 12  # of the draws until enough points are in the set
_LENGTH_NODES = 64  # of the rule for the length of an arc
_FEWEST = 4  # points of an arc
_PROBES = 1024  # points that measure the part of a piece on the boundary: a choice


def interior_points(
    problem: Problem, place: Place, fixed: Mapping[int, float], count: int, how: Drawing
) -> Weighted:
    """Points of a place in a domain that is no box, shape (count, inputs), and of its clouds.

    The second value is that of `free_points`: weights with the sum 1, or None.

    Args:
        problem: gives the inputs.
        place: in a domain.
        fixed: column to value of the inputs that the place fixes.
        count: number of points.
        how: kind and seed.

    Raises:
        EmptyPlace: no point lies in the set.
    """
    name = domain_of(place)
    assert name is not None
    region, columns = domain_region(problem, problem.domain(name)), _columns(problem, name)
    within = _Cube(np.array(list(place_bounds(problem, place).values())), fixed)
    skin = round(SKIN * count) if how.kind == "gauss" and len(columns) == 2 else 0
    points = _inside(region, columns, within, max(1, count - skin), how)
    if not len(points):
        raise EmptyPlace(how.label)
    if skin:
        unit = unit_points("sobol", skin, len(within.free), how.seed_of(1))
        near, rows = skin_points(region, unit[:, [within.free.index(c) for c in columns]])
        beside = within.placed(unit)[rows]
        beside[:, columns] = near
        points = np.concatenate([points, beside])
    points, weights = with_clouds(problem, place, points, how)
    return points, None if weights is None else weights / len(weights)


@dataclass(frozen=True, eq=False)
class _Cube:
    """The bounds of all inputs, shape (inputs, 2), of which some have fixed values."""

    bounds: Array
    fixed: Mapping[int, float]

    @property
    def free(self) -> list[int]:
        """The columns of the others."""
        return [i for i in range(len(self.bounds)) if i not in self.fixed]

    def placed(self, unit: Array) -> Array:
        """Points, shape (n, inputs), from the unit cube of the free inputs, shape (n, free)."""
        points = np.empty((len(unit), len(self.bounds)))
        points[:, list(self.fixed)] = list(self.fixed.values())
        low, high = self.bounds[self.free].T
        points[:, self.free] = low + (high - low) * unit
        return points


def _inside(
    region: FloatRegion, columns: list[int], within: _Cube, count: int, how: Drawing
) -> Array:
    """At most ``count`` points whose coordinates in these columns lie in the set."""
    tries = count
    for _ in range(_DOUBLINGS):
        unit = unit_points(_kind(how), tries, len(within.free), how.seed_of(0))
        if how.kind == "gauss":
            unit = (1 - np.cos(np.pi * unit)) / 2
        points = within.placed(unit)
        points = points[region.level(points[:, columns]) < 0]
        if len(points) >= count:
            break
        tries = math.ceil(min(16, _MORE * count / max(len(points), 1)) * tries)
    return points[:count]


def outline_points(
    problem: Problem, place: Outline, count: int, how: Drawing
) -> tuple[Array, Array, Array | None]:
    """Points (n, inputs) of a part of the boundary and outward normals (n, dimension).

    Normals of an interface point from its first domain to the second. Arguments as for
    `interior_points`; n is about ``count``. The third value is that of `face_points`: no weights,
    as all points count alike.

    Raises:
        EmptyPlace: the part has no points.
    """
    columns = _columns(problem, outlined(problem, place).name)
    others = [i for i in range(len(problem.inputs)) if i not in columns]
    draw = _on_arcs if len(columns) == 2 else _on_surfaces
    own, normals, rest = draw(problem, place, count, how, len(others))
    if not len(own):
        raise EmptyPlace(how.label)
    bounds = np.array(list(place_bounds(problem, place).values()))
    points = np.empty((len(own), len(bounds)))
    points[:, columns] = own
    low, high = bounds[others].T.reshape(2, -1)
    points[:, others] = low + (high - low) * rest
    return points, normals, None


Drawn = tuple[Array, Array, Array]
"""Points and normals, both (n, dimension), and other inputs in the unit cube, (n, others)."""


def _on_arcs(problem: Problem, place: Outline, count: int, how: Drawing, others: int) -> Drawn:
    parts = place_arcs(problem, place)
    lengths = np.array([arc.rule(_LENGTH_NODES)[2].sum() for arc in parts])
    shares = lengths / lengths.sum()
    if how.kind == "gauss" and len(parts):
        shares = (shares + 1 / len(parts)) / 2
    found = [
        _on_arc(arc, count * float(share), how, others, number)
        for number, (arc, share) in enumerate(zip(parts, shares, strict=True))
    ]
    return _joined(found, 2, others)


def _on_arc(arc: Arc, count: float, how: Drawing, others: int, number: int) -> Drawn:
    whole = arc.piece.closed and abs(arc.end - arc.begin) == 1
    share, rest = _unit(count, how, others, number, whole)
    s = (arc.begin + (arc.end - arc.begin) * share)[:, None]
    return arc.piece.points(s), arc.outward * arc.piece.normals(s), rest


def _unit(count: float, how: Drawing, others: int, number: int, whole: bool) -> tuple[Array, Array]:
    """Places along an arc, in [0, 1], and other inputs in the unit cube."""
    if how.kind != "gauss":
        n = max(_FEWEST, round(count))
        unit = unit_points(_kind(how), n, 1 + others, how.seed_of(number))
        return unit[:, 0], unit[:, 1:]
    # As many nodes along the arc as in each of the others, for the area that it has in all.
    side = max(_FEWEST, round(count ** (1 / (1 + others))))
    along = max(_FEWEST, round(count / side**others))
    if whole:
        places = (np.arange(along) + 0.5) / along
    else:
        places = (1 - np.cos(np.pi * (np.arange(along) + 0.5) / along)) / 2
    line = line_rule(side, False)[0]
    mesh = np.meshgrid(places, *[line] * others, indexing="ij")
    flat = np.stack([m.ravel() for m in mesh], axis=1)
    return flat[:, 0], flat[:, 1:]


def _on_surfaces(problem: Problem, place: Outline, count: int, how: Drawing, others: int) -> Drawn:
    region = domain_region(problem, outlined(problem, place))
    holds = place_holds(problem, place)

    def kept(drawn: Drawn) -> Drawn:
        points, normals, rest = drawn
        side = region.orientation(points, normals)
        normals = side[:, None] * normals
        mask = (side != 0) & holds(points, normals)
        return points[mask], normals[mask], rest[mask]

    probes = [
        _on_piece(piece, _PROBES, how, others, number) for number, piece in enumerate(region.pieces)
    ]
    areas = [
        float(piece.density(_cube(_PROBES, piece)).mean()) * len(kept(probe)[0]) / len(probe[0])
        for piece, probe in zip(region.pieces, probes, strict=True)
    ]
    total, found = sum(areas), []
    for number, (piece, area, probe) in enumerate(zip(region.pieces, areas, probes, strict=True)):
        if area:
            share = len(kept(probe)[0]) / len(probe[0])
            n = math.ceil(max(_FEWEST, count * area / total) / share)
            found.append(kept(_on_piece(piece, n, how, others, number)))
    return _joined(found, region.dimension, others)


def _cube(count: int, piece: BoundaryPiece) -> Array:
    return unit_points("sobol", count, piece.dimension - 1, 0)


def _on_piece(piece: BoundaryPiece, count: int, how: Drawing, others: int, number: int) -> Drawn:
    """About ``count`` points of a whole piece, spread by area."""
    highest = float(piece.density(_cube(_PROBES, piece)).max())
    mean = float(piece.density(_cube(_PROBES, piece)).mean())
    tries = math.ceil(count * highest / mean)
    width = piece.dimension + others
    unit = unit_points(_kind(how), tries, width, how.seed_of(number))
    s = unit[:, : piece.dimension - 1]
    keep = unit[:, -1] * highest <= piece.density(s.copy())
    s, rest = s[keep], unit[keep, piece.dimension - 1 : -1]
    return piece.points(s.copy()), piece.normals(s.copy()), rest


def _joined(found: list[Drawn], dimension: int, others: int) -> Drawn:
    if not found:
        return np.empty((0, dimension)), np.empty((0, dimension)), np.empty((0, others))
    points, normals, rest = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return points, normals, rest


def _kind(how: Drawing) -> str:
    """Nodes of a quadrature and grids have none on a shape: Sobol points stand for them."""
    return "sobol" if how.kind in ("gauss", "collocation", "grid") else how.kind


def _columns(problem: Problem, domain: str) -> list[int]:
    return [problem.inputs.index(s) for s in problem.domain(domain).coordinates]
