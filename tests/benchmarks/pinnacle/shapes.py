"""References on shapes and for jumps, by spectral elements of two degrees."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
import scipy.sparse as sps
from scipy.sparse.linalg import splu

from . import quads
from .truth import Array, Truth, kept, numbers, over_time, relative

Solver = Callable[[int], tuple[quads.Space, Array]]


def _two(solver: Solver, degrees: tuple[int, int], count: int) -> Truth:
    """The finer of two solutions at count² points an element, and how far the coarser is."""
    (coarse, u), (fine, v) = (solver(degree) for degree in degrees)
    points, weights, values = fine.inside(v, count)
    accuracy = relative(coarse.inside(u, count)[2], values, weights)
    return Truth(points, weights, {"u": values}, accuracy)


def poisson_four_discs() -> Truth:
    """Laplace between 1 and 0."""
    holes = [(0.3 * i, 0.3 * j, 0.1) for i in (-1, 1) for j in (-1, 1)]
    cells = quads.refined(quads.grid([-0.5, 0, 0.5], [-0.5, 0, 0.5], holes), 3)

    def solver(degree: int) -> tuple[quads.Space, Array]:
        space = quads.Space(cells, degree)
        outer = np.maximum(abs(space.x), abs(space.y)) > 0.5 - 1e-9
        where = _on_holes(space, holes) | outer
        zero = np.zeros(space.size)
        return space, quads.fixed(space.stiffness(), zero, outer * 1.0, where)

    return kept("poisson_four_discs", lambda: _two(solver, (12, 16), 6))


def _on_holes(space: quads.Space, holes: Sequence[quads.Hole]) -> Array:
    near = [abs(np.hypot(space.x - a, space.y - b) - radius) < 1e-9 for a, b, radius in holes]
    return np.any(near, axis=0)


def poisson_boltzmann() -> Truth:
    """−Δu + 64 u = f, four holes of four sizes."""
    holes = [(0.5, 0.5, 0.2), (0.4, -0.4, 0.4), (-0.2, -0.7, 0.1), (-0.6, 0.5, 0.3)]
    cells = quads.refined(quads.grid([-1, -0.05, 1], [-1, 0.1, 1], holes), 4)

    def solver(degree: int) -> tuple[quads.Space, Array]:
        space = quads.Space(cells, degree)
        x, y = space.at_x, space.at_y
        source = 10 * (17 + x**2 + y**2) * np.sin(np.pi * x) * np.sin(4 * np.pi * y)
        discs = _on_holes(space, holes)
        where = discs | (np.maximum(abs(space.x), abs(space.y)) > 1 - 1e-9)
        matrix = space.stiffness() + space.mass(64.0)
        return space, quads.fixed(matrix, space.load(source), np.where(discs, 1.0, 0.2), where)

    return kept("poisson_boltzmann", lambda: _two(solver, (12, 16), 6))


def graded(lines: Sequence[float], layers: int, ratio: float = 0.15) -> Array:
    """Lines that come closer to the given ones, by a ratio."""
    steps = ratio ** np.arange(layers, 0, -1) / 2
    unit = np.r_[0, steps, 0.5, 1 - steps[::-1]]
    parts = [a + (b - a) * unit for a, b in pairwise(lines)]
    return np.r_[np.concatenate(parts), lines[-1]]


def poisson_areas() -> Truth:
    """25 conductivities; elements come closer to the corners where four of them meet."""
    lines = [-10.0, -6, -2, 2, 6, 10]
    conductivity, mean, wave = (numbers("poisson_areas", name) for name in "KMW")

    def solver(layers: int, degree: int) -> tuple[quads.Space, Array]:
        own = graded(lines, layers)
        space = quads.Space(quads.grid(own, own), degree)
        i, j = (np.searchsorted(lines, z[:, :1]) - 1 for z in (space.at_x, space.at_y))
        bumps = abs(np.sin(np.pi * (space.at_x + 10) / 4) * np.sin(np.pi * (space.at_y + 10) / 4))
        load = space.load(mean[i, j] + wave[i, j] * bumps)
        edges = space.edges
        a, b = (np.searchsorted(lines, z.mean(axis=1)) - 1 for z in (edges.x, edges.y))
        # A side of the square lies on the first or the last line.
        outer = conductivity[np.clip(a, 0, 4), np.clip(b, 0, 4)]
        matrix = space.stiffness(conductivity[i, j])
        matrix = sps.csc_array(matrix + sps.diags_array(space.on(edges, outer[:, None])))
        return space, splu(matrix).solve(load)

    def make() -> Truth:
        fine, v = solver(5, 6)
        coarse, u = solver(5, 4)
        points, weights, values = fine.inside(v, 2)
        accuracy = relative(coarse.inside(u, 2)[2], values, weights)
        return Truth(points, weights, {"u": values}, accuracy)

    return kept("poisson_areas", make)


def heat_holes() -> Truth:
    """Seventeen holes; the Laplace transform is inverted along a contour."""
    big = [(x, y) for x in (-4, 4) for y in (-9, -3, 3, 9)] + [(0, y) for y in (-6, 0, 6)]
    small = [(x, y) for x in (-3.2, 3.2) for y in (-6, 0, 6)]
    holes = [(x, y, 1.0) for x, y in big] + [(x, y, 0.4) for x, y in small]
    rows = [-12, -7.5, -4.5, -1.5, 1.5, 4.5, 7.5, 12]
    cells = quads.refined(quads.grid([-8, -5.5, -2, 2, 5.5, 8], rows, holes), 2)
    times = np.linspace(0.3, 3, 10)

    def solver(degree: int) -> tuple[quads.Space, Array]:
        space = quads.Space(cells, degree)
        x, y = space.edges.x, space.edges.y
        near = [np.hypot(x - a, y - b) < radius + 1e-9 for a, b, radius in holes]
        outside = np.where(np.any(near[: len(big)], axis=0), 5.0, 0.1)
        outside = np.where(np.any(near[len(big) :], axis=0), 1.0, outside)
        stiff = space.stiffness() + sps.diags_array(space.on(space.edges))
        load = space.on(space.edges, outside)
        return space, inverted(space.mass(), stiff, lambda s: load / s, times, 16)

    def make() -> Truth:
        (coarse, u), (fine, v) = solver(6), solver(9)
        space, weights, values = fine.inside(v, 2)
        points, all_weights = over_time(space, weights, times)
        accuracy = relative(coarse.inside(u, 2)[2], values, weights)
        return Truth(points, all_weights, {"u": values.ravel()}, accuracy)

    return kept("heat_holes", make)


def inverted(mass, stiff, load: Callable[[complex], Array], times: Array, count: int) -> Array:
    """u(t) of M u' + K u = f from the transform (s M + K) U = load(s), real and parabolic.

    Talbot's contour in the form of Trefethen, Weideman and Schmelzer 2006, BIT 46: errors fall like
    3.89^{-count}.
    """
    theta = np.pi * (np.arange(count // 2) * 2 + 1) / count
    out = []
    for t in times:
        total = np.zeros(mass.shape[0])
        for angle in theta:
            turn = 0.6407 * angle
            z = count * (0.5017 * angle / np.tan(turn) - 0.6122 + 0.2645j * angle)
            slope = count * (0.5017 / np.tan(turn) - 0.5017 * turn / np.sin(turn) ** 2 + 0.2645j)
            s = z / t
            found = splu(sps.csc_array(s * mass + stiff)).solve(load(s) + 0j)
            total += 2 * (np.exp(z) * slope / (1j * count * t) * found).real
        out.append(total)
    return np.array(out)
