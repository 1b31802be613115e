r"""Random subspaces by a subsampled randomised cosine transform.

.. math:: Ω = Π D\, C^T S, \qquad Ω^T Ω = I,

with a random permutation Π, a diagonal D of random signs, the orthonormal cosine transform C
(DCT-II) and S of s random columns of the identity (Avron, Maymounkov and Toledo 2010; Halko,
Martinsson and Tropp 2011, section 4.6). The signs spread every vector evenly over the
frequencies, so that s of them keep about s/P of its square; a product with Ω costs O(P log P).

The columns are orthonormal, with no factor √(P/s): a step Ω δ̃ is as long as δ̃. Transforms of
lengths with large prime factors take six times as long, so that C has the next smaller length
2ᵃ3ᵇ5ᶜ, and the parameters that the permutation puts at the end, about one in a hundred, sit this
draw out.
"""

from __future__ import annotations

import math

import torch
from scipy.fft import prev_fast_len
from torch import Tensor

from pdedsl.models.runtime.workspace import empty

_AT_ONCE = 1 << 17  # numbers that are transformed together, for the cache


class CosineSketch:
    """See the module docstring.

    Args:
        size: P.
        columns: s ≤ P.
        generator: of the signs and of the choice of frequencies.
        like: its precision and device count.
    """

    def __init__(self, size: int, columns: int, generator: torch.Generator, like: Tensor) -> None:
        self._size = size
        length = self._length = max(columns, prev_fast_len(size, real=True))
        signs = torch.randint(2, (length,), generator=generator) * 2 - 1
        self._order = torch.randperm(size, generator=generator)[:length].to(like.device)
        self._kept = torch.randperm(length, generator=generator)[:columns].to(like.device)
        self._signs = signs.to(like)
        # A real transform has the frequencies up to n/2; the others are their conjugates.
        self._upper = self._kept > length // 2
        self._folded = torch.where(self._upper, length - self._kept, self._kept)
        weight = like.new_full((columns,), math.sqrt(2 / length))
        self._weight = torch.where(self._kept == 0, weight / math.sqrt(2), weight)
        angle = (math.pi / (2 * length)) * self._folded.to(like)
        self._cosine, self._sine = angle.cos(), angle.sin()

    @property
    def count(self) -> int:
        """S."""
        return len(self._kept)

    def rows(self, matrix: Tensor) -> Tensor:
        """A Ω, shape (N, s), for A of shape (N, P)."""
        out = empty((len(matrix), len(self._kept)), matrix)
        step = max(1, _AT_ONCE // self._size)
        for first in range(0, len(matrix), step):
            self._transform(matrix[first : first + step], out[first : first + step])
        return out

    def vector(self, v: Tensor) -> Tensor:
        """Ω v, shape (P,), for v of shape (s,)."""
        length = self._length
        half = length // 2
        spread = v.new_zeros(length + 1)
        spread[self._kept] = v * self._weight
        spread[0] *= 2
        # X_k − i X_{n−k} with X_n = 0: `_transform` read backwards.
        pairs = torch.complex(spread[: half + 1], -spread[length - half :].flip(0))
        angle = (math.pi / (2 * length)) * torch.arange(half + 1, device=v.device).to(v)
        turned = pairs * torch.complex(angle.cos(), angle.sin())
        found = torch.fft.irfft(turned, n=length) * self._signs * (length / 2)
        return v.new_zeros(self._size).index_copy_(0, self._order, found)

    def _transform(self, part: Tensor, out: Tensor) -> None:
        """Some rows of A Ω by a real Fourier transform V (Makhoul 1980).

        Makhoul's order, the even entries and then the odd ones backwards, is one more permutation
        and therefore part of Π.
        """
        order = self._order.expand(len(part), -1)
        # gather is several times as fast here as indexing.
        ordered = torch.gather(part, 1, order).mul_(self._signs)
        found = torch.fft.rfft(ordered).index_select(1, self._folded)
        real, imaginary = found.real, found.imag
        # With φ = πk/(2n): Re(e^{−iφ} V) up to n/2, and −Im(e^{−iφ} V) for n − k.
        straight = real * self._cosine + imaginary * self._sine
        across = real * self._sine - imaginary * self._cosine
        out.copy_(torch.where(self._upper, across, straight)).mul_(self._weight)
