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
from .plane_waves import PlaneWaves, half_height


class HalfWaves:
    """Sines or cosines of one axis; see the module docstring.

    Args:
        axis: [a, b].
        modes: K.
        cosine: whether they are cosines.
    """

    signed = False

    def __init__(self, axis: Axis, modes: int, cosine: bool) -> None:
        self._axis, self._cosine = axis, cosine
        self._length = axis.upper - axis.lower
        self.count = modes + cosine
        numbers = np.linspace(1 - cosine, modes, self.count)
        self.frequencies: Frequencies | None = numbers * (pi / self._length)

    def table(self, x: Tensor, order: int) -> Tensor:
        """See `Line.table`: √(2/L) k^m sin^(m + shift)(k (x − a)) for m = 0 … order."""
        k = torch.as_tensor(self.frequencies, dtype=x.dtype, device=x.device)
        shift = int(self._cosine)
        cycle = tower("sin")(torch.outer(x - self._axis.lower, k), order + shift)[shift:]
        powers = [value * k**m for m, value in enumerate(cycle)]
        table = sqrt(2 / self._length) * torch.stack(powers)
        if self._cosine:
            table[..., 0] /= sqrt(2)
        return table

    def majorant(self, order: int, rho: float) -> Tensor:
        """See `AnalyticLine.majorant`: k^m cosh(k y), y being half the height of the ellipse."""
        k = torch.from_numpy(self.frequencies)
        size = sqrt(2 / self._length) * torch.cosh(k * half_height(self._axis, rho))
        return torch.stack([size * k**m for m in range(order + 1)])

    def label(self, position: int, axis: int) -> str:
        """See `Line.label`."""
        number = position + (not self._cosine)
        if number == 0:
            return "1"
        return f"{'cos' if self._cosine else 'sin'}({'' if number == 1 else number}ξ{axis})"


def sine_line(axis: Axis, modes: int) -> HalfWaves:
    """Sines of one axis."""
    return HalfWaves(axis, modes, cosine=False)


def cosine_line(axis: Axis, modes: int) -> HalfWaves:
    """Cosines of one axis."""
    return HalfWaves(axis, modes, cosine=True)


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

    def majorant(self, order: int, rho: float) -> Tensor:
        """See `AnalyticLine.majorant`."""
        return self._waves.majorants([(m,) for m in range(order + 1)], [rho])

    def label(self, position: int, axis: int) -> str:
        """See `Line.label`."""
        return self._waves.labels[position].replace("ξ1", f"ξ{axis}")
