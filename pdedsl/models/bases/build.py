"""A basis from its options."""

from __future__ import annotations

from collections.abc import Callable
from math import prod

from pdedsl.models.inputs import Axis
from pdedsl.models.model import MisfitError

from .basis import Basis, BasisOptions
from .enriched import EnrichedBasis
from .index_sets import set_size
from .plane_waves import PlaneWaves
from .polar_functions import PolarFunctions, polar_count
from .polynomials import chebyshev_line, legendre_line
from .products import Line, TensorProduct
from .random_features import random_fourier, random_tanh
from .splines import SplineLine, spline_count
from .trigonometric import FourierLine, cosine_line, sine_line

_LINES: dict[str, Callable[[Axis, int], Line]] = {
    "sine": sine_line,
    "cosine": cosine_line,
    "legendre": legendre_line,
    "chebyshev": chebyshev_line,
}
_RANDOM = {"random_fourier": random_fourier, "random_tanh": random_tanh}


def build_basis(options: BasisOptions, axes: tuple[Axis, ...]) -> Basis:
    """The basis of a set of options: that of its family, with its columns beside it.

    Arguments and errors as for `build_family`.
    """
    smooth = build_family(options, axes)
    if not options.columns:
        return smooth
    return EnrichedBasis(smooth, [PolarFunctions(own, axes) for own in options.columns])


def build_family(options: BasisOptions, axes: tuple[Axis, ...]) -> Basis:
    """The functions of the family of a set of options.

    - ``fourier``: plane waves, see `plane_waves`;
    - ``sine``, ``cosine``, ``legendre``, ``chebyshev``: products, see `trigonometric` and
      `polynomials`;
    - ``mixed``: plane waves in periodic axes, Legendre polynomials in the others (products where
      there are both, or a degree for each axis), splines in axes with breaks, see `splines`;
    - ``random_fourier``, ``random_tanh``: see `random_features`.

    Args:
        options: see `BasisOptions`.
        axes: the inputs, at least one.

    Raises:
        MisfitError: the basis is too large, not periodic in a periodic axis, or has modes or
            breaks for other axes than these.
    """
    _check_axes(options, axes)
    family, circles = options.family, [axis.period is not None for axis in axes]
    if family == "mixed" and all(circles) and not options.by_axis:
        family = "fourier"
    if family == "fourier":
        return PlaneWaves(axes, options.modes, options.index, options.extension)
    if any(circles) and (family in _LINES or family == "random_tanh"):
        raise MisfitError(
            f"basis: {family} functions are not periodic, but input {circles.index(True) + 1} of "
            f"{len(axes)} is; take fourier, mixed or random_fourier"
        )
    if family in _RANDOM:
        return _RANDOM[family](axes, options.features, options.bandwidth, options.seed)
    lines = [_line(options, axis, i) for i, axis in enumerate(axes)]
    return TensorProduct(axes, lines, _highest(options), options.index)


def basis_size(options: BasisOptions, axes: tuple[Axis, ...]) -> int:
    """Number of functions of `build_basis`, without building them, however many they are.

    Raises:
        MisfitError: modes or breaks for other axes than these.
    """
    _check_axes(options, axes)
    return _family_size(options, axes) + sum(polar_count(c, len(axes)) for c in options.columns)


def _family_size(options: BasisOptions, axes: tuple[Axis, ...]) -> int:
    if options.family in _RANDOM:
        return options.features
    highest = _highest(options)
    if highest is not None:
        return set_size([_signed(options, axis) for axis in axes], highest, options.index)
    return prod(axis_size(options, axis, i) for i, axis in enumerate(axes))


def axis_size(options: BasisOptions, axis: Axis, place: int) -> int:
    """Number of functions along an axis of a basis whose functions are products."""
    modes, breaks = options.modes_of(place), options.breaks_of(place)
    if breaks:
        return spline_count(axis, breaks, modes, options.smoothness)
    if _signed(options, axis):
        return 2 * modes + 1
    return modes if options.family == "sine" else modes + 1


def _signed(options: BasisOptions, axis: Axis) -> bool:
    """Whether an axis has a wave in either direction for each wave number."""
    return options.family == "fourier" or (options.family == "mixed" and axis.period is not None)


def _highest(options: BasisOptions) -> int | None:
    """K of the index set; None where every axis has a number of functions of its own.

    Sines are counted from 1, so that total degree is Σ(n_i − 1) ≤ K − 1 for them.
    """
    if options.by_axis:
        return None
    return options.modes_of(0) - 1 if options.family == "sine" else options.modes_of(0)


def _line(options: BasisOptions, axis: Axis, place: int) -> Line:
    modes, breaks = options.modes_of(place), options.breaks_of(place)
    if breaks:
        return SplineLine(axis, breaks, modes, options.smoothness)
    if options.family == "mixed":
        return legendre_line(axis, modes) if axis.period is None else FourierLine(axis, modes)
    return _LINES[options.family](axis, modes)


def _check_axes(options: BasisOptions, axes: tuple[Axis, ...]) -> None:
    for name, given in (("modes", options.modes), ("breaks", options.breaks)):
        if isinstance(given, tuple) and given and len(given) != len(axes):
            raise MisfitError(
                f"basis: {name} must be given for each of {len(axes)} inputs, but there are "
                f"{len(given)}"
            )
    for i, axis in enumerate(axes):
        own = options.breaks_of(i)
        if own and not axis.lower < own[0] <= own[-1] < axis.upper:
            raise MisfitError(
                f"basis: breaks of axis {i + 1} must lie inside ({axis.lower:g}, {axis.upper:g}), "
                f"got {own!r}"
            )
