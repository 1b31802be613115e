r"""B-splines of one axis [a, b] with given inner break points.

Splines of the degree p that are C^s have every break as a knot of the multiplicity p − s. The
function j has the support [t_j, t_{j+p+1}]; on an element between two breaks p + 1 of them are
not zero. Their values and derivatives follow from those of degree k = 0, 1, …, beginning with
1, by the recursions (de Boor, A Practical Guide to Splines, 2001, ch. IX and X)

.. math:: B_{j,k+1} &= (x - t_j)\, U_{j,k} + (t_{j+k+2} - x)\, U_{j+1,k}, \\
          B_{j,k+1}^{(m+1)} &= (k+1)\, (U_{j,k}^{(m)} - U_{j+1,k}^{(m)}), \qquad
          U_{j,k} = \frac{B_{j,k}}{t_{j+k+1} - t_j}.

- bounded axis with E elements: the ends are knots of the multiplicity p + 1, which makes
  E (p − s) + s + 1 functions;
- periodic axis: the knots of a period are repeated, lower = upper is one of the breaks, and
  functions that differ by a period are one: E (p − s) functions.

Every element contains its left end, the last one both. Points outside the axis are taken into
the period, or belong to the polynomial of the element next to them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import pad

from pdedsl.models.inputs import Axis
from pdedsl.models.jets.differentiation import is_constant
from pdedsl.models.runtime.workspace import is_closed

from .basis import Frequencies

_FEW_POINTS = 300
"""Points that are taken one by one, before equal ones are looked for: a choice."""


def spline_count(axis: Axis, breaks: Sequence[float], degree: int, smoothness: int) -> int:
    """Number of functions of a `SplineLine`."""
    own = (len(breaks) + 1) * (degree - smoothness)
    return own if axis.period is not None else own + smoothness + 1


class SplineLine:
    """The functions of the degree p that are C^s, 0 ≤ s < p; see the module docstring.

    The inner breaks increase inside the axis [a, b]; a periodic one is [a, a + period].
    """

    signed = False
    frequencies: Frequencies | None = None

    def __init__(self, axis: Axis, breaks: Sequence[float], degree: int, smoothness: int) -> None:
        self.count = spline_count(axis, breaks, degree, smoothness)
        self.local_count = degree + 1
        self._axis, self._degree = axis, degree
        self._breaks = torch.tensor(breaks, dtype=torch.float64)
        multiplicity = degree - smoothness
        elements = np.arange(len(breaks) + 1)
        if axis.period is None:
            last = degree + multiplicity * elements  # knot at the left end of each element
            clamped = [axis.lower] * (degree + 1) + [axis.upper] * (degree + 1)
            knots = np.sort(np.concatenate((np.repeat(breaks, multiplicity), clamped)))
            around = knots[last[:, None] + np.arange(1 - degree, degree + 1)]
        else:
            last = multiplicity * (elements + 1) - 1
            period = np.repeat([axis.lower, *breaks], multiplicity)
            turns, place = np.divmod(last[:, None] + np.arange(1 - degree, degree + 1), len(period))
            around = period[place] + axis.period * turns
        functions = (last[:, None] + np.arange(-degree, 1)) % self.count
        self._around = torch.tensor(around)  # p knots on both sides of each element
        self._functions = torch.tensor(functions)  # those that are not zero on each element

    def table(self, x: Tensor, order: int) -> Tensor:
        """See `Line.table`."""
        values, functions = self.local(x, order)
        zero = values.new_zeros(order + 1, len(x), self.count)
        return zero.scatter_add(2, functions.expand(order + 1, -1, -1), values)

    def local(self, x: Tensor, order: int) -> tuple[Tensor, Tensor]:
        """See `LocalLine.local`: the p + 1 functions on the element of each point.

        On a circle with few elements a number may come twice, and counts so.
        """
        if is_closed() or not is_constant(x):
            return self._local(x, order)
        # Points of a product of rules have few coordinates, each of them many times.
        if x.device.type != "cpu":
            places, back = torch.unique(x, return_inverse=True)
            values, functions = self._local(places, order)
            return values[:, back], functions[back]
        if len(x) <= _FEW_POINTS:
            found, numbers = self._few(x.numpy(), order)
        else:
            few, at = np.unique(x.numpy(), return_inverse=True)
            found, numbers = self._few(few, order)
            found, numbers = found[:, at], numbers[at]
        return torch.from_numpy(found), torch.from_numpy(numbers)

    def _local(self, x: Tensor, order: int) -> tuple[Tensor, Tensor]:
        if self._axis.period is not None:
            x = x - self._axis.period * torch.floor((x - self._axis.lower) / self._axis.period)
        element = (x[:, None] >= self._breaks.to(x)).sum(dim=1)
        knots = self._around.to(x)[element]
        powers = self._values(x, knots)
        rows = [powers[-1]]
        for m in range(1, min(order, self._degree) + 1):
            row = powers[self._degree - m]
            for k in range(self._degree - m, self._degree):
                share = (k + 1) * row / _widths(knots, k)
                row = pad(share, (1, 0)) - pad(share, (0, 1))
            rows.append(row)
        rows += [torch.zeros_like(rows[0])] * (order + 1 - len(rows))
        return torch.stack(rows), self._functions.to(x.device)[element]

    def _few(self, x: NDArray[Any], order: int) -> tuple[NDArray[Any], NDArray[np.int64]]:
        """The same by NumPy."""
        if self._axis.period is not None:
            turns = np.floor((x - self._axis.lower) / self._axis.period)
            x = x - self._axis.period * turns
        p, at = self._degree, x[:, None]
        element = np.searchsorted(self._breaks.numpy().astype(x.dtype), x, side="right")
        knots = self._around.numpy().astype(x.dtype)[element]
        widths = [knots[:, p : p + k + 1] - knots[:, p - 1 - k : p] for k in range(p)]
        powers = [np.ones_like(at)]
        for k in range(p):
            share = powers[k] / widths[k]
            rising = (at - knots[:, p - 1 - k : p]) * share
            powers.append(_stepped(rising, (knots[:, p : p + k + 1] - at) * share))
        out = np.zeros((order + 1, len(x), p + 1), dtype=x.dtype)
        out[0] = powers[-1]
        for m in range(1, min(order, p) + 1):
            row = powers[p - m]
            for k in range(p - m, p):
                share = (k + 1) * row / widths[k]
                row = _stepped(share, -share)
            out[m] = row
        return out, self._functions.numpy()[element]

    def label(self, position: int, axis: int) -> str:
        """See `Line.label`."""
        return f"B{position}(ξ{axis})"

    def _values(self, x: Tensor, knots: Tensor) -> list[Tensor]:
        """The functions of degree k = 0 … p on the element of each point: (n, k + 1)."""
        p, at = self._degree, x[:, None]
        values = [torch.ones_like(at)]
        for k in range(p):
            share = values[k] / _widths(knots, k)
            rising = (at - knots[:, p - 1 - k : p]) * share
            falling = (knots[:, p : p + k + 1] - at) * share
            values.append(pad(rising, (1, 0)) + pad(falling, (0, 1)))
        return values


def _stepped(rising: NDArray[Any], falling: NDArray[Any]) -> NDArray[Any]:
    """Sums of what rises into the next function and what falls in its own: (n, k + 2)."""
    out = np.zeros((len(rising), rising.shape[1] + 1), dtype=rising.dtype)
    out[:, 1:] = rising
    out[:, :-1] += falling
    return out


def _widths(knots: Tensor, k: int) -> Tensor:
    """Lengths of the supports of the functions of degree k on an element."""
    p = knots.shape[1] // 2
    return knots[:, p : p + k + 1] - knots[:, p - 1 - k : p]
