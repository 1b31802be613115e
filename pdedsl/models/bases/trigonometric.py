r"""Sines, cosines and Fourier functions of one axis [a, b] of length L.

- sine: :math:`\sqrt{2/L} \sin(nπ(x-a)/L)`, n = 1 … K, zero at both ends;
- cosine: :math:`1/\sqrt L`, :math:`\sqrt{2/L} \cos(nπ(x-a)/L)`, n = 1 … K, with zero slope at
  both ends;
- Fourier: the plane waves of one axis.
"""

from __future__ import annotations

from math import pi, sqrt

import numpy as np
import torch
from torch import Tensor

from pdedsl.models.inputs import Axis
from pdedsl.models.jets.activations import tower

from .basis import Frequencies
from .plane_waves import PlaneWaves


class SineLine:
    """Sines of one axis; see the module docstring."""

    signed = False

    def __init__(self, axis: Axis, modes: int) -> None:
        self._axis = axis
        self._length = axis.upper - axis.lower
        self.count = modes
        self.frequencies: Frequencies | None = np.linspace(1, modes, modes) * (pi / self._length)

    def table(self, x: Tensor, order: int) -> Tensor:
        """See `Line.table`."""
        return sqrt(2 / self._length) * _table(x - self._axis.lower, self.frequencies, order, 0)

    def label(self, position: int, axis: int) -> str:
        """See `Line.label`."""
        return f"sin({_times(position + 1)}ξ{axis})"


class CosineLine:
    """Cosines of one axis; see the module docstring."""

    signed = False

    def __init__(self, axis: Axis, modes: int) -> None:
        self._axis = axis
        self._length = axis.upper - axis.lower
        self.count = modes + 1
        self.frequencies: Frequencies | None = np.linspace(0, modes, modes + 1) * (
            pi / self._length
        )

    def table(self, x: Tensor, order: int) -> Tensor:
        """See `Line.table`."""
        table = sqrt(2 / self._length) * _table(x - self._axis.lower, self.frequencies, order, 1)
        table[..., 0] /= sqrt(2)
        return table

    def label(self, position: int, axis: int) -> str:
        """See `Line.label`."""
        return f"cos({_times(position)}ξ{axis})" if position else "1"


class FourierLine:
    """Plane waves of one axis: 1, and cosine and sine of each wave number up to K.

    The frequencies are left out, as a product of these is no single wave.
    """

    signed = True
    frequencies: Frequencies | None = None

    def __init__(self, axis: Axis, modes: int) -> None:
        self._waves = PlaneWaves((axis,), modes, "box")
        self.count = self._waves.size

    def table(self, x: Tensor, order: int) -> Tensor:
        """See `Line.table`."""
        return self._waves.derivatives(x[:, None], [(m,) for m in range(order + 1)])

    def label(self, position: int, axis: int) -> str:
        """See `Line.label`."""
        return self._waves.labels[position].replace("ξ1", f"ξ{axis}")


def _table(y: Tensor, frequencies: Frequencies | None, order: int, shift: int) -> Tensor:
    """k^m sin^(m + shift)(k y) for m = 0 … order."""
    k = torch.as_tensor(frequencies, dtype=y.dtype, device=y.device)
    cycle = tower("sin")(torch.outer(y, k), order + shift)[shift:]
    return torch.stack([value * k**m for m, value in enumerate(cycle)])


def _times(n: int) -> str:
    return "" if n == 1 else str(n)
