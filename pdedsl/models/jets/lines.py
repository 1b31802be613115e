r"""Jets along straight lines through a point, in place of those along the axes.

With directions v_1 … v_k at a point x, a network is differentiated at s = 0 in the parameters s
of x + Σ_j s_j v_j: then ∂²/∂s_j² = v_jᵀ ∇² v_j, and the unit vectors give the ordinary
derivatives back. Layers and activations do not notice; only the features must know the lines.
A feature g(w·x) with a function g of one variable has the Taylor coefficients

.. math:: \frac{1}{α!}\, g^{(|α|)}(w·x) \prod_j (w·v_j)^{α_j}.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from torch import Tensor

from pdedsl.models.parameters import Reader

from .jet_table import JetTable
from .multiindices import factorial_of


@runtime_checkable
class RidgeFeatures(Protocol):
    """Features of the form g(w·x), each with its own g and w."""

    def profiles(self, points: Tensor, order: int) -> Sequence[Tensor]:
        """g, g′, …, g^(order) at points (n, inputs), each (n, features); what is left out is 0."""

    def slopes(self, directions: Tensor) -> Tensor:
        """w·v for directions of shape (n, k, inputs): (n, k, features)."""


@runtime_checkable
class LineModel(Protocol):
    """A model that sees its inputs through such features alone."""

    embedding: RidgeFeatures

    def through(self, reader: Reader, features: Tensor, table: JetTable) -> Tensor:
        """The jet of the outputs from that of the features."""


def has_lines(model: object) -> bool:
    """Whether `jet_along` can be had of a model."""
    return isinstance(model, LineModel) and isinstance(model.embedding, RidgeFeatures)


def jet_along(
    model: LineModel, reader: Reader, points: Tensor, directions: Tensor, table: JetTable
) -> Tensor:
    """The jet of a model along lines.

    Args:
        model: the model.
        reader: gives its parameters.
        points: x, shape (n, inputs).
        directions: v_1 … v_k at each point, shape (n, k, inputs).
        table: channels, with the parameters s as its k axes.

    Returns:
        Shape (channels, n, outputs).
    """
    return model.through(reader, features_along(model.embedding, points, directions, table), table)


def features_along(
    features: RidgeFeatures, points: Tensor, directions: Tensor, table: JetTable
) -> Tensor:
    """The jet of the features, shape (channels, n, features); arguments as for `jet_along`."""
    rows = table.taylor_rows()
    profiles = features.profiles(points, max(sum(alpha) for row in rows for alpha in row))
    slopes = features.slopes(directions).unbind(1)
    out = profiles[0].new_zeros((table.channels, *profiles[0].shape))
    for channel, row in enumerate(rows):
        for alpha, weight in row.items():
            if sum(alpha) >= len(profiles):
                continue
            term = profiles[sum(alpha)] * (weight / factorial_of(alpha))
            for slope, power in zip(slopes, alpha, strict=True):
                for _ in range(power):
                    term = term * slope
            out[channel] += term
    return out
