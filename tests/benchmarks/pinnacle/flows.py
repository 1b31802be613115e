"""References of flows by elements of Taylor and Hood: velocities of degree N, pressures N - 1."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy.sparse as sps
from scipy.sparse.linalg import splu

from . import quads
from .shapes import graded
from .truth import Array, Truth, kept, relative

VISCOSITY = 0.01


class Flow:
    """Unknowns (v₁, v₂, p) on quadrilaterals, for ν(∇v, ∇φ) + (v·∇v, φ) - (p, div φ), (q, div v).

    Where nothing is given on a side it bears no stress: ν ∂v/∂n = p n.
    """

    def __init__(self, cells: Sequence[quads.Quad], degree: int) -> None:
        """Of a degree of the velocities."""
        self.v = quads.Space(cells, degree)
        self.p = quads.Space(cells, degree - 1, degree + 2)
        self.size = 2 * self.v.size + self.p.size
        stiff = self.v.stiffness(VISCOSITY)
        bx, by = (self.v.matrix(self.p.basis[None], d, 1.0, self.p) for d in (self.v.dx, self.v.dy))
        self.stokes = sps.block_array(
            [[stiff, None, -bx.T], [None, stiff, -by.T], [-bx, -by, None]], format="csr"
        )

    def parts(self, z: Array) -> tuple[Array, Array, Array]:
        """v₁, v₂ and p of a vector."""
        n = self.v.size
        return z[:n], z[n : 2 * n], z[2 * n :]

    def wind(self, z: Array) -> tuple[Array, sps.csr_array]:
        """(v·∇v, φ) and its derivative."""
        space = self.v
        u, w = (part[space.numbers] for part in self.parts(z)[:2])
        basis = space.basis
        values = [part @ basis.T for part in (u, w)]
        slopes = [
            [np.einsum("eqi,ei->eq", d, part) for d in (space.dx, space.dy)] for part in (u, w)
        ]
        load = [space.load(values[0] * s[0] + values[1] * s[1]) for s in slopes]
        along = space.dx * values[0][..., None] + space.dy * values[1][..., None]
        carry = space.matrix(basis[None], along, 1.0)
        blocks = [[space.mass(slopes[i][j]) for j in (0, 1)] for i in (0, 1)]
        zero = sps.csr_array((self.p.size, self.p.size))
        matrix = sps.block_array(
            [[blocks[0][0] + carry, blocks[0][1], None], [blocks[1][0], blocks[1][1] + carry, None],
             [None, None, zero]], format="csr",
        )  # fmt: skip
        return np.concatenate([*load, np.zeros(self.p.size)]), matrix

    def given(self, edges: quads.Edges, pin: bool) -> Array:
        """Whether an unknown is given: velocities on sides, and one pressure."""
        where = np.zeros(self.size, bool)
        nodes = np.unique(edges.nodes)
        where[nodes] = where[self.v.size + nodes] = True
        if pin:
            where[2 * self.v.size + np.argmin(self.p.x + self.p.y)] = True
        return where

    def steady(self, start: Array, where: Array) -> Array:
        """Newton's steps from a vector that has the given values."""
        z, free = start.copy(), ~where
        for number in range(20):
            wind, slope = self.wind(z)
            left = (self.stokes @ z + wind)[free]
            matrix = sps.csc_array(sps.csr_array(self.stokes + slope)[free][:, free])
            step = splu(matrix).solve(left)
            z[free] -= step
            if number and abs(step).max() < 1e-10:
                return z
        raise ArithmeticError("no steady flow was found")

    def inside(self, z: Array, count: int) -> tuple[Array, Array, dict[str, Array]]:
        """Points, weights and the fields there."""
        parts = self.parts(z)
        points, weights, v1 = self.v.inside(parts[0], count)
        v2, p = self.v.inside(parts[1], count)[2], self.p.inside(parts[2], count)[2]
        return points, weights, {"v[1]": v1, "v[2]": v2, "p": p}


def _compared(coarse: tuple[Flow, Array], fine: tuple[Flow, Array], count: int) -> Truth:
    other = coarse[0].inside(coarse[1], count)[2]
    points, weights, values = fine[0].inside(fine[1], count)
    apart = relative(np.array(list(other.values())), np.array(list(values.values())), weights)
    return Truth(points, weights, values, apart)


def cavity_parabolic() -> Truth:
    """Elements come closer to the corners, where the vorticity jumps."""
    lines = graded([0.0, 1.0], 6, 0.4)

    def solver(degree: int) -> tuple[Flow, Array]:
        flow = Flow(quads.grid(lines, lines), degree)
        start = np.zeros(flow.size)
        x, lid = flow.v.x, flow.v.y > 1 - 1e-9
        start[: flow.v.size] = np.where(lid, 4 * x * (1 - x), 0.0)
        return flow, flow.steady(start, flow.given(flow.v.edges, True))

    return kept("cavity_parabolic", lambda: _compared(solver(5), solver(7), 4))


def back_step() -> Truth:
    """Elements come closer to the inner corner, where the stress is unbounded."""
    near = [0.6, 0.3, 0.15, 0.07, 0.03, 0.012, 0.004]
    x = np.array([0, 0.4, 0.9, *(2 - np.array(near)), 2, *(2 + np.array(near[::-1])), 3.1, 3.6, 4])
    y = np.array([0, 0.12, *(1 - np.array(near)), 1, *(1 + np.array(near[::-1])), 1.88, 2])
    cells = [
        cell for i in range(len(x) - 1) for j in range(len(y) - 1)
        if x[i] > 1.99999 or y[j] < 0.99999
        for cell in quads.cell((x[i], x[i + 1]), (y[j], y[j + 1]))
    ]  # fmt: skip

    def solver(degree: int) -> tuple[Flow, Array]:
        flow = Flow(cells, degree)
        start = np.zeros(flow.size)
        inlet = flow.v.x < 1e-9
        start[: flow.v.size] = np.where(inlet, 4 * flow.v.y * (1 - flow.v.y), 0.0)
        walls = flow.v.edges.chosen(lambda a, _b: a < 4 - 1e-9)
        ends = flow.v.edges
        # A side that ends at the outlet belongs to a wall where it is level.
        level = np.ptp(ends.y, axis=1) < 1e-9
        where = flow.given(quads.Edges(*(part[level] for part in vars(ends).values())), False)
        return flow, flow.steady(start, where | flow.given(walls, False))

    return kept("back_step", lambda: _compared(solver(4), solver(6), 3))
