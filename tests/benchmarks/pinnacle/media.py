"""References where the coefficient is a random field: elements are the cells of its table."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sps
from scipy.sparse.linalg import splu

from . import quads
from .shapes import inverted
from .truth import SPECS, Array, Truth, kept, over_time, relative


def heat_varying() -> Truth:
    """u_t = k Δu + f sin(πt) as (1/k) u_t = Δu + (f/k) sin(πt).

    u = Im(v e^{iπt}) + w, (iπM + K) v = F, where w decays from -Im(v): by 1e-9 and more after 1.5.
    """
    table = np.load(SPECS / "data" / "medium.npz")
    lines, k = table["x"], table["k"]
    cells = quads.grid(lines, lines)
    times = np.linspace(0.25, 5, 20)
    early = times < 1.6

    def solver(degree: int) -> tuple[quads.Space, Array]:
        space = quads.Space(cells, degree)
        at = _bilinear(lines, k, space.at_x, space.at_y)
        mass, stiff = space.mass(1 / at), sps.csc_array(space.stiffness())
        source = 200 * np.sin(np.pi * space.at_x) * np.sin(5 * np.pi * space.at_y)
        sides = np.unique(space.edges.nodes)
        free = np.setdiff1d(np.arange(space.size), sides)
        mass, stiff = (sps.csc_array(m)[free][:, free] for m in (mass, stiff))
        swing = splu(sps.csc_array(1j * np.pi * mass + stiff)).solve(
            space.load(source / at)[free] + 0j
        )
        start = mass @ -swing.imag
        u = np.zeros((len(times), space.size))
        u[:, free] = (swing * np.exp(1j * np.pi * times)[:, None]).imag
        u[np.ix_(early, free)] += inverted(mass, stiff, lambda _s: start, times[early], 10)
        return space, u

    def make() -> Truth:
        (coarse, u), (fine, v) = solver(2), solver(3)
        space, weights, values = fine.inside(v, 1)
        points, all_weights = over_time(space, weights, times)
        accuracy = relative(coarse.inside(u, 1)[2], values, weights)
        return Truth(points, all_weights, {"u": values.ravel()}, accuracy)

    return kept("heat_varying", make)


def _bilinear(lines: Array, k: Array, x: Array, y: Array) -> Array:
    count = len(lines) - 1
    i, j = (np.minimum((z * count).astype(int), count - 1) for z in (x, y))
    s, r = x * count - i, y * count - j
    return np.asarray(
        (1 - s) * ((1 - r) * k[i, j] + r * k[i, j + 1])
        + s * ((1 - r) * k[i + 1, j] + r * k[i + 1, j + 1])
    )


def wave_varying() -> Truth:
    """(1/c) u_tt = Δu, insulated; fourth order in time as in Dablain 1986, Geophysics 51."""
    c = np.load(SPECS / "data" / "cells.npz")["c"]
    lines = np.linspace(-1, 1, len(c) + 1)
    cells = quads.grid(lines, lines)
    times = np.linspace(0.5, 5, 10)

    def solver(degree: int) -> tuple[quads.Space, Array]:
        space = quads.Space(cells, degree)
        line = quads.lobatto(degree)[1] * (2 / len(c))
        lumps = np.outer(line, line).ravel() / c.reshape(-1, 1)
        mass = np.bincount(space.numbers.ravel(), lumps.ravel(), space.size)
        a = sps.csr_array(sps.diags_array(-1 / mass) @ space.stiffness())
        u = np.exp(-((space.x + 0.5) ** 2 + space.y**2) / 0.18)
        steps = int(np.ceil(times[0] * np.sqrt(_largest(a)) / 3))
        return space, _leaps(a, u, times[0] / steps, steps, len(times))

    def make() -> Truth:
        (coarse, u), (fine, v) = solver(4), solver(6)
        space, weights, values = fine.inside(v, 1)
        points, all_weights = over_time(space, weights, times)
        accuracy = relative(coarse.inside(u, 1)[2], values, weights)
        return Truth(points, all_weights, {"u": values.ravel()}, accuracy)

    return kept("wave_varying", make)


def _largest(a) -> float:
    v = np.random.default_rng(0).standard_normal(a.shape[0])
    for _ in range(60):
        v = a @ (v / np.linalg.norm(v))
    return 1.05 * float(np.linalg.norm(v))


def _leaps(a, u: Array, step: float, steps: int, count: int) -> Array:
    """u at every so many steps of u_tt = a u from rest."""
    slope = a @ u
    before, now = u, u + step**2 / 2 * slope + step**4 / 24 * (a @ slope)
    out = []
    for number in range(1, steps * count + 1):
        if number % steps == 0:
            out.append(now)
        slope = a @ now
        before, now = now, 2 * now - before + step**2 * slope + step**4 / 12 * (a @ slope)
    return np.array(out)
