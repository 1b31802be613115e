"""How a model reads its parameters, and the tape that gives the Jacobian row by row.

A model never slices θ itself: it asks a `Reader`, in a fixed order. A `Tape` is a reader that
keeps, for every linear map Y = Z Wᵀ, the input jet Z and the output Y (a tap), and hands out
other parameters as one row for each point. Since row n of a residual r depends on row n of every
tap alone, one reverse pass from Σ_n r_n gives δ = ∂r/∂Y for all rows at once, and

    ∂r_n/∂W = Σ_c δ[c, n, :] ⊗ Z[c, n, :],    ∂r_n/∂b = δ[0, n, :],

the sum running over the channels of the jet. No reverse pass for each row is needed (Dangel,
Müller and Zeinhofer, NeurIPS 2024, use the same factors for their curvature blocks).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from pdedsl.models.jets.jet_table import JetTable, Selection
from pdedsl.models.jets.linear_map import linear_map


@dataclass(frozen=True)
class Tap:
    """One linear map: input jet (C, n·nodes, in), output (C, n·nodes, out), places in θ."""

    inputs: Tensor
    outputs: Tensor
    weight: int
    bias: int | None
    nodes: int


@dataclass(frozen=True)
class LocalTap:
    """A linear map of few inputs of many at a point, as `Reader.local`; ``nodes`` as for `Tap`."""

    inputs: Tensor
    numbers: Tensor
    outputs: Tensor
    weight: int
    width: int
    nodes: int


@dataclass(frozen=True)
class Rows:
    """Parameters spread over points: tensor (n, count), place in θ."""

    values: Tensor
    start: int


class Reader:
    """Reads the entries of a flat parameter vector, from an offset on.

    Args:
        theta: flat parameter vector of shape (P,).
        offset: index of the first entry of this model.
        compiled: whether steps are to be compiled; see `compiled`.
    """

    def __init__(self, theta: Tensor, offset: int = 0, compiled: bool = False) -> None:
        self.theta = theta
        self.offset = offset
        self.compiled = compiled

    def last(self, table: JetTable) -> Selection:
        """The channels that the last linear map of a network is applied to."""
        return table.wanted

    def linear(
        self, jet: Tensor, weight: int, out: int, bias: int | None = None
    ) -> tuple[Tensor, Tensor | None]:
        """Apply a linear map to every channel of a jet.

        Args:
            jet: Z of shape (C, n, in).
            weight: place of W, shape (out, in), row by row.
            out: number of outputs.
            bias: place of b, shape (out,).

        Returns:
            Y = Z Wᵀ of shape (C, n, out), and b, which is to be added to the value, the first
            channel.
        """
        y = linear_map(self.matrix(weight, out, jet.shape[-1]), jet)
        return y, None if bias is None else self._at(bias, out)

    def local(self, jet: Tensor, numbers: Tensor, weight: int, width: int, out: int) -> Tensor:
        """Apply a linear map to few of its inputs, the others being zero.

        Args:
            jet: Z, the few inputs, shape (C, n, q).
            numbers: which they are at each point, shape (n, q).
            weight: place of W, shape (out, width), row by row.
            width: number of all inputs.
            out: number of outputs.

        Returns:
            Shape (C, n, out).
        """
        matrix = self.matrix(weight, out, width)
        return torch.einsum("cnq,onq->cno", jet, matrix[:, numbers])

    def spread(self, start: int, count: int, n: int) -> Tensor:
        """Parameters for elementwise use at n points, shape (n, count)."""
        return self._at(start, count).expand(n, count)

    def _at(self, start: int, count: int) -> Tensor:
        return self.theta.narrow(0, self.offset + start, count)

    def matrix(self, start: int, out: int, width: int) -> Tensor:
        """W of shape (out, width), from its place in θ."""
        return self._at(start, out * width).view(out, width)


class Tape(Reader):
    """A reader that keeps taps and rows; its θ is detached.

    Args:
        nodes: number of consecutive points that belong to one row of the residual (quadrature
            nodes of an integral), else 1; the others are those of `Reader`.
    """

    def __init__(
        self, theta: Tensor, offset: int = 0, nodes: int = 1, compiled: bool = False
    ) -> None:
        super().__init__(theta, offset, compiled)
        self.nodes = nodes
        self.taps: list[Tap] = []
        self.local_taps: list[LocalTap] = []
        self.rows: list[Rows] = []

    def last(self, table: JetTable) -> Selection:
        """With the value, which the bias belongs to, as the first channel of every tap."""
        return table.wanted_and_value

    def linear(
        self, jet: Tensor, weight: int, out: int, bias: int | None = None
    ) -> tuple[Tensor, Tensor | None]:
        """As `Reader.linear`, kept."""
        y, shift = super().linear(jet, weight, out, bias)
        if not y.requires_grad:
            y.requires_grad_()
        place = None if bias is None else self.offset + bias
        self.taps.append(Tap(jet.detach(), y, self.offset + weight, place, self.nodes))
        return y, shift

    def local(self, jet: Tensor, numbers: Tensor, weight: int, width: int, out: int) -> Tensor:
        """As `Reader.local`, kept."""
        y = super().local(jet, numbers, weight, width, out)
        if not y.requires_grad:
            y.requires_grad_()
        place = self.offset + weight
        self.local_taps.append(LocalTap(jet.detach(), numbers, y, place, width, self.nodes))
        return y

    def spread(self, start: int, count: int, n: int) -> Tensor:
        """As `Reader.spread`, kept; nodes of one row share its copy."""
        rows = self._at(start, count).repeat(n // self.nodes, 1).requires_grad_()
        self.rows.append(Rows(rows, self.offset + start))
        return rows if self.nodes == 1 else rows.repeat_interleave(self.nodes, dim=0)


def fresh(generator: torch.Generator, *shape: int) -> Tensor:
    """Standard normal numbers in double precision on the CPU, the same on every device."""
    return torch.randn(*shape, dtype=torch.float64, generator=generator)
