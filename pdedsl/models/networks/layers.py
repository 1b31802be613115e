"""Affine layers in a parameter vector: where they lie, and what they start with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import sqrt
from typing import Literal

import torch
from torch import Tensor

from pdedsl.models.jets.activations import Activation
from pdedsl.models.model import ModelOptions
from pdedsl.models.parameters import fresh
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


def parts_of(layers: Iterable[Layer]) -> Mapping[str, slice]:
    """Name to place of every layer."""
    return {layer.name: slice(layer.weight, layer.bias + layer.out) for layer in layers}


def initial_of(
    layers: Iterable[Layer], options: LayerOptions, generator: torch.Generator
) -> Tensor:
    """Fresh parameters of all layers, float64 on the CPU."""
    parts = []
    for layer in layers:
        weight = fresh(generator, layer.width * layer.out)
        bias = fresh(generator, layer.out)
        if layer.first and options.bandwidth is not None:
            parts += [options.bandwidth * weight, options.bandwidth * bias]
        elif options.init == "normal":
            parts += [options.scale * weight, options.scale * bias]
        else:
            parts += [sqrt(2.0 / (layer.width + layer.out)) * weight, 0.0 * bias]
    return torch.cat(parts)
