r"""Fourier features of the inputs, (s_k cos k·(x − c), s_k sin k·(x − c)) for wave vectors k.

Random wave vectors, k ~ N(0, σ²) on axes scaled to [−1, 1], may be of several deviations σ one
after another, so that low and high frequencies are there from the start (Wang, Wang and
Perdikaris, arXiv 2012.10047). Networks take them in place of the inputs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import numpy as np
import torch
from pydantic import Field, TypeAdapter, WrapValidator, model_validator
from torch import Tensor

from pdedsl.models.bases.basis import Frequencies, Modes
from pdedsl.models.bases.basis_jets import JetCache, basis_jet
from pdedsl.models.bases.plane_waves import waves
from pdedsl.models.bases.random_features import random_directions
from pdedsl.models.inputs import Axis, Embedding, Features
from pdedsl.models.jets.jet_table import JetTable
from pdedsl.models.jets.multiindices import MultiIndex
from pdedsl.models.model import MisfitError
from pdedsl.options.section import Positive, Tally, fault_of

from .layers import EmbeddedOptions, LayerOptions

_ONE: TypeAdapter[float] = TypeAdapter(Positive)
_EACH: TypeAdapter[tuple[float, ...]] = TypeAdapter(
    Annotated[tuple[Positive, ...], Field(min_length=1)]
)


def _bandwidths(value: Any, _: Any) -> float | tuple[float, ...]:
    """A number or a list, so that a fault is told of the one that was meant."""
    return (_EACH if isinstance(value, list | tuple) else _ONE).validate_python(value)


Bandwidths = Annotated[float | tuple[float, ...], WrapValidator(_bandwidths)]


class WaveOptions(LayerOptions):
    """Options of layers on random Fourier features.

    Args:
        features: number of random wave vectors.
        bandwidth_features: their deviation σ, on axes scaled to [−1, 1]; several are shared out
            among the wave vectors.
        seed: of the random wave vectors.
    """

    features: Modes | None = None
    bandwidth_features: Bandwidths = 2.0
    seed: Tally = 0

    @model_validator(mode="after")
    def _a_wave_for_each_bandwidth(self) -> WaveOptions:
        given = self.bandwidth_features
        if isinstance(given, tuple) and self.features is not None and len(given) > self.features:
            raise fault_of(
                f"{len(given)} bandwidths need as many features, but there are {self.features}; "
                f"write features = {16 * len(given)}",
                "features",
            )
        return self


class GatedOptions(WaveOptions, EmbeddedOptions):
    """Options of layers on the `Embedding` of the inputs, or on random Fourier features of them."""

    @model_validator(mode="after")
    def _harmonics_of_inputs(self) -> GatedOptions:
        if self.features is not None and self.harmonics != 1:
            raise fault_of(
                "harmonics stand for the inputs of periodic axes, whose place the features take; "
                "leave harmonics out, or features",
                "harmonics",
            )
        return self

    def inputs(self, axes: tuple[Axis, ...]) -> Features:
        """What the first layers and the gates see."""
        if self.features is None:
            return Embedding(axes, self.harmonics)
        return FourierFeatures(axes, random_waves(self, self.features, axes), None)


def random_waves(options: WaveOptions, count: int, axes: Sequence[Axis]) -> Frequencies:
    """So many wave vectors, shape (count, d), in radians per unit of length.

    Those of the first bandwidth come first; earlier ones have one more where they do not divide.
    """
    given = options.bandwidth_features
    bandwidths = given if isinstance(given, tuple) else (given,)
    generator = torch.Generator().manual_seed(options.seed)
    each, more = divmod(count, len(bandwidths))
    parts = [
        random_directions(axes, each + (number < more), bandwidth, generator)
        for number, bandwidth in enumerate(bandwidths)
    ]
    return torch.cat(parts).numpy()


class FourierFeatures:
    """The features; see the module docstring.

    Args:
        axes: the inputs; c is the centre of their box.
        vectors: k, shape (m, d).
        scales: s_k, or None for 1.

    Raises:
        MisfitError: another number of scales than of wave vectors.
    """

    def __init__(
        self, axes: tuple[Axis, ...], vectors: Frequencies, scales: tuple[float, ...] | None
    ) -> None:
        self.axes, self.vectors = axes, vectors
        self.scales = np.ones(len(vectors)) if scales is None else np.asarray(scales, np.float64)
        if self.scales.shape != (len(vectors),):
            raise MisfitError(
                f"fourier: there are {len(vectors)} wave vectors, but feature_scales has the "
                f"shape {self.scales.shape}"
            )
        self._jets = JetCache(lambda points, table: (basis_jet(self.derivatives, points, table),))

    @property
    def features(self) -> int:
        """Number of features: a cosine and a sine for each wave vector."""
        return 2 * len(self.vectors)

    def derivatives(self, points: Tensor, indices: Sequence[MultiIndex]) -> Tensor:
        """Derivatives of the features: (len(indices), n, features)."""
        scales = points.new_tensor(self.scales)
        return (scales[:, None] * waves(points, self.axes, self.vectors, indices)).flatten(2)

    def profiles(self, points: Tensor, order: int) -> list[Tensor]:
        """Derivatives of s cos and s sin in their phase; see `lines.RidgeFeatures`."""
        zero = self.derivatives(points, [(0,) * len(self.axes)])[0].unflatten(1, (-1, 2))
        c, s = zero.unbind(-1)
        cycle = [torch.stack(pair, dim=-1).flatten(1) for pair in ((c, s), (-s, c))]
        return [cycle[m % 2] * (-1) ** (m // 2) for m in range(order + 1)]

    def slopes(self, directions: Tensor) -> Tensor:
        """k·v, twice for each wave vector."""
        k = torch.as_tensor(self.vectors, dtype=directions.dtype, device=directions.device)
        return (directions @ k.T).repeat_interleave(2, dim=-1)

    def jet(self, points: Tensor, table: JetTable) -> Tensor:
        """Jet of the features at points of shape (n, inputs): (channels, n, features)."""
        return self._jets(points, table)[0]
