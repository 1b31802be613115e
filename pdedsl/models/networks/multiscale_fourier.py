r"""Fourier features of several bandwidths that go through the same layers one by one.

.. math:: H_1^{(i)} = σ(W_1 γ^{(i)}(x) + b_1),\quad
          H_l^{(i)} = σ(W_l H_{l-1}^{(i)} + b_l),\quad u = W (H^{(1)}, …, H^{(M)}) + b

with γ^{(i)} the cosines and sines of random wave vectors k ~ N(0, σ_i²), see `fourier_features`.
Only the last layer mixes the scales, so that each learns at its own pace (Wang, Wang and
Perdikaris, Comput. Methods Appl. Mech. Eng. 384, 2021, arXiv 2012.10047; their deviations are ours
by 2π on axes scaled to [−1, 1]).

With bandwidths of its own, the last input, such as time, goes through the layers apart, as do the
others, and the last layer sees the products of every pair of states:

.. math:: u = W \bigl(H_x^{(i)} ⊙ H_t^{(j)}\bigr)_{ij} + b
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Annotated, Literal

import numpy as np
import torch
from pydantic import Field
from torch import Tensor

from pdedsl.models.bases.basis import Frequencies, Modes
from pdedsl.models.bases.random_features import random_directions
from pdedsl.models.inputs import Axis
from pdedsl.models.jets.channels import gather
from pdedsl.models.jets.jet_table import JetTable, Selection
from pdedsl.models.jets.products import multiply
from pdedsl.models.jets.ridge import AffineFeatures
from pdedsl.models.model import MisfitError
from pdedsl.models.parameters import Reader
from pdedsl.options.section import Positive, Tally

from .fourier_features import FourierFeatures
from .layered import Layered, chain
from .layers import LayerOptions

Bandwidths = Annotated[tuple[Positive, ...], Field(min_length=1)]


class MultiscaleFourierOptions(LayerOptions):
    """Fourier features of several bandwidths through the same layers; see `multiscale_fourier`.

    Args:
        features: number of wave vectors of each bandwidth.
        bandwidths: deviations σ_i of the wave vectors, on axes scaled to [−1, 1].
        last_bandwidths: those of the last input, where it goes through the layers apart.
        seed: of the wave vectors.
    """

    kind: Literal["multiscale_fourier"] = "multiscale_fourier"
    features: Modes = 16
    bandwidths: Bandwidths = (1.0, 10.0)
    last_bandwidths: Bandwidths | None = None
    seed: Tally = 0

    def build(self, axes: tuple[Axis, ...], outputs: int) -> MultiscaleFourier:
        """See `ModelOptions.build`.

        Raises:
            MisfitError: a single input, which cannot be apart from others.
        """
        if self.last_bandwidths is not None and len(axes) == 1:
            raise MisfitError(
                "multiscale_fourier: last_bandwidths sets the last input apart from others, but "
                "there is one input alone; leave last_bandwidths out"
            )
        return MultiscaleFourier(self, FourierFeatures(axes, _waves(self, axes), None), outputs)


def _waves(options: MultiscaleFourierOptions, axes: Sequence[Axis]) -> Frequencies:
    """Wave vectors of all scales one after another, those of the last input at the end."""
    generator = torch.Generator().manual_seed(options.seed)
    last = options.last_bandwidths
    own = range(len(axes)) if last is None else range(len(axes) - 1)
    places = [(bandwidth, own) for bandwidth in options.bandwidths]
    places += [(bandwidth, range(len(axes) - 1, len(axes))) for bandwidth in last or ()]
    out = np.zeros((len(places) * options.features, len(axes)))
    for number, (bandwidth, columns) in enumerate(places):
        rows = slice(number * options.features, (number + 1) * options.features)
        chosen = [axes[column] for column in columns]
        waves = random_directions(chosen, options.features, bandwidth, generator)
        out[rows, list(columns)] = waves.numpy()
    return out


class MultiscaleFourier(Layered):
    """The network; see the module docstring, and `Layered` for the arguments."""

    def __init__(
        self, options: MultiscaleFourierOptions, embedding: FourierFeatures, outputs: int
    ) -> None:
        self._scales = len(options.bandwidths)
        self._features = 2 * options.features
        states = self._scales * len(options.last_bandwidths or (None,))
        hidden = chain(self._features, options)
        super().__init__(options, embedding, outputs, hidden, states)
        self._apart = options.last_bandwidths is not None

    def hidden(
        self, reader: Reader, features: Tensor | AffineFeatures, table: JetTable, rows: Selection
    ) -> Tensor:
        """See `Layered.hidden`."""
        assert isinstance(features, Tensor)
        chosen = None if self._apart else rows
        states = [
            self._through_layers(reader, scale, table, chosen)
            for scale in features.split(self._features, dim=2)
        ]
        if self._apart:
            pairs = product(states[: self._scales], states[self._scales :])
            states = [gather(multiply(one, other, table), rows) for one, other in pairs]
        return torch.cat(states, dim=2)

    def _through_layers(
        self, reader: Reader, state: Tensor, table: JetTable, rows: Selection | None
    ) -> Tensor:
        *inner, last = self.layers[:-1]
        for layer in inner:
            state = self.neurons(reader, state, layer, table)
        return self.neurons(reader, state, last, table, rows)
