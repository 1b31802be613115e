"""A basis from its options."""

from __future__ import annotations

from collections.abc import Callable

from ..checks import MisfitError
from ..inputs import Axis
from .basis import Basis, BasisOptions
from .index_sets import set_size
from .plane_waves import PlaneWaves
from .polynomials import chebyshev_line, legendre_line
from .products import Line, TensorProduct
from .random_features import random_fourier, random_tanh
from .trigonometric import CosineLine, FourierLine, SineLine

_LINES: dict[str, Callable[[Axis, int], Line]] = {
    "sine": SineLine,
    "cosine": CosineLine,
    "legendre": legendre_line,
    "chebyshev": chebyshev_line,
}


def build_basis(options: BasisOptions, axes: tuple[Axis, ...]) -> Basis:
    """The basis of a set of options.

    - ``fourier``: plane waves, see `plane_waves`;
    - ``sine``, ``cosine``, ``legendre``, ``chebyshev``: products, see `trigonometric` and
      `polynomials`;
    - ``mixed``: plane waves in periodic axes, Legendre polynomials in the others (products where
      there are both);
    - ``random_fourier``, ``random_tanh``: see `random_features`.

    Args:
        options: see `BasisOptions`.
        axes: the inputs, at least one.

    Raises:
        MisfitError: the basis is too large, or not periodic in a periodic axis.
    """
    family, circles = options.family, [axis.period is not None for axis in axes]
    if family == "mixed" and all(circles):
        family = "fourier"
    if family == "fourier":
        return PlaneWaves(axes, options.modes, options.index, options.extension)
    if any(circles) and (family in _LINES or family == "random_tanh"):
        raise MisfitError(
            f"basis: {family} functions are not periodic, but input {circles.index(True) + 1} of "
            f"{len(axes)} is; take fourier, mixed or random_fourier"
        )
    if family == "random_fourier":
        return random_fourier(axes, options.features, options.bandwidth, options.seed)
    if family == "random_tanh":
        return random_tanh(axes, options.features, options.bandwidth, options.seed)
    lines = [_line(family, axis, options.modes) for axis in axes]
    return TensorProduct(axes, lines, _highest(options), options.index)


def basis_size(options: BasisOptions, axes: tuple[Axis, ...]) -> int:
    """Number of functions of `build_basis`, without building them, however many they are."""
    if options.family in ("random_fourier", "random_tanh"):
        return options.features
    waves = {"fourier": [True] * len(axes), "mixed": [axis.period is not None for axis in axes]}
    signed = waves.get(options.family, [False] * len(axes))
    return set_size(signed, _highest(options), options.index)


def _highest(options: BasisOptions) -> int:
    """Sines are counted from 1, so that total degree is Σ(n_i − 1) ≤ K − 1 for them."""
    return options.modes - 1 if options.family == "sine" else options.modes


def _line(family: str, axis: Axis, modes: int) -> Line:
    if family == "mixed":
        return legendre_line(axis, modes) if axis.period is None else FourierLine(axis, modes)
    return _LINES[family](axis, modes)
