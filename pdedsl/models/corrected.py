r"""A model at fixed parameters, and one beside it that makes up for what it lacks.

.. math:: u(x) = u_h(x) + e(x), \qquad e = \sum_j φ_j\, θ_j

u_h has no parameters any more; those of the sum are those of e.
"""

from __future__ import annotations

import torch
from torch import Tensor

from .bases.basis_jets import JetCache
from .jets.jet_table import JetTable
from .model import Model
from .parameters import Reader


class Corrected:
    """The sum; see the module docstring.

    Args:
        fixed: the model of u_h.
        state: its parameters, shape (fixed.size,).
        correction: the model of e, with as many outputs.
    """

    def __init__(self, fixed: Model, state: Tensor, correction: Model) -> None:
        self.fixed, self.correction = fixed, correction
        self.state = state.detach()
        self.outputs, self.size, self.width = correction.outputs, correction.size, correction.width
        self.linear, self.parts = correction.linear, correction.parts
        self.local: bool = getattr(correction, "local", False)
        self._jets = JetCache(self._fixed)

    def initial(self, generator: torch.Generator) -> Tensor:
        """First parameters of e, shape (size,), float64 on the CPU."""
        return self.correction.initial(generator)

    def jet(self, reader: Reader, points: Tensor, table: JetTable) -> Tensor:
        """Jet at points of shape (n, inputs): (channels, n, outputs)."""
        return self._jets(points, table)[0] + self.correction.jet(reader, points, table)

    def _fixed(self, points: Tensor, table: JetTable) -> tuple[Tensor, ...]:
        with torch.no_grad():
            return (self.fixed.jet(Reader(self.state.to(points)), points, table),)
