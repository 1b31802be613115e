r"""Input axes: affine map to [−1, 1], or the circle for a periodic axis.

- bounded axis [a, b]: one feature (2x − a − b)/(b − a);
- periodic axis of period L with H harmonics: cos(2πkx/L), sin(2πkx/L) for k = 1 … H, so that
  the model and all its derivatives have period L exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import factorial, pi
from typing import Protocol

import torch
from torch import Tensor

from .jets import JetTable
from .multiindices import MultiIndex


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
        ...

    def jet(self, points: Tensor, table: JetTable) -> Tensor:
        """Jet of the features at points of shape (n, inputs): (channels, n, features)."""
        ...


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
        columns: list[Tensor] = []
        for i, axis in enumerate(self.axes):
            x = points[:, i]
            if axis.period is None:
                columns.append(self._affine(x, i, axis, table))
            else:
                for k in range(1, self.harmonics + 1):
                    columns += self._circle(x, i, 2 * pi * k / axis.period, table)
        return torch.stack(columns, dim=-1)

    @staticmethod
    def _affine(x: Tensor, i: int, axis: Axis, table: JetTable) -> Tensor:
        slope = 2.0 / (axis.upper - axis.lower)
        middle = (axis.upper + axis.lower) / 2
        return _channels({0: (x - middle) * slope, 1: torch.full_like(x, slope)}, i, table)

    @staticmethod
    def _circle(x: Tensor, i: int, omega: float, table: JetTable) -> list[Tensor]:
        s, c = torch.sin(omega * x), torch.cos(omega * x)
        highest = max(max(a) for row in table.taylor_rows() for a in row)
        out = []
        for cycle in ((c, -s, -c, s), (s, c, -s, -c)):
            taylor = {m: cycle[m % 4] * (omega**m / factorial(m)) for m in range(highest + 1)}
            out.append(_channels(taylor, i, table))
        return out


def _channels(taylor: dict[int, Tensor], axis: int, table: JetTable) -> Tensor:
    """Channels (channels, n) of a function of one axis, from its Taylor coefficients."""
    out = taylor[0].new_zeros((table.channels, len(taylor[0])))
    for channel, row in enumerate(table.taylor_rows()):
        for alpha, weight in row.items():
            if _on_axis(alpha, axis) and alpha[axis] in taylor:
                out[channel] += weight * taylor[alpha[axis]]
    return out


def _on_axis(alpha: MultiIndex, axis: int) -> bool:
    return sum(alpha) == alpha[axis]
