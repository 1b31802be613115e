r"""Tensor products :math:`\prod_i f^{(i)}_{n_i}(x_i)` of one-dimensional functions."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, reduce
from math import prod
from typing import Any, Protocol, runtime_checkable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from pdedsl.models.inputs import Axis
from pdedsl.models.jets.multiindices import MultiIndex
from pdedsl.models.runtime.workspace import empty

from .basis import Frequencies, IndexSet
from .index_sets import full_grid, grid_size, index_set
from .plain import is_plain

_MANY = 2_000
"""Functions from which on sums are taken axis by axis: of 48 by 48 by 7 functions at 1,000 points
with five derivatives they take a twelfth of the time, and a hundredth of the memory."""
_AT_ONCE = 2**22  # numbers beside each other, 32 MB


class Line(Protocol):
    """Functions of one axis.

    Attributes:
        signed: whether the functions are waves, numbered by 0, 1, −1, 2, −2, … (cosine and
            sine of each wave number), and else 0, 1, 2, ….
        frequencies: wave number of each function, or None.
        count: number of functions.
    """

    signed: bool
    frequencies: Frequencies | None
    count: int

    def table(self, x: Tensor, order: int) -> Tensor:
        """Derivatives up to an order at x of shape (n,): (order + 1, n, functions)."""

    def label(self, position: int, axis: int) -> str:
        """Name of a function in the variable of an axis, counted from 1."""


@runtime_checkable
class AnalyticLine(Line, Protocol):
    """Functions of one axis that are analytic in the whole plane."""

    def majorant(self, order: int, rho: float) -> Tensor:
        """At least sup |f^(m)| on the ellipse of ρ: (order + 1, functions).

        The ellipse has the ends of the axis [a, b] as foci and the half axes
        (b − a)(ρ ± 1/ρ)/4; it is the axis itself for ρ = 1.
        """


@runtime_checkable
class LocalLine(Line, Protocol):
    """Functions of one axis of which ``local_count`` are not zero at a point."""

    local_count: int

    def local(self, x: Tensor, order: int) -> tuple[Tensor, Tensor]:
        """Their derivatives, (order + 1, n, local_count), and numbers, (n, local_count)."""


class TensorProduct:
    """The products of an index set, or all of them; see the module docstring.

    Args:
        axes: the inputs.
        lines: the functions of each axis.
        highest: K of the index set, in the numbers of the lines; None for all products, in the
            order of the places in the lines, the last axis fastest.
        index: kind of the index set.
    """

    diagonalises = False

    def __init__(
        self,
        axes: tuple[Axis, ...],
        lines: Sequence[Line],
        highest: int | None = None,
        index: IndexSet = "box",
    ) -> None:
        self.axes = axes
        self._lines = tuple(lines)
        # To ask a line for its protocol takes as long as its values at a few points.
        self._local_lines = [line if isinstance(line, LocalLine) else None for line in lines]
        signed = [line.signed for line in lines]
        self._full = highest is None
        self._chosen: list[tuple[int, ...]] = []
        self.counts = counts = [line.count for line in lines]
        if highest is None:
            self.size = grid_size(counts)
        else:
            self._chosen = [
                tuple(_position(i, waves) for i, waves in zip(n, signed, strict=True))
                for n in index_set(signed, highest, index)
            ]
            self.size = len(self._chosen)
        self.phases: tuple[str, ...] = ()

    # Models of windows have hundreds of bases, of whose functions nobody asks for these.
    @cached_property
    def positions(self) -> Tensor:
        """Places of each function in the lines, shape (size, d)."""
        chosen = self._chosen or full_grid([line.count for line in self._lines])
        return torch.tensor(chosen, dtype=torch.int64)

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """See `Basis`."""
        return tuple(self._label(positions) for positions in self.positions.tolist())

    @cached_property
    def frequencies(self) -> Frequencies | None:
        """See `Basis`."""
        return self._frequencies()

    def derivatives(self, points: Tensor, indices: Sequence[MultiIndex]) -> Tensor:
        """See `Basis.derivatives`."""
        tables = [
            line.table(points[:, i], max(alpha[i] for alpha in indices))
            for i, line in enumerate(self._lines)
        ]
        if self._full:
            orders = zip(*indices, strict=True)
            return _all_products([
                torch.stack([table[m] for m in own])
                for table, own in zip(tables, orders, strict=True)
            ])  # fmt: skip
        if is_plain(points):
            return self._plain(tables, indices)
        positions = self.positions.to(points.device)
        out = []
        for alpha in indices:
            value = tables[0][alpha[0]].index_select(1, positions[:, 0])
            for i in range(1, len(tables)):
                value = value * tables[i][alpha[i]].index_select(1, positions[:, i])
            out.append(value)
        return torch.stack(out)

    def _plain(self, tables: Sequence[Tensor], indices: Sequence[MultiIndex]) -> Tensor:
        """The products of an index set by NumPy, which gathers columns in a third of the time."""
        places = self.positions.numpy().T
        factors: dict[tuple[int, int], NDArray[Any]] = {}
        out = empty((len(indices), tables[0].shape[1], self.size), tables[0])
        for own, alpha in zip(out.numpy(), indices, strict=True):
            for i, m in enumerate(alpha):
                if (i, m) not in factors:
                    factors[i, m] = tables[i][m].numpy().take(places[i], axis=1)
            first, *others = (factors[i, m] for i, m in enumerate(alpha))
            if not others:
                own[:] = first
            for k, other in enumerate(others):
                np.multiply(own if k else first, other, out=own)
        return out

    @property
    def sums_by_axis(self) -> bool:
        """Whether `combined` takes its sums axis by axis: for all products of many functions."""
        return self._full and self.size >= _MANY

    @property
    def widest_axis(self) -> int:
        """The most functions of an axis."""
        return max(line.count for line in self._lines)

    def combined(self, rows: Tensor, points: Tensor, indices: Sequence[MultiIndex]) -> Tensor:
        """Derivatives of sums of the functions, axis by axis, where `sums_by_axis` is true.

        Args:
            rows: the coefficients of each sum, shape (outputs, size).
            points: shape (n, d).
            indices: of the derivatives.

        Returns:
            Shape (len(indices), n, outputs).
        """
        orders = [max(alpha[i] for alpha in indices) for i in range(len(self.axes))]
        counts = [line.count for line in self._lines]
        whole = rows.reshape(-1, counts[-1])
        step = max(1, _AT_ONCE // len(whole))
        parts = []
        for some in points.split(step):
            lines = zip(self._lines, orders, strict=True)
            tables = [line.table(some[:, i], order) for i, (line, order) in enumerate(lines)]
            last = {m: tables[-1][m] @ whole.T for m in {alpha[-1] for alpha in indices}}
            values = []
            for alpha in indices:
                value = last[alpha[-1]].reshape(len(some), len(rows), *counts[:-1])
                for i in reversed(range(len(counts) - 1)):
                    value = torch.einsum("n...k,nk->n...", value, tables[i][alpha[i]])
                values.append(value)
            parts.append(torch.stack(values))
        return torch.cat(parts, dim=1)

    def majorants(self, indices: Sequence[MultiIndex], rhos: Sequence[float]) -> Tensor | None:
        """See `AnalyticBasis.majorants`; None where the functions of an axis are splines."""
        tables = []
        for i, (line, rho) in enumerate(zip(self._lines, rhos, strict=True)):
            if not isinstance(line, AnalyticLine):
                return None
            tables.append(line.majorant(max(alpha[i] for alpha in indices), rho))
        parts = [
            torch.stack([
                table[alpha[i]][self.positions[:, i]] for alpha in indices
            ]) for i, table in enumerate(tables)
        ]  # fmt: skip
        return torch.stack(parts).prod(0)

    @property
    def local_size(self) -> int | None:
        """Number of functions that are not zero at a point; None where that may be all."""
        if not self._full or not any(line is not None for line in self._local_lines):
            return None
        return prod(
            whole.count if line is None else line.local_count
            for whole, line in zip(self._lines, self._local_lines, strict=True)
        )

    def local(self, points: Tensor, indices: Sequence[MultiIndex]) -> tuple[Tensor, Tensor]:
        """Derivatives of the functions that are not zero at a point, where `local_size` is given.

        Returns:
            Shape (len(indices), n, local_size), and the numbers of the functions, shape
            (n, local_size).
        """
        orders = list(zip(*indices, strict=True))
        factors, numbers = [], torch.zeros(len(points), 1, dtype=torch.int64, device=points.device)
        lines = zip(self._lines, self._local_lines, orders, strict=True)
        for i, (line, local, own) in enumerate(lines):
            if local is not None:
                table, places = local.local(points[:, i], max(own))
            else:
                table = line.table(points[:, i], max(own))
                places = torch.arange(line.count, device=points.device).expand(len(points), -1)
            factors.append(torch.stack([table[m] for m in own]))
            numbers = (numbers[..., None] * line.count + places[:, None, :]).flatten(1)
        return _all_products(factors), numbers

    def _frequencies(self) -> Frequencies | None:
        own = [line.frequencies for line in self._lines]
        if any(k is None for k in own):
            return None
        columns = [k[self.positions[:, i].numpy()] for i, k in enumerate(own) if k is not None]
        return np.stack(columns, axis=1)

    def _label(self, positions: Sequence[int]) -> str:
        own = [
            line.label(position, axis)
            for axis, (line, position) in enumerate(zip(self._lines, positions, strict=True), 1)
        ]
        return " ".join(name for name in own if name != "1") or "1"


def _all_products(factors: Sequence[Tensor]) -> Tensor:
    """Products of the columns of tensors (k, n, m_i), the last factor fastest: (k, n, ∏ m_i)."""
    return reduce(lambda a, b: (a[..., None] * b[..., None, :]).flatten(2), factors)


def _position(n: int, signed: bool) -> int:
    """Place of the function with number n in its line."""
    return 2 * abs(n) - (n > 0) if signed else n
