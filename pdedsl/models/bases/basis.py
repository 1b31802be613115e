"""What every basis offers, and its options."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import isfinite
from typing import Any, ClassVar, Literal, Protocol, get_args

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from pdedsl.models.checks import check_choice, check_extension, check_integer, check_positive
from pdedsl.models.inputs import Axis
from pdedsl.models.jets.multiindices import MultiIndex

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
            to [−1, 1] for polynomials. Splines are numbered along their axis.
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
        modes: K, the highest wave number or degree; with a tuple, K_i of each axis.
        index: ``box``: |n_i| ≤ K_i in every axis; ``total``: Σ_i |n_i| ≤ K, for one K and
            without splines.
        features: number of random features.
        bandwidth: deviation of their frequencies, on axes scaled to [−1, 1].
        seed: of the random features.
        extension: the period of plane waves in an axis that is not periodic, as a multiple of
            its length. Above 1 this is a Fourier extension (Huybrechs, SIAM J. Numer. Anal. 47,
            2010), which also represents functions that are not periodic, with redundant
            functions.
        breaks: inner break points of each axis, for the family ``mixed``: an axis that has some
            gets splines of the degree ``modes`` with these breaks, see `splines`; empty for none.
        smoothness: s, splines are C^s at the breaks; less than their degree.
    """

    kind: ClassVar[str] = "basis"

    family: Family = "mixed"
    modes: int | tuple[int, ...] = 10
    index: IndexSet = "box"
    features: int = 100
    bandwidth: float = 2.0
    seed: int = 0
    extension: float = 1.0
    breaks: tuple[tuple[float, ...], ...] = ()
    smoothness: int = 2

    @property
    def by_axis(self) -> bool:
        """Whether every axis has a number of functions of its own: all products are taken."""
        return not isinstance(self.modes, int) or any(self.breaks)

    def modes_of(self, axis: int) -> int:
        """K of an axis, counted from 0."""
        return self.modes if isinstance(self.modes, int) else self.modes[axis]

    def breaks_of(self, axis: int) -> tuple[float, ...]:
        """Inner break points of an axis, counted from 0; empty where it has no splines."""
        return self.breaks[axis] if self.breaks else ()

    def __post_init__(self) -> None:
        # TOML and JSON have lists only.
        if isinstance(self.modes, list):
            object.__setattr__(self, "modes", tuple(self.modes))
        object.__setattr__(self, "breaks", _rows(self.kind, self.breaks))
        check_choice(self.kind, "family", self.family, get_args(Family))
        check_choice(self.kind, "index", self.index, get_args(IndexSet))
        for modes in self.modes if isinstance(self.modes, tuple) else (self.modes,):
            check_integer(self.kind, "modes", modes, 1 if self.family == "sine" else 0, LARGEST)
        check_integer(self.kind, "smoothness", self.smoothness, 0)
        check_integer(self.kind, "features", self.features, 1, LARGEST)
        check_integer(self.kind, "seed", self.seed, 0)
        check_positive(self.kind, "bandwidth", self.bandwidth)
        check_extension(self.kind, self.extension)
        self._check_lengths()
        self._check_splines()

    def _check_lengths(self) -> None:
        if self.modes == ():
            raise ValueError("basis: modes must be a number, or one for each axis, got ()")
        if self.by_axis and self.index != "box":
            raise ValueError(
                f'basis: index must be "box" with modes for each axis or with breaks, '
                f"got {self.index!r}"
            )
        if isinstance(self.modes, tuple) and self.breaks and len(self.modes) != len(self.breaks):
            raise ValueError(
                f"basis: modes and breaks must be for the same axes, got {len(self.modes)} modes "
                f"and breaks of {len(self.breaks)} axes"
            )

    def _check_splines(self) -> None:
        if any(self.breaks) and self.family != "mixed":
            raise ValueError(f'basis: breaks need the family "mixed", got {self.family!r}')
        for axis, own in enumerate(self.breaks):
            if not all(map(isfinite, own)) or any(a >= b for a, b in pairwise(own)):
                raise ValueError(
                    f"basis: breaks of axis {axis + 1} must be increasing numbers, got {own!r}"
                )
            if own and self.modes_of(axis) <= self.smoothness:
                raise ValueError(
                    f"basis: modes, the degree of the splines of axis {axis + 1}, must exceed "
                    f"smoothness = {self.smoothness}, got {self.modes_of(axis)}"
                )


def _rows(kind: str, breaks: object) -> tuple[tuple[float, ...], ...]:
    """Lists of lists of numbers as tuples."""
    rows: list[Any] = list(breaks) if isinstance(breaks, list | tuple) else [breaks]
    numbers = all(
        isinstance(row, list | tuple) and all(type(x) in (int, float) for x in row) for row in rows
    )
    if not numbers:
        raise ValueError(f"{kind}: breaks must be a list of numbers for each axis, got {breaks!r}")
    return tuple(tuple(float(x) for x in row) for row in rows)
