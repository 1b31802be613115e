r"""The Jacobian by the linear layers of networks: its factors, and products with them.

A layer W with its bias b is one matrix (W b) of inputs (z, 1), where the 1 belongs to the value
alone: derivatives of a constant are zero. The rows of J in its entries are, with the channels c
of the jet and quadrature nodes q of the row,

.. math:: ∂r_n/∂(W\ b) = \sum_{c,q} δ_{cnq} ⊗ (z_{cnq}, [c = 0]).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from pdedsl.models.runtime.workspace import empty


@dataclass(frozen=True)
class LinearLayer:
    """A linear map.

    Args:
        weight: place of W in θ, row by row.
        bias: place of b in θ, shape (out,), or None.
        out: number of outputs.
        width: number of inputs.
    """

    weight: int
    bias: int | None
    out: int
    width: int

    def matrix(self, theta: Tensor) -> Tensor:
        """W, shape (out, width): a view of a vector of shape (P,)."""
        return theta.narrow(0, self.weight, self.out * self.width).view(self.out, self.width)

    def joined(self, theta: Tensor) -> Tensor:
        """(W b), shape (out, width + 1), or W where there is no bias."""
        matrix = self.matrix(theta)
        if self.bias is None:
            return matrix
        return torch.cat((matrix, theta.narrow(0, self.bias, self.out).unsqueeze(1)), dim=1)

    def put(self, joined: Tensor, theta: Tensor) -> None:
        """Write (W b) into a vector of shape (P,)."""
        self.matrix(theta).copy_(joined[:, : self.width])
        if self.bias is not None:
            theta.narrow(0, self.bias, self.out).copy_(joined[:, -1])


@dataclass(frozen=True)
class Factor:
    """Rows of the Jacobian as outer products, or (with ``jet`` None) as they are.

    Args:
        row: first row.
        column: first column.
        delta: δ, shape (out, C, n, nodes); or the entries, shape (count, n).
        jet: z, shape (in, C, n, nodes), or None.
    """

    row: int
    column: int
    delta: Tensor
    jet: Tensor | None

    @property
    def rows(self) -> int:
        """N."""
        return self.delta.shape[1 if self.jet is None else 2]

    @property
    def nbytes(self) -> int:
        """Memory that it holds."""
        return self.delta.nbytes + (0 if self.jet is None else self.jet.nbytes)

    def add_transposed(self, out: Tensor, vector: Tensor) -> None:
        """Add its part of Jᵀ w to ``out`` of shape (P,), for w of shape (N,)."""
        w = vector[self.row : self.row + self.rows]
        if self.jet is None:
            out[self.column : self.column + len(self.delta)] += self.delta @ w
            return
        count = len(self.delta) * len(self.jet)
        scaled = torch.mul(self.delta, w.view(1, 1, -1, 1), out=empty(self.delta.shape, w))
        products = scaled.flatten(1) @ self.jet.flatten(1).T
        out[self.column : self.column + count] += products.flatten()

    def add_products(self, out: Tensor, vectors: Tensor) -> None:
        """Add its part of J v to ``out`` of shape (k, N), for each v of ``vectors``, (k, P)."""
        place = out[:, self.row : self.row + self.rows]
        if self.jet is None:
            place += vectors[:, self.column : self.column + len(self.delta)] @ self.delta
            return
        height, width = len(self.delta), len(self.jet)
        part = vectors[:, self.column : self.column + height * width].reshape(-1, width)
        flat = self.jet.flatten(1)
        images = torch.mm(part, flat, out=empty((len(part), flat.shape[1]), flat))
        each = images.view(len(vectors), *self.delta.shape)
        place += each.mul_(self.delta).sum(dim=(1, 2, 4))
