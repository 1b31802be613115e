r"""Plane waves on a lattice, the Fourier basis of a box.

With n ∈ ℤ^d in a half space, k_i = 2π n_i/T_i and c the centre of the box,

.. math:: \frac1{\sqrt{|T|}},\quad \sqrt{\tfrac2{|T|}} \cos k·(x-c),\quad
          \sqrt{\tfrac2{|T|}} \sin k·(x-c),

where T_i is the period of a periodic axis, else ``extension`` times its length, and
:math:`|T| = \prod_i T_i`. The basis is orthonormal on the box with sides T. In one dimension on
(−π, π) it is the basis of De Ryck, Bonnet, Mishra and de Bezenac (arXiv 2310.05801).

The constant comes first, then pairs of cosine and sine by :math:`|n|_2`.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import pi, prod, sqrt

import numpy as np
import torch
from torch import Tensor

from pdedsl.models.inputs import Axis
from pdedsl.models.jets.activations import tower
from pdedsl.models.jets.multiindices import MultiIndex

from .basis import Frequencies, IndexSet
from .index_sets import Index, Limit, index_set


def half_lattice(dimension: int, modes: Limit, index: IndexSet) -> list[Index]:
    """The non-zero n of an index set whose first non-zero entry is positive, by |n|₂.

    Raises:
        MisfitError: the index set is too large.
    """
    lattice = index_set([True] * dimension, modes, index)
    half = [n for n in lattice if next((i for i in n if i), 0) > 0]
    return sorted(half, key=lambda n: (sum(i * i for i in n), tuple(-i for i in n)))


def periods(axes: Sequence[Axis], extension: float) -> list[float]:
    """T_i: the period of each axis, or its length times the extension."""
    return [
        extension * (axis.upper - axis.lower) if axis.period is None else axis.period
        for axis in axes
    ]


def wave_vectors(lattice: Sequence[Index], axes: Sequence[Axis], extension: float) -> Frequencies:
    """The wave vector k of each lattice vector, shape (m, d)."""
    scale = 2 * pi / np.array(periods(axes, extension))
    return np.array(lattice, dtype=np.float64).reshape(-1, len(axes)) * scale


def waves(
    points: Tensor, axes: Sequence[Axis], vectors: Frequencies, indices: Sequence[MultiIndex]
) -> Tensor:
    """Derivatives of cos k·(x − c) and sin k·(x − c), c being the centre of the axes.

    They are for points of shape (n, d) and k of shape (m, d). The result has the shape
    (len(indices), n, m, 2), cosine and sine along the last axis.
    """
    centre = points.new_tensor([(axis.lower + axis.upper) / 2 for axis in axes])
    k = torch.as_tensor(vectors, dtype=points.dtype, device=points.device)
    highest = max(sum(alpha) for alpha in indices)
    cycle = tower("sin")((points - centre) @ k.T, min(highest, 3) + 1)
    out = []
    for alpha in indices:
        factor = torch.as_tensor(
            np.prod(vectors**alpha, axis=1), dtype=points.dtype, device=points.device
        )
        order = sum(alpha) % 4
        pair = torch.stack((cycle[(order + 1) % 4], cycle[order]), dim=-1)
        out.append(factor[:, None] * pair)
    return torch.stack(out)


def half_height(axis: Axis, rho: float) -> float:
    """The imaginary half axis (b − a)(ρ − 1/ρ)/4 of the ellipse of ρ around the axis [a, b]."""
    return (axis.upper - axis.lower) * (rho - 1 / rho) / 4


class PlaneWaves:
    """The basis; see the module docstring, and `BasisOptions` for the arguments."""

    def __init__(
        self, axes: tuple[Axis, ...], modes: Limit, index: IndexSet, extension: float = 1.0
    ) -> None:
        self.axes = axes
        lattice = half_lattice(len(axes), modes, index)
        self.vectors = wave_vectors(lattice, axes, extension)
        self._volume = prod(periods(axes, extension))
        self.size = 1 + 2 * len(lattice)
        zero = np.zeros((1, len(axes)))
        self.frequencies: Frequencies | None = np.concatenate(
            (zero, np.repeat(self.vectors, 2, axis=0))
        )
        self.phases = ("1", *("cos", "sin") * len(lattice))
        self.labels = ("1", *(f"{f}({_phase(n)})" for n in lattice for f in ("cos", "sin")))
        self.diagonalises = extension == 1 or all(axis.period is not None for axis in axes)

    def derivatives(self, points: Tensor, indices: Sequence[MultiIndex]) -> Tensor:
        """See `Basis.derivatives`."""
        pairs = waves(points, self.axes, self.vectors, indices).flatten(2)
        constant = pairs.new_zeros((len(indices), len(points), 1))
        for row, alpha in zip(constant, indices, strict=True):
            if not any(alpha):
                row += 1 / sqrt(self._volume)
        return torch.cat((constant, sqrt(2 / self._volume) * pairs), dim=2)

    def majorants(self, indices: Sequence[MultiIndex], rhos: Sequence[float]) -> Tensor:
        """See `AnalyticBasis.majorants`: |k^α| cosh Σ |k_i| y_i, with the half heights y."""
        assert self.frequencies is not None
        k = np.abs(self.frequencies)
        heights = [half_height(axis, rho) for axis, rho in zip(self.axes, rhos, strict=True)]
        with np.errstate(over="ignore"):
            size = sqrt(2 / self._volume) * np.cosh(k @ np.array(heights))
        return torch.from_numpy(np.stack([size * np.prod(k**alpha, axis=1) for alpha in indices]))


def _phase(n: Index) -> str:
    """Σ n_i ξ_i as text."""
    terms = []
    for axis, count in enumerate(n, start=1):
        if count:
            sign = "-" if count < 0 else "+"
            number = "" if abs(count) == 1 else str(abs(count))
            terms.append(f"{sign} {number}ξ{axis}")
    text = " ".join(terms).removeprefix("+ ")
    return f"-{text[2:]}" if text.startswith("- ") else text
