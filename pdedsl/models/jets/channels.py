"""Some channels of a jet: gathered, scattered among zeros, added up one after another."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from pdedsl.models.runtime.workspace import empty_like

from .differentiation import has_no_tangent, is_ordinary
from .jet_table import Selection


def gather(jet: Tensor, rows: Selection) -> Tensor:
    """The channels of a selection, shape (len(rows), n, width), from all, (channels, n, width)."""
    if len(rows) == len(jet):
        return jet
    if has_no_tangent(jet):
        out: Tensor = _Gather.apply(jet, rows)
        return out
    parts = [jet.narrow(0, first, count) for first, _, count in rows.runs]
    return torch.cat(parts) if len(parts) > 1 else parts[0]


def scatter(part: Tensor, rows: Selection, channels: int) -> Tensor:
    """The inverse of `gather`: all other channels are zero."""
    if len(rows) == channels:
        return part
    if has_no_tangent(part):
        out: Tensor = _Scatter.apply(part, rows, channels)
        return out
    parts, end = [], 0
    for first, place, count in (*rows.runs, (channels, 0, 0)):
        if first > end:
            parts.append(part.new_zeros(()).expand(first - end, *part.shape[1:]))
        if count:
            parts.append(part.narrow(0, place, count))
        end = first + count
    return torch.cat(parts)


class _Gather(torch.autograd.Function):
    """(jet) → channels, in memory of the same order, which `torch.cat` does not keep."""

    @staticmethod
    def forward(ctx: Any, jet: Tensor, rows: Selection) -> Tensor:
        ctx.rows, ctx.channels = rows, len(jet)
        return gather_copy(jet, rows)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None]:
        if torch.is_grad_enabled() or not is_ordinary(grad):
            return scatter(grad, ctx.rows, ctx.channels), None
        return scatter_copy(grad, ctx.rows, ctx.channels), None


class _Scatter(torch.autograd.Function):
    """The inverse of `_Gather`."""

    @staticmethod
    def forward(ctx: Any, part: Tensor, rows: Selection, channels: int) -> Tensor:
        ctx.rows = rows
        return scatter_copy(part, rows, channels)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None, None]:
        if torch.is_grad_enabled() or not is_ordinary(grad):
            return gather(grad, ctx.rows), None, None
        return gather_copy(grad, ctx.rows), None, None


def gather_copy(jet: Tensor, rows: Selection) -> Tensor:
    """As `gather`, not to be differentiated; a copy."""
    out = empty_like(jet, len(rows))
    for first, place, count in rows.runs:
        out[place : place + count].copy_(jet[first : first + count])
    return out


def scatter_copy(part: Tensor, rows: Selection, channels: int) -> Tensor:
    """As `scatter`, in memory of the same order; not to be differentiated."""
    if len(rows) == channels:
        return part
    out = empty_like(part, channels)
    for first, place, count in rows.runs:
        out[first : first + count].copy_(part[place : place + count])
    for channel in set(range(channels)) - set(rows.channels):
        out[channel].zero_()
    return out


class Total:
    """The channels of a gradient while terms are added to them.

    Args:
        out: their place.
        begun: the channels that have a first term already; what is there of others counts nothing.
    """

    def __init__(self, out: Tensor, begun: Selection) -> None:
        self.out = out
        self._missing = set(range(len(out))) - set(begun.channels)
        self._zero = torch.zeros((), dtype=out.dtype, device=out.device) if self._missing else out

    def add(self, channel: int, one: Tensor, other: Tensor, scale: float = 1.0) -> None:
        """Add a product to a channel."""
        place = self.out[channel]
        if channel in self._missing:
            torch.addcmul(self._zero, one, other, value=scale, out=place)
            self._missing.remove(channel)
        else:
            place.addcmul_(one, other, value=scale)

    def done(self) -> Tensor:
        """The gradient; channels without a term are zero."""
        for channel in self._missing:
            self.out[channel].zero_()
        return self.out
