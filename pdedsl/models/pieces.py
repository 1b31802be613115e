"""What models made of other models have in common: the places of their parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate

import torch
from torch import Tensor

from pdedsl.models.jets.jet_table import JetTable

from .model import Model
from .parameters import Reader, Tape


class Pieces:
    """Models of the same outputs, each with its parameters after those of the one before.

    Args:
        pieces: the models.
        name: of a piece in the names of parts, such as ``window``.
    """

    def __init__(self, pieces: Sequence[Model], name: str) -> None:
        self.pieces = tuple(pieces)
        self.outputs = pieces[0].outputs
        self.width = max(piece.width for piece in pieces)
        self.width_of_sums = max(getattr(piece, "width_of_sums", piece.width) for piece in pieces)
        self.linear = all(piece.linear for piece in pieces)
        self.offsets = tuple(accumulate((piece.size for piece in pieces), initial=0))
        self.size = self.offsets[-1]
        self.parts: Mapping[str, slice] = {
            f"{name} {k + 1}: {part}": slice(start + place.start, start + place.stop)
            for k, (piece, start) in enumerate(zip(pieces, self.offsets, strict=False))
            for part, place in piece.parts.items()
        }

    def initial(self, generator: torch.Generator) -> Tensor:
        """First parameters of all pieces, shape (size,), float64 on the CPU."""
        return torch.cat([piece.initial(generator) for piece in self.pieces])

    def jet_of(self, k: int, reader: Reader, points: Tensor, table: JetTable) -> Tensor:
        """The jet of piece k at points of shape (n, inputs); a tape keeps what its own one does."""
        place = reader.offset + self.offsets[k]
        if not isinstance(reader, Tape):
            return self.pieces[k].jet(Reader(reader.theta, place, reader.compiled), points, table)
        own = Tape(reader.theta, place, reader.nodes, reader.compiled)
        jet = self.pieces[k].jet(own, points, table)
        reader.taps += own.taps
        reader.local_taps += own.local_taps
        reader.rows += own.rows
        return jet
