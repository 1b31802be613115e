r"""Multilayer perceptron.

.. math:: a_0 = φ(x),\quad a_l = σ(W_l a_{l-1} + b_l),\ l = 1 … \text{depth},\quad
          u = W a_{\text{depth}} + b

with φ the embedding of `inputs` (affine to [−1, 1], circle for periodic axes).
"""

from __future__ import annotations

from typing import Literal

from torch import Tensor

from pdedsl.models.inputs import Axis, Embedding, Features
from pdedsl.models.jets.jet_table import JetTable, Selection
from pdedsl.models.jets.ridge import AffineFeatures
from pdedsl.models.parameters import Reader

from .layered import Layered, chain
from .layers import EmbeddedOptions, LayerOptions


class MlpOptions(EmbeddedOptions):
    """Multilayer perceptron; see `mlp`."""

    kind: Literal["mlp"] = "mlp"

    def build(self, axes: tuple[Axis, ...], outputs: int) -> MLP:
        """See `ModelOptions.build`."""
        return MLP(self, Embedding(axes, self.harmonics), outputs)


class MLP(Layered):
    """The network; see the module docstring, and `Layered` for the arguments."""

    def __init__(self, options: LayerOptions, embedding: Features, outputs: int) -> None:
        super().__init__(options, embedding, outputs, chain(embedding.features, options))

    def hidden(
        self, reader: Reader, features: Tensor | AffineFeatures, table: JetTable, rows: Selection
    ) -> Tensor:
        """See `Layered.hidden`."""
        state, (*inner, last) = features, self.layers[:-1]
        for layer in inner:
            state = self.neurons(reader, state, layer, table)
        return self.neurons(reader, state, last, table, rows)
