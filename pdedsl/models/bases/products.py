r"""Tensor products :math:`\prod_i f^{(i)}_{n_i}(x_i)` of one-dimensional functions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from ..inputs import Axis
from ..multiindices import MultiIndex
from .basis import Frequencies, IndexSet
from .index_sets import index_set


class Line(Protocol):
    """Functions of one axis.

    Attributes:
        signed: whether the functions are waves, numbered by 0, 1, −1, 2, −2, … (cosine and
            sine of each wave number), and else 0, 1, 2, ….
        frequencies: wave number of each function, or None.
    """

    signed: bool
    frequencies: Frequencies | None

    def table(self, x: Tensor, order: int) -> Tensor:
        """Derivatives up to an order at x of shape (n,): (order + 1, n, functions)."""
        ...

    def label(self, position: int, axis: int) -> str:
        """Name of a function in the variable of an axis, counted from 1."""
        ...


class TensorProduct:
    """The products of an index set; see the module docstring.

    Args:
        axes: the inputs.
        lines: the functions of each axis.
        highest: K of the index set, in the numbers of the lines.
        index: kind of the index set.
    """

    diagonalises = False

    def __init__(
        self, axes: tuple[Axis, ...], lines: Sequence[Line], highest: int, index: IndexSet
    ) -> None:
        self.axes = axes
        self._lines = tuple(lines)
        signed = [line.signed for line in lines]
        chosen = [
            tuple(_position(i, waves) for i, waves in zip(n, signed, strict=True))
            for n in index_set(signed, highest, index)
        ]
        self._positions = torch.tensor(chosen, dtype=torch.int64)
        self.size = len(chosen)
        self.frequencies = self._frequencies()
        self.phases: tuple[str, ...] = ()
        self.labels = tuple(self._label(positions) for positions in chosen)

    def derivatives(self, points: Tensor, indices: Sequence[MultiIndex]) -> Tensor:
        """See `Basis.derivatives`."""
        positions = self._positions.to(points.device)
        tables = [
            line.table(points[:, i], max(alpha[i] for alpha in indices))
            for i, line in enumerate(self._lines)
        ]
        out = []
        for alpha in indices:
            value = tables[0][alpha[0]].index_select(1, positions[:, 0])
            for i in range(1, len(tables)):
                value = value * tables[i][alpha[i]].index_select(1, positions[:, i])
            out.append(value)
        return torch.stack(out)

    def _frequencies(self) -> Frequencies | None:
        own = [line.frequencies for line in self._lines]
        if any(k is None for k in own):
            return None
        columns = [k[self._positions[:, i].numpy()] for i, k in enumerate(own) if k is not None]
        return np.stack(columns, axis=1)

    def _label(self, positions: tuple[int, ...]) -> str:
        own = [
            line.label(position, axis)
            for axis, (line, position) in enumerate(zip(self._lines, positions, strict=True), 1)
        ]
        return " ".join(name for name in own if name != "1") or "1"


def _position(n: int, signed: bool) -> int:
    """Place of the function with number n in its line."""
    return 2 * abs(n) - (n > 0) if signed else n
