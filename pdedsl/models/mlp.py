r"""Multilayer perceptron.

.. math:: a_0 = φ(x),\quad a_l = σ(W_l a_{l-1} + b_l),\ l = 1 … \text{depth},\quad
          u = W a_{\text{depth}} + b

with φ the embedding of `inputs` (affine to [−1, 1], circle for periodic axes).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor

from .activations import tower
from .checks import check_integer
from .inputs import Axis, Embedding, Features
from .jets import JetTable, compose, shifted
from .layers import LayerOptions, initial_of, parts_of, placed
from .parameters import Reader


@dataclass(frozen=True)
class MLPOptions(LayerOptions):
    """Options of ``kind = "mlp"``: those of the layers, and these.

    Args:
        harmonics: number of harmonics of a periodic axis.
    """

    harmonics: int = 1

    def __post_init__(self) -> None:
        super().__post_init__()
        check_integer(self.kind, "harmonics", self.harmonics, 1)


class MLP:
    """The network; see the module docstring.

    Args:
        options: see `LayerOptions`.
        embedding: the features of the inputs, φ.
        outputs: number of components.
    """

    linear = False

    def __init__(self, options: LayerOptions, embedding: Features, outputs: int) -> None:
        self.options = options
        self.outputs = outputs
        self.embedding = embedding
        self._tower = tower(options.activation)
        widths = [self.embedding.features, *[options.width] * options.depth, outputs]
        names = [*(f"layer {k}" for k in range(1, options.depth + 1)), "output"]
        self.layers = placed(
            (name, width, out, number == 0)
            for number, (name, (width, out)) in enumerate(zip(names, pairwise(widths), strict=True))
        )
        self.size = self.layers[-1].bias + outputs
        self.parts = parts_of(self.layers)

    def initial(self, generator: torch.Generator) -> Tensor:
        """Fresh parameters, shape (size,), float64 on the CPU."""
        return initial_of(self.layers, self.options, generator)

    def jet(self, reader: Reader, points: Tensor, table: JetTable) -> Tensor:
        """Jet at points of shape (n, inputs): (channels, n, outputs)."""
        jet = self.embedding.jet(points, table)
        for layer in self.layers[:-1]:
            y, bias = reader.linear(jet, layer.weight, layer.out, layer.bias)
            jet = compose(self._tower, y, bias, table)
        last = self.layers[-1]
        return shifted(*reader.linear(jet, last.weight, last.out, last.bias))


def build(options: dict[str, object], axes: tuple[Axis, ...], outputs: int) -> MLP:
    """The network of a set of options, for the registry."""
    made = MLPOptions(**options)  # type: ignore[arg-type]
    return MLP(made, Embedding(axes, made.harmonics), outputs)
