"""What every basis offers, and its options."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal, Protocol, get_args

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from ..checks import check_choice, check_extension, check_integer, check_positive
from ..inputs import Axis
from ..multiindices import MultiIndex

Family = Literal[
    "fourier",
    "sine",
    "cosine",
    "legendre",
    "chebyshev",
    "mixed",
    "random_fourier",
    "random_tanh",
]
IndexSet = Literal["box", "total"]
Frequencies = NDArray[np.float64]

LARGEST = 20_000
"""The most functions of a basis."""


class Basis(Protocol):
    """Functions φ_1 … φ_size of the axes.

    Attributes:
        axes: the inputs.
        size: number of functions.
        frequencies: wave vector of each function in radians per unit of length, shape
            (size, d), for plane waves, sines and cosines; None for the others.
        phases: ``"1"``, ``"cos"`` or ``"sin"`` for each plane wave; empty for the others.
        labels: a readable name of each function, in the scaled variable ξ_i of each axis:
            2π(x_i − c_i)/T_i for plane waves, π(x_i − a_i)/L_i for sines and cosines, the map
            to [−1, 1] for polynomials.
        diagonalises: whether every operator with constant coefficients maps the span of each
            cosine and sine of one wave vector to itself, and these spans are orthogonal.
    """

    axes: tuple[Axis, ...]
    size: int
    frequencies: Frequencies | None
    phases: tuple[str, ...]
    labels: tuple[str, ...]
    diagonalises: bool

    def derivatives(self, points: Tensor, indices: Sequence[MultiIndex]) -> Tensor:
        """Derivatives ∂^α φ_j at points of shape (n, d): (len(indices), n, size)."""
        ...


@dataclass(frozen=True)
class BasisOptions:
    """Which basis; see `build_basis` for the families.

    Args:
        family: the functions.
        modes: K, the highest wave number or degree.
        index: ``box``: |n_i| ≤ K in every axis; ``total``: Σ_i |n_i| ≤ K.
        features: number of random features.
        bandwidth: deviation of their frequencies, on axes scaled to [−1, 1].
        seed: of the random features.
        extension: the period of plane waves in an axis that is not periodic, as a multiple of
            its length. Above 1 this is a Fourier extension (Huybrechs, SIAM J. Numer. Anal. 47,
            2010), which also represents functions that are not periodic, with redundant
            functions.
    """

    kind: ClassVar[str] = "basis"

    family: Family = "mixed"
    modes: int = 10
    index: IndexSet = "box"
    features: int = 100
    bandwidth: float = 2.0
    seed: int = 0
    extension: float = 1.0

    def __post_init__(self) -> None:
        check_choice(self.kind, "family", self.family, get_args(Family))
        check_choice(self.kind, "index", self.index, get_args(IndexSet))
        check_integer(self.kind, "modes", self.modes, 1 if self.family == "sine" else 0, LARGEST)
        check_integer(self.kind, "features", self.features, 1, LARGEST)
        check_integer(self.kind, "seed", self.seed, 0)
        check_positive(self.kind, "bandwidth", self.bandwidth)
        check_extension(self.kind, self.extension)
