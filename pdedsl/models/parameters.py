"""How a model reads its parameters, and the tape that gives the Jacobian row by row.

A model never slices θ itself: it asks a `Reader`, in a fixed order. A `Tape` is a reader that
keeps, for every linear map Y = Z Wᵀ, the input jet Z and the output Y (a tap), and hands out
other parameters as one row for each point. Since row n of a residual r depends on row n of every
tap alone, one reverse pass from Σ_n r_n gives δ = ∂r/∂Y for all rows at once, and

    ∂r_n/∂W = Σ_c δ[c, n, :] ⊗ Z[c, n, :],    ∂r_n/∂b = δ[0, n, :],

the sum running over the channels of the jet. No reverse pass for each row is needed (Dangel,
Müller and Zeinhofer, NeurIPS 2024, use the same factors for their curvature blocks).

A matrix may be factorised, W = diag(e^s) V with the parameters s and V (Wang, Wang, Seidman and
Perdikaris, arXiv 2210.01274). Then

    ∂r_n/∂V = Σ_c (e^s δ[c, n, :]) ⊗ Z[c, n, :],    ∂r_n/∂s = Σ_c δ[c, n, :] Y[c, n, :].
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from pdedsl.models.jets.jet_table import JetTable, Selection
from pdedsl.models.jets.linear_map import linear_map


@dataclass(frozen=True)
class Affine:
    """The map g (W z + b), W = diag(e^s) V, in a parameter vector.

    Args:
        out: number of outputs.
        weight: place of V, shape (out, in), row by row.
        bias: place of b, shape (out,); None for no b.
        scale: place of s, shape (out,); None for W = V.
        gain: g, a constant.
    """

    out: int
    weight: int
    bias: int | None = None
    scale: int | None = None
    gain: float = 1.0


@dataclass(frozen=True)
class Tap:
    """One linear map.

    Args:
        inputs: its input jet, shape (C, n·nodes, in).
        outputs: what it makes of it without b, shape (C, n·nodes, out).
        weight: place of V in θ.
        bias: place of b, or None.
        scale: place of s, or None.
        factor: g e^s, shape (out,), or g.
        gain: g.
        nodes: number of points that belong to one row.
    """

    inputs: Tensor
    outputs: Tensor
    weight: int
    bias: int | None
    scale: int | None
    factor: Tensor | float
    gain: float
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

    def linear(self, jet: Tensor, affine: Affine) -> tuple[Tensor, Tensor | None]:
        """Apply an affine map to every channel of a jet.

        Args:
            jet: Z of shape (C, n, in).
            affine: the map.

        Returns:
            Y = g Z Wᵀ of shape (C, n, out), and g b, which is to be added to the value, the first
            channel.
        """
        y = linear_map(self.matrix(affine, jet.shape[-1]), jet)
        if affine.bias is None:
            return y, None
        bias = self._at(affine.bias, affine.out)
        return y, bias if affine.gain == 1 else affine.gain * bias

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
        matrix = self.matrix(Affine(out, weight), width)
        return torch.einsum("cnq,onq->cno", jet, matrix[:, numbers])

    def spread(self, start: int, count: int, n: int) -> Tensor:
        """Parameters for elementwise use at n points, shape (n, count)."""
        return self._at(start, count).expand(n, count)

    def _at(self, start: int, count: int) -> Tensor:
        return self.theta.narrow(0, self.offset + start, count)

    def matrix(self, affine: Affine, width: int) -> Tensor:
        """The matrix g W of a map of so many inputs, shape (out, width)."""
        plain = self._at(affine.weight, affine.out * width).view(affine.out, width)
        factor = self.factor(affine)
        if isinstance(factor, Tensor):
            return factor.unsqueeze(1) * plain
        return plain if factor == 1 else factor * plain

    def factor(self, affine: Affine) -> Tensor | float:
        """What V is multiplied by: g e^s, shape (out,), or g where there is no s."""
        if affine.scale is None:
            return affine.gain
        growth = self._at(affine.scale, affine.out).exp()
        return growth if affine.gain == 1 else affine.gain * growth


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

    def linear(self, jet: Tensor, affine: Affine) -> tuple[Tensor, Tensor | None]:
        """As `Reader.linear`, kept."""
        y, shift = super().linear(jet, affine)
        if not y.requires_grad:
            y.requires_grad_()
        self.taps.append(
            Tap(
                inputs=jet.detach(),
                outputs=y,
                weight=self.offset + affine.weight,
                bias=self._place(affine.bias),
                scale=self._place(affine.scale),
                factor=self.factor(affine),
                gain=affine.gain,
                nodes=self.nodes,
            )
        )
        return y, shift

    def _place(self, start: int | None) -> int | None:
        return None if start is None else self.offset + start

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
