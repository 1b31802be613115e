"""References on shapes and for jumps, by spectral elements of two degrees."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np

from . import quads
from .truth import Array, Truth, kept, relative

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
