"""The options of a division of the domain: where it is cut, and what joins the parts."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from pdedsl.models.window_jets import Window
from pdedsl.options.section import Count, Flag, NonNegative, Section, fault_of

Cuts = int | tuple[float, ...]


def _checked_split(given: Any) -> Any:
    """A number of pieces, or by input a number of pieces or the positions of the cuts."""
    if not isinstance(given, dict):
        return _checked_number(given)
    return {name: _checked_cuts(name, cuts) for name, cuts in given.items()}


def _checked_number(given: Any) -> int:
    if isinstance(given, bool) or not isinstance(given, int) or given < 1:
        raise fault_of(
            f"split is {given!r}; write a number of pieces, such as 4, or a table such as "
            "{ x = 4, t = 2 }"
        )
    return given


def _checked_cuts(name: str, cuts: Any) -> Cuts:
    if isinstance(cuts, int) and not isinstance(cuts, bool) and cuts >= 1:
        return cuts
    numbers = isinstance(cuts, list | tuple) and all(
        isinstance(at, int | float) and not isinstance(at, bool) for at in cuts
    )
    if numbers and cuts and all(a < b for a, b in pairwise(cuts)):
        return tuple(map(float, cuts))
    raise fault_of(
        f"split has {cuts!r} for {name}; write a number of pieces, such as 4, or positions that "
        "ascend, such as [0.3, 0.6]"
    )


class JointWeights(Section):
    """Weights of the laws on interfaces, in the loss.

    Args:
        value: of equal values.
        flux: of equal fluxes and normal derivatives.
        residual: of equal residuals.
    """

    value: NonNegative = 20.0
    flux: NonNegative = 1.0
    residual: NonNegative = 1.0


class Division(Section):
    """A network or basis for each part of the domain; see `transforms.decomposition`.

    Args:
        split: by coordinate or time, the number of equal pieces or the positions of the cuts; a
            number alone is that of pieces of the first input that can be cut. Empty for none.
        coupling: ``flux`` or ``residual``, see `transforms.interface_conditions`, or ``overlap``
            for windows that overlap, see `models.partition`.
        flux_row: whether ``residual`` has rows of the flux as well.
        weights: of the laws on interfaces.
        points: number of points on each interface; None for that of boundary conditions.
        window: with ``overlap``, the kind of window.
        width: with ``overlap``, the width of a window, in distances of their centres.
    """

    split: Annotated[int | dict[str, Any], BeforeValidator(_checked_split)] = Field(
        default_factory=dict
    )
    coupling: Literal["flux", "residual", "overlap"] = "flux"
    flux_row: Flag = True
    weights: JointWeights = JointWeights()
    points: Count | None = None
    window: Window = "cosine"
    width: Annotated[float, Field(strict=True, gt=1)] = 2.99

    @property
    def overlapping(self) -> bool:
        """Whether the parts overlap, so that a model has them all."""
        return bool(self.split) and self.coupling == "overlap"

    @property
    def separate(self) -> bool:
        """Whether the problem is divided into parts with interfaces."""
        return bool(self.split) and self.coupling != "overlap"
