r"""Input axes: affine map to [−1, 1], or the circle for a periodic axis.

- bounded axis [a, b]: one feature (2x − a − b)/(b − a);
- periodic axis of period L with H harmonics: cos(2πkx/L), sin(2πkx/L) for k = 1 … H, so that
  the model and all its derivatives have period L exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import factorial, pi
from typing import Protocol

import torch
from torch import Tensor

from pdedsl.models.jets.jet_table import JetTable
from pdedsl.models.jets.ridge import AffineFeatures


@dataclass(frozen=True)
class Axis:
    """One input: its interval, and its period where it is a circle."""

    lower: float
    upper: float
    period: float | None = None


class Features(Protocol):
    """Fixed functions of the inputs that a network starts from."""

    @property
    def features(self) -> int:
        """Number of features."""

    def jet(self, points: Tensor, table: JetTable) -> Tensor:
        """Jet of the features at points of shape (n, inputs): (channels, n, features)."""


@dataclass(frozen=True)
class Embedding:
    """The features of a model's inputs.

    Args:
        axes: one for each input.
        harmonics: number of harmonics of each periodic axis.
    """

    axes: tuple[Axis, ...]
    harmonics: int = 1

    @property
    def features(self) -> int:
        """Number of features."""
        return sum(1 if axis.period is None else 2 * self.harmonics for axis in self.axes)

    def jet(self, points: Tensor, table: JetTable) -> Tensor:
        """Jet of the features at points of shape (n, inputs): (channels, n, features)."""
        out = points.new_zeros((table.channels, len(points), self.features))
        column = 0
        for x, axis, terms in zip(points.unbind(1), self.axes, _terms(table), strict=True):
            highest = max(power for _, power, _ in terms)
            for derivatives in self._derivatives(x, axis, highest):
                for channel, power, weight in terms:
                    if power < len(derivatives):
                        out[channel, :, column] += weight * derivatives[power]
                column += 1
        return out

    def affine(self, points: Tensor) -> AffineFeatures | None:
        """The features at points (n, inputs) where no axis is periodic."""
        if any(axis.period is not None for axis in self.axes):
            return None
        slopes = points.new_tensor([2.0 / (axis.upper - axis.lower) for axis in self.axes])
        middle = points.new_tensor([(axis.upper + axis.lower) / 2 for axis in self.axes])
        return AffineFeatures((points - middle) * slopes, slopes)

    def _derivatives(self, x: Tensor, axis: Axis, order: int) -> list[list[Tensor]]:
        """Derivatives of the features of an axis up to an order; what is left out is 0."""
        if axis.period is None:
            slope, middle = 2.0 / (axis.upper - axis.lower), (axis.upper + axis.lower) / 2
            return [[(x - middle) * slope, torch.full_like(x, slope)][: order + 1]]
        out = []
        for k in range(1, self.harmonics + 1):
            omega = 2 * pi * k / axis.period
            s, c = torch.sin(omega * x), torch.cos(omega * x)
            out += [
                [cycle[m % 4] * omega**m for m in range(order + 1)]
                for cycle in ((c, -s, -c, s), (s, c, -s, -c))
            ]
        return out

    def profiles(self, points: Tensor, order: int) -> list[Tensor]:
        """Derivatives of each feature along its own axis; see `lines.RidgeFeatures`."""
        affine = self.affine(points)
        if affine is not None:  # all axes at once: there may be a thousand
            return [affine.values, affine.slopes.expand_as(points)][: order + 1]
        columns = [
            column
            for x, axis in zip(points.unbind(1), self.axes, strict=True)
            for column in self._derivatives(x, axis, order)
        ]
        zero, longest = torch.zeros_like(points[:, 0]), max(map(len, columns))
        full = [[*column, *[zero] * (longest - len(column))] for column in columns]
        return [torch.stack(column, dim=-1) for column in zip(*full, strict=True)]

    def slopes(self, directions: Tensor) -> Tensor:
        """The component of each direction along the axis of each feature."""
        axes = [
            i
            for i, axis in enumerate(self.axes)
            for _ in range(1 if axis.period is None else 2 * self.harmonics)
        ]
        return directions if axes == list(range(len(self.axes))) else directions[..., axes]


@lru_cache(maxsize=512)
def _terms(table: JetTable) -> tuple[tuple[tuple[int, int, float], ...], ...]:
    """For each axis the terms of the channels that lie on it: channel, power, weight.

    The weight is that of the derivative of this order in the channel.
    """
    out: list[list[tuple[int, int, float]]] = [[] for _ in range(table.dimension)]
    for channel, row in enumerate(table.taylor_rows()):
        for alpha, weight in row.items():
            power = sum(alpha)
            if power == 0:
                for terms in out:
                    terms.append((channel, 0, weight))
            elif max(alpha) == power:
                out[alpha.index(power)].append((channel, power, weight / factorial(power)))
    return tuple(tuple(terms) for terms in out)
