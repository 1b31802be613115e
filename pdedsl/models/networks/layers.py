"""Affine layers in a parameter vector: their options, and where they lie."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from pdedsl.models.jets.activations import Activation
from pdedsl.models.model import ModelOptions
from pdedsl.options.section import Count, Flag, Positive


class LayerOptions(ModelOptions):
    """Options of the layers.

    Args:
        width: neurons in a hidden layer.
        depth: number of hidden layers.
        activation: σ.
        init: ``glorot``: W ~ N(0, 2/(in + out)), b = 0 (Glorot and Bengio, AISTATS 2010);
            ``normal``: W, b ~ N(0, scale²).
        scale: deviation for ``normal``.
        bandwidth: deviation of the first layer's weights and biases, in place of ``init``;
            it sets the frequencies that the network starts with.
        hard: build into the network the conditions that it can meet exactly; the others stay
            laws, see `pdedsl.compiler.exact_conditions.hard_conditions`.
    """

    width: Count = 30
    depth: Count = 3
    activation: Activation = "tanh"
    init: Literal["glorot", "normal"] = "glorot"
    scale: Positive = 0.1
    bandwidth: Positive | None = None
    hard: Flag = False


class EmbeddedOptions(LayerOptions):
    """Options of layers on the `Embedding` of the inputs.

    Args:
        harmonics: number of harmonics of a periodic axis.
    """

    harmonics: Count = 1


@dataclass(frozen=True)
class Layer:
    """One layer Wz + b.

    Args:
        name: for reports, such as ``layer 1``.
        width: number of inputs.
        out: number of outputs.
        weight: place of W, shape (out, width), in the parameter vector.
        bias: place of b, shape (out,).
        first: whether its inputs are the features.
    """

    name: str
    width: int
    out: int
    weight: int
    bias: int
    first: bool = False


def stack_layers(shapes: Iterable[tuple[str, int, int, bool]]) -> list[Layer]:
    """Layers one after another, from their names, numbers of inputs and outputs, and ``first``."""
    layers, place = [], 0
    for name, width, out, first in shapes:
        layers.append(Layer(name, width, out, place, place + width * out, first))
        place += (width + 1) * out
    return layers
