"""A smooth basis with further functions beside it, such as those of corners and holes."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from pdedsl.models.jets.multiindices import MultiIndex

from .basis import Basis, Frequencies
from .polar_functions import PolarFunctions


class EnrichedBasis:
    """The functions of a basis, then those of its columns, in their order; see `Basis`.

    Args:
        smooth: a basis.
        columns: further functions on the same axes.
    """

    diagonalises = False
    frequencies: Frequencies | None = None
    phases: tuple[str, ...] = ()

    def __init__(self, smooth: Basis, columns: Sequence[PolarFunctions]) -> None:
        self.axes = smooth.axes
        self._parts: tuple[Basis | PolarFunctions, ...] = (smooth, *columns)
        self.size = sum(part.size for part in self._parts)
        self.labels = tuple(label for part in self._parts for label in part.labels)

    def derivatives(self, points: Tensor, indices: Sequence[MultiIndex]) -> Tensor:
        """See `Basis.derivatives`."""
        return torch.cat([part.derivatives(points, indices) for part in self._parts], dim=-1)
