r"""Multilayer perceptron.

.. math:: a_0 = φ(x),\quad a_l = σ(W_l a_{l-1} + b_l),\ l = 1 … \text{depth},\quad
          u = W a_{\text{depth}} + b

with φ the embedding of `inputs` (affine to [−1, 1], circle for periodic axes).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt
from typing import ClassVar, Literal

import torch
from torch import Tensor

from .activations import tower
from .checks import check_choice, check_integer, check_positive
from .inputs import Axis, Embedding, Features
from .jets import JetTable, compose, shifted
from .parameters import Reader, fresh


@dataclass(frozen=True)
class LayerOptions:
    """Options of the layers.

    Args:
        width: neurons in a hidden layer.
        depth: number of hidden layers.
        activation: ``tanh`` or ``sin``.
        init: ``glorot``: W ~ N(0, 2/(in + out)), b = 0 (Glorot and Bengio, AISTATS 2010);
            ``normal``: W, b ~ N(0, scale²).
        scale: deviation for ``normal``.
        bandwidth: deviation of the first layer's weights and biases, in place of ``init``;
            it sets the frequencies that the network starts with.
    """

    kind: ClassVar[str] = "mlp"

    width: int = 20
    depth: int = 3
    activation: Literal["tanh", "sin"] = "tanh"
    init: Literal["glorot", "normal"] = "glorot"
    scale: float = 0.1
    bandwidth: float | None = None

    def __post_init__(self) -> None:
        check_integer(self.kind, "width", self.width, 1)
        check_integer(self.kind, "depth", self.depth, 1)
        check_choice(self.kind, "init", self.init, ("glorot", "normal"))
        check_positive(self.kind, "scale", self.scale)
        if self.bandwidth is not None:
            check_positive(self.kind, "bandwidth", self.bandwidth)
        tower(self.activation)


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


@dataclass(frozen=True)
class Layer:
    """Places of W (out, in) and b (out,) in the parameter vector."""

    width: int
    out: int
    weight: int
    bias: int


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
        self.layers: list[Layer] = []
        place = 0
        for width, out in pairwise(widths):
            self.layers.append(Layer(width, out, place, place + width * out))
            place += (width + 1) * out
        self.size = place
        names = [*(f"layer {k}" for k in range(1, len(self.layers))), "output"]
        self.parts: Mapping[str, slice] = {
            name: slice(layer.weight, layer.bias + layer.out)
            for name, layer in zip(names, self.layers, strict=True)
        }

    def initial(self, generator: torch.Generator) -> Tensor:
        """Fresh parameters, shape (size,), float64 on the CPU."""
        parts = []
        for number, layer in enumerate(self.layers):
            weight = fresh(generator, layer.width * layer.out)
            bias = fresh(generator, layer.out)
            if number == 0 and self.options.bandwidth is not None:
                parts += [self.options.bandwidth * weight, self.options.bandwidth * bias]
            elif self.options.init == "normal":
                parts += [self.options.scale * weight, self.options.scale * bias]
            else:
                parts += [sqrt(2.0 / (layer.width + layer.out)) * weight, 0.0 * bias]
        return torch.cat(parts)

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
