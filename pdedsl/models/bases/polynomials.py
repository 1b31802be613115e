r"""Orthogonal polynomials of one axis and their derivatives by recurrences.

.. math:: p_{n+1} = α_n ξ p_n - β_n p_{n-1}, \qquad
          p_{n+1}^{(m)} = γ_n p_{n-1}^{(m)} + δ_n p_n^{(m-1)},\ m ≥ 1,

with p_0 = 1, p_1 = ξ. The second recurrence adds terms of one sign at the ends of the interval,
so that derivatives lose no digits there, as they do in differences of the first.

- Legendre: (n+1) P_{n+1} = (2n+1) ξ P_n − n P_{n−1}, P′_{n+1} = P′_{n−1} + (2n+1) P_n
  (DLMF 18.9.1, 18.9.19), here orthonormal in L²(a, b): :math:`\sqrt{(2n+1)/L}\, P_n`;
- Chebyshev: T_{n+1} = 2ξ T_n − T_{n−1}, T′_{n+1}/(n+1) = T′_{n−1}/(n−1) + 2 T_n.

ξ = (2x − a − b)/(b − a) is the scaled variable.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from math import sqrt
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from pdedsl.models.inputs import Axis

from .basis import Frequencies
from .plain import is_plain

Coefficients = tuple[float, float, float, float]

_FEW_POINTS = 2_000
"""Points up to which NumPy makes the table, whose operations begin sooner: with two derivatives
for degree 79 at 30 points in 0.5 ms in place of 1.2, for degree 24 at 2,000 points as soon."""


def _legendre(n: int) -> Coefficients:
    return (2 * n + 1) / (n + 1), n / (n + 1), 1.0, 2 * n + 1


def _chebyshev(n: int) -> Coefficients:
    if n < 2:
        return 2.0, 1.0, 0.0, 4.0
    return 2.0, 1.0, (n + 1) / (n - 1), 2.0 * (n + 1)


class PolynomialLine:
    """Polynomials of one axis; see the module docstring.

    Args:
        axis: [a, b].
        modes: highest degree.
        recurrence: α_n, β_n, γ_n, δ_n for n ≥ 1.
        norms: factor of each polynomial, or None for 1.
        name: letter of the polynomials.
    """

    signed = False
    frequencies: Frequencies | None = None

    def __init__(
        self,
        axis: Axis,
        modes: int,
        recurrence: Callable[[int], Coefficients],
        norms: list[float] | None,
        name: str,
    ) -> None:
        self._middle = (axis.lower + axis.upper) / 2
        self._slope = 2 / (axis.upper - axis.lower)
        self._recurrence, self._norms, self._name = recurrence, norms, name
        self.count = modes + 1

    def table(self, x: Tensor, order: int) -> Tensor:
        """See `Line.table`."""
        if len(x) <= _FEW_POINTS and is_plain(x):
            return torch.from_numpy(self._few(x.numpy(), order))
        xi = self._slope * (x - self._middle)
        below: list[Tensor] = []
        rows = []
        for m in range(order + 1):
            below = self._values(xi) if m == 0 else self._differentiated(below, m)
            rows.append(self._slope**m * torch.stack(below, dim=1))
        table = torch.stack(rows)
        return table if self._norms is None else table * x.new_tensor(self._norms)

    def majorant(self, order: int, rho: float) -> Tensor:
        """See `AnalyticLine.majorant`.

        The derivatives are sums of Chebyshev polynomials with factors that are not negative, whose
        moduli on the ellipse are largest at the right end of its long axis.
        """
        end = self._middle + (rho + 1 / rho) / 2 / self._slope
        return self.table(torch.tensor([end], dtype=torch.float64), order)[:, 0]

    def label(self, position: int, axis: int) -> str:
        """See `Line.label`."""
        return f"{self._name}{position}(ξ{axis})" if position else "1"

    def _values(self, xi: Tensor) -> list[Tensor]:
        values = [torch.ones_like(xi), xi]
        for n in range(1, self.count - 1):
            a, b, _, _ = self._recurrence(n)
            values.append(a * xi * values[n] - b * values[n - 1])
        return values[: self.count]

    def _differentiated(self, below: list[Tensor], m: int) -> list[Tensor]:
        """The derivatives of order m from those of order m − 1."""
        first = torch.full_like(below[0], 1.0 if m == 1 else 0.0)
        values = [torch.zeros_like(below[0]), first]
        for n in range(1, self.count - 1):
            _, _, c, d = self._recurrence(n)
            values.append(c * values[n - 1] + d * below[n])
        return values[: self.count]

    def _few(self, x: NDArray[Any], order: int) -> NDArray[Any]:
        """The table by NumPy."""
        below = self._few_values(self._slope * (x - self._middle))
        out = np.empty((order + 1, len(x), self.count), dtype=below.dtype)
        for m in range(order + 1):
            below = below if m == 0 else self._few_differentiated(below, m)
            np.multiply(below[: self.count].T, self._slope**m, out=out[m])
        if self._norms is not None:
            out *= np.asarray(self._norms, dtype=out.dtype)
        return out

    def _few_values(self, xi: NDArray[Any]) -> NDArray[Any]:
        """Values, shape (functions, n), of two functions at least."""
        out = np.ones((max(self.count, 2), len(xi)), dtype=xi.dtype)
        out[1] = xi
        a, b, _, _ = _columns(self._recurrence, self.count)
        scaled = np.multiply.outer(a.astype(xi.dtype), xi)
        one, other = np.empty_like(xi), np.empty_like(xi)
        for n, factor in enumerate(b.tolist(), 1):
            np.multiply(scaled[n - 1], out[n], out=one)
            np.multiply(out[n - 1], factor, out=other)
            np.subtract(one, other, out=out[n + 1])
        return out

    def _few_differentiated(self, below: NDArray[Any], m: int) -> NDArray[Any]:
        """The derivatives of order m from those of order m − 1, both as `_few_values`."""
        out = np.empty_like(below)
        out[0], out[1] = 0.0, 1.0 if m == 1 else 0.0
        _, _, c, d = _columns(self._recurrence, self.count)
        scaled = below[1 : 1 + len(d)] * d.astype(below.dtype)[:, None]
        for n, factor in enumerate(c.tolist(), 1):
            last = out[n - 1] if factor == 1 else out[n - 1] * factor
            np.add(last, scaled[n - 1], out=out[n + 1])
        return out


@lru_cache(maxsize=256)
def _columns(recurrence: Callable[[int], Coefficients], count: int) -> NDArray[np.float64]:
    """α, β, γ, δ for n = 1, …, count − 2: shape (4, count − 2)."""
    rows = [recurrence(n) for n in range(1, count - 1)]
    return np.array(rows, dtype=np.float64).reshape(-1, 4).T


def legendre_line(axis: Axis, modes: int) -> PolynomialLine:
    """Legendre polynomials, orthonormal on the axis."""
    length = axis.upper - axis.lower
    norms = [sqrt((2 * n + 1) / length) for n in range(modes + 1)]
    return PolynomialLine(axis, modes, _legendre, norms, "P")


def chebyshev_line(axis: Axis, modes: int) -> PolynomialLine:
    """Chebyshev polynomials of the first kind, T_n(ξ)."""
    return PolynomialLine(axis, modes, _chebyshev, None, "T")
