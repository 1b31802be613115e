r"""Random directions for sums of second derivatives, S = Σ_i c_i ∂²u/∂x_i² over m axes.

``hutchinson`` takes k directions v_j = Σ_i ±√c_i e_i with independent signs (Hutchinson, Commun.
Statist. Simula. 18, 1989), ``sparse`` takes k of the m axes without replacement, in directions
v_j = √(m c_i) e_i (the stochastic Taylor derivative estimator of Shi, Hu, Lin and Kawaguchi,
NeurIPS 2024). In both cases, with H = ∇²u,

.. math:: \hat S = \frac1k \sum_j v_j^T H v_j, \qquad E[\hat S] = S.

Where c has both signs, the axes with c > 0 and those with c < 0 are strata: each has directions
of its own, with |c| in place of c, and the sum of the second gets a minus. A stratum with as many
directions as axes is exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Literal
from zlib import crc32

import numpy as np
import torch
from torch import Tensor

from pdedsl.models import JetTable, jet_table
from pdedsl.models.jets.multiindices import MultiIndex

_BATCH = 2**22


@dataclass(frozen=True)
class Stratum:
    """Axes whose coefficients have the same sign.

    Args:
        kind: how its directions are drawn.
        axes: the axes.
        weights: |c_i| of each.
        sign: that of the c_i.
        count: number of directions, at most that of the axes.
    """

    kind: Literal["hutchinson", "sparse"]
    axes: tuple[int, ...]
    weights: tuple[float, ...]
    sign: int
    count: int

    @property
    def exact(self) -> bool:
        """Whether every axis is seen, so that the sum has no variance."""
        return self.count == len(self.axes)

    def draw(self, n: int, generator: np.random.Generator) -> Tensor:
        """For n points the signs, shape (n, count, axes), or which of the axes, (n, count)."""
        m = len(self.axes)
        if self.kind == "hutchinson":
            signs = generator.integers(0, 2, (n, self.count, m), dtype=np.int8)
            return torch.from_numpy(2 * signs - 1)
        if self.exact:
            return torch.arange(m).repeat(n, 1)
        out, step = np.empty((n, self.count), dtype=np.int64), max(1, _BATCH // m)
        for start in range(0, n, step):
            keys = generator.random((min(step, n - start), m))
            order = keys.argpartition(self.count - 1, axis=1)
            out[start : start + step] = order[:, : self.count]
        return torch.from_numpy(out)

    def fill(self, out: Tensor, drawn: Tensor) -> None:
        """Write v_j/√k into ``out`` of shape (n, count, inputs), which is zero."""
        axes = torch.tensor(self.axes, device=out.device)
        size = len(axes) if self.kind == "sparse" else 1
        scale = out.new_tensor([sqrt(size * w / self.count) for w in self.weights])
        if self.kind == "sparse":
            out.scatter_(2, axes[drawn].unsqueeze(2), scale[drawn].unsqueeze(2))
        else:
            out[:, :, axes] = scale * drawn


@dataclass(frozen=True)
class Estimate:
    """How the sum at a site is estimated: a jet along random directions and some axes.

    Args:
        inputs: number of arguments of the site.
        strata: the parts of the sum; their directions come first.
        axes: axes whose derivatives are needed one by one; they come after, and are exact.
        needed: the multi-indices that are needed one by one, in all arguments.
        exact: the table of the jet without estimate.
    """

    inputs: int
    strata: tuple[Stratum, ...]
    axes: tuple[int, ...]
    needed: frozenset[MultiIndex]
    exact: JetTable

    @property
    def directions(self) -> int:
        """k, of all strata."""
        return sum(stratum.count for stratum in self.strata)

    @property
    def table(self) -> JetTable:
        """The table of the jet in the parameters of the directions and axes."""
        signs = [stratum.sign for stratum in self.strata for _ in range(stratum.count)]
        terms = tuple((index, float(s)) for index, s in zip(self._second(), signs, strict=True))
        size = self.directions + len(self.axes)
        return jet_table(size, frozenset(map(self.index, self.needed)), (terms,))

    @property
    def samples(self) -> tuple[JetTable, tuple[MultiIndex, ...]]:
        """A table with the second derivative along each direction, and their indices."""
        second = tuple(index[: self.directions] for index in self._second())
        return jet_table(self.directions, frozenset(second)), second

    def _second(self) -> tuple[MultiIndex, ...]:
        k, size = self.directions, self.directions + len(self.axes)
        return tuple(tuple(2 * (i == j) for i in range(size)) for j in range(k))

    def index(self, index: MultiIndex) -> MultiIndex:
        """A multi-index in the arguments as one in the parameters of the lines."""
        return (0,) * self.directions + tuple(index[axis] for axis in self.axes)

    def draw(self, n: int, seed: int, name: str) -> tuple[Tensor, ...]:
        """What the directions at n points are made of; the same seed and name, the same."""
        state = np.random.SeedSequence((abs(seed), crc32(f"directions {name}".encode())))
        generator = np.random.default_rng(state)
        return tuple(stratum.draw(n, generator) for stratum in self.strata)

    def lines(self, drawn: tuple[Tensor, ...], like: Tensor) -> Tensor:
        """Directions, those of the axes last: (n, directions + axes, inputs), as ``like``."""
        n, size = len(drawn[0]), self.directions + len(self.axes)
        out = like.new_zeros((n, size, self.inputs))
        start = 0
        for stratum, part in zip(self.strata, drawn, strict=True):
            stratum.fill(out[:, start : start + stratum.count], part)
            start += stratum.count
        for row, axis in enumerate(self.axes, start=start):
            out[:, row, axis] = 1
        return out
