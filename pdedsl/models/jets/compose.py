r"""The jet of σ(z + b) from the jet of z, by the formula of Faà di Bruno (see `jet_table`).

There are three ways with the same result. `plain`, made of torch's own operations, may be
differentiated any number of times, in any mode, and mapped. `fused`, one node for ordinary tensors,
takes less memory and, for the loss and its gradient on one core (2D, three layers of 50 tanh, 1,000
points), 1/1.5 of the time of `plain` for the Laplacian and 1/4 for the biharmonic, both replayed
(see `runtime.replay`); without the replay 1/1.9 and 1/3.2. `compiled` is not replayed: 1.5 times
the time of the replayed `fused` for the Laplacian, and from 0.8 (gelu, single precision) to 1.2
times for fourth orders, so that it is for those alone who ask for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import torch
from torch import Tensor

from .activations import Tower
from .compiled import CompiledComposition, is_refused
from .differentiation import has_no_tangent
from .fused import Composition
from .jet_table import JetTable, Selection


def compose(
    tower: Tower,
    jet: Tensor,
    bias: Tensor | None,
    table: JetTable,
    compiled: bool = False,
    rows: Selection | None = None,
) -> Tensor:
    """The jet of σ(z + b).

    Args:
        tower: σ and its derivatives.
        jet: jet of z, shape (channels, n, width).
        bias: b of shape (width,), or None.
        table: the table of the jet.
        compiled: take code made for this table, see `compiled`.
        rows: the channels of the result that are wanted; None for all.

    Returns:
        Jet of the wanted channels, shape (len(rows), n, width).
    """
    rows = table.every if rows is None else rows
    if has_no_tangent(jet) and (bias is None or has_no_tangent(bias)):
        worth = compiled and jet.device.type == "cpu" and bias is not None and not is_refused(rows)
        step = CompiledComposition if worth and rows.order else Composition
        out: Tensor = step.apply(jet, bias, tower, rows, plain)
        return out
    return plain(tower, jet, bias, rows)


def plain(tower: Tower, jet: Tensor, bias: Tensor | None, rows: Selection) -> Tensor:
    """As `compose`, by operations that may be differentiated and mapped."""
    head, first, rest = jet.split((1, rows.first, len(jet) - 1 - rows.first))
    sigma = tower(head if bias is None else head + bias, rows.order)
    out = [sigma[0]] if rows.value else []
    if rows.linear:
        lower = tuple(channel - 1 for channel in rows.channels[rows.value : rows.curved])
        out.append(sigma[1] * _rows(first, lower))
    if rows.curved < len(rows):
        upper = tuple(channel - 1 - rows.first for channel in rows.channels[rows.curved :])
        total = sigma[1] * _rows(rest, upper)
        products = h = jet[1:]
        before = first
        for k, step in enumerate(rows.steps, start=2):
            products = _rows(products, step.left, before) * _rows(h, step.right, first)
            total = torch.addcmul(total, sigma[k], combine_rows(step.matrix, products))
            before = products
        out.append(total)
    return torch.cat(out) if len(out) > 1 else out[0]


def add_bias(jet: Tensor, bias: Tensor | None) -> Tensor:
    """The jet of z + b."""
    if bias is None:
        return jet
    head, rest = jet.split((1, len(jet) - 1))
    return torch.cat((head + bias, rest))


def _rows(tensor: Tensor, index: tuple[int, ...], head: Tensor | None = None) -> Tensor:
    """Rows of a tensor; ``head`` holds its first rows, and is taken where it is what is meant."""
    head = tensor if head is None else head
    if index == tuple(range(len(head))):
        return head
    start, count = index[0], len(index)
    if index == tuple(range(start, start + count)):
        return tensor.narrow(0, start, count)
    return tensor[list(index)]


def combine_rows(matrix: tuple[tuple[float, ...], ...], products: Tensor) -> Tensor:
    """Σ_j matrix[i][j] products[j]."""
    return torch.tensordot(_weights(matrix, products.dtype, products.device), products, dims=1)


@lru_cache(maxsize=1024)
def _weights(
    matrix: tuple[tuple[float, ...], ...], dtype: torch.dtype, device: torch.device
) -> Tensor:
    return constant(matrix, dtype, device)


def constant(rows: Sequence[Sequence[float]], dtype: torch.dtype, device: torch.device) -> Tensor:
    """A tensor that is kept, and serves calls of all modes, also inside of torch.func."""
    with torch.inference_mode(False), torch._C._DisableFuncTorch():
        return torch.tensor(rows, dtype=dtype, device=device)
