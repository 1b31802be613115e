r"""The Jacobian from one reverse pass for each residual component; see `models.parameters`.

Its memory runs along the rows, parameter by parameter: every entry of a weight's part is

.. math:: \frac{∂r_n}{∂W_{oi}} = \sum_c δ_{ocn} z_{icn},

a few products of long vectors, which go straight to their place, some outputs at a time so that
they stay in the cache while the channels are added up. Batched products of small matrices, one
a row, take ten times as long.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from pdedsl.linalg.layers import Factor
from pdedsl.models.parameters import Tap, Tape
from pdedsl.models.runtime.workspace import empty

from .local_rows import LocalFactor, local_factor

# Bytes of the Jacobian that are added up at once, on the CPU.
_CACHE = 1 << 21


def factors(
    tapes: Sequence[Tape], results: Sequence[Tensor], rows: Sequence[int]
) -> Iterator[Factor]:
    """Factors of the Jacobian of ``results[k]``, which starts at row ``rows[k]``."""
    yield from map(dense_factor, all_factors(tapes, results, rows))


def dense_factor(factor: Factor | LocalFactor) -> Factor:
    """A factor with all entries between the first and the last that is not zero."""
    if isinstance(factor, Factor):
        return factor
    column, entries = factor.dense()
    return Factor(factor.row, column, entries, None)


def all_factors(
    tapes: Sequence[Tape], results: Sequence[Tensor], rows: Sequence[int]
) -> Iterator[Factor | LocalFactor]:
    """As `factors`, those of models that are mostly zero at a point by their entries."""
    taps = [tap for tape in tapes for tap in tape.taps]
    near = [tap for tape in tapes for tap in tape.local_taps]
    spreads = [spread for tape in tapes for spread in tape.rows]
    leaves = [tap.outputs for tap in taps] + [tap.outputs for tap in near]
    leaves += [spread.values for spread in spreads]
    jets = [_by_neuron(tap.inputs, tap) for tap in taps]
    for number, (result, row) in enumerate(zip(results, rows, strict=True)):
        if not result.requires_grad or not leaves:
            continue
        seed = torch.ones_like(result)
        more = number + 1 < len(results)
        grads = torch.autograd.grad(result, leaves, seed, retain_graph=more, allow_unused=True)
        for tap, jet, grad in zip(taps, jets, grads, strict=False):
            if grad is not None:
                yield from _tap_factors(tap, jet, _by_neuron(grad, tap), row)
        for local, grad in zip(near, grads[len(taps) :], strict=False):
            if grad is not None:
                yield local_factor(local, grad, row)
        for spread, grad in zip(spreads, grads[len(taps) + len(near) :], strict=True):
            if grad is not None:
                yield Factor(row, spread.start, grad.T, None)


def _tap_factors(tap: Tap, jet: Tensor, delta: Tensor, row: int) -> Iterator[Factor]:
    """Factors of V, b and s from the jet of the inputs and δ, both by neuron."""
    if isinstance(tap.factor, Tensor):
        own = tap.factor.view(-1, 1, 1, 1) * delta
    else:
        own = delta if tap.factor == 1 else tap.factor * delta
    yield Factor(row, tap.weight, own, jet)
    if tap.bias is not None:
        shift = delta[:, 0].sum(dim=-1)
        yield Factor(row, tap.bias, shift if tap.gain == 1 else tap.gain * shift, None)
    if tap.scale is not None:
        products = delta * _by_neuron(tap.outputs.detach(), tap)
        yield Factor(row, tap.scale, products.sum(dim=(1, 3)), None)


def _by_neuron(jet: Tensor, tap: Tap) -> Tensor:
    """(C, n·nodes, width) as (width, C, n, nodes), the rows of a neuron side by side."""
    channels, _, width = jet.shape
    return jet.permute(2, 0, 1).contiguous().view(width, channels, -1, tap.nodes)


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
        self._transposed = empty((columns, rows), like)
        self.row, self.column = row, column
        self._written: dict[tuple[int, int], set[tuple[int, int]]] = {}

    def add(self, factor: Factor) -> None:
        """Add a factor; its rows must lie inside, columns outside the part are left out."""
        columns = len(self._transposed)
        start = factor.column - self.column
        if factor.jet is None:
            low, high = max(0, start), min(columns, start + len(factor.delta))
            if low < high:
                place, more = self._place(factor, low, high)
                _put(place, factor.delta[low - start : high - start], more)
            return
        out, width = len(factor.delta), len(factor.jet)
        first, last = max(0, -start // width), min(out, -(-(columns - start) // width))
        low, high = start + first * width, start + last * width
        if first >= last:
            return
        if low >= 0 and high <= columns:
            place, more = self._place(factor, low, high)
            _outer(place.unflatten(0, (last - first, width)), factor, first, more)
            return
        # The part begins or ends within the inputs of one output.
        whole = empty((last - first, width, factor.rows), factor.delta)
        _outer(whole, factor, first, False)
        inside = whole.flatten(0, 1)[max(0, -low) : min(high, columns) - low]
        place, more = self._place(factor, max(0, low), min(high, columns))
        _put(place, inside, more)

    def _place(self, factor: Factor, low: int, high: int) -> tuple[Tensor, bool]:
        """Where columns of a factor go, and whether something is there already."""
        top, n = factor.row - self.row, factor.rows
        columns = self._written.setdefault((top, n), set())
        written = (low, high) in columns
        columns.add((low, high))
        return self._transposed[low:high, top : top + n], written

    def done(self) -> Tensor:
        """The finished part, zero where there was no factor."""
        matrix = self._transposed
        bottom = 0
        for (top, n), columns in sorted(self._written.items()):
            matrix[:, bottom:top] = 0
            bottom = top + n
            right = 0
            for low, high in sorted(columns):
                matrix[right:low, top:bottom] = 0
                right = high
            matrix[right:, top:bottom] = 0
        matrix[:, bottom:] = 0
        return matrix.T


def _put(place: Tensor, values: Tensor, more: bool) -> None:
    if more:
        place += values
    else:
        place.copy_(values)


def _outer(place: Tensor, factor: Factor, first: int, more: bool) -> None:
    """Outer products of the outputs from ``first`` on, to a place of shape (outputs, in, n)."""
    assert factor.jet is not None
    outputs, width, n = place.shape
    delta, jet = factor.delta[first : first + outputs], factor.jet
    if delta.shape[3] > 1:
        left = delta.permute(2, 0, 1, 3).flatten(2)
        right = jet.permute(2, 1, 3, 0).flatten(1, 2)
        _put(place, torch.bmm(left, right).permute(1, 2, 0), more)
        return
    delta, jet = delta[..., 0].unsqueeze(1), jet[..., 0].unsqueeze(0)
    step = max(1, _CACHE // (width * n * place.itemsize)) if place.device.type == "cpu" else outputs
    for start in range(0, outputs, step):
        here, part = place[start : start + step], delta[start : start + step]
        for channel in range(delta.shape[2]):
            if channel or more:
                here.addcmul_(part[:, :, channel], jet[:, :, channel])
            else:
                torch.mul(part[:, :, channel], jet[:, :, channel], out=here)
