r"""Quadrature on sets that are no boxes, without a mesh.

The moments of Chebyshev products come from integrals over the exact boundary, by the divergence
theorem: with :math:`∂_1 F = T_i`

.. math:: \int_Ω T_i(x_1) T_j(x_2) \dots dx = \oint F(x_1) T_j(x_2) \dots n_1 \, ds

Weights at points inside are the least correction of those of samples that has these moments.
"""

from __future__ import annotations

from contextlib import suppress
from itertools import product

import numpy as np
from numpy.typing import NDArray

from .arrays import Array
from .boxes import FloatBox
from .plane.strip_rule import gauss_strip_rule
from .plane_boundary import boundary_rule
from .quadrature import Rule, gauss_legendre, integration_rule
from .region import FloatRegion
from .sampling import generic_points, unit_points
from .solid.surfaces import surface_rule

# Of rules in laws, by dimension: 32 nodes an interval, 1300 and 1144.
_DEGREES = {1: 63, 2: 24, 3: 10}
# Nodes for each polynomial: clustered Sobol points have Σ |w| at most 1.03 of the area with four,
# 1.24 with three; samples without clusters need eight, and those of square roots have up to 50.
_POINTS = 4
_SEED = 0
# Nodes of ∮ n dS, and the most that it may be of the area: a square of 1/50 of the side of a box,
# which another box covers, leaves 7e-5.
_CLOSED_NODES, _CLOSED = 24, 1e-6
_SAMPLES, _SAMPLED_DEGREE = 1 << 18, 6  # where no moments are known, and of those taken from them
_EXTRA, _MOST_NODES = 16, 600  # nodes of a piece beyond the degree; at most, of a curve
_MOST_OF_SURFACE = 80  # the same along each parameter of a surface
_ROUNDING = 1e-14  # of the volume, between moments with more and more nodes
_CUT = 1e-13  # of singular values: polynomials that are the same on a thin set
_SAMPLED = 1e-3  # error of integrals by samples, of the largest value times the volume


def area_rule(region: FloatRegion, degree: int) -> Rule:
    """Nodes inside a set, and weights that are exact for polynomials of a total degree.

    In the plane for every set; in space where no piece of the boundary is cut by another. Of other
    sets the moments are those of 262 144 samples, of the degree 6 at most, with the accuracy that
    the rule tells.

    Args:
        region: bounded, of any dimension.
        degree: total degree n; analytic functions are integrated to an error that falls
            exponentially with n.

    Returns:
        Four nodes for each polynomial of the degree; few weights are negative, and small.
    """
    if isinstance(region, FloatBox):
        return gauss_legendre(region, degree // 2 + 1)
    if region.dimension == 1:
        return _of_intervals(region, degree)
    known = _boundary(region, degree)
    degree = degree if known else min(degree, _SAMPLED_DEGREE)
    degrees = _degrees(degree, region.dimension)
    points, first = _clustered(region, _POINTS * len(degrees))
    source = known or _samples(region)
    weights = _corrected(source.scaled(points), first, degrees, source.moments(degrees))
    return Rule(points, weights, 0.0 if known else _SAMPLED)


def domain_rule(region: FloatRegion) -> Rule:
    """The rule for integrals over a domain in laws.

    `integration_rule` on boxes, Gauss nodes on strips in the plane, which functions of holes have
    small errors with as well, and `area_rule` elsewhere.
    """
    if isinstance(region, FloatBox):
        return integration_rule(region)
    if region.dimension == 2:
        with suppress(ArithmeticError):  # thinner than rounding somewhere
            return gauss_strip_rule(region)
    return area_rule(region, _DEGREES.get(region.dimension, 0))


def has_exact_rule(region: FloatRegion) -> bool:
    """Whether `domain_rule` is exact for polynomials, and not one of samples."""
    if isinstance(region, FloatBox) or region.dimension <= 2:
        return True
    if region.dimension != 3:
        return False
    surface = surface_rule(region, _CLOSED_NODES, samples=1)
    # The points that tell a cut piece miss a small cut; ∮ n dS is zero on a closed boundary alone.
    gap = np.linalg.norm(surface.weights @ surface.normals)
    return not surface.cut and bool(gap <= _CLOSED * surface.weights.sum())


def weights_on(region: FloatRegion, points: Array, degree: int) -> Array | None:
    """Weights of given points for ∫ f over a set, exact for polynomials of a total degree.

    Args:
        region: bounded, of dimension two or three.
        points: in the set and about equidistributed, shape (n, d), with n at least eight times
            the number of polynomials.
        degree: total degree.

    Returns:
        Shape (n,), of which some are negative; None where the moments are not known, in space with
        cut surfaces.
    """
    known = _boundary(region, degree)
    if known is None:
        return None
    degrees = _degrees(degree, region.dimension)
    equal = np.full(len(points), known.volume / len(points))
    return _corrected(known.scaled(points), equal, degrees, known.moments(degrees))


class _Boundary:
    """Nodes on a boundary, for moments on the box around them.

    Args:
        points: shape (m, d).
        flux: first component of the normal times the weight of each node, shape (m,).
        volume: of the set.
    """

    def __init__(self, points: Array, normals: Array, weights: Array) -> None:
        low, high = points.min(axis=0), points.max(axis=0)
        self.centre, self.half = (low + high) / 2, (high - low) / 2
        self.points, self.flux = points, weights * normals[:, 0]
        self.volume = float((points[:, 0] - self.centre[0]) @ self.flux)

    def scaled(self, points: Array) -> Array:
        """In [−1, 1]^d."""
        return np.asarray((points - self.centre) / self.half)

    def moments(self, degrees: NDArray[np.intp]) -> Array:
        """∫ Π T_{k_i} over the set for rows k of degrees, shape (p, d): (p,)."""
        places, n = self.scaled(self.points), int(degrees.max())
        first = _antiderivatives(places[:, 0], n)[degrees[:, 0]] * (self.flux * self.half[0])
        return np.asarray((first * _products(places[:, 1:], degrees[:, 1:])).sum(axis=1))


class _Samples:
    """Points that fill a set, for moments on the box around it.

    Args:
        box: that holds the set.
        points: equidistributed in the set, shape (m, d).
        volume: of the set.
    """

    def __init__(self, box: FloatBox, points: Array, volume: float) -> None:
        self._box, self._points, self._volume = box, points, volume

    def scaled(self, points: Array) -> Array:
        """In [−1, 1]^d."""
        half = np.asarray(self._box.lengths) / 2
        return np.asarray((points - np.asarray(self._box.centre)) / half)

    def moments(self, degrees: NDArray[np.intp]) -> Array:
        """∫ Π T_{k_i}, as of `_Boundary`."""
        values = _products(self.scaled(self._points), degrees)
        return np.asarray(values.mean(axis=1) * self._volume)


def _boundary(region: FloatRegion, degree: int) -> _Boundary | None:
    """With so many nodes that the highest moments no longer change; None where it is cut."""
    plane = region.dimension == 2
    if region.dimension not in (2, 3) or not has_exact_rule(region):
        return None
    most, nodes = (_MOST_NODES if plane else _MOST_OF_SURFACE), degree + _EXTRA
    before: Array | None = None
    while True:
        found = _Boundary(*_nodes(region, nodes))
        moments = found.moments(_degrees(degree, region.dimension))
        if before is not None and np.abs(moments - before).max() <= _ROUNDING * found.volume:
            return found
        if 2 * nodes > most:
            return found
        before, nodes = moments, 2 * nodes


def _nodes(region: FloatRegion, nodes: int) -> tuple[Array, Array, Array]:
    if region.dimension == 2:
        return boundary_rule(region, nodes)
    rule = surface_rule(region, nodes)
    return rule.points, rule.normals, rule.weights


def _samples(region: FloatRegion) -> _Samples:
    box = region.bounding_box
    tried = box.place(generic_points(_SAMPLES, region.dimension))
    inside = tried[region.contains(tried, 0.0)]
    return _Samples(box, inside, box.volume * len(inside) / len(tried))


def _clustered(region: FloatRegion, count: int) -> tuple[Array, Array]:
    """Points in a set, clustered like Chebyshev points of the box around it, and their shares."""
    box, tries = region.bounding_box, 2 * count
    while True:
        angles = np.pi * unit_points("sobol", tries, box.dimension, _SEED)
        points = box.place((1 - np.cos(angles)) / 2)
        inside = np.flatnonzero(region.contains(points, 0.0))[:count]
        if len(inside) == count or tries > _SAMPLES:
            shares = np.prod(np.sin(angles[inside]) * np.pi / 2, axis=1)
            return points[inside], shares * box.volume / tries
        tries *= 2


def _corrected(places: Array, first: Array, degrees: NDArray[np.intp], moments: Array) -> Array:
    """Weights with given moments that differ least from others, in shares of these: (n,)."""
    first = first * (moments[0] / first.sum())  # the first polynomial is 1
    roots = np.sqrt(first)
    values = _products(places, degrees)
    left, sizes, right = np.linalg.svd(values * roots, full_matrices=False)
    kept = sizes > _CUT * sizes[0]
    gaps = left[:, kept].T @ (moments - values @ first)
    return np.asarray(first + roots * (right[kept].T @ (gaps / sizes[kept])))


def _of_intervals(region: FloatRegion, degree: int) -> Rule:
    ends = np.sort(np.concatenate([own.points[:, 0] for own in region.boundary(1)]))
    parts = [gauss_legendre(FloatBox((low,), (high,)), degree // 2 + 1)
             for low, high in zip(ends[::2], ends[1::2], strict=True)]  # fmt: skip
    nodes, weights = ([getattr(p, name) for p in parts] for name in ("nodes", "weights"))
    return Rule(np.concatenate(nodes), np.concatenate(weights))


def _degrees(degree: int, dimension: int) -> NDArray[np.intp]:
    """Degrees in each variable of all products of a total degree, shape (p, d)."""
    every = product(range(degree + 1), repeat=dimension)
    return np.array([k for k in every if sum(k) <= degree])


def _products(places: Array, degrees: NDArray[np.intp]) -> Array:
    """Π T_{k_i} at points of [−1, 1]^d, shape (p, points)."""
    values = np.ones((len(degrees), len(places)))
    for axis, own in enumerate(degrees.T):
        values *= _chebyshev(places[:, axis], int(own.max()))[own]
    return values


def _chebyshev(x: Array, degree: int) -> Array:
    """T_0 … T_n, shape (n + 1, points)."""
    return np.asarray(np.polynomial.chebyshev.chebvander(x, degree).T, dtype=np.float64)


def _antiderivatives(x: Array, degree: int) -> Array:
    """∫ T_0 … ∫ T_n, shape (n + 1, points)."""
    values = _chebyshev(x, degree + 1)
    out = np.empty((degree + 1, len(x)))
    out[0] = values[1]
    if degree:
        out[1] = values[2] / 4
    k = np.arange(2, degree + 1)[:, None]
    out[2:] = values[3:] / (2 * (k + 1)) - values[1:-2] / (2 * (k - 1))
    return out
