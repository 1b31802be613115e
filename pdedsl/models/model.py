"""What every model offers."""

from __future__ import annotations

from typing import Protocol

import torch
from torch import Tensor

from .jets import JetTable
from .parameters import Reader


class Model(Protocol):
    """A function of the inputs with ``outputs`` components and ``size`` parameters.

    ``linear`` says whether it is linear in its parameters.
    """

    outputs: int
    size: int
    linear: bool

    def initial(self, generator: torch.Generator) -> Tensor:
        """Fresh parameters, shape (size,), float64 on the CPU."""
        ...

    def jet(self, reader: Reader, points: Tensor, table: JetTable) -> Tensor:
        """Jet at points of shape (n, inputs): (channels, n, outputs)."""
        ...
