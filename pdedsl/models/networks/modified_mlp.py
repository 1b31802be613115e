r"""Multilayer perceptron with two gates (Wang, Teng and Perdikaris, arXiv 2001.04536, section 2.6).

.. math:: U = σ(W_U φ + b_U),\quad V = σ(W_V φ + b_V),\quad a_1 = σ(W_1 φ + b_1),

.. math:: Z_l = σ(W_{l+1} a_l + b_{l+1}),\quad a_{l+1} = (1 - Z_l) ⊙ U + Z_l ⊙ V,
          \ l = 1 … \text{depth} - 1,\quad u = W a_{\text{depth}} + b

Every hidden state lies between the two gates, which see φ(x) directly: the inputs, or Fourier
features of them.
"""

from __future__ import annotations

from typing import Literal

from torch import Tensor

from pdedsl.models.inputs import Axis, Features
from pdedsl.models.jets.jet_table import JetTable, Selection
from pdedsl.models.jets.products import multiply_add
from pdedsl.models.jets.ridge import AffineFeatures
from pdedsl.models.parameters import Reader

from .fourier_features import GatedOptions
from .layered import Layered, chain
from .layers import LayerOptions


class ModifiedMlpOptions(GatedOptions):
    """Multilayer perceptron with two gates; see `modified_mlp`."""

    kind: Literal["modified_mlp"] = "modified_mlp"

    def build(self, axes: tuple[Axis, ...], outputs: int) -> ModifiedMLP:
        """See `ModelOptions.build`."""
        return ModifiedMLP(self, self.inputs(axes), outputs)


class ModifiedMLP(Layered):
    """The network; see the module docstring, and `Layered` for the arguments."""

    def __init__(self, options: LayerOptions, embedding: Features, outputs: int) -> None:
        gates = [(f"gate {name}", embedding.features, options.width, True) for name in "UV"]
        super().__init__(options, embedding, outputs, [*gates, *chain(embedding.features, options)])

    def hidden(
        self, reader: Reader, features: Tensor | AffineFeatures, table: JetTable, rows: Selection
    ) -> Tensor:
        """See `Layered.hidden`."""
        gates, first, later = self.layers[:2], self.layers[2], self.layers[3:-1]
        u, v = (self.neurons(reader, features, layer, table) for layer in gates)
        state = self.neurons(reader, features, first, table, None if later else rows)
        across = v - u
        for layer in later:
            chosen = rows if layer is later[-1] else None
            gate = self.neurons(reader, state, layer, table)
            state = multiply_add(u, gate, across, table, chosen)
        return state
