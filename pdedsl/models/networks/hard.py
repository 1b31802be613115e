r"""A model that meets conditions exactly, whatever its parameters.

.. math:: u(x) = G(x) + B(x)\, N(x)

component by component, with the lift G and the factor B fixed functions and N a model with
parameters: where B vanishes, u is G (Lagaris, Likas and Fotiadis, IEEE Trans. Neural Netw. 9,
1998). Derivatives of the product follow the rule of Leibniz, see `products`.
"""

from __future__ import annotations

from typing import Protocol

import torch
from torch import Tensor

from pdedsl.models.jets.jet_table import JetTable
from pdedsl.models.jets.products import multiply_add
from pdedsl.models.model import Model
from pdedsl.models.parameters import Reader


class FixedFunctions(Protocol):
    """Functions of the inputs without parameters, one for each output of a model."""

    def jet(self, points: Tensor, table: JetTable) -> Tensor:
        """Jet at points of shape (n, inputs): (channels, n, outputs)."""


class HardConditions:
    """The model; see the module docstring. Its parameters are those of the model N.

    The lift G and the factor B have one function for each output.
    """

    def __init__(self, model: Model, lift: FixedFunctions, factor: FixedFunctions) -> None:
        self.model, self.lift, self.factor = model, lift, factor
        self.outputs, self.size = model.outputs, model.size
        self.linear, self.parts, self.width = model.linear, model.parts, model.width

    def initial(self, generator: torch.Generator) -> Tensor:
        """Fresh parameters of N, shape (size,), float64 on the CPU."""
        return self.model.initial(generator)

    def jet(self, reader: Reader, points: Tensor, table: JetTable) -> Tensor:
        """Jet at points of shape (n, inputs): (channels, n, outputs)."""
        inner = self.model.jet(reader, points, table.whole)  # the product takes every channel
        lift, factor = self.lift.jet(points, table), self.factor.jet(points, table)
        return multiply_add(lift, factor, inner, table)
