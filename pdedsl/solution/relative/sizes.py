"""How large fields are, in units that residuals of laws can be compared with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod

import numpy as np

from pdedsl.geometry.arrays import Array

from .terms import Slope

Lengths = Mapping[str, float]
"""Length of the interval of every input, by name."""


def root_mean_square(values: Array) -> float:
    """Over the last axis and all others, where values are finite; 0 where none is."""
    finite = values[np.isfinite(values)]
    return float(np.sqrt(np.mean(finite**2))) if finite.size else 0.0


@dataclass(frozen=True)
class FieldSize:
    """A component over its domain.

    Args:
        rms: root mean square.
        spread: the same of its deviation from the mean: derivatives see no more of it.
    """

    rms: float
    spread: float

    @classmethod
    def of(cls, values: Array) -> FieldSize:
        """That of values at points of the domain."""
        mean = float(np.nanmean(values)) if np.isfinite(values).any() else 0.0
        return cls(root_mean_square(values), root_mean_square(values - mean))


@dataclass(frozen=True)
class RowSize:
    """The terms of one row of a law at points of its place.

    Args:
        residual: rms of r.
        terms: rms of the largest of its terms at every point.
        known: rms of what is known of it.
        spread: rms of the deviation of what is known from its mean.
        mean: of what is known.
        slopes: each with the rms of its value.
    """

    residual: float
    terms: float
    known: float
    spread: float
    mean: float
    slopes: tuple[tuple[Slope, float], ...]


def per_unit(slope: Slope, size: float, lengths: Lengths) -> float:
    """|∂r/∂a| / Π Lᵢ^αᵢ: what a field of size 1 that varies over the domain gives in a row."""
    return size / prod(lengths[symbol.name] ** count for symbol, count in slope.orders)
