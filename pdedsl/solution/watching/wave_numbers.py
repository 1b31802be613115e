r"""The size of functions on an interval by wave number.

Values at the middles x_j of n equal cells of [a, a + L] are written in one of three orthonormal
families (discrete Fourier transform, sine and cosine transforms of the second kind):

.. math:: e^{iξx},\; ξ = 2πk/L; \qquad \sin ξ(x - a),\; ξ = πk/L,\; k ≥ 1; \qquad
          \cos ξ(x - a),\; ξ = πk/L,\; k ≥ 0.

All three are complete on the points: the squares of the sizes add up to the mean square of the
values. Functions that are not periodic, or do not vanish at the ends, have slopes or values there
that a family of waves only follows slowly: their sizes fall like 1/k² (cosine) or 1/k (sine).
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from scipy import fft

from pdedsl.geometry.arrays import Array

Family = Literal["fourier", "sine", "cosine"]


def middles(n: int) -> Array:
    """Where values are taken, as parts of the interval: shape (n,)."""
    return np.asarray((np.arange(n) + 0.5) / n, dtype=np.float64)


def wave_numbers(family: Family, n: int, length: float) -> Array:
    """ξ of each wave of a family on n points, ascending, shape (n,) or (n // 2 + 1,)."""
    if family == "fourier":
        multiples, unit = np.arange(n // 2 + 1), 2 * np.pi / length
    else:
        multiples, unit = np.arange(n) + (family == "sine"), np.pi / length
    return np.asarray(unit * multiples, dtype=np.float64)


def sizes(family: Family, values: Array) -> Array:
    """Root mean square, over all lines, of the part of each wave; see `wave_numbers`.

    Args:
        family: of the waves.
        values: at `middles` along the last axis, shape (lines, n).
    """
    n = values.shape[-1]
    if family == "fourier":
        squares = np.abs(fft.rfft(values, axis=-1, norm="forward")) ** 2
        squares[..., 1 : (n + 1) // 2] *= 2  # a wave and its conjugate
    else:
        transform = fft.dst if family == "sine" else fft.dct
        squares = transform(values, type=2, axis=-1, norm="ortho") ** 2 / n
    return np.asarray(np.sqrt(squares.mean(axis=0)))
