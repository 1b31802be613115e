"""A warning about points at which a solution means nothing."""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import NDArray

from pdedsl.ir import Problem
from pdedsl.solution.grids import extends, outside

_LEVELS = 4  # from here to the caller of the solution


def warn_beyond(problem: Problem, points: NDArray[np.float64]) -> None:
    """Warn about points outside of the domain, with the first of them.

    Args:
        problem: that is solved.
        points: shape (n, inputs), columns as ``problem.inputs``.
    """
    far = outside(problem, points)
    if not far.any():
        return
    first = points[int(np.argmax(far))]
    place = ", ".join(f"{n} = {v:g}" for n, v in zip(problem.dimension_names, first, strict=True))
    what = "values there mean nothing" if extends(problem) else "there are no values there (nan)"
    message = f"the point {place} lies outside of the domain; {what}"
    if len(points) > 1:
        number = f"{far.sum()} of {len(points)} points"
        message = f"{number} lie outside of the domain; {what}; the first is {place}"
    warnings.warn(message, UserWarning, stacklevel=_LEVELS)
