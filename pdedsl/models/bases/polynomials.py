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
from math import sqrt
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from pdedsl.models.inputs import Axis

from .basis import Frequencies

Coefficients = tuple[float, float, float, float]

_FEW_POINTS = 2_000
"""Points up to which values are taken by NumPy, whose operations begin sooner: for degree 79
at 30 points 0.44 ms in place of 0.73, at 2,000 points 0.88 in place of 1.15."""


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
        if xi.device.type == "cpu" and not xi.requires_grad and len(xi) <= _FEW_POINTS:
            try:
                return list(torch.from_numpy(self._few_values(xi.numpy())))
            except RuntimeError:  # a tensor of a transform has no numbers of its own
                pass
        values = [torch.ones_like(xi), xi]
        for n in range(1, self.count - 1):
            a, b, _, _ = self._recurrence(n)
            values.append(a * xi * values[n] - b * values[n - 1])
        return values[: self.count]

    def _few_values(self, xi: NDArray[Any]) -> NDArray[Any]:
        """The same by NumPy, shape (functions, n)."""
        out = np.ones((max(self.count, 2), len(xi)), dtype=xi.dtype)
        out[1] = xi
        one, other = np.empty_like(xi), np.empty_like(xi)
        for n in range(1, self.count - 1):
            a, b, _, _ = self._recurrence(n)
            np.multiply(xi, a, out=one)
            np.multiply(one, out[n], out=one)
            np.multiply(out[n - 1], b, out=other)
            np.subtract(one, other, out=out[n + 1])
        return out[: self.count]

    def _differentiated(self, below: list[Tensor], m: int) -> list[Tensor]:
        """The derivatives of order m from those of order m − 1."""
        first = torch.full_like(below[0], 1.0 if m == 1 else 0.0)
        values = [torch.zeros_like(below[0]), first]
        for n in range(1, self.count - 1):
            _, _, c, d = self._recurrence(n)
            values.append(c * values[n - 1] + d * below[n])
        return values[: self.count]


def legendre_line(axis: Axis, modes: int) -> PolynomialLine:
    """Legendre polynomials, orthonormal on the axis."""
    length = axis.upper - axis.lower
    norms = [sqrt((2 * n + 1) / length) for n in range(modes + 1)]
    return PolynomialLine(axis, modes, _legendre, norms, "P")


def chebyshev_line(axis: Axis, modes: int) -> PolynomialLine:
    """Chebyshev polynomials of the first kind, T_n(ξ)."""
    return PolynomialLine(axis, modes, _chebyshev, None, "T")
