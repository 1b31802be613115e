r"""The functions in which the error of a solution is looked for.

Polynomials, and plane waves in periodic axes, of a degree that is above that of the solution: in
its own functions least squares has left nothing to be found. A wave number counts for two degrees,
and half a wave on an axis for π/2.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from pdedsl.compiler.lowering.groups import Network
from pdedsl.models import BasisModel
from pdedsl.models.bases import BasisOptions
from pdedsl.models.model import Model

STEP, NEAR = 4, 0.4
"""Degrees above those of the solution, and from one basis to the next; twice as many where more
than this part is left. With 4 the estimates of smooth solutions are within 4 % of the error; fronts
and networks need more, which the residual that is left says."""
_FEW_INPUTS = 3  # beyond, half as many: their functions are too many before long
_OF_NETWORKS = (32, 16, 10, 7, 5)  # first degree by inputs, of some 17 to 500 functions
_BOX_INPUTS = 2  # beyond, all products of an axis' functions are too many


def first_basis(model: Model, periodic: Sequence[bool]) -> BasisOptions:
    """The functions to begin with.

    Args:
        model: of the solution.
        periodic: for each of its inputs.
    """
    if isinstance(model, BasisModel) and not model.options.family.startswith("random"):
        return _above(model.options, periodic)
    inputs = len(periodic)
    degree = _OF_NETWORKS[inputs - 1] if inputs <= len(_OF_NETWORKS) else 3
    if inputs > _BOX_INPUTS:
        return BasisOptions(modes=degree, index="total")
    return BasisOptions(modes=tuple(_counted(degree, circle) for circle in periodic))


def _above(options: BasisOptions, periodic: Sequence[bool]) -> BasisOptions:
    own = [_degree_like(options, i, circle) for i, circle in enumerate(periodic)]
    if options.by_axis or (options.index == "box" and len(periodic) <= _BOX_INPUTS):
        modes = tuple(n + _counted(STEP, c) for n, c in zip(own, periodic, strict=True))
        return BasisOptions(modes=modes, breaks=options.breaks, smoothness=options.smoothness)
    return BasisOptions(modes=max(own) + _step(len(periodic)), index="total")


def _degree_like(options: BasisOptions, axis: int, circle: bool) -> int:
    """The degree of polynomials, or wave number on a circle, that resolves as much."""
    modes = options.modes_of(axis)
    if circle or options.family in ("mixed", "legendre", "chebyshev"):
        return modes
    waves = modes / 2 if options.family in ("sine", "cosine") else modes / options.extension
    return math.ceil(math.pi * waves)


def raised(options: BasisOptions, left: float, periodic: Sequence[bool]) -> BasisOptions:
    """The same with a higher degree, by more where much of the residual is left."""
    step = _step(len(periodic))
    by = step if left < NEAR else 2 * step
    if isinstance(options.modes, int):
        return options.model_copy(update={"modes": options.modes + max(by, options.modes // 4)})
    modes = tuple(
        n + _counted(max(by, n // 4), c) for n, c in zip(options.modes, periodic, strict=True)
    )
    return options.model_copy(update={"modes": modes})


def _step(inputs: int) -> int:
    return STEP if inputs <= _FEW_INPUTS else STEP // 2


def _counted(degree: int, circle: bool) -> int:
    return (degree + 1) // 2 if circle else degree


def periodic_axes(network: Network) -> list[bool]:
    """For each input of a network, whether it is a circle."""
    return [period is not None for period in network.group.periods]
