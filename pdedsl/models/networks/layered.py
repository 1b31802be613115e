"""What networks of layers have in common: parameters, the hidden state, and u = W a + b."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from pdedsl.models.inputs import Embedding, Features
from pdedsl.models.jets.activations import tower
from pdedsl.models.jets.channels import scatter
from pdedsl.models.jets.compose import add_bias, compose
from pdedsl.models.jets.jet_table import JetTable, Selection
from pdedsl.models.jets.ridge import AffineFeatures, first_layer
from pdedsl.models.jets.ridge_plan import ridge_plan
from pdedsl.models.parameters import Reader, Tape

from .initial_values import first_values
from .layers import Layer, LayerOptions, stack_layers

Shape = tuple[str, int, int, bool]


def chain(features: int, options: LayerOptions) -> list[Shape]:
    """Shapes of hidden layers one after another, for `layers.stack_layers`."""
    rest = [
        (f"layer {k}", options.width, options.width, False) for k in range(2, options.depth + 1)
    ]
    return [("layer 1", features, options.width, True), *rest]


class Layered(ABC):
    """A network of layers, each with its parameters after those of the layer before.

    Args:
        options: see `LayerOptions`.
        embedding: the features of the inputs, φ.
        outputs: number of components.
        hidden: shapes of the layers before the last, for `layers.stack_layers`.
        states: number of hidden states, side by side, that the last layer sees.

    Attributes:
        affine: places of parameters that the outputs are affine in: W and b of the last layer, the
            factors e^s of its rows held fast.
    """

    linear = False

    def __init__(
        self,
        options: LayerOptions,
        embedding: Features,
        outputs: int,
        hidden: Sequence[Shape],
        states: int = 1,
    ) -> None:
        self.options = options
        self.outputs = outputs
        self.embedding = embedding
        self._tower = tower(options.activation)
        shapes = [*hidden, ("output", states * options.width, outputs, False)]
        self.layers = stack_layers(shapes, options)
        last = self.layers[-1]
        self.size = last.stop
        self.width = max(max(layer.width, layer.out) for layer in self.layers)
        self.parts: Mapping[str, slice] = {
            layer.name: slice(layer.weight, layer.stop) for layer in self.layers
        }
        self.affine = slice(last.weight, last.weight + (last.width + 1) * outputs)

    def initial(self, generator: torch.Generator) -> Tensor:
        """Fresh parameters, shape (size,), float64 on the CPU."""
        return torch.cat([first_values(layer, self.options, generator) for layer in self.layers])

    def jet(self, reader: Reader, points: Tensor, table: JetTable) -> Tensor:
        """Jet at points of shape (n, inputs): (channels, n, outputs); see `Model`."""
        return self.through(reader, features_of(self.embedding, reader, points, table), table)

    def through(self, reader: Reader, features: Tensor | AffineFeatures, table: JetTable) -> Tensor:
        """The jet of the outputs from that of the features; see `lines`."""
        rows, last = reader.last(table), self.layers[-1]
        state = self.hidden(reader, features, table, rows)
        y, bias = reader.linear(state, last)
        return outputs_of(y, bias, rows, table)

    @abstractmethod
    def hidden(
        self, reader: Reader, features: Tensor | AffineFeatures, table: JetTable, rows: Selection
    ) -> Tensor:
        """The jet of the last hidden states, shape (len(rows), n, …), from that of the features.

        ``rows`` are the channels of the result among those of the table.
        """

    def neurons(
        self,
        reader: Reader,
        jet: Tensor | AffineFeatures,
        layer: Layer,
        table: JetTable,
        rows: Selection | None = None,
    ) -> Tensor:
        """The jet of σ(W z + b) from that of z, or some channels of it."""
        if isinstance(jet, AffineFeatures):
            plan = ridge_plan(table, table.every if rows is None else rows)
            return first_layer(self._tower, reader, jet, layer, plan)
        y, bias = reader.linear(jet, layer)
        return compose(self._tower, y, bias, table, reader.compiled, rows)


def outputs_of(y: Tensor, bias: Tensor | None, rows: Selection, table: JetTable) -> Tensor:
    """The jet of y + b, zero in the channels that are not read.

    Args:
        y: shape (len(rows), n, outputs).
        bias: b.
        rows: `Reader.last` of the table.
        table: the channels of the result.
    """
    jet, wanted = add_bias(y, bias) if rows.value else y, table.wanted
    return scatter(jet[len(rows) - len(wanted) :], wanted, table.channels)


def features_of(
    embedding: Features, reader: Reader, points: Tensor, table: JetTable
) -> Tensor | AffineFeatures:
    """The jet of the features, or what the first layer makes one of in fewer steps.

    A tape has all channels of a layer, and compiled steps have their own ways.
    """
    quick = table.order and not (isinstance(reader, Tape) or reader.compiled)
    affine = embedding.affine(points) if quick and isinstance(embedding, Embedding) else None
    return embedding.jet(points, table) if affine is None else affine
