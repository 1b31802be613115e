r"""A multilayer perceptron of Fourier features.

.. math:: a_0 = \bigl(s_k \cos k·(x-c),\ s_k \sin k·(x-c)\bigr)_k,\quad
          a_l = σ(W_l a_{l-1} + b_l),\quad u = W a_{\text{depth}} + b

(Tancik et al., NeurIPS 2020). The wave vectors k are those of a lattice (see
`bases.plane_waves`), or random (see `bases.random_features`). The scales s_k precondition the
training (De Ryck, Bonnet, Mishra and de Bezenac, arXiv 2310.05801, for the linear model).

Features of a lattice are periodic. A function that is not needs periods longer than the axis,
hence an ``extension`` of 2 by default, as opposed to bases.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from pdedsl.models.bases.basis import Extension, Frequencies, IndexSet, Modes
from pdedsl.models.bases.basis_jets import JetCache, basis_jet
from pdedsl.models.bases.plane_waves import half_lattice, wave_vectors, waves
from pdedsl.models.bases.random_features import random_directions
from pdedsl.models.inputs import Axis
from pdedsl.models.jets.jet_table import JetTable
from pdedsl.models.jets.multiindices import MultiIndex
from pdedsl.models.model import MisfitError
from pdedsl.options.section import Positive, Tally

from .layers import LayerOptions
from .mlp import MLP


class FourierOptions(LayerOptions):
    """Multilayer perceptron of Fourier features; see `fourier`.

    Args:
        modes: K of the lattice of wave vectors.
        index: ``box`` or ``total``; see `bases.index_sets`.
        features: number of random wave vectors in place of the lattice.
        bandwidth_features: their deviation, on axes scaled to [−1, 1].
        seed: of the random wave vectors.
        extension: period of the lattice in an axis that is not periodic, as a multiple of its
            length.
        preconditioner: ``symbol`` scales every feature by the symbol of the operator, for a
            `ScaledFourierOptions`.
        gamma: γ, the scale of features that the operator maps to zero.
    """

    kind: Literal["fourier"] = "fourier"
    modes: Modes = 3
    index: IndexSet = "total"
    features: Modes | None = None
    bandwidth_features: Positive = 2.0
    seed: Tally = 0
    extension: Extension = 2.0
    preconditioner: Literal["none", "symbol"] = "none"
    gamma: Positive = 10.0

    def build(self, axes: tuple[Axis, ...], outputs: int) -> MLP:
        """See `ModelOptions.build`."""
        return MLP(self, FourierFeatures(axes, feature_vectors(self, axes), None), outputs)


class ScaledFourierOptions(FourierOptions):
    """Options with scales worked out for a problem; no method file has them.

    Args:
        feature_scales: s_k, one for each wave vector.
    """

    feature_scales: tuple[float, ...]

    def build(self, axes: tuple[Axis, ...], outputs: int) -> MLP:
        """See `ModelOptions.build`."""
        features = FourierFeatures(axes, feature_vectors(self, axes), self.feature_scales)
        return MLP(self, features, outputs)


def feature_vectors(options: FourierOptions, axes: tuple[Axis, ...]) -> Frequencies:
    """The wave vectors k, shape (m, d), in radians per unit of length.

    Raises:
        MisfitError: the lattice is too large.
    """
    if options.features is None:
        lattice = half_lattice(len(axes), options.modes, options.index)
        return wave_vectors(lattice, axes, options.extension)
    generator = torch.Generator().manual_seed(options.seed)
    vectors = random_directions(axes, options.features, options.bandwidth_features, generator)
    return vectors.numpy()


class FourierFeatures:
    """The features a_0; see the module docstring.

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
