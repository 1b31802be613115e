r"""The linear maps inside the networks, and products with the factors that they give J.

A map W with its bias b is one matrix (W b) of inputs (z, 1), where the 1 belongs to the value
alone: derivatives of a constant are zero. The rows of J in its entries are, with the channels c
of the jet and quadrature nodes q of the row,

.. math:: ∂r_n/∂(W\ b) = \sum_{c,q} δ_{cnq} ⊗ (z_{cnq}, [c = 0]).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from pdedsl.models import Tape, jet_table
from pdedsl.models.runtime.workspace import empty

from .jacobian import Factor
from .program import Setting


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


def layers_of(setting: Setting, like: Tensor) -> tuple[LinearLayer, ...]:
    """Every linear map of the networks, once, in the order of θ.

    Args:
        setting: the models; each is recorded at one point.
        like: a tensor of the precision, on the device.
    """
    theta = like.new_zeros(setting.size)
    found: dict[int, LinearLayer] = {}
    for network in setting.networks:
        inputs = len(network.group.arguments)
        tape = Tape(theta, network.offset)
        network.model.jet(tape, like.new_zeros(1, inputs), jet_table(inputs, frozenset()))
        for tap in tape.taps:
            out, width = tap.outputs.shape[-1], tap.inputs.shape[-1]
            found[tap.weight] = LinearLayer(tap.weight, tap.bias, out, width)
    return tuple(found[place] for place in sorted(found))


def add_pulled(out: Tensor, factor: Factor, residual: Tensor) -> None:
    """Add the part of a factor in Jᵀ w.

    Args:
        out: shape (P,).
        factor: some rows and columns of J.
        residual: w, shape (N,).
    """
    w = residual[factor.row : factor.row + factor.rows]
    if factor.jet is None:
        out[factor.column : factor.column + len(factor.delta)] += factor.delta @ w
        return
    count = len(factor.delta) * len(factor.jet)
    scaled = torch.mul(factor.delta, w.view(1, 1, -1, 1), out=empty(factor.delta.shape, w))
    out[factor.column : factor.column + count] += (
        scaled.flatten(1) @ factor.jet.flatten(1).T
    ).view(-1)


def add_pushed(out: Tensor, factor: Factor, vectors: Tensor) -> None:
    """Add the part of a factor in J v for several v.

    Args:
        out: shape (k, N).
        factor: some rows and columns of J.
        vectors: v, shape (k, P).
    """
    place = out[:, factor.row : factor.row + factor.rows]
    if factor.jet is None:
        place += vectors[:, factor.column : factor.column + len(factor.delta)] @ factor.delta
        return
    height, width = len(factor.delta), len(factor.jet)
    part = vectors[:, factor.column : factor.column + height * width].reshape(-1, width)
    flat = factor.jet.flatten(1)
    moved = torch.mm(part, flat, out=empty((len(part), flat.shape[1]), flat))
    each = moved.view(len(vectors), *factor.delta.shape)
    place += each.mul_(factor.delta).sum(dim=(1, 2, 4))
