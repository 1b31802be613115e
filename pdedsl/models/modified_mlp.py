r"""Multilayer perceptron with two gates (Wang, Teng and Perdikaris, arXiv 2001.04536, section 2.6).

.. math:: U = σ(W_U φ + b_U),\quad V = σ(W_V φ + b_V),\quad a_1 = σ(W_1 φ + b_1),

.. math:: Z_l = σ(W_{l+1} a_l + b_{l+1}),\quad a_{l+1} = (1 - Z_l) ⊙ U + Z_l ⊙ V,
          \ l = 1 … \text{depth} - 1,\quad u = W a_{\text{depth}} + b

Every hidden state lies between the two gates, which see the inputs φ(x) directly.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from .activations import tower
from .inputs import Axis, Embedding
from .jets import JetTable, compose, shifted
from .layers import Layer, initial_of, parts_of, placed
from .mlp import MLPOptions
from .parameters import Reader
from .products import multiply


@dataclass(frozen=True)
class ModifiedMLPOptions(MLPOptions):
    """Options of ``kind = "modified_mlp"``: those of ``mlp``."""

    kind: ClassVar[str] = "modified_mlp"


class ModifiedMLP:
    """The network; see the module docstring.

    Args:
        options: see `MLPOptions`.
        embedding: the features of the inputs, φ.
        outputs: number of components.
    """

    linear = False

    def __init__(self, options: MLPOptions, embedding: Embedding, outputs: int) -> None:
        self.options = options
        self.outputs = outputs
        self.embedding = embedding
        self._tower = tower(options.activation)
        features, width = embedding.features, options.width
        self.layers = placed([
            ("gate U", features, width, True),
            ("gate V", features, width, True),
            ("layer 1", features, width, True),
            *((f"layer {k}", width, width, False) for k in range(2, options.depth + 1)),
            ("output", width, outputs, False),
        ])  # fmt: skip
        self.size = self.layers[-1].bias + outputs
        self.parts = parts_of(self.layers)

    def initial(self, generator: torch.Generator) -> Tensor:
        """Fresh parameters, shape (size,), float64 on the CPU."""
        return initial_of(self.layers, self.options, generator)

    def jet(self, reader: Reader, points: Tensor, table: JetTable) -> Tensor:
        """Jet at points of shape (n, inputs): (channels, n, outputs)."""

        def neurons(jet: Tensor, layer: Layer) -> Tensor:
            y, bias = reader.linear(jet, layer.weight, layer.out, layer.bias)
            return compose(self._tower, y, bias, table)

        features = self.embedding.jet(points, table)
        u, v, state = (neurons(features, layer) for layer in self.layers[:3])
        across = v - u
        for layer in self.layers[3:-1]:
            state = u + multiply(neurons(state, layer), across, table)
        last = self.layers[-1]
        return shifted(*reader.linear(state, last.weight, last.out, last.bias))


def build(options: dict[str, object], axes: tuple[Axis, ...], outputs: int) -> ModifiedMLP:
    """The network of a set of options, for the registry."""
    made = ModifiedMLPOptions(**options)  # type: ignore[arg-type]
    return ModifiedMLP(made, Embedding(axes, made.harmonics), outputs)
