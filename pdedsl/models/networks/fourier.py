r"""A multilayer perceptron of Fourier features.

.. math:: a_0 = \bigl(s_k \cos k·(x-c),\ s_k \sin k·(x-c)\bigr)_k,\quad
          a_l = σ(W_l a_{l-1} + b_l),\quad u = W a_{\text{depth}} + b

(Tancik et al., NeurIPS 2020). The wave vectors k are those of a lattice (see
`bases.plane_waves`), or random, of one bandwidth or several (see `fourier_features`). The scales
s_k precondition the training (De Ryck, Bonnet, Mishra and de Bezenac, arXiv 2310.05801, for the
linear model).

Features of a lattice are periodic. A function that is not needs periods longer than the axis,
hence an ``extension`` of 2 by default, as opposed to bases.
"""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from pdedsl.models.bases.basis import Extension, Frequencies, IndexSet, Modes
from pdedsl.models.bases.plane_waves import half_lattice, wave_vectors
from pdedsl.models.inputs import Axis
from pdedsl.options.section import Positive, fault_of

from .fourier_features import FourierFeatures, WaveOptions, random_waves
from .mlp import MLP


class FourierOptions(WaveOptions):
    """Multilayer perceptron of Fourier features; see `fourier`.

    Args:
        modes: K of the lattice of wave vectors.
        index: ``box`` or ``total``; see `bases.index_sets`.
        features: number of random wave vectors in place of the lattice.
        extension: period of the lattice in an axis that is not periodic, as a multiple of its
            length.
        preconditioner: ``symbol`` scales every feature by the symbol of the operator, for a
            `ScaledFourierOptions`.
        gamma: γ, the scale of features that the operator maps to zero.
    """

    kind: Literal["fourier"] = "fourier"
    modes: Modes = 3
    index: IndexSet = "total"
    extension: Extension = 2.0
    preconditioner: Literal["none", "symbol"] = "none"
    gamma: Positive = 10.0

    @model_validator(mode="after")
    def _random_waves_of_several_bandwidths(self) -> FourierOptions:
        if self.features is None and isinstance(self.bandwidth_features, tuple):
            raise fault_of(
                "bandwidths belong to random wave vectors, but those of a lattice are asked for; "
                "write features = 64 beside them, or leave them out",
                "bandwidth_features",
            )
        return self

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
    return random_waves(options, options.features, axes)
