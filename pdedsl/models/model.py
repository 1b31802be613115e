"""What every model offers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, Self

import torch
from torch import Tensor

from pdedsl.models.jets.jet_table import JetTable
from pdedsl.options.section import Section

from .inputs import Axis
from .parameters import Reader


class Model(Protocol):
    """A function of the inputs with ``outputs`` components and ``size`` parameters.

    ``linear`` says whether it is linear in its parameters; ``parts`` names the places of its
    layers in the parameter vector, one after another without a gap; ``width`` is the largest
    number of values that are there at once for a point. A model whose sums need fewer where nothing
    is differentiated in the parameters has these as ``width_of_sums``.
    """

    outputs: int
    size: int
    width: int
    linear: bool
    parts: Mapping[str, slice]

    def initial(self, generator: torch.Generator) -> Tensor:
        """Fresh parameters, shape (size,), float64 on the CPU."""

    def jet(self, reader: Reader, points: Tensor, table: JetTable) -> Tensor:
        """Jet at points of shape (n, inputs): (channels, n, outputs).

        Only the channels that are read count (`JetTable.read`): networks of layers leave the others
        zero. Who reads them all asks with `JetTable.whole`.
        """


class MisfitError(ValueError):
    """Options that are right in themselves, but not for the inputs of a problem."""


class ModelOptions(Section):
    """What the options of all models have in common."""

    kind: str

    def in_domain(self, domain: str | None) -> Self:
        """The options for the fields of one domain; None for functions of time alone."""
        return self

    def build(self, axes: tuple[Axis, ...], outputs: int) -> Model:
        """The model for these inputs and this number of components.

        Raises:
            MisfitError: the options do not fit the inputs.
        """
        raise NotImplementedError
