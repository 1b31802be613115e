"""Run as ``python -m tests.benchmarks.pinnacle.fields``: the random data of ``specs/pinnacle``.

The published fields are random ones; these are drawn anew, with a seed, and are smaller.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.conftest import ROOT

SEED = 20230612
DATA = Path(ROOT) / "specs" / "pinnacle" / "data"
NODES = 65
"""Along an axis of the diffusivity, which is bilinear between them."""
CELLS = 64
"""Along an axis of the speed of waves, constant on each."""
NOISE = 0.1
Array = NDArray[np.float64]


def main() -> None:
    """Write all of them."""
    DATA.mkdir(exist_ok=True)
    made = [np.random.default_rng([SEED, number]) for number in range(5)]
    nodes = np.linspace(0, 1, NODES)
    np.savez_compressed(DATA / "medium.npz", x=nodes, y=nodes, k=np.exp(rough(NODES, made[0])))
    middles = (np.arange(CELLS) + 0.5) * 2 / CELLS - 1
    field = np.where(rough(CELLS, made[1]) > 0, 12.0, 1.0)
    np.savez_compressed(DATA / "cells.npz", x=middles, y=middles, c=field)
    grid = np.linspace(0, 1, 50)
    x, y = (a.ravel() for a in np.meshgrid(grid, grid, indexing="ij"))
    values = np.sin(np.pi * x) * np.sin(np.pi * y) + NOISE * made[3].standard_normal(x.size)
    _write("poisson_inverse", "x,y,value", np.column_stack([x, y, values]), "%.6g")
    x, y, t = made[4].uniform([[-1], [-1], [0]], [[1], [1], [1]], (3, 2500))
    values = np.exp(-t) * np.sin(np.pi * x) * np.sin(np.pi * y)
    values += NOISE * made[4].standard_normal(x.size)
    _write("heat_inverse", "x,y,t,value", np.column_stack([x, y, t, values]), "%.6g")


def rough(size: int, random: np.random.Generator) -> Array:
    """Gaussian field on the torus, modes of variance 1/|k|⁴, of mean 0 and deviation 1."""
    k = np.fft.fftfreq(size, 1 / size)
    square = k[:, None] ** 2 + k**2
    square[0, 0] = np.inf
    noise = random.standard_normal((2, size, size))
    field = np.fft.ifft2((noise[0] + 1j * noise[1]) / square).real
    return np.asarray((field - field.mean()) / field.std())


def _write(name: str, header: str, table: Array, form: str) -> None:
    np.savetxt(DATA / f"{name}.csv", table, fmt=form, delimiter=",", header=header, comments="")


if __name__ == "__main__":
    main()
