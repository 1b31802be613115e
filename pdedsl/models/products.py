r"""Products of jets, by the rule of Leibniz.

.. math:: [u v]_α = \sum_{β ≤ α} u_β\, v_{α-β}

in Taylor coefficients; a collapsed channel Σ_j c_j D^{α_j} takes the sum of its rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import product

import torch
from torch import Tensor

from .jets import JetTable


@dataclass(frozen=True)
class Pairs:
    """Products u[left] v[right] of channels that are neither the value nor the result.

    Args:
        left: channels of u.
        right: channels of v.
        matrix: coefficients, one row a channel, one column a product.
    """

    left: tuple[int, ...]
    right: tuple[int, ...]
    matrix: tuple[tuple[float, ...], ...]


@lru_cache(maxsize=512)
def _pairs(table: JetTable) -> Pairs:
    """The terms of Leibniz' rule with 0 < β < α, for channels of second degree and more."""
    channel = {alpha: i for i, alpha in enumerate(table.indices)}
    rows: list[dict[tuple[int, int], float]] = []
    for row in table.taylor_rows()[1 + table.linear :]:
        found: dict[tuple[int, int], float] = {}
        for alpha, weight in row.items():
            for beta in product(*(range(k + 1) for k in alpha)):
                rest = tuple(a - b for a, b in zip(alpha, beta, strict=True))
                if any(beta) and any(rest):
                    key = channel[beta], channel[rest]
                    found[key] = found.get(key, 0.0) + weight
        rows.append(found)
    keys = sorted({key for found in rows for key in found})
    matrix = tuple(tuple(found.get(key, 0.0) for key in keys) for found in rows)
    return Pairs(tuple(k[0] for k in keys), tuple(k[1] for k in keys), matrix)


def multiply(u: Tensor, v: Tensor, table: JetTable) -> Tensor:
    """The jet of the product of two functions, point by point.

    Args:
        u: jet of shape (channels, n, width).
        v: jet of the same shape.
        table: the table of both.

    Returns:
        Jet of the same shape.
    """
    outer = u[:1] * v
    if table.channels == 1:
        return outer
    rest = torch.addcmul(outer[1:], u[1:], v[:1])
    pairs = _pairs(table)
    if not pairs.left:
        return torch.cat((outer[:1], rest))
    middle = u[list(pairs.left)] * v[list(pairs.right)]
    matrix = torch.tensor(pairs.matrix, dtype=u.dtype, device=u.device)
    first, curved = rest.split((table.linear, table.channels - 1 - table.linear))
    curved = curved + torch.tensordot(matrix, middle, dims=1)
    return torch.cat((outer[:1], first, curved))
