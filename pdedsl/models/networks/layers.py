"""Affine layers in a parameter vector: their options, and where they lie."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field, model_validator

from pdedsl.models.jets.activations import Activation
from pdedsl.models.model import ModelOptions
from pdedsl.models.parameters import Affine
from pdedsl.options.section import (
    Count,
    Flag,
    NonNegative,
    Positive,
    Section,
    fault_of,
    true_for_defaults,
)


class Factorised(Section):
    """First factors of the rows of a matrix W = diag(e^s) V, with the parameters s and V.

    Every neuron has a step size of its own by it (random weight factorisation, Wang, Wang, Seidman
    and Perdikaris, arXiv 2210.01274; with their defaults). W starts as it would without factors.

    Args:
        mean: of s, which is normally distributed.
        deviation: of s.
    """

    mean: Annotated[float, Field(strict=True)] = 1.0
    deviation: NonNegative = 0.1


class LayerOptions(ModelOptions):
    """Options of the layers.

    Args:
        width: neurons in a hidden layer.
        depth: number of hidden layers.
        activation: σ.
        init: ``glorot``: W ~ N(0, 2/(in + out)), b = 0 (Glorot and Bengio, AISTATS 2010);
            ``normal``: W, b ~ N(0, scale²); ``siren``: see `initial_values.siren`.
        scale: deviation for ``normal``.
        bandwidth: deviation of the first layer's weights and biases, in place of ``init``;
            it sets the frequencies that the network starts with.
        omega: ω in the hidden layers σ(ω (W z + b)).
        rwf: factorise all matrices; ``true`` for the defaults of `Factorised`.
        hard: build into the network the conditions that it can meet exactly; the others stay
            laws, see `pdedsl.compiler.exact_conditions.hard_conditions`.
    """

    width: Count = 30
    depth: Count = 3
    activation: Activation = "tanh"
    init: Literal["glorot", "normal", "siren"] = "glorot"
    scale: Positive = 0.1
    bandwidth: Positive | None = None
    omega: Positive = 1.0
    rwf: Annotated[Factorised | None, true_for_defaults] = None
    hard: Flag = False

    @model_validator(mode="after")
    def _sines_for_siren(self) -> LayerOptions:
        if self.init == "siren" and self.activation != "sin":
            raise fault_of(
                'siren is a start for layers of sines; write activation = "sin" beside it, or '
                'init = "glorot"',
                "init",
            )
        return self


class EmbeddedOptions(LayerOptions):
    """Options of layers on the `Embedding` of the inputs.

    Args:
        harmonics: number of harmonics of a periodic axis.
    """

    harmonics: Count = 1


@dataclass(frozen=True, kw_only=True)
class Layer(Affine):
    """One layer, with the places of its parameters in the order V, b, s.

    Args:
        name: for reports, such as ``layer 1``.
        width: number of inputs.
        first: whether its inputs are the features.
    """

    name: str
    width: int
    first: bool = False

    @property
    def stop(self) -> int:
        """Where its parameters end."""
        return self.weight + self.out * (self.width + 1 + (self.scale is not None))


def stack_layers(
    shapes: Sequence[tuple[str, int, int, bool]], options: LayerOptions
) -> list[Layer]:
    """Layers one after another.

    Args:
        shapes: their names, numbers of inputs and outputs, and ``first``; the last one is that of
            the outputs.
        options: their options.
    """
    layers: list[Layer] = []
    for number, (name, width, out, first) in enumerate(shapes, start=1):
        weight = layers[-1].stop if layers else 0
        bias = weight + width * out
        layers.append(
            Layer(
                out, weight, bias,
                scale=None if options.rwf is None else bias + out,
                gain=options.omega if number < len(shapes) else 1.0,
                name=name, width=width, first=first,
            )
        )  # fmt: skip
    return layers
