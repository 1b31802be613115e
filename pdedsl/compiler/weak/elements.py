"""Where the elements of an axis end."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from pdedsl.models import MisfitError

from .options import FormOptions

_SAME = 1e-9  # of the interval: two edges that are one


def edges_of(
    options: FormOptions, axis: str, interval: tuple[float, float], kinks: Iterable[float]
) -> tuple[float, ...]:
    """The edges of an axis: those that are asked for, and the kinks inside.

    Raises:
        MisfitError: edges that are given lie outside the interval.
    """
    lower, upper = interval
    if inner := options.edges.get(axis, ()):
        if not lower < inner[0] <= inner[-1] < upper:
            raise MisfitError(
                f"form: edges of {axis} must lie inside ({lower:g}, {upper:g}), got {list(inner)}"
            )
        found = [lower, *inner, upper]
    else:
        found = [*np.linspace(lower, upper, options.elements_of(axis) + 1)]
    for kink in kinks:
        near = min(found, key=lambda edge: abs(edge - kink))
        if abs(near - kink) > _SAME * (upper - lower):
            found.append(kink)
        elif near not in (lower, upper):
            found[found.index(near)] = kink
    return tuple(map(float, sorted(found)))
