r"""Models on overlapping parts of the domain, blended by windows that sum to one (FBPINN).

.. math:: u(x) = \sum_i \hat w_i(x)\, M_i\!\left(\frac{x - μ_i}{σ_i}\right), \qquad
          \hat w_i(x) = \prod_a \frac{w_{i_a}(x_a)}{\sum_k w_k(x_a)}

The model M_i of part i sees its own box as [−1, 1] in each input. u is as smooth as the windows are
(`window_jets`), so that no condition joins the parts (Moseley, Markham and Nissen-Meyer, Adv.
Comput. Math. 49, 2023). With bases inside it is a partition of unity that is linear in its
parameters. Derivatives of the products follow the rule of Leibniz, see `products`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from typing import Annotated, Literal

import torch
from pydantic import Field, model_validator
from torch import Tensor

from pdedsl.models.jets.jet_table import JetTable
from pdedsl.models.jets.products import multiply
from pdedsl.options.section import Count, OneOf, fault_of

from .bases.basis_jets import JetCache
from .inputs import Axis
from .model import MisfitError, Model, ModelOptions
from .networks.mlp import MlpOptions
from .parameters import Reader, Tape
from .pieces import Pieces
from .single import SINGLE
from .window_jets import Window, Windows1D


class FbpinnOptions(ModelOptions):
    """Models on overlapping parts, blended by windows; see `partition`.

    Args:
        counts: number of windows along each input, in order; one number for the first input that
            is not periodic.
        window: see `window_jets`.
        width: of a window, in distances of their centres.
        piece: the model of each part.
    """

    kind: Literal["fbpinn"] = "fbpinn"
    counts: Annotated[tuple[Count, ...], Field(min_length=1)] = (5,)
    window: Window = "cosine"
    width: Annotated[float, Field(strict=True, gt=1)] = 2.99
    piece: Annotated[ModelOptions, OneOf(SINGLE.values(), usual="mlp")] = MlpOptions()

    @model_validator(mode="after")
    def _plain_piece(self) -> FbpinnOptions:
        for key in ("hard", "analysed"):
            if getattr(self.piece, key, False):
                raise fault_of(f"a piece of fbpinn has no {key} = true; leave it out", "piece")
        if getattr(self.piece, "preconditioner", "none") != "none":
            raise fault_of(
                "a piece of fbpinn has no preconditioner, which is for the whole box; leave it out",
                "piece",
            )
        return self

    def build(self, axes: tuple[Axis, ...], outputs: int) -> Partition:
        """See `ModelOptions.build`.

        Raises:
            MisfitError: there are more numbers than inputs, or windows along a periodic one.
        """
        counts = self._counts(axes)
        lines = tuple(
            Windows1D(self.window, axis.lower, axis.upper, count, self.width)
            for axis, count in zip(axes, counts, strict=True)
        )
        places = list(product(*(range(count) for count in counts)))
        pieces = []
        for place in places:
            own = (
                axis if line.count == 1 else replace(axis, lower=ends[0], upper=ends[1])
                for axis, line, k in zip(axes, lines, place, strict=True)
                for ends in [line.support(k)]
            )
            pieces.append(self.piece.build(tuple(own), outputs))
        return Partition(lines, places, pieces)

    def _counts(self, axes: tuple[Axis, ...]) -> tuple[int, ...]:
        """A number for each input."""
        if len(self.counts) == 1:
            free = [i for i, axis in enumerate(axes) if axis.period is None]
            if not free:
                raise MisfitError("fbpinn: all inputs are periodic, and windows have ends")
            return tuple(self.counts[0] if i == free[0] else 1 for i in range(len(axes)))
        if len(self.counts) != len(axes):
            raise MisfitError(
                f"fbpinn: counts has {len(self.counts)} numbers, but there are {len(axes)} inputs"
            )
        for number, (axis, count) in enumerate(zip(axes, self.counts, strict=True), start=1):
            if axis.period is not None and count > 1:
                raise MisfitError(
                    f"fbpinn: {count} windows along input {number}, which is periodic and has no "
                    "ends; write 1 there"
                )
        return self.counts


class Partition(Pieces):
    """The model; see the module docstring.

    Args:
        lines: the windows of each input.
        places: for each piece, the number of its window along each input.
        pieces: the models.
    """

    def __init__(
        self, lines: Sequence[Windows1D], places: Sequence[tuple[int, ...]], pieces: Sequence[Model]
    ) -> None:
        super().__init__(pieces, "part")
        self.lines, self.places = tuple(lines), tuple(places)
        self._series = JetCache(self._made_series)

    def jet(self, reader: Reader, points: Tensor, table: JetTable) -> Tensor:
        """Jet at points of shape (n, inputs): (channels, n, outputs).

        A reader evaluates a piece at the points of its window alone; a tape, which has a row for
        each point, at all of them, moved into the box of the piece where its window is zero.
        """
        series = self._series(points, table)
        total = points.new_zeros(table.channels, len(points), self.outputs)
        for k, place in enumerate(self.places):
            own = [line[i] for line, i in zip(series, place, strict=True)]
            inside = torch.stack([line[0] != 0 for line in own]).all(dim=0)
            if not bool(inside.any()):
                continue
            if isinstance(reader, Tape):
                total = total + self._recorded(k, reader, points, inside, own, table)
                continue
            (here,) = inside.nonzero(as_tuple=True)
            jet = self.jet_of(k, reader, points.index_select(0, here), table.whole)
            window = _window_jet([line.index_select(1, here) for line in own], table)
            total = total.index_add(1, here, multiply(window, jet, table))
        return total

    def _recorded(
        self, k: int, tape: Tape, points: Tensor, inside: Tensor, own: list[Tensor], table: JetTable
    ) -> Tensor:
        """The part of a piece in the jet, at all points."""
        ends = [line.support(i) for line, i in zip(self.lines, self.places[k], strict=True)]
        lower, upper = points.new_tensor(ends).unbind(dim=1)
        near = torch.where(inside[:, None], points, points.clamp(lower, upper))
        jet = self.jet_of(k, tape, near, table.whole)
        return multiply(_window_jet(own, table) * inside[:, None], jet, table)

    def _made_series(self, points: Tensor, table: JetTable) -> tuple[Tensor, ...]:
        return tuple(
            line.series(x, table.order)
            for line, x in zip(self.lines, points.unbind(dim=1), strict=True)
        )


def _window_jet(own: list[Tensor], table: JetTable) -> Tensor:
    """The jet of a product of windows from their series (order + 1, n): (channels, n, 1)."""
    channels = []
    for row in table.taylor_rows():
        terms = [
            weight * torch.stack([line[k] for line, k in zip(own, alpha, strict=True)]).prod(dim=0)
            for alpha, weight in row.items()
        ]
        channels.append(torch.stack(terms).sum(dim=0))
    return torch.stack(channels)[..., None]
