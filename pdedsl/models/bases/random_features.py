r"""Random features: ridge functions with fixed random directions.

On axes scaled to ξ ∈ [−1, 1]^d, with b_j ~ N(0, σ²)^d and m functions,

- ``random_fourier``: :math:`\sqrt{2/m} \cos(b_j·ξ + c_j)`, c_j uniform in [0, 2π)
  (Rahimi and Recht, NeurIPS 2007);
- ``random_tanh``: :math:`\tanh(b_j·ξ + c_j)/\sqrt m`, c_j ~ N(0, σ²), the extreme learning
  machine (Dwivedi and Srinivasan, Neurocomputing 391, 2020).

In a periodic axis the frequencies are rounded to multiples of π, which makes the cosines
periodic.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import pi, sqrt

import torch
from torch import Tensor

from pdedsl.models.inputs import Axis
from pdedsl.models.jets.activations import Tower, tower
from pdedsl.models.jets.multiindices import MultiIndex
from pdedsl.models.parameters import fresh

from .basis import Frequencies


def random_directions(
    axes: Sequence[Axis], count: int, bandwidth: float, generator: torch.Generator
) -> Tensor:
    """Wave vectors b_i · 2/L_i in the units of the axes, shape (count, d)."""
    columns = []
    for column, axis in zip(fresh(generator, len(axes), count), axes, strict=True):
        if axis.period is None:
            columns.append(bandwidth * column * 2 / (axis.upper - axis.lower))
        else:
            columns.append(torch.round(bandwidth * column / pi) * 2 * pi / axis.period)
    return torch.stack(columns, dim=1)


class RandomFeatures:
    """The functions ``scale * f(w_j·(x − c) + b_j)``; see the module docstring.

    Args:
        axes: the inputs; c is the centre of their box.
        weights: w, shape (size, d).
        offsets: b, shape (size,).
        function: f and its derivatives.
        scale: of all functions.
        name: of f.
    """

    frequencies: Frequencies | None = None
    phases: tuple[str, ...] = ()
    diagonalises = False

    def __init__(
        self,
        axes: tuple[Axis, ...],
        weights: Tensor,
        offsets: Tensor,
        function: Tower,
        scale: float,
        name: str,
    ) -> None:
        self.axes = axes
        self.size = len(offsets)
        self.labels = tuple(f"{name} {j}" for j in range(1, self.size + 1))
        self.weights, self.offsets = weights, offsets
        self._function, self.scale = function, scale

    def derivatives(self, points: Tensor, indices: Sequence[MultiIndex]) -> Tensor:
        """See `Basis.derivatives`."""
        centre = points.new_tensor([(axis.lower + axis.upper) / 2 for axis in self.axes])
        weights, offsets = self.weights.to(points), self.offsets.to(points)
        highest = max(sum(alpha) for alpha in indices)
        values = self._function((points - centre) @ weights.T + offsets, highest)
        return torch.stack([
            self.scale * torch.prod(weights ** weights.new_tensor(alpha), dim=1)
            * values[sum(alpha)] for alpha in indices
        ])  # fmt: skip


def random_fourier(
    axes: tuple[Axis, ...], features: int, bandwidth: float, seed: int
) -> RandomFeatures:
    """Random cosines."""
    generator = torch.Generator().manual_seed(seed)
    weights = random_directions(axes, features, bandwidth, generator)
    phases = 2 * pi * torch.rand(features, dtype=torch.float64, generator=generator)
    scale = sqrt(2 / features)
    # cos z = sin(z + π/2)
    return RandomFeatures(axes, weights, phases + pi / 2, tower("sin"), scale, "cos")


def random_tanh(
    axes: tuple[Axis, ...], features: int, bandwidth: float, seed: int
) -> RandomFeatures:
    """Random hidden neurons."""
    generator = torch.Generator().manual_seed(seed)
    weights = random_directions(axes, features, bandwidth, generator)
    offsets = bandwidth * fresh(generator, features)
    return RandomFeatures(axes, weights, offsets, tower("tanh"), features**-0.5, "tanh")
