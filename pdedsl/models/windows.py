r"""A model made of others, one for each window of an input such as time.

.. math:: u(x, t) = u_k(x, t) \quad\text{for } t_k ≤ t < t_{k+1}

The pieces are independent of each other; training makes them meet at the edges (see
`pdedsl.training.windows.window_system`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Annotated, Literal

import torch
from pydantic import Field, model_validator
from torch import Tensor

from pdedsl.models.jets.jet_table import JetTable
from pdedsl.options.section import Count, OneOf, fault_of

from .bases.model import BasisModel
from .inputs import Axis
from .model import MisfitError, Model, ModelOptions
from .networks.mlp import MlpOptions
from .parameters import Reader, Tape
from .pieces import Pieces
from .single import SINGLE


class WindowsOptions(ModelOptions):
    """A model for each window of an input such as time; see `windows`.

    Args:
        edges: of the windows, ascending, both ends of the input among them; empty for ``count``
            equal windows.
        count: number of windows where no edges are given.
        pieces: the model of each window, or one for all.
        axis: place of the input among those of the model; from the end where negative.
    """

    kind: Literal["windows"] = "windows"
    edges: tuple[float, ...] = ()
    count: Count = 1
    pieces: tuple[Annotated[ModelOptions, OneOf(SINGLE.values(), usual="mlp")], ...] = (
        MlpOptions(),
    )
    axis: Annotated[int, Field(strict=True)] = -1

    @model_validator(mode="after")
    def _ascending_edges(self) -> WindowsOptions:
        if self.edges and not (len(self.edges) > 1 and all(a < b for a, b in pairwise(self.edges))):
            raise fault_of(
                f"edges must be two or more ascending numbers, but they are {list(self.edges)}",
                "edges",
            )
        return self

    @model_validator(mode="after")
    def _a_piece_for_each_window(self) -> WindowsOptions:
        number = len(self.edges) - 1 if self.edges else self.count
        if not self.pieces:
            raise fault_of("pieces is empty; give the model of a window", "pieces")
        if len(self.pieces) not in (1, number):
            raise fault_of(
                f"there are {number} windows but {len(self.pieces)} pieces; give one for each, or "
                "one for all",
                "pieces",
            )
        return self

    @model_validator(mode="after")
    def _plain_pieces(self) -> WindowsOptions:
        for piece in self.pieces:
            for key in ("hard", "analysed"):
                if getattr(piece, key, False):
                    raise fault_of(
                        f"a piece of windows has no {key} = true; leave it out", "pieces"
                    )
        return self

    def ends(self, axis: Axis) -> tuple[float, ...]:
        """The edges on an axis.

        Raises:
            MisfitError: the given edges do not begin and end with the axis.
        """
        length = axis.upper - axis.lower
        if not self.edges:
            return tuple(axis.lower + length * k / self.count for k in range(self.count + 1))
        apart = abs(self.edges[0] - axis.lower) + abs(self.edges[-1] - axis.upper)
        if apart > 1e-12 * length:
            raise MisfitError(
                f"windows: edges run from {self.edges[0]:g} to {self.edges[-1]:g}, but the input "
                f"from {axis.lower:g} to {axis.upper:g}"
            )
        return self.edges

    def piece(self, number: int) -> ModelOptions:
        """The options of the model of a window, counted from 0."""
        return self.pieces[number if len(self.pieces) > 1 else 0]

    def build(self, axes: tuple[Axis, ...], outputs: int) -> Windows:
        """See `ModelOptions.build`.

        Raises:
            MisfitError: there is no such axis, or the edges do not fit it.
        """
        if not -len(axes) <= self.axis < len(axes):
            raise MisfitError(f"windows: axis {self.axis} of {len(axes)} inputs does not exist")
        axis = self.axis % len(axes)
        edges = self.ends(axes[axis])
        pieces = []
        for number, (lower, upper) in enumerate(pairwise(edges)):
            own = list(axes)
            own[axis] = replace(axes[axis], lower=lower, upper=upper)
            pieces.append(self.piece(number).build(tuple(own), outputs))
        return Windows(edges, pieces, axis)


class Windows(Pieces):
    """The model; see the module docstring.

    Args:
        edges: t_0 < … < t_K.
        pieces: K models of all inputs.
        axis: the input that is cut, counted from 0.
    """

    def __init__(self, edges: Sequence[float], pieces: Sequence[Model], axis: int) -> None:
        super().__init__(pieces, "window")
        self.edges, self.axis = tuple(edges), axis

    def place(self, k: int) -> slice:
        """Where the parameters of a window lie in those of the model."""
        return slice(self.offsets[k], self.offsets[k + 1])

    def alone(self, k: int) -> Model:
        """The model of a window, to be trained by itself.

        A basis is made anew, so that the jets it remembers are forgotten with the window.
        """
        piece = self.pieces[k]
        if isinstance(piece, BasisModel):
            return BasisModel(piece.options, piece.basis.axes, piece.outputs)
        return piece

    def jet(self, reader: Reader, points: Tensor, table: JetTable) -> Tensor:
        """Jet at points of shape (n, inputs): (channels, n, outputs)."""
        inner = points.new_tensor(self.edges[1:-1])
        where = torch.bucketize(points[:, self.axis].detach().contiguous(), inner, right=True)
        if isinstance(reader, Tape):
            return self._recorded(reader, points, table, where)
        numbers = where.unique().tolist()
        if len(numbers) == 1:
            return self.jet_of(numbers[0], reader, points, table)
        order = torch.argsort(where, stable=True)
        rows = order.split(where.bincount()[numbers].tolist())
        parts = [
            self.jet_of(k, reader, points[here], table)
            for k, here in zip(numbers, rows, strict=True)
        ]
        back = torch.argsort(order)
        return torch.cat(parts, dim=1).index_select(1, back)

    def _recorded(self, tape: Tape, points: Tensor, table: JetTable, where: Tensor) -> Tensor:
        """The jet of each piece at all points, zero outside its window: taps have a row for each.

        A piece sees points of other windows at its nearest end, where it is bounded.
        """
        total: Tensor | None = None
        for k in range(len(self.pieces)):
            inside = where == k
            if not bool(inside.any()):
                continue
            near = points.clone()
            near[:, self.axis] = points[:, self.axis].clamp(self.edges[k], self.edges[k + 1])
            jet = self.jet_of(k, tape, near, table) * inside[:, None]
            total = jet if total is None else total + jet
        assert total is not None
        return total
