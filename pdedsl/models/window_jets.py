r"""Windows along one input that overlap and sum to one, with derivatives of any order.

The windows w_k have their centres μ_k at n equidistant points from end to end of the interval, and
the half width σ (Moseley, Markham and Nissen-Meyer, Adv. Comput. Math. 49, 2023, "FBPINNs"):

``cosine``
    :math:`w = \left((1 + \cos π(x-μ)/σ)/2\right)^2` within σ of the centre, three times
    continuously differentiable;
``sigmoid``
    :math:`w = s((x-a)/d)\, s((b-x)/d)`, s the logistic function, which rises from 1e-8 to 1 − 1e-8
    over the overlap with the next window; it is cut off where it has fallen to 1e-8.

They are divided by their sum. Series are those of Taylor: entry m is the m-th derivative over m!.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import factorial, log, pi
from typing import Literal

import torch
from torch import Tensor

Window = Literal["cosine", "sigmoid"]

_TAIL = 1e-8
"""Height at which sigmoids begin and end, as in the authors' code."""


@dataclass(frozen=True)
class Windows1D:
    """The windows of one input.

    Args:
        kind: of the window.
        lower: end of the interval.
        upper: end of the interval.
        count: number of windows.
        width: 2σ, in distances of the centres.
    """

    kind: Window
    lower: float
    upper: float
    count: int
    width: float

    def support(self, k: int) -> tuple[float, float]:
        """Both ends of a window, μ − σ and μ + σ; the interval where there is one window."""
        if self.count == 1:
            return self.lower, self.upper
        middle = self.lower + k * self._distance
        return middle - self._half, middle + self._half

    def series(self, x: Tensor, order: int) -> Tensor:
        """Series of all windows over their sum at x (n,): shape (count, order + 1, n).

        Beyond the ends of the interval the windows stay as they are at the end.
        """
        near = x.clamp(self.lower, self.upper)
        if self.count == 1:
            out = x.new_zeros(1, order + 1, len(x))
            out[:, 0] = 1.0
            return out
        plain = torch.stack([self._window(near, k, order) for k in range(self.count)])
        ratio = _quotient(plain, plain.sum(dim=0))
        inside = (near == x).to(ratio)
        return torch.cat((ratio[:, :1], ratio[:, 1:] * inside), dim=1)

    @property
    def _distance(self) -> float:
        return (self.upper - self.lower) / (self.count - 1)

    @property
    def _half(self) -> float:
        return self.width * self._distance / 2

    def _window(self, x: Tensor, k: int, order: int) -> Tensor:
        """Series of a window, shape (order + 1, n)."""
        start, end = self.support(k)
        made = self._cosine if self.kind == "cosine" else self._sigmoid
        inside = (x > start) & (x < end)
        return made(x, start, end, order) * inside

    def _cosine(self, x: Tensor, start: float, end: float, order: int) -> Tensor:
        """cos⁴ of half the angle, by which little is lost where the window is small."""
        rate = pi / (end - start)
        angle = (x - (start + end) / 2) * rate
        cosine = torch.stack([
            torch.cos(angle + m * pi / 2) * (rate**m / factorial(m)) for m in range(order + 1)
        ])  # fmt: skip
        square = _product(cosine, cosine)
        return _product(square, square)

    def _sigmoid(self, x: Tensor, start: float, end: float, order: int) -> Tensor:
        rise = min(2 * self._half - self._distance, self._half)
        scale = rise / (2 * log((1 - _TAIL) / _TAIL))
        up = _logistic((x - (start + rise / 2)) / scale, 1 / scale, order)
        return _product(up, _logistic((end - rise / 2 - x) / scale, -1 / scale, order))


def _logistic(z: Tensor, slope: float, order: int) -> Tensor:
    """Series in x of s(z(x)) with z' = slope: s' = slope (s − s²)."""
    terms = [torch.sigmoid(z)]
    for m in range(order):
        square = torch.stack([terms[j] * terms[m - j] for j in range(m + 1)]).sum(dim=0)
        terms.append((terms[m] - square) * (slope / (m + 1)))
    return torch.stack(terms)


def _product(u: Tensor, v: Tensor) -> Tensor:
    return torch.stack([
        torch.stack([u[j] * v[m - j] for j in range(m + 1)]).sum(dim=0) for m in range(len(u))
    ])  # fmt: skip


def _quotient(u: Tensor, v: Tensor) -> Tensor:
    """U (count, order + 1, n) over v (order + 1, n)."""
    terms: list[Tensor] = []
    for m in range(len(v)):
        rest = u[:, m]
        for j in range(1, m + 1):
            rest = rest - v[j] * terms[m - j]
        terms.append(rest / v[0])
    return torch.stack(terms, dim=1)
