"""Spectral elements on curved quadrilaterals: references on shapes and for jumps.

Lagrange polynomials of degree N on Gauss-Lobatto nodes, geometry of the same degree with its
nodes on the curves, integrals by Gauss rules of N + 2 nodes (Karniadakis and Sherwin 2005,
chapter 4). Errors fall exponentially with N where solutions are smooth on each element.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy.sparse as sps
from numpy.polynomial import legendre
from scipy.sparse.linalg import spsolve

from .truth import Array

Quad = Callable[[Array, Array], tuple[Array, Array]]
"""Map of the unit square."""
Rows = tuple[Array, Array]
Hole = tuple[float, float, float]
"""Centre and radius."""


def lobatto(degree: int) -> Rows:
    """Nodes and weights of Gauss-Lobatto on [0, 1]."""
    last = np.zeros(degree + 1)
    last[-1] = 1
    nodes = np.r_[-1, legendre.legroots(legendre.legder(last)), 1]
    weights = 2 / (degree * (degree + 1) * legendre.legval(nodes, last) ** 2)
    return (nodes + 1) / 2, weights / 2


def gauss(count: int) -> Rows:
    """Nodes and weights of Gauss on [0, 1]."""
    nodes, weights = legendre.leggauss(count)
    return (nodes + 1) / 2, weights / 2


def lagrange(nodes: Array, at: Array) -> Rows:
    """Values and slopes at points of the polynomials that are 1 at one node and 0 at the others."""
    degree = len(nodes) - 1
    inverse = np.linalg.inv(legendre.legvander(2 * nodes - 1, degree))
    slopes = np.column_stack(
        [legendre.legval(2 * at - 1, legendre.legder(row)) for row in np.eye(degree + 1)]
    )
    return legendre.legvander(2 * at - 1, degree) @ inverse, 2 * slopes @ inverse


def cell(x: tuple[float, float], y: tuple[float, float], hole: Hole | None = None) -> list[Quad]:
    """A rectangle, or the four parts around a hole of it, blended from arc to side."""
    if hole is None:
        return [lambda s, r: (x[0] + (x[1] - x[0]) * s, y[0] + (y[1] - y[0]) * r)]
    corners = [(x[0], y[0]), (x[1], y[0]), (x[1], y[1]), (x[0], y[1])]
    return [_beside(corners[i], corners[(i + 1) % 4], hole) for i in range(4)]


def _beside(a: tuple[float, float], b: tuple[float, float], hole: Hole) -> Quad:
    cx, cy, radius = hole
    begin = np.arctan2(a[1] - cy, a[0] - cx)
    angle = (np.arctan2(b[1] - cy, b[0] - cx) - begin) % (2 * np.pi)

    def quad(s: Array, r: Array) -> tuple[Array, Array]:
        turn = begin + angle * s
        # Layers are thinner next to the hole, in the ratio of a polar mesh.
        return (
            (1 - r) * (cx + radius * np.cos(turn)) + r * (a[0] + (b[0] - a[0]) * s),
            (1 - r) * (cy + radius * np.sin(turn)) + r * (a[1] + (b[1] - a[1]) * s),
        )

    return quad


def grid(x: Sequence[float], y: Sequence[float], holes: Sequence[Hole] = ()) -> list[Quad]:
    """The cells between lines, each with at most one of the holes."""
    out: list[Quad] = []
    for i in range(len(x) - 1):
        for j in range(len(y) - 1):
            own = [h for h in holes if x[i] < h[0] < x[i + 1] and y[j] < h[1] < y[j + 1]]
            assert len(own) < 2
            out += cell((x[i], x[i + 1]), (y[j], y[j + 1]), own[0] if own else None)
    return out


def refined(quads: Sequence[Quad], parts: int) -> list[Quad]:
    """Each in parts² equal ones."""

    def part(quad: Quad, i: int, j: int) -> Quad:
        return lambda s, r: quad((s + i) / parts, (r + j) / parts)

    return [part(q, i, j) for q in quads for i in range(parts) for j in range(parts)]


@dataclass(frozen=True)
class Edges:
    """Sides of elements on the boundary: indices of nodes, weights, coordinates, normals."""

    nodes: Array
    weights: Array
    x: Array
    y: Array

    def chosen(self, where: Callable[[Array, Array], Array]) -> Edges:
        """Those all of whose nodes are where a condition holds."""
        kept = where(self.x, self.y).all(axis=1)
        return Edges(self.nodes[kept], self.weights[kept], self.x[kept], self.y[kept])


class Space:
    """Continuous functions of degree N on quadrilaterals."""

    def __init__(self, quads: Sequence[Quad], degree: int, rule: int | None = None) -> None:
        """Of a degree, with a rule of so many nodes along an axis."""
        self.degree = degree
        self._line = lobatto(degree)[0]
        s, r = (a.ravel() for a in np.meshgrid(self._line, self._line, indexing="ij"))
        at = [quad(s, r) for quad in quads]
        self._nodes = np.array([np.broadcast_arrays(*pair) for pair in at])
        flat = np.round(np.moveaxis(self._nodes, 1, 2).reshape(-1, 2), 9) + 0.0
        _, first, own = np.unique(flat, axis=0, return_index=True, return_inverse=True)
        self.numbers = own.reshape(len(quads), -1)
        self.x, self.y = np.moveaxis(self._nodes, 1, 2).reshape(-1, 2)[first].T
        self.size = len(first)
        rule_s, weights = gauss(rule or degree + 2)
        values, slopes = lagrange(self._line, rule_s)
        self.basis = np.kron(values, values)
        along, across = np.kron(slopes, values), np.kron(values, slopes)
        (xs, ys), (xr, yr) = ((self._nodes @ d.T).swapaxes(0, 1) for d in (along, across))
        jacobian = xs * yr - xr * ys
        assert (np.abs(np.sign(jacobian).sum(axis=1)) == jacobian.shape[1]).all()
        self.weights = np.abs(jacobian) * np.outer(weights, weights).ravel()
        self.dx = (yr / jacobian)[..., None] * along - (ys / jacobian)[..., None] * across
        self.dy = (xs / jacobian)[..., None] * across - (xr / jacobian)[..., None] * along
        self.at_x, self.at_y = (self._nodes @ self.basis.T).swapaxes(0, 1)

    def matrix(self, left: Array, right: Array, factor: Array | float, rows: Space | None = None):
        """∫ factor·left·right over all elements; rows of another space on the same elements."""
        scaled = right * (self.weights * factor)[..., None]
        local = np.matmul(left.swapaxes(-1, -2), scaled)
        tests = (rows or self).numbers
        i = np.broadcast_to(tests[:, :, None], local.shape)
        j = np.broadcast_to(self.numbers[:, None, :], local.shape)
        shape = ((rows or self).size, self.size)
        return sps.csr_array((local.ravel(), (i.ravel(), j.ravel())), shape=shape)

    def stiffness(self, factor: Array | float = 1.0):
        """∫ factor ∇u·∇v."""
        return self.matrix(self.dx, self.dx, factor) + self.matrix(self.dy, self.dy, factor)

    def mass(self, factor: Array | float = 1.0):
        """∫ factor u v."""
        return self.matrix(self.basis[None], self.basis[None], factor)

    def load(self, factor: Array | float) -> Array:
        """∫ factor v."""
        local = (self.weights * factor) @ self.basis
        return np.bincount(self.numbers.ravel(), local.ravel(), self.size)

    @cached_property
    def edges(self) -> Edges:
        """Sides that belong to one element."""
        n = self.degree + 1
        index = np.arange(n * n).reshape(n, n)
        sides = np.stack([index[0], index[-1], index[:, 0], index[:, -1]])
        nodes = self.numbers[:, sides].reshape(-1, n)
        ends = np.sort(nodes[:, [0, -1]], axis=1)
        _, own, counts = np.unique(ends, axis=0, return_inverse=True, return_counts=True)
        nodes = nodes[counts[own.ravel()] == 1]
        slopes = lagrange(self._line, self._line)[1]
        x, y = self.x[nodes], self.y[nodes]
        return Edges(nodes, np.hypot(x @ slopes.T, y @ slopes.T) * lobatto(self.degree)[1], x, y)

    def on(self, edges: Edges, factor: Array | float = 1.0) -> Array:
        """∫ factor v over sides by the rule of the nodes: the diagonal of ∫ factor u v, too."""
        return np.bincount(edges.nodes.ravel(), (edges.weights * factor).ravel(), self.size)

    def inside(self, u: Array, count: int) -> tuple[Array, Array, Array]:
        """Points inside of each element, count by count, weights of a rule there, and values."""
        s, weights = gauss(count)
        values, slopes = lagrange(self._line, s)
        basis = np.kron(values, values)
        x, y = (self._nodes @ basis.T).swapaxes(0, 1)
        (xs, ys), (xr, yr) = (
            (self._nodes @ d.T).swapaxes(0, 1)
            for d in (np.kron(slopes, values), np.kron(values, slopes))
        )
        weight = np.abs(xs * yr - xr * ys) * np.outer(weights, weights).ravel()
        found = u[..., self.numbers] @ basis.T
        points = np.column_stack([x.ravel(), y.ravel()])
        return points, weight.ravel(), found.reshape(*u.shape[:-1], -1)


def fixed(matrix, load: Array, given: Array, where: Array) -> Array:
    """Solve with values given at some nodes."""
    free = ~where
    u = np.where(where, given, 0.0)
    kept_rows = sps.csc_array(matrix)[free]
    u[free] = spsolve(sps.csc_array(kept_rows[:, free]), (load - matrix @ u)[free])
    return u
