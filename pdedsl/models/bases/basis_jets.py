"""Jets of fixed functions, which are the same in every iteration at the same points."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from pdedsl.models.jets.differentiation import is_constant
from pdedsl.models.jets.jet_table import JetTable, Selection
from pdedsl.models.jets.multiindices import MultiIndex, factorial_of
from pdedsl.models.runtime.workspace import is_closed

_ENTRIES = 64
_NUMBERS = 2**25  # 256 MB in double precision


Derivatives = Callable[[Tensor, Sequence[MultiIndex]], Tensor]
"""From points and indices to the derivatives, shape (len(indices), n, functions)."""


def basis_jet(
    derivatives: Derivatives, points: Tensor, table: JetTable, channels: Selection | None = None
) -> Tensor:
    """The jet of functions at points of shape (n, d), or some channels of it.

    It has the shape (len(channels), n, functions); ``derivatives`` are as those of a `Basis`.
    """
    every = table.taylor_rows()
    rows = [every[channel] for channel in (channels or table.every).channels]
    indices = list(dict.fromkeys(alpha for row in rows for alpha in row))
    found = derivatives(points, indices)
    if all(len(row) == 1 for row in rows) and len(indices) == len(rows):
        factors = [row[a] / factorial_of(a) for a, row in zip(indices, rows, strict=True)]
        if all(factor == 1 for factor in factors):
            return found
        return found * found.new_tensor(factors)[:, None, None]
    values = dict(zip(indices, found, strict=True))
    parts = [_combined([(values[a], w / factorial_of(a)) for a, w in row.items()]) for row in rows]
    return torch.stack(parts) if len(parts) > 1 else parts[0].unsqueeze(0)


def _combined(terms: Sequence[tuple[Tensor, float]]) -> Tensor:
    (value, factor), *rest = terms
    total = value if factor == 1 else value * factor
    for value, factor in rest:
        total = torch.add(total, value, alpha=factor)
    return total


@dataclass(frozen=True)
class _Entry:
    table: JetTable
    points: Tensor
    value: tuple[Tensor, ...]

    @property
    def numbers(self) -> int:
        return self.points.numel() + sum(part.numel() for part in self.value)


class JetCache:
    """Remembers what a function made of the last pairs of points and table.

    Points are compared by their values with a copy of those before, since views of the same
    points are new tensors in every iteration and points may be changed in place.

    Args:
        make: the function of points (n, d) and table.
        numbers: the most numbers that are kept.
    """

    def __init__(
        self, make: Callable[[Tensor, JetTable], tuple[Tensor, ...]], numbers: int = _NUMBERS
    ) -> None:
        self._make, self._numbers = make, numbers
        self._entries: list[_Entry] = []

    def __call__(self, points: Tensor, table: JetTable) -> tuple[Tensor, ...]:
        """What the function gives, made anew only where it must be.

        Where operations are recorded, it is made of the points themselves.
        """
        if is_closed() or not is_constant(points):
            return self._make(points, table)
        entries = self._entries  # other threads put other lists in its place
        for number, entry in enumerate(entries):
            if entry.table is table and _same(entry.points, points):
                self._entries = [entry, *entries[:number], *entries[number + 1 :]]
                return entry.value
        value = self._make(points, table)
        self._keep(_Entry(table, points.clone(), value))
        return value

    def _keep(self, entry: _Entry) -> None:
        total, kept = 0, []
        for one in [entry, *self._entries[: _ENTRIES - 1]]:
            total += one.numbers
            if total > self._numbers:
                break
            kept.append(one)
        self._entries = kept


def _same(one: Tensor, other: Tensor) -> bool:
    alike = one.dtype == other.dtype and one.device == other.device
    return alike and one.shape == other.shape and torch.equal(one, other)
