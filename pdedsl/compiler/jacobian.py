"""The Jacobian from one reverse pass for each residual component; see `models.parameters`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from pdedsl.models.parameters import Tap, Tape


@dataclass(frozen=True)
class Factor:
    """Rows of the Jacobian as outer products, or (with ``right`` None) as they are.

    Args:
        row: first row.
        column: first column.
        left: (n, out, C), or (n, count).
        right: (n, C, in), or None.
    """

    row: int
    column: int
    left: Tensor
    right: Tensor | None


def factors(
    tapes: Sequence[Tape], results: Sequence[Tensor], rows: Sequence[int], scale: float
) -> Iterator[Factor]:
    """Factors of the Jacobian of ``scale * results[k]``, which starts at row ``rows[k]``."""
    taps = [tap for tape in tapes for tap in tape.taps]
    spreads = [spread for tape in tapes for spread in tape.rows]
    leaves = [tap.outputs for tap in taps] + [spread.values for spread in spreads]
    for number, (result, row) in enumerate(zip(results, rows, strict=True)):
        if not result.requires_grad or not leaves:
            continue
        seed = torch.full_like(result, scale)
        more = number + 1 < len(results)
        grads = torch.autograd.grad(result, leaves, seed, retain_graph=more, allow_unused=True)
        for tap, grad in zip(taps, grads, strict=False):
            if grad is not None:
                yield from _tap_factors(tap, grad, row)
        for spread, grad in zip(spreads, grads[len(taps) :], strict=True):
            if grad is not None:
                yield Factor(row, spread.start, grad, None)


def _tap_factors(tap: Tap, grad: Tensor, row: int) -> Iterator[Factor]:
    channels, _, out = grad.shape
    width = tap.inputs.shape[-1]
    delta = grad.reshape(channels, -1, tap.nodes, out)
    jet = tap.inputs.reshape(channels, -1, tap.nodes, width)
    n = delta.shape[1]
    left = delta.permute(1, 3, 0, 2).reshape(n, out, channels * tap.nodes)
    right = jet.permute(1, 0, 2, 3).reshape(n, channels * tap.nodes, width)
    yield Factor(row, tap.weight, left, right)
    if tap.bias is not None:
        own = delta[0, :, 0] if tap.nodes == 1 else delta[0].sum(dim=1)
        yield Factor(row, tap.bias, own, None)


class Assembly:
    """A part of the Jacobian, put together from factors.

    Factors that meet have the same rows and the same columns, as they come from the same law
    and the same parameters; so the first is written and the others are added, and memory is
    touched once.

    Args:
        rows: number of rows of the part.
        columns: number of its columns.
        like: a tensor of its precision, on its device.
        row: index of its first row in the Jacobian.
        column: index of its first column in the Jacobian.
    """

    def __init__(
        self, rows: int, columns: int, like: Tensor, row: int = 0, column: int = 0
    ) -> None:
        self.matrix = like.new_empty((rows, columns))
        self.row, self.column = row, column
        self._written: dict[tuple[int, int], set[tuple[int, int]]] = {}

    def add(self, factor: Factor) -> None:
        """Add a factor; its rows must lie inside, columns outside the part are left out."""
        top, n = factor.row - self.row, len(factor.left)
        start = factor.column - self.column
        if factor.right is None:
            count = factor.left.shape[1]
            low, high = max(0, start), min(self.matrix.shape[1], start + count)
            if low < high:
                block = factor.left[:, low - start : high - start]
                self._put(top, n, low, high, block)
            return
        out, width = factor.left.shape[1], factor.right.shape[2]
        first = max(0, -start // width)
        last = min(out, -(-(self.matrix.shape[1] - start) // width))
        if first >= last:
            return
        low, high = start + first * width, start + last * width
        block = torch.bmm(factor.left[:, first:last], factor.right).flatten(1)
        inside = slice(max(0, -low), min(high, self.matrix.shape[1]) - low)
        self._put(top, n, max(0, low), min(high, self.matrix.shape[1]), block[:, inside])

    def done(self) -> Tensor:
        """The finished part, zero where there was no factor."""
        bottom = 0
        for (top, n), columns in sorted(self._written.items()):
            self.matrix[bottom:top] = 0
            bottom = top + n
            right = 0
            for low, high in sorted(columns):
                self.matrix[top:bottom, right:low] = 0
                right = high
            self.matrix[top:bottom, right:] = 0
        self.matrix[bottom:] = 0
        return self.matrix

    def _put(self, top: int, n: int, low: int, high: int, block: Tensor) -> None:
        place = self.matrix[top : top + n, low:high]
        columns = self._written.setdefault((top, n), set())
        if (low, high) in columns:
            place += block
        else:
            place.copy_(block)
            columns.add((low, high))
